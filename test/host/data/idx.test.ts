import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {afterAll, describe, expect, it} from 'vitest';
import type {DesignFile} from '../../../src/contract/design-file.ts';
import {benchErrorFrom} from '../../../src/contract/errors.ts';
import {readIdxDataSet} from '../../../src/host/data/idx.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-idx-'));
afterAll(() => rmSync(folder, {recursive: true}));
const {file: design} = await openDesign(defaultDesignFolder);

let fileCount = 0;
const fileOf = (bytes: Uint8Array): string => {
  const path = join(folder, `file-${++fileCount}`);
  writeFileSync(path, bytes);
  return path;
};
/** An IDX file; `values` may be other than its shape promises. */
const idx = (shape: readonly number[], values: Uint8Array, element = 8): Uint8Array => {
  const bytes = Buffer.alloc(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, element, shape.length]);
  shape.forEach((n, i) => bytes.writeUInt32BE(n, 4 + 4 * i));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
};
const pixels = (count: number, largest = 255): Uint8Array =>
  Uint8Array.from({length: count * 784}, (_, i) => (i % 3 === 0 ? largest : 0));
const images = idx([2, 28, 28], pixels(2));
const labels = idx([2], Uint8Array.of(7, 9));

async function problemOf(
  given: {images?: Uint8Array; labels?: Uint8Array; fullScale?: number; design?: DesignFile} = {},
): Promise<string> {
  try {
    await readIdxDataSet(
      fileOf(given.images ?? images),
      fileOf(given.labels ?? labels),
      given.design ?? design,
      given.fullScale,
    );
    return '';
  } catch (error) {
    const {code, message} = benchErrorFrom(error);
    return `${code}: ${message}`;
  }
}

describe('an IDX data set', () => {
  it('is read, plain or packed, packed in several members too', async () => {
    const plain = await readIdxDataSet(fileOf(images), fileOf(labels), design);
    const packed = await readIdxDataSet(fileOf(gzipSync(images)), fileOf(gzipSync(labels)), design);
    const members = Buffer.concat([gzipSync(images.subarray(0, 900)), gzipSync(images.subarray(900))]);
    const parts = await readIdxDataSet(fileOf(members), fileOf(labels), design);
    expect(plain).toMatchObject({rows: 28, columns: 28});
    expect(Buffer.compare(plain.bytes, pixels(2))).toBe(0);
    expect(Buffer.compare(packed.bytes, plain.bytes)).toBe(0);
    expect(Buffer.compare(parts.bytes, plain.bytes)).toBe(0);
    expect([...packed.labels]).toEqual([7, 9]);
  });

  it.each([
    [
      '28 x 20 images',
      {images: idx([2, 28, 20], pixels(2).subarray(0, 1120))},
      /28 x 20 pixels; the design digits shows images of 28 x 28/,
    ],
    ['20 x 28 images', {images: idx([2, 20, 28], pixels(2).subarray(0, 1120))}, /20 x 28 pixels/],
    [
      '32 x 32 images',
      {images: idx([1, 32, 32], pixels(2).subarray(0, 1024)), labels: idx([1], Uint8Array.of(1))},
      /32 x 32 pixels/,
    ],
    [
      'no images',
      {images: idx([0, 28, 28], new Uint8Array()), labels: idx([0], new Uint8Array())},
      /it holds no images/,
    ],
    ['fewer labels than images', {labels: idx([1], Uint8Array.of(7))}, /1 label, but .* holds 2 images/],
    [
      'a label without a region',
      {labels: idx([2], Uint8Array.of(7, 10))},
      /label 1 is 10; .*10 classes, for labels from 0 to 9/,
    ],
    [
      'masks of 0 and 1',
      {images: idx([2, 28, 28], pixels(2, 1))},
      /largest value is 1; .*name it as the full scale/,
    ],
    ['images too dark for any mask', {images: idx([2, 28, 28], pixels(2, 100))}, /largest value is 100/],
    [
      'values beyond what was said',
      {images: idx([2, 28, 28], pixels(2, 20)), fullScale: 16},
      /largest value is 20; values from 0 to 16/,
    ],
    [
      'labels and images the wrong way round',
      {images: labels, labels: images},
      /it holds labels; give it as the labels/,
    ],
    [
      'floating-point numbers',
      {images: idx([2, 28, 28], pixels(2), 13)},
      /floating-point numbers; unsigned bytes/,
    ],
    [
      'a file cut off',
      {images: images.subarray(0, 1000)},
      /it holds 984 values where its header promises 1568/,
    ],
    ['a packed file cut off', {images: gzipSync(images).subarray(0, -9)}, /gzip data is damaged or cut off/],
    [
      'a promise beyond all sets',
      {images: idx([2 ** 31, 28, 28], new Uint8Array(9)), labels: idx([2 ** 31], new Uint8Array())},
      /promises .* MB, and at most 640 MB are read/,
    ],
    ['nothing', {images: new Uint8Array()}, /too short/],
  ])('is refused with what was expected: %s', async (_what, given, message) => {
    const problem = await problemOf(given);
    expect(problem).toMatch(/^file\/invalid: /);
    expect(problem).toMatch(message);
  });

  it('of 0 and 1 is white at 1 when that is said', async () => {
    const read = await readIdxDataSet(fileOf(idx([2, 28, 28], pixels(2, 1))), fileOf(labels), design, 1);
    expect(Buffer.compare(read.bytes, pixels(2))).toBe(0);
  });

  it('that unpacks to far more than it promises is given up at what it promises', async () => {
    const bomb = gzipSync(Buffer.concat([images, Buffer.alloc(200_000_000)]), {level: 1});
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
    const problem = await problemOf({images: bomb});
    clearInterval(watch);
    expect(problem).toContain('it holds more values where its header promises 1568');
    expect(most - before).toBeLessThan(50_000_000);
  });

  it('is read or refused with a sentence, whatever its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 60}), fc.boolean(), async (bytes, isPacked) => {
        expect(await problemOf({images: isPacked ? gzipSync(bytes) : bytes})).toMatch(
          /^file\/invalid: .*\.$/,
        );
      }),
      {numRuns: 40},
    );
  });
});
