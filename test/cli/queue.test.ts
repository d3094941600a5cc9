import {afterAll, beforeAll, expect, test} from 'vitest';
import type {QueueState} from '../../src/contract/api/index.ts';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  startCli,
  storedRuns,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let small: SmallDesign;
let bench: VirtualBench;
let benchFile: string;
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign();
  bench = await startVirtualBench({speed: 100, noise: false, designFolder: small.folder, settings: dimScene});
  benchFile = folder.file('bench.json', benchFileOf(bench));
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const grid = (sizeMm: number, restMs = 0): string =>
  JSON.stringify({plan: 'grid', widthMm: sizeMm, heightMm: sizeMm, stepMm: 1, restMs});
const statesOf = ({items}: QueueState): string[] => items.map(({title, state}) => `${title} ${state}`);

test('a queue whose program was killed is whole the next day: it waits to be told to go on, and goes on', async () => {
  const data = folder.file('killed');
  const add = async (title: string, plan: string): Promise<QueueState & {readonly id: string}> =>
    jsonOf(
      await runCli(['queue', 'add-scan', '--plan', plan, '--title', title, '--json'], data),
    ) as QueueState & {
      readonly id: string;
    };
  await add('long', grid(20, 400));
  const {id} = await add('short', grid(1));
  const long = startCli(['queue', 'run', '--bench', benchFile, '--json'], data);
  await expect.poll(() => storedRuns(data).at(0)?.pointCount ?? 0).toBeGreaterThan(3);
  long.child.kill('SIGKILL');
  await long.finished;

  const kept = jsonOf(await runCli(['queue', 'list', '--json'], data)) as QueueState;
  expect(statesOf(kept)).toEqual(['long failed', 'short waiting']);
  expect(kept).toMatchObject({isPaused: true});
  expect(kept.pausedBecause).toMatch(/started anew/);
  const run = jsonOf(await runCli(['queue', 'run', '--bench', benchFile, '--json'], data)) as QueueState;
  expect(statesOf(run)).toEqual(['long failed', 'short done']);
  expect(storedRuns(data).map(({exitStatus, pointCount}) => [exitStatus, pointCount])).toContainEqual([
    'success',
    4,
  ]);
  expect((await bench.readState()).isOutputOn).toBe(false);
  const refused = await runCli(['queue', 'move', id.slice(0, 8), '1', '--json'], data);
  expect(errorOf(refused)).toMatchObject({code: 'plan/invalid'});
});
