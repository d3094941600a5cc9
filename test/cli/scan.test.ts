import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {decodeNpy} from '../../src/base/npy.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  startCli,
  startHere,
  storedRuns,
  type CliResult,
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

interface Summary {
  readonly session: string;
  readonly runs: readonly {uid: string; scanId: number; points: number; exitStatus: string}[];
  readonly points: number;
  readonly minV: number;
  readonly maxV: number;
}

const grid = (sizeMm: number, extra: object = {}): string =>
  JSON.stringify({plan: 'grid', widthMm: sizeMm, heightMm: sizeMm, stepMm: 1, ...extra});
const scan = (dataFolder: string, ...args: string[]): Promise<CliResult> =>
  runCli(['scan', '--bench', benchFile, '--json', ...args], dataFolder);
/** Some 25 points a second: long enough to be interrupted. */
const slowGrid = grid(30, {restMs: 40});

/** Waits until the scan has stored points; how many. */
async function pointsStored(dataFolder: string): Promise<number> {
  const count = (): number => storedRuns(dataFolder).at(0)?.pointCount ?? 0;
  await expect.poll(count).toBeGreaterThan(4);
  return count();
}
const slowScan = ['scan', '--plan', slowGrid, '--json'];

test('a grid on a bench stores its points and writes the plane as .npy and the points as .csv', async () => {
  const data = folder.file('grid');
  const npy = folder.file('plane.npy');
  const csv = folder.file('points.csv');
  const summary = jsonOf(await scan(data, '--plan', grid(3), '--out', npy)) as Summary;
  expect(summary).toMatchObject({points: 16, runs: [{planName: 'grid', points: 16, exitStatus: 'success'}]});
  expect(summary.maxV).toBeGreaterThan(summary.minV);
  using store = openStore(join(data, 'bench.sqlite'), {readOnly: true});
  const points = store.readPoints(summary.runs[0].uid);
  expect(points.count).toBe(16);
  const plane = decodeNpy(new Uint8Array(readFileSync(npy)));
  expect(plane.shape).toEqual([4, 4]);
  // Row 0 is the smallest y: the second row was measured backwards.
  expect(plane.re[4]).toBe(points.data['r_v'][7]);
  expect((await bench.readState()).isOutputOn).toBe(false);

  // The same session takes another scan, by name and options.
  const line = ['--plan', 'line', '--axis', 'x', '--start-mm', '-1', '--stop-mm', '1', '--step-mm', '1'];
  const second = await scan(data, ...line, '--session', summary.session.slice(0, 8), '--out', csv);
  expect(jsonOf(second)).toMatchObject({session: summary.session, points: 3});
  const lines = readFileSync(csv, 'utf8').trimEnd().split('\n');
  const table = lines.filter((text) => !text.startsWith('#'));
  expect(table[0]).toMatch(/^x \(mm\),y \(mm\),X \(V\),Y \(V\),R \(V\),theta \(deg\)/);
  expect(table).toHaveLength(4);
  expect(Number(table[1].split(',')[0])).toBeCloseTo(-1, 2);

  const show = await runCli(['sessions', 'show', summary.session, '--json'], data);
  expect(jsonOf(show)).toMatchObject({
    session: {uid: summary.session},
    runs: [{pointCount: 16}, {pointCount: 3}],
  });
  const list = await runCli(['sessions', 'list', '--json'], data);
  expect(jsonOf(list)).toMatchObject({sessions: [{uid: summary.session, runCount: 2}]});
});

test('without a bench file the scan runs on the built-in virtual bench', async () => {
  const data = folder.file('built-in');
  const result = await runCli(
    [
      'scan',
      '--plan',
      'grid',
      '--width-mm',
      '4',
      '--height-mm',
      '2',
      '--step-mm',
      '1',
      '--speed',
      '500',
      '--json',
    ],
    data,
  );
  expect(jsonOf(result)).toMatchObject({points: 15});
  expect(result.stdout.trimEnd().split('\n')).toHaveLength(1);
  // Without a terminal: plain lines, no bar that draws over itself.
  expect(result.stderr).not.toMatch(/[\r\u001b]/);
  expect(storedRuns(data)).toMatchObject([{planName: 'grid', pointCount: 15, exitStatus: 'success'}]);
});

test('a dry run tells points, path and time, and refuses what leaves the limits; nothing moves', async () => {
  const data = folder.file('dry');
  const before = (await bench.readState()).probeMm;
  const fits = await scan(data, '--plan', grid(10), '--dry-run');
  expect(fits.code).toBe(0);
  expect(jsonOf(fits)).toMatchObject({dryRun: true, points: 121, violationCount: 0, extentMm: {x: [-5, 5]}});
  expect((jsonOf(fits) as {pathLengthMm: number}).pathLengthMm).toBeGreaterThan(120);
  const beyond = await scan(data, '--plan', grid(120), '--dry-run');
  expect(beyond.code).toBe(1);
  expect(errorOf(beyond)).toMatchObject({code: 'motion/limit'});
  expect(errorOf(beyond).message).toContain('limit -50 mm');
  expect(jsonOf(beyond)).toMatchObject({dryRun: true});
  const real = await scan(data, '--plan', grid(120));
  expect(errorOf(real)).toMatchObject({code: 'motion/limit'});
  expect((await bench.readState()).probeMm).toEqual(before);
  expect((await bench.readState()).isOutputOn).toBe(false);
  expect(storedRuns(data)).toEqual([]);
});

