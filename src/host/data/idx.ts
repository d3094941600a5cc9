import {countOf} from '../../base/count-text.ts';
import {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import type {DesignFile} from '../../contract/design-file.ts';
import {classLabels} from '../../contract/read-out.ts';
import {BenchError} from '../../contract/errors.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded, sizeText} from '../files/read-bounded.ts';

const greyValues = 255;

/**
 * Reads images (IDX3) and labels (IDX1) as the MNIST and fashion sets come, plain or gzip-compressed, for a design:
 * images of its size, grey values from 0 to `fullScale` (255 unless given), labels of its classes. Throws
 * `file/not-found` or `file/invalid` with the file's name and what was expected.
 */
export async function readIdxDataSet(
  imagesPath: string,
  labelsPath: string,
  design: DesignFile,
  fullScale = greyValues,
): Promise<LabelledImages> {
  const side = design.object.imageCount;
  const images = await readIdx(imagesPath, 3, ([count, rows, columns]) => {
    if (count === 0) return 'it holds no images';
    if (rows === side && columns === side) return undefined;
    return `its images have ${rows} x ${columns} pixels; the design ${design.name} shows images of ${side} x ${side}`;
  });
  const [count, rows, columns] = images.shape;
  const labels = await readIdx(labelsPath, 1, ([labelCount]) =>
    labelCount === count
      ? undefined
      : `it holds ${countOf(labelCount, 'label')}, but ${imagesPath} holds ${countOf(count, 'image')}; give files that belong together`,
  );
  const classes = classLabels(design.detector).length;
  const beyond = labels.bytes.findIndex((label) => label >= classes);
  if (beyond >= 0)
    throw unusable(
      labelsPath,
      `label ${beyond} is ${labels.bytes[beyond]}; the design ${design.name} tells ${classes} classes, for labels from 0 to ${classes - 1}`,
    );
  return {rows, columns, bytes: greyFrom(imagesPath, images.bytes, design, fullScale), labels: labels.bytes};
}

/** Images and labels as files hold them, for a training: any size, labels from 0. */
export async function readIdxImages(imagesPath: string, labelsPath: string): Promise<LabelledImages> {
  const images = await readIdx(imagesPath, 3, ([count]) => (count === 0 ? 'it holds no images' : undefined));
  const [count, rows, columns] = images.shape;
  const labels = await readIdx(labelsPath, 1, ([labelCount]) =>
    labelCount === count
      ? undefined
      : `it holds ${labelCount} labels, but ${imagesPath} holds ${count} images; give files that belong together`,
  );
  return {rows, columns, bytes: images.bytes, labels: labels.bytes};
}

/** Square images without labels (all 0), as a file holds them. */
export async function readIdxPictures(path: string): Promise<LabelledImages> {
  const {shape, bytes} = await readIdx(path, 3, ([count, rows, columns]) => {
    if (count === 0) return 'it holds no images';
    return rows === columns
      ? undefined
      : `its images have ${rows} x ${columns} pixels; square ones are shown`;
  });
  const [count, rows, columns] = shape;
  return {rows, columns, bytes, labels: new Uint8Array(count)};
}

/** Grey values from 0 to 255 of values from 0 to `fullScale`. */
function greyFrom(path: string, bytes: Uint8Array, {object}: DesignFile, fullScale: number): Uint8Array {
  const largest = bytes.reduce((most, value) => Math.max(most, value), 0);
  if (largest > fullScale)
    throw unusable(path, `its largest value is ${largest}; values from 0 to ${fullScale} were promised`);
  const white = greyValues / fullScale;
  // Below these nothing of any image would let light through.
  const needed = object.kind === 'binary-mask' ? object.threshold * greyValues : 2;
  if (largest * white < needed)
    throw unusable(
      path,
      `its largest value is ${largest}; grey values run from 0 to ${fullScale}, and nothing of it would be shown (where another number stands for white, name it as the full scale)`,
      {atTerminal: 'Values from 0 to 1 are told with --values 0..1.'},
    );
  return fullScale === greyValues ? bytes : bytes.map((value) => Math.round(value * white));
}

interface IdxArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Elements of IDX files that are no unsigned bytes, by the third byte of the file. */
const otherElements: Readonly<Record<number, string>> = {
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: 'floating-point numbers',
  14: 'double-precision numbers',
};

/**
 * Reads one file. What it promises is judged by `problemOf` before it is unpacked, and it is unpacked to that size at
 * most, so that a small file cannot become a large one.
 */
async function readIdx(
  path: string,
  dimensionCount: 1 | 3,
  problemOf: (shape: readonly number[]) => string | undefined,
): Promise<IdxArray> {
  const file = await readBounded(path, fileLimitBytes.idx, {
    subject: path,
    whenMissing: 'Nothing was computed; check the path.',
    whenUnusable: 'Nothing was computed.',
  });
  const isPacked = file[0] === 0x1f && file[1] === 0x8b;
  const headerLength = 4 + 4 * dimensionCount;
  const header = Buffer.from(isPacked ? await unpacked(path, file, headerLength, 'start') : file);
  const shape = shapeFrom(path, header, dimensionCount);
  const problem = problemOf(shape);
  if (problem !== undefined) throw unusable(path, problem);
  const length = headerLength + shape.reduce((product, n) => product * n, 1);
  if (length > fileLimitBytes.idx)
    throw unusable(
      path,
      `its header promises ${sizeText(length)}, and at most ${sizeText(fileLimitBytes.idx)} are read`,
    );
  const content = isPacked ? await unpacked(path, file, length, 'whole') : file;
  if (content.length !== length) {
    const found = content.length > length ? 'more' : String(Math.max(0, content.length - headerLength));
    throw unusable(path, `it holds ${found} values where its header promises ${length - headerLength}`);
  }
  return {shape, bytes: content.subarray(headerLength)};
}

function shapeFrom(path: string, header: Buffer, dimensionCount: 1 | 3): number[] {
  const bad = (what: string): BenchError => unusable(path, `it is no IDX${dimensionCount} file: ${what}`);
  if (header.length < 4) throw bad('it is too short');
  // Magic: two zero bytes, the element type (0x08 = unsigned byte), the number of dimensions.
  const [first, second, element, dimensions] = header;
  const elements = otherElements[element];
  if (first === 0 && second === 0 && elements !== undefined)
    throw bad(`it holds ${elements}; unsigned bytes from 0 to 255 are read`);
  if (first === 0 && second === 0 && element === 8 && dimensions === 4 - dimensionCount)
    throw bad(
      dimensionCount === 3
        ? 'it holds labels; give it as the labels, and the images as the images'
        : 'it holds images; give it as the images, and the labels as the labels',
    );
  if (first !== 0 || second !== 0 || element !== 8 || dimensions !== dimensionCount)
    throw bad(`it begins with ${header.subarray(0, 4).toString('hex')} instead of 0000080${dimensionCount}`);
  if (header.length < 4 + 4 * dimensionCount) throw bad('it is too short');
  return Array.from({length: dimensionCount}, (_, i) => header.readUInt32BE(4 + 4 * i));
}

/**
 * Unpacks gzip data to `length` bytes: its start only, or all of it, which must then end there (more is cut off behind
 * one byte too many, which tells). Each piece is unpacked on a thread of the system's pool.
 */
async function unpacked(
  path: string,
  file: Uint8Array,
  length: number,
  extent: 'start' | 'whole',
): Promise<Uint8Array> {
  const bytes = new Uint8Array(extent === 'start' ? length : length + 1);
  let count = 0;
  try {
    for await (const piece of Readable.from([file]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      const taken = piece.subarray(0, bytes.length - count);
      bytes.set(taken, count);
      count += taken.length;
      if (count === bytes.length) break;
    }
  } catch (error) {
    throw unusable(path, 'its gzip data is damaged or cut off', {cause: error});
  }
  return bytes.subarray(0, count);
}

const unusable = (
  path: string,
  what: string,
  {cause, ...details}: {readonly atTerminal?: string; readonly cause?: unknown} = {},
): BenchError =>
  new BenchError('file/invalid', `${path} cannot be used: ${what}. Nothing was computed.`, {
    details: {path, ...details},
    cause,
  });
