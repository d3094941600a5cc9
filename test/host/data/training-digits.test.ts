import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {readMnistDigits} from '../../../src/host/data/mnist.ts';
import {readTrainingDigits} from '../../../src/host/data/training-digits.ts';
import {imageAt} from '../../../src/twin/training/batch.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-training-digits-'));
afterAll(() => rmSync(folder, {recursive: true}));

/** IDX files of images with their labels. */
function filesOf(
  name: string,
  images: readonly Uint8Array[],
  labels: readonly number[],
  side = 28,
): {images: string; labels: string} {
  const header = (...dimensions: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * dimensions.length);
    bytes.set([0, 0, 8, dimensions.length]);
    dimensions.forEach((n, i) => bytes.writeUInt32BE(n, 4 + 4 * i));
    return bytes;
  };
  const paths = {images: join(folder, `${name}-images`), labels: join(folder, `${name}-labels`)};
  writeFileSync(paths.images, Buffer.concat([header(images.length, side, side), ...images]));
  writeFileSync(paths.labels, Buffer.concat([header(labels.length), Buffer.from(labels)]));
  return paths;
}

const task = {task: 'digits', classCount: 10} as const;

test('digits that are kept for demo and campaigns are found by their content and not trained on', async () => {
  const known = readMnistDigits();
  const indices = [
    ...known.trainingIndices.slice(0, 12),
    ...known.validationIndices.slice(0, 5),
  ].toReversed();
  const data = filesOf(
    'mixed',
    indices.map((index) => imageAt(known.images, index).bytes),
    indices.map((index) => known.images.labels[index]),
  );
  const digits = await readTrainingDigits({...task, data, validationCount: 1000});
  expect(digits.trainingIndices).toHaveLength(12);
  expect(digits.validationIndices).toHaveLength(1000);
  const contents = (of: readonly number[]): string[] =>
    of.map((index) => Buffer.from(imageAt(digits.images, index).bytes).toString('base64'));
  const kept = new Set(contents(digits.validationIndices));
  expect(contents(digits.trainingIndices).filter((one) => kept.has(one))).toEqual([]);
  digits.validationIndices.forEach((index, i) =>
    expect(digits.images.labels[index]).toBe(known.images.labels[known.validationIndices[i]]),
  );
  // The record names the files by their content, not by where they lay.
  expect(digits.dataText).not.toContain(folder);
  expect(digits.dataText).toMatch(/mixed-images \(sha256 [0-9a-f]{64}\)/);
});

test('images of another size and labels without a region are refused before anything is computed', async () => {
  const small = filesOf('small', [new Uint8Array(64)], [1], 8);
  const missing = {...small, labels: join(folder, 'nowhere')};
  await expect(readTrainingDigits({...task, data: missing, validationCount: 10})).rejects.toMatchObject({
    code: 'file/not-found',
  });
  await expect(readTrainingDigits({...task, data: small, validationCount: 10})).rejects.toThrow(
    /8 x 8.*28 x 28/,
  );
  const letters = filesOf('letters', [new Uint8Array(784)], [12]);
  await expect(readTrainingDigits({...task, data: letters, validationCount: 10})).rejects.toThrow(
    /label 0 is 12/,
  );
});

test('images of any task are split by a fixed draw, and what does not fit its classes is refused', async () => {
  const one = (value: number): Uint8Array => new Uint8Array(64).fill(value);
  const all = Array.from({length: 20}, (_, i) => i);
  const files = (labels: readonly number[], name: string) => filesOf(name, all.map(one), [...labels], 8);
  const settings = {task: 'classes', classCount: 4, validationCount: 5} as const;
  const read = (labels: readonly number[], name: string, changes = {}) =>
    readTrainingDigits({...settings, data: files(labels, name), ...changes});
  const labels = all.map((i) => i % 4);
  const own = await read(labels, 'four');
  expect(own.validationIndices).toHaveLength(5);
  expect([...own.validationIndices, ...own.trainingIndices].toSorted((a, b) => a - b)).toEqual(all);
  expect((await read(labels, 'four')).validationIndices).toEqual(own.validationIndices);
  expect(own.dataText).toMatch(/four-images \(sha256 .*5 of their images are kept/);
  await expect(read(labels, 'few', {classCount: 3})).rejects.toThrow(/label 3 is 3.*3 classes/);
  await expect(read(labels, 'more', {classCount: 5})).rejects.toThrow(/no image has the label 4/);
  await expect(read(labels, 'kept', {validationCount: 20})).rejects.toThrow(/20 images and 20 are kept/);
  await expect(readTrainingDigits({...settings, data: null})).rejects.toThrow(/name both/);
});
