import {existsSync, mkdtempSync, rmSync} from 'node:fs';
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

const tiny: TrainingSettingsData = trainingSettingsSchema.parse({
  ...tinyTraining,
  detection: 'dense',
  readOut: {hiddenCounts: [12], regionsPerClass: 2, learningRate: 0.01},
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dense-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const train = (settings: TrainingSettingsData, name: string) =>
  trainDesign(settings, {folder: join(folder, name), command: 'test', workerCount: 1});
const layersOf = async (name: string) => {
  const {readOut} = (await openDesign(join(folder, name))).file.detector;
  if (readOut?.kind !== 'dense') throw new Error('no dense read-out');
  return readOut.layers;
};

test('plates and read-out are trained together, gone on with, classified, and begun from', async () => {
  const curve = await train(tiny, 'whole');
  const design = await openDesign(join(folder, 'whole'));
  expect(design.file.detector.regions.map(({label}) => label).slice(0, 2)).toEqual(['0+', '0-']);
  const layers = await layersOf('whole');
  expect(layers.map(({weights}) => [weights.length, weights[0].length])).toEqual([
    [12, 20],
    [10, 12],
  ]);
  const {images, validationIndices} = await readTrainingSets(tiny);
  const judged = await classify(design, pickImages(images, validationIndices), {
    isIdeal: false,
    workerCount: 1,
  });
  expect(judged.accuracy).toBe(curve[1].validationAccuracy);
  expect(judged.meanMargin).toBeCloseTo(curve[1].meanMargin!, 4);

  // Stopped after the first of two epochs and gone on with, it is the same.
  const abort = new AbortController();
  const stopped = {folder: join(folder, 'stopped'), command: 'test', workerCount: 1};
  const onEpoch = (): void => abort.abort(new Error('stopped'));
  await expect(trainDesign(tiny, {...stopped, signal: abort.signal, onEpoch})).rejects.toThrow('stopped');
  expect(await layersOf('stopped')).not.toEqual(layers);
  await trainDesign(tiny, stopped);
  expect(await layersOf('stopped')).toEqual(layers);
  expect((await openDesign(stopped.folder)).layers[0].values).toEqual(design.layers[0].values);

  // A start from it has its plates and its weights; more units are added, fewer are refused.
  const still = {...tiny, epochs: 1, learningRate: 1e-9, finalLearningRate: 0, startFrom: stopped.folder};
  const wide = {...tiny.readOut, hiddenCounts: [16]};
  await train({...still, readOut: {...wide, learningRate: 1e-9}}, 'wide');
  const widened = await layersOf('wide');
  expect(widened[0].weights).toHaveLength(16);
  layers[0].weights.forEach((row, j) =>
    row.forEach((weight, i) => expect(widened[0].weights[j][i]).toBeCloseTo(weight, 3)),
  );
  expect((await openDesign(join(folder, 'wide'))).layers[0].values).toEqual(design.layers[0].values);
  const few = {...tiny.readOut, hiddenCounts: [8]};
  await expect(train({...still, readOut: few}, 'few')).rejects.toThrow(
    /holds a read-out of 20, 12, 10 inputs, units and classes, which one of 20, 8, 10 cannot begin with/,
  );
});

test('a read-out begins as the detection of a design that has none, also of one that keeps no checkpoint', async () => {
  const before = await train({...tiny, detection: 'differential'}, 'differential');
  const startFrom = join(folder, 'differential');
  rmSync(join(startFrom, 'checkpoint'), {recursive: true});
  const still = {...tiny, epochs: 1, learningRate: 1e-9, finalLearningRate: 0, startFrom};
  const readOut = {...tiny.readOut, hiddenCounts: [80], learningRate: 1e-9};
  const after = await train({...still, readOut}, 'after');
  expect(Math.abs(after[0].validationAccuracy - before[1].validationAccuracy)).toBeLessThan(0.11);
  expect((await openDesign(join(folder, 'after'))).layers[1].values).toEqual(
    (await openDesign(startFrom)).layers[1].values,
  );
  const nothing = join(folder, 'nothing');
  await expect(train({...still, startFrom: nothing}, 'none')).rejects.toThrow(
    /holds no checkpoint of a training and no design/,
  );
  expect(existsSync(join(folder, 'none', 'design.json'))).toBe(false);
});

test('two frequencies are read by one network of the shares at both', async () => {
  await train(
    {
      ...tiny,
      epochs: 1,
      furtherFrequenciesHz: [3.5e11],
      readOut: {hiddenCounts: [], regionsPerClass: 1, learningRate: 0.01},
    },
    'two',
  );
  const {detector} = (await openDesign(join(folder, 'two'))).file;
  expect(detector.regions).toHaveLength(10);
  expect((await layersOf('two')).map(({weights}) => [weights.length, weights[0].length])).toEqual([[10, 20]]);
});

test('settings that no dense read-out can have are refused', () => {
  expect(geometryProblems(tiny)).toEqual([]);
  const problemOf = (change: object): string =>
    geometryProblems(trainingSettingsSchema.parse({...tiny, ...change})).join(' ');
  expect(problemOf({loss: {marginWeight: 0.1}})).toContain('have no largest value');
  expect(
    problemOf({classCount: 100, furtherFrequenciesHz: Array.from({length: 5}, (_, i) => 3e11 + i * 1e9)}),
  ).toContain('1200 inputs, more than 1024');
});