test('Ctrl-C in mid-scan leaves the source off and the stage at rest, and keeps every point', async () => {
  const data = folder.file('ctrl-c');
  const csv = folder.file('stopped.csv');
  const running = startHere([...slowScan, '--bench', benchFile, '--out', csv], data);
  const seenCount = await pointsStored(data);
  expect((await bench.readState()).isOutputOn).toBe(true);
  running.interrupt('Ctrl-C');
  const result = await running.finished;
  expect(result.code).toBe(130);
  expect(errorOf(result).code).toBe('plan/aborted');
  const state = await bench.readState();
  expect(state).toMatchObject({isOutputOn: false, isMoving: false});
  const [run] = storedRuns(data);
  expect(run).toMatchObject({exitStatus: 'abort', reason: 'stopped by Ctrl-C'});
  expect(run.pointCount).toBeGreaterThanOrEqual(seenCount);
  expect(jsonOf(result)).toMatchObject({points: run.pointCount, runs: [{exitStatus: 'abort'}], out: csv});
  const lines = readFileSync(csv, 'utf8').trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('#'))).toHaveLength(1 + run.pointCount);
  expect(lines.join('\n')).toMatch(/^# started .*, ended as abort: stopped by Ctrl-C$/m);
});

describe('as a process of its own', () => {
  test.skipIf(process.platform === 'win32')(
    'SIGINT at a terminal reaches the virtual bench too, and still the scan ends safely with code 130',
    async () => {
      const data = folder.file('group');
      // The limits of the instruments pass at the bench's speed: a busy computer gets those of real time.
      const fast = ['--design', small.folder, '--speed', '20', '--timeout-scale', '20'];
      const running = startCli([...slowScan, ...fast], data, {isGroupLeader: true});
      await pointsStored(data);
      process.kill(-(running.child.pid ?? 0), 'SIGINT');
      const result = await running.finished;
      expect(errorOf(result).code).toBe('plan/aborted');
      expect(result.code).toBe(130);
      expect(storedRuns(data)[0]).toMatchObject({exitStatus: 'abort', reason: 'stopped by Ctrl-C'});
    },
  );

  test('a second program on the same instruments is refused, the first goes on and ends safely at SIGTERM', async () => {
    const data = folder.file('second');
    const running = startCli([...slowScan, '--bench', benchFile], data);
    await pointsStored(data);
    const second = await scan(folder.file('second-data'), '--plan', grid(2));
    expect(errorOf(second)).toMatchObject({code: 'port/busy'});
    expect(errorOf(second).message).toContain(`process ${running.child.pid}`);
    const before = storedRuns(data)[0].pointCount;
    await expect.poll(() => storedRuns(data)[0].pointCount).toBeGreaterThan(before);
    expect((await bench.readState()).isOutputOn).toBe(true);
    running.child.kill('SIGTERM');
    expect((await running.finished).code).toBe(130);
    expect(storedRuns(data)[0]).toMatchObject({exitStatus: 'abort', reason: 'stopped by SIGTERM'});
    expect((await bench.readState()).isOutputOn).toBe(false);
    expect(existsSync(folder.file('second-data/bench.sqlite'))).toBe(true);
    expect(storedRuns(folder.file('second-data'))).toEqual([]);
  });

  test('SIGKILL in mid-scan loses no committed point, and the next start closes that run as failed', async () => {
    const data = folder.file('sigkill');
    const running = startCli([...slowScan, '--bench', benchFile], data);
    const seenCount = await pointsStored(data);
    running.child.kill('SIGKILL');
    expect(await running.finished).toMatchObject({signal: 'SIGKILL'});
    const next = await scan(data, '--plan', 'point', '--x-mm', '0', '--y-mm', '0');
    expect(next.code).toBe(0);
    expect(next.stderr).toMatch(
      /Run 1 of an earlier start was closed as failed: the program ended without closing/,
    );
    // RF was left on by a process that could do nothing more; connecting turned it off, and so did the end.
    expect((await bench.readState()).isOutputOn).toBe(false);
    const killed = storedRuns(data).find(({scanId}) => scanId === 1);
    expect(killed).toMatchObject({exitStatus: 'fail'});
    expect(killed?.reason).toMatch(/killed or power cut/);
    expect(killed?.pointCount).toBeGreaterThanOrEqual(seenCount);
    using store = openStore(join(data, 'bench.sqlite'), {readOnly: true});
    const points = store.readPoints(killed?.uid ?? '');
    expect(points.count).toBe(killed?.pointCount);
    expect(points.data['r_v'].every(Number.isFinite)).toBe(true);
  });
});
