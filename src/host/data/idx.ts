import {readFile} from 'node:fs/promises';
import {gunzipSync} from 'node:zlib';
import {BenchError} from '../../contract/errors.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';

/**
 * Reads images (IDX3) and labels (IDX1) as the MNIST and fashion sets come, plain or gzip-compressed. Throws
 * `file/not-found` or `file/invalid` with the file's name.
 */
export async function readIdxDataSet(imagesPath: string, labelsPath: string): Promise<LabelledImages> {
  const [images, labels] = await Promise.all([readIdx(imagesPath, 3), readIdx(labelsPath, 1)]);
  const [count, rows, columns] = images.shape;
  if (labels.shape[0] !== count) {
    throw new BenchError(
      'file/invalid',
      `${imagesPath} holds ${count} images, but ${labelsPath} holds ${labels.shape[0]} labels. Nothing was computed; give files that belong together.`,
    );
  }
  return {rows, columns, bytes: images.bytes, labels: labels.bytes};
}

async function readIdx(path: string, dimensionCount: number): Promise<{shape: number[]; bytes: Uint8Array}> {
  const bad = (what: string, cause?: unknown): BenchError =>
    new BenchError(
      'file/invalid',
      `${path} is no IDX${dimensionCount} file: ${what}. Nothing was computed.`,
      {cause},
    );
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    throw new BenchError('file/not-found', `${path} cannot be read. Nothing was computed; check the path.`, {
      cause: error,
    });
  }
  if (file[0] === 0x1f && file[1] === 0x8b) {
    try {
      file = gunzipSync(file);
    } catch (error) {
      throw bad('its gzip data is damaged', error);
    }
  }
  const headerLength = 4 + 4 * dimensionCount;
  if (file.length < headerLength) throw bad('it is too short');
  // Magic: two zero bytes, the element type (0x08 = unsigned byte), the number of dimensions.
  if (file[0] !== 0 || file[1] !== 0 || file[2] !== 8 || file[3] !== dimensionCount) {
    throw bad(`it begins with ${file.subarray(0, 4).toString('hex')} instead of 00000${8}0${dimensionCount}`);
  }
  const shape = Array.from({length: dimensionCount}, (_, i) => file.readUInt32BE(4 + 4 * i));
  const total = shape.reduce((product, n) => product * n, 1);
  if (file.length - headerLength !== total) {
    throw bad(`it holds ${file.length - headerLength} values where its header promises ${total}`);
  }
  return {shape, bytes: new Uint8Array(file.buffer, file.byteOffset + headerLength, total)};
}
