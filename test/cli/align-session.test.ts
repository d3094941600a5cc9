import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import type {GuideReport} from '../../src/contract/api/index.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {createMeasuredBench, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {createSmallDesign} from '../virtual/small-design.ts';
import {
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  startHere,
  storedRuns,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let sessionUid: string;
const database = (): string => join(folder.path, 'bench.sqlite');
beforeAll(async () => {
  folder = createTestFolder();
  using store = openStore(database());
  ({sessionUid} = await writeMeasuredSession(store, await createMeasuredBench(6, 2), {side: 20}));
});
afterAll(() => folder[Symbol.dispose]());

test('Ctrl-C stops an alignment, which stores nothing, and a session that is not there is told', async () => {
  const running = startHere(['align', '--session', sessionUid, '--json'], folder.path);
  while (!running.stderr().includes('search: ')) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = countOf();
  running.interrupt();
  const ended = await running.finished;
  expect(ended.code).toBe(130);
  expect(errorOf(ended).message).toContain('Ctrl-C');
  expect(countOf()).toBe(before);
  expect(errorOf(await runCli(['align', '--session', 'none', '--json'], folder.path))).toMatchObject({
    code: 'store/not-found',
  });
});

const countOf = (): number => {
  using store = openStore(database(), {readOnly: true});
  return store.listAllCalibrations().length;
};

test('planes are measured first where no session is named, of the objects that are, and all of them are aligned', async () => {
  using small = await createSmallDesign(28);
  const free = ['frame.dx', 'frame.dy', 'frame.rotation', 'plate3.dx', 'plate3.dy'].join(',');
  const how = ['--free', free, '--orientation', 'never', '--speed', '600', '--json'];
  const done = await runCli(['align', '--digits', '0,1', '--design', small.folder, ...how], folder.path);
  const {verdict, planes, session, calibration} = JSON.parse(
    done.stdout.trim().split('\n').at(-1) ?? '',
  ) as AlignmentResult & {session: string; calibration: string | null};
  expect(planes.map(({label}) => label)).toEqual([
    expect.stringContaining('digit 0'),
    expect.stringContaining('digit 1'),
  ]);
  // Whether it is found with so little left free is not what is tried; that it is said and kept accordingly is.
  expect(done.code).toBe(verdict === 'failed' ? 1 : 0);
  expect(calibration === null).toBe(verdict === 'failed');
  expect(storedRuns(folder.path).filter(({sessionUid: own}) => own === session).length).toBeGreaterThan(3);
});

test('the guide needs somebody to decide, and a guided alignment to go on with that there is', async () => {
  const nobody = await runCli(['align', 'guide', '--json'], folder.path);
  expect(nobody.code).toBe(1);
  expect(errorOf(nobody)).toMatchObject({
    code: 'plan/operator-refused',
    message: expect.stringMatching(/needs a decision.*Nothing was started/) as string,
  });
  expect(nobody.stderr).not.toContain('starting the virtual bench');
  const lost = await runCli(['align', 'guide', '--yes', '--resume', 'none', '--json'], folder.path);
  expect(errorOf(lost)).toMatchObject({code: 'store/not-found'});
  expect(lost.stderr).not.toContain('starting the virtual bench');
});

test('the guide leads through its steps by itself where nobody has to decide, and the placement is active then', async () => {
  using small = await createSmallDesign(28);
  const args = ['--yes', '--objects', '1', '--design', small.folder, '--speed', '600', '--json'];
  const done = await runCli(['align', 'guide', ...args], folder.path);
  const report = jsonOf(done) as GuideReport;
  expect(report.steps.map(({id, state}) => [id, state])).toEqual([
    ['reference', 'accepted'],
    ['stack', 'accepted'],
  ]);
  expect(report.result?.verdict).toBe('trusted');
  using store = openStore(database(), {readOnly: true});
  expect(store.listAllCalibrations().map(({uid}) => uid)).toContain(report.placement);
});

test('a correction begins by measuring on a bench with mounts, and Ctrl-C ends it before anything was moved', async () => {
  using small = await createSmallDesign(28);
  const args = ['--correct', '--mounts', '--digits', '0', '--design', small.folder, '--speed', '300'];
  const running = startHere(['align', ...args, '--json'], folder.path);
  while (!running.stderr().includes('mask at the object plane')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (running.stderr().includes('error: ')) break;
  }
  running.interrupt();
  const ended = await running.finished;
  expect(ended.code).toBe(130);
  expect(errorOf(ended).message).toContain('Ctrl-C');
  expect(ended.stderr).not.toContain('Correction by mounts');
});
