import {channel} from 'node:diagnostics_channel';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createAlignmentPool} from '../../../src/host/optics/alignment-pool.ts';
import {createEvaluator, type EvaluationRequest} from '../../../src/twin/alignment/evaluator.ts';
import {createParameter} from '../../../src/twin/alignment/parameters.ts';
import {createSettings, displaced, specOf} from '../../twin/alignment/small-bench.ts';

let startedCount: number;
const onThread = (): void => void startedCount++;
beforeEach(() => {
  startedCount = 0;
  channel('worker_threads').subscribe(onThread);
});
afterEach(() => channel('worker_threads').unsubscribe(onThread));

const settings = createSettings(3);
const spec = specOf(settings);
const state = displaced(2);
const requestOf = (plane: number, derivativeCount = 2): EvaluationRequest => ({
  state,
  plane,
  grain: 'coarse',
  parameters: (['dx', 'dy', 'rotation'] as const)
    .flatMap((quantity) => [0, 1, 2, 3, 4, 5].map(() => createParameter({part: 'frame', quantity})))
    .slice(0, derivativeCount),
});

it('answers as one thread would, in the order of the planes, with the derivatives of a plane shared out', async () => {
  const requests = [requestOf(2, 18), requestOf(0), requestOf(1)];
  const expected = requests.map((request) => createEvaluator(spec).evaluate(request));
  await using pool = createAlignmentPool(spec, {workerCount: 2});
  expect(await pool.evaluate(requests)).toEqual(expected);
  expect(startedCount).toBe(2);
});

it('starts no more threads than there are jobs at a time, and goes on with those that there are', async () => {
  await using pool = createAlignmentPool(spec, {workerCount: 3});
  expect(startedCount).toBe(0);
  await pool.evaluate([requestOf(0)]);
  await pool.evaluate([requestOf(1)]);
  expect(startedCount).toBe(1);
  // Asked for one by one, but at the same time.
  await Promise.all([0, 1].map((plane) => pool.evaluate([requestOf(plane)])));
  expect(startedCount).toBe(2);
  await pool.evaluate([0, 1, 2, 0, 1, 2].map((plane) => requestOf(plane)));
  expect(startedCount).toBe(3);
});

it('ends what waits for a thread when it is stopped', async () => {
  const controller = new AbortController();
  await using pool = createAlignmentPool(spec, {workerCount: 1, signal: controller.signal});
  const all = pool.evaluate([requestOf(0), requestOf(1), requestOf(2)]);
  controller.abort(new Error('stopped by a person'));
  await expect(all).rejects.toThrow('stopped by a person');
});
