import {readFileSync} from 'node:fs';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import type {CampaignJson} from '../../src/contract/campaign-json.ts';
import {
  assertDigitsAreClasses,
  chooseCampaignDigits,
  chooseTestDigits,
} from '../../src/host/campaign/digits.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
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
let small: SmallDesign;
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign(28);
});
afterAll(() => {
  folder[Symbol.dispose]();
  small[Symbol.dispose]();
});

test('a campaign measures, compares and reports; its last line is for programs', async () => {
  const data = folder.file('whole');
  const done = await runCli(
    ['campaign', '--digits', '1', '--design', small.folder, '--speed', '600', '--operator', 'Ada', '--json'],
    data,
  );
  expect(done).toMatchObject({code: 0});
  const {session, digits, report} = jsonOf(done) as CampaignJson;
  expect(digits).toHaveLength(1);
  const scans = storedRuns(data).filter(({planName}) => planName === 'campaign-scan');
  expect(scans).toMatchObject([{sessionUid: session, exitStatus: 'success'}]);
  expect(readFileSync(report ?? '', 'utf8')).toContain('three small plates');
  expect(done.stderr).toContain(`session ${session}`);
  expect(done.stderr).toContain('starting the virtual bench (seed 1');
});

test('a design that is read at two frequencies is measured at both, through the source, and judged by both', async () => {
  using two = await createSmallDesign(28, {frequenciesHz: [4e11, 3.5e11]});
  const data = folder.file('two');
  const done = await runCli(
    [
      'campaign',
      '--digits',
      '1',
      '--design',
      two.folder,
      '--plate-model',
      'thin',
      '--speed',
      '600',
      '--json',
    ],
    data,
  );
  expect(done).toMatchObject({code: 0});
  const {digits, report, rates} = jsonOf(done) as CampaignJson;
  const scans = storedRuns(data).filter(({planName}) => planName.startsWith('campaign-scan'));
  expect(scans.map(({planName, exitStatus}) => [planName, exitStatus])).toEqual([
    ['campaign-scan', 'success'],
    ['campaign-scan-further', 'success'],
  ]);
  const [digit] = digits;
  expect(digit.measured.problem).toBe('');
  const planes = [digit.measured.shares!.slice(0, 2), digit.measured.shares!.slice(2)];
  for (const plane of planes) expect(plane[0] + plane[1]).toBeCloseTo(0.5, 9);
  // Each plane is predicted at its own frequency: a plane of the other one would have nothing in common with it.
  expect(digit.pearson!).toBeGreaterThan(0.75);
  digit.measured.shares!.forEach((share, k) =>
    expect(Math.abs(share - digit.simulatedRegistered.shares![k])).toBeLessThan(0.05),
  );
  expect(rates.matchRegistered.count).toBe(1);
  expect(readFileSync(report ?? '', 'utf8')).toContain('at 350 GHz; run ');
});

test('a design of complex neurons is measured, reported and aligned with its masks', async () => {
  using masked = await createSmallDesign(28, {neurons: 'complex', plateCount: 2});
  const data = folder.file('masked');
  const done = await runCli(
    [
      ...['campaign', '--digits', '2', '--align', 'off', '--design', masked.folder],
      ...['--plate-model', 'thin', '--speed', '600', '--json'],
    ],
    data,
  );
  expect(done, done.stderr).toMatchObject({code: 0});
  const {session, digits, report} = jsonOf(done) as CampaignJson;
  // With masks that were left out, in the bench or in the twin, planes would have hardly anything in common.
  for (const {pearson} of digits) expect(pearson ?? 0).toBeGreaterThan(0.7);
  expect(readFileSync(report ?? '', 'utf8')).toContain('2 small plates');
  const aligned = await runCli(['align', '--session', session, '--json'], data);
  expect(aligned, aligned.stderr).toMatchObject({code: 0});
  const {after} = jsonOf(aligned) as AlignmentResult;
  expect(after.correlation).toBeGreaterThan(0.9);
});

test('digits are those of the classes that the design tells, each to be judged at the end', () => {
  const {file} = small.design;
  const digits = chooseCampaignDigits(4, 1, file);
  expect(digits.map(({label}) => label)).toEqual(['0', '1', '0', '1']);
  expect(new Set(digits.map(({index}) => index)).size).toBe(4);
  expect(() => assertDigitsAreClasses(chooseTestDigits(3, 1, file), file)).toThrow(
    /digit 2 .* is no class of three small plates, which tells 0, 1\. Nothing was moved/,
  );
});

test('a design of several frequencies whose own the source does not have is refused before anything moves', async () => {
  using other = await createSmallDesign(28, {frequenciesHz: [3.5e11, 4e11]});
  const data = folder.file('other');
  const refused = await runCli(['campaign', '--digits', '1', '--design', other.folder, '--json'], data);
  expect(errorOf(refused)).toMatchObject({code: 'plan/invalid'});
  expect(errorOf(refused).message).toContain('at 350 GHz, and the source of this bench works at 400 GHz');
  expect(storedRuns(data)).toEqual([]);
});

test('Ctrl-C ends a campaign safely: what was measured is kept and told, and the program ends as stopped', async () => {
  const data = folder.file('stopped');
  const running = startHere(
    ['campaign', '--digits', '3', '--design', small.folder, '--speed', '50', '--json'],
    data,
  );
  while (!storedRuns(data).some(({planName}) => planName === 'campaign-scan')) await sleepMs(20);
  running.interrupt();
  const ended = await running.finished;
  expect(ended.code).toBe(130);
  expect(errorOf(ended).message).toMatch(/Ctrl-C.* every point taken is kept in session/);
  expect(storedRuns(data).every(({exitStatus}) => exitStatus !== undefined)).toBe(true);
});

test('what cannot be is refused before any instrument is opened', async () => {
  for (const [args, code] of [
    [['--design', folder.file('none')], 'file/not-found'],
    [['--set-right', '--keep-settings'], 'cli/usage'],
  ] as const) {
    const refused = await runCli(['campaign', ...args, '--json'], folder.path);
    expect(errorOf(refused)).toMatchObject({code});
    expect(refused.stderr).not.toContain('starting the virtual bench');
  }
});
