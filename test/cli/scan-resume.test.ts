import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readWholeRun} from '../../src/host/runs/whole-run.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
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
  // Time of a fast bench goes on while a busy computer does something else: it must not drift meanwhile.
  bench = await startVirtualBench({
    speed: 100,
    designFolder: small.folder,
    settings: {...dimScene, driftPerHour: 0},
  });
  benchFile = folder.file('bench.json', benchFileOf(bench));
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const plan = JSON.stringify({plan: 'grid', widthMm: 6, heightMm: 6, stepMm: 1, restMs: 60});

test('a scan whose program was killed goes on at the command line: every point once, and the numbers of the test', async () => {
  const data = folder.file('killed');
  const running = startCli(['scan', '--plan', plan, '--json', '--bench', benchFile], data);
  await expect.poll(() => storedRuns(data).at(0)?.pointCount ?? 0).toBeGreaterThan(20);
  running.child.kill('SIGKILL');
  expect(await running.finished).toMatchObject({signal: 'SIGKILL'});

  const resumed = await runCli(['scan', 'resume', '1', '--bench', benchFile, '--json'], data);
  expect(resumed.stderr).toMatch(/run 1: \d+ points are stored; point \d+ and \d+ others are left/);
  const summary = jsonOf(resumed) as {
    readonly runs: readonly {uid: string; planName: string; exitStatus: string}[];
    readonly check: {readonly isPassed: boolean; readonly noise: number};
  };
  expect(summary.runs).toMatchObject([
    {planName: 'resume-check', exitStatus: 'success'},
    {planName: 'grid', exitStatus: 'success'},
  ]);
  expect(summary.check.isPassed).toBe(true);
  expect(summary.check.noise).toBeGreaterThan(0);
  expect((await bench.readState()).isOutputOn).toBe(false);
  using store = openStore(join(data, 'bench.sqlite'), {readOnly: true});
  const {segments, pointsOf} = readWholeRun(store, summary.runs[1]?.uid ?? '');
  expect(segments.map(({start}) => start.scan_id)).toEqual([1, 3]);
  expect([...pointsOf().data['point_index']]).toEqual(Array.from({length: 49}, (_, i) => i));
});
