import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../src/contract/training.ts';
import {readMnistDigits} from '../../../src/host/data/mnist.ts';
import {readTrainingPictures} from '../../../src/host/data/training-pictures.ts';
import {resizeImage} from '../../../src/twin/field/resize-image.ts';
import {imageAt} from '../../../src/twin/training/batch.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-training-pictures-'));
afterAll(() => rmSync(folder, {recursive: true}));

/** An IDX file of square pictures, picture i filled with the value `first + i`. */
function fileOf(name: string, count: number, side: number, first: number): string {
  const header = Buffer.alloc(16);
  header.set([0, 0, 8, 3]);
  [count, side, side].forEach((n, i) => header.writeUInt32BE(n, 4 + 4 * i));
  const path = join(folder, name);
  const pixels = Array.from({length: count}, (_, i) => Buffer.alloc(side * side, first + i));
  writeFileSync(path, Buffer.concat([header, ...pixels]));
  return path;
}

const settingsOf = (
  imaging: Partial<TrainingSettingsData['imaging']>,
  counts = {trainingCount: 8, validationCount: 4},
): TrainingSettingsData => trainingSettingsSchema.parse({task: 'imaging', imaging, ...counts});

test('digits of no demo and lines by the seed are objects and pictures, a part of both kept', async () => {
  const read = await readTrainingPictures(settingsOf({imageCount: 20, patternRatio: 0.25}));
  expect(read.images.labels).toHaveLength(12);
  expect(read.pictures).toBe(read.images);
  const all = [...read.trainingIndices, ...read.validationIndices];
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({length: 12}, (_, i) => i));
  const known = readMnistDigits(4);
  const expected = (index: number): Uint8Array => resizeImage(imageAt(known.images, index), 20);
  known.trainingIndices
    .slice(0, 6)
    .forEach((index, i) =>
      expect(imageAt(read.images, read.trainingIndices[i]).bytes).toEqual(expected(index)),
    );
  known.validationIndices
    .slice(0, 3)
    .forEach((index, i) =>
      expect(imageAt(read.images, read.validationIndices[i]).bytes).toEqual(expected(index)),
    );
  expect(read.dataText).toMatch(/3 patterns of lines and bars/);
});

test('pictures of a second file stay with their objects', async () => {
  const images = fileOf('objects', 10, 8, 1);
  const targets = fileOf('pictures', 10, 16, 101);
  const read = await readTrainingPictures(
    settingsOf({images, targets, imageCount: 8}, {trainingCount: 0, validationCount: 3}),
  );
  expect([read.trainingIndices.length, read.validationIndices.length]).toEqual([7, 3]);
  for (const index of [...read.trainingIndices, ...read.validationIndices])
    expect(imageAt(read.pictures, index).bytes[0]).toBe(100 + imageAt(read.images, index).bytes[0]);
  expect(read.dataText).toMatch(/objects \(sha256 [0-9a-f]{64}\) and pictures \(sha256/);
});

test('files that do not fit are refused before anything is computed', async () => {
  const images = fileOf('ten', 10, 8, 1);
  await expect(
    readTrainingPictures(settingsOf({images, targets: fileOf('nine', 9, 8, 1), imageCount: 8})),
  ).rejects.toThrow(/9 pictures .* 10 objects/);
  await expect(
    readTrainingPictures(settingsOf({images, imageCount: 8}, {trainingCount: 0, validationCount: 10})),
  ).rejects.toThrow(/keep fewer/);
  await expect(
    readTrainingPictures(settingsOf({imageCount: 1024}, {trainingCount: 2000, validationCount: 10})),
  ).rejects.toThrow(/more than can be held/);
});
