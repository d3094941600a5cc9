import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {geometryProblems} from '../../../src/contract/training-checks.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../src/contract/training.ts';
import {readTrainingSets} from '../../../src/host/data/training-sets.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {classify} from '../../../src/host/twin/classify.ts';
import {pickImages} from '../../../src/twin/training/batch.ts';
import {tinyTraining} from './tiny-training.ts';

const dispersion = [{frequencyHz: 3.5e11, refractiveIndex: 1.75, extinction: 0.02}];
const tiny: TrainingSettingsData = {
  ...tinyTraining,
  furtherFrequenciesHz: [3.5e11],
  detection: 'spectral',
  dispersion,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spectrum-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('a network of two frequencies is trained, written with its material, and classified by both planes', async () => {
  const curve = await trainDesign(tiny, {folder, command: 'test', workerCount: 1});
  const design = await openDesign(folder);
  const {detector, layers, frequencyHz} = design.file;
  expect(frequencyHz).toBe(4e11);
  expect(detector.regions).toHaveLength(10);
  expect(detector.frequenciesHz).toEqual([4e11, 3.5e11]);
  expect(detector.readOut).toMatchObject({classes: {3: {label: '3', positive: 3, negative: 13}}});
  expect(layers[1].dispersion).toEqual(dispersion);
  const record = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {settings: object};
  expect(record.settings).toMatchObject({furtherFrequenciesHz: [3.5e11], dispersion});

  const {images, validationIndices} = await readTrainingSets(tiny);
  const kept = pickImages(images, validationIndices);
  const options = {isIdeal: false, workerCount: 1};
  const judged = await classify(design, kept, options);
  expect(judged.accuracy).toBe(curve[1].validationAccuracy);
  expect(judged.meanMargin).toBeCloseTo(curve[1].meanMargin!, 5);
  expect(judged.efficiency / curve[1].efficiency).toBeCloseTo(1, 5);
  // The material at the second frequency counts.
  const constant = layers.map((layer) => {
    const {refractiveIndex, extinction} = layer;
    return {...layer, dispersion: [{frequencyHz: 3.5e11, refractiveIndex, extinction}]};
  });
  const other = await classify({...design, file: {...design.file, layers: constant}}, kept, options);
  expect(Math.abs(other.efficiency / judged.efficiency - 1)).toBeGreaterThan(0.01);
});

test.each([
  [{furtherFrequenciesHz: []}, 'needs a second one'],
  [{furtherFrequenciesHz: [4e11]}, 'named twice'],
  [{furtherFrequenciesHz: [3.5e11, 3e11]}, 'Name one further frequency'],
  [{detection: 'differential'}, 'Two regions a class are read at one frequency'],
  [{objectKind: 'phase'}, 'depends on its material'],
  [{furtherFrequenciesHz: [9e11], detection: 'single'}, 'is above the wavelength of 0.3331 mm'],
] as const)('settings %j are refused', (change, problem) => {
  expect(geometryProblems(tiny)).toEqual([]);
  const settings = trainingSettingsSchema.parse({...tiny, ...change});
  expect(geometryProblems(settings).join(' ')).toContain(problem);
});
