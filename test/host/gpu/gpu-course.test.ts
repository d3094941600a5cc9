import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {GpuOrder} from '../../../src/contract/api/index.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {readTrainingSets} from '../../../src/host/data/training-sets.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {designToTrain, trainDesign} from '../../../src/host/designs/train-design.ts';
import type {EngineSpec} from '../../../src/twin/training/batch.ts';
import {createAnswers} from './fake-gpu.ts';
import {smallTraining} from '../designs/small-training.ts';

const settings = trainingSettingsSchema.parse({
  epochs: 2,
  ...smallTraining,
  layerCount: 2,
  trainingCount: 48,
});

let folder: string;
let spec: EngineSpec;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gpu-'));
  ({spec} = designToTrain(settings, await readTrainingSets(settings)));
  await train('processors');
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** Trains, on a GPU where `ask` is given; returns what was said of the place. */
async function train(name: string, ask?: (order: GpuOrder) => Float32Array): Promise<string[]> {
  const said: string[] = [];
  await trainDesign(settings, {
    folder: join(folder, name),
    command: 'test',
    workerCount: 1,
    ...(ask && {gpu: {name: 'Fake 1', ask}}),
    onPlace: (gpu, text) => said.push(`${gpu}: ${text}`),
  });
  return said;
}

const platesOf = async (name: string): Promise<ArrayLike<number>[]> =>
  (await openDesign(join(folder, name))).layers.map(({values}) => values);

/** Answers of a GPU until the order of this number (from 1), which `fail` answers. */
function until(number: number, fail: (answer: Float32Array) => Float32Array) {
  const answers = createAnswers(spec);
  const kinds: string[] = [];
  return {
    kinds,
    ask: (order: GpuOrder): Float32Array => {
      kinds.push(order.kind);
      const answer = answers(order);
      return kinds.length === number ? fail(answer) : answer;
    },
  };
}

test('a training on a GPU makes the plates of one on the processors', async () => {
  const {ask, kinds} = until(Number.NaN, (answer) => answer);
  expect(await train('gpu', ask)).toEqual(['Fake 1: computed on the GPU Fake 1, which a window offers']);
  expect(await platesOf('gpu')).toEqual(await platesOf('processors'));
  // Two passes over 48 images, 16 a step.
  expect(kinds).toEqual(['open', ...Array.from({length: 6}, () => ['step', 'gradients']).flat()]);
});

describe('a GPU that stops', () => {
  const gone = (): never => {
    throw new BenchError('device/fault', 'The GPU Fake 1 does not compute any more: its window is closed.');
  };
  test.each([
    ['before its first step', 1],
    ['in the middle of its first step', 3],
    ['between two steps', 6],
    ['in the middle of a later step', 9],
  ])('%s loses nothing: the same plates', async (when, number) => {
    const {ask, kinds} = until(number, gone);
    const said = await train(when, ask);
    expect(said).toHaveLength(2);
    expect(said[1]).toMatch(
      /^null: goes on on the processors .* from the same step .* its window is closed\.$/,
    );
    expect(kinds).toHaveLength(number);
    expect(await platesOf(when)).toEqual(await platesOf('processors'));
  });
});

describe('a GPU that computes wrongly', () => {
  const scaled = (answer: Float32Array): Float32Array => answer.map((value) => value * 1.001);
  const noNumber = (answer: Float32Array): Float32Array =>
    answer.map((value, i) => (i === 3 ? Number.NaN : value));
  test.each([
    ['energies', 2, scaled, /other numbers than the processors: they differ by 1\.\de-3/],
    ['gradients', 3, scaled, /other numbers than the processors/],
    ['no numbers later on', 8, noNumber, /what is no number/],
  ] as const)('%s is not used', async (what, number, fail, reason) => {
    const {ask, kinds} = until(number, fail);
    expect((await train(what, ask))[1]).toMatch(reason);
    expect(kinds).toHaveLength(number);
    expect(await platesOf(what)).toEqual(await platesOf('processors'));
  });
});
