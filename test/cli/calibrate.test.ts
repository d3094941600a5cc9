import {mkdirSync, readdirSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {decodeNpy, encodeNpy} from '../../src/base/npy.ts';
import {alignSession} from '../../src/host/alignment/align-session.ts';
import {chooseTestDigits} from '../../src/host/campaign/digits.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {createTestFolder, jsonOf, runCli, type CliResult, type TestFolder} from './run-cli.ts';

let folder: TestFolder;
let data: string;
let session: string;
let alignment: string;
let designFolder: string;

beforeAll(async () => {
  folder = createTestFolder();
  data = folder.file('data');
  mkdirSync(data);
  const small = await createMeasuredBench(3, 1);
  ({designFolder} = small);
  // The small plates tell four classes.
  const digits = chooseTestDigits(70, 5, small.design.file)
    .filter(({label}) => Number(label) < 4)
    .slice(0, 22);
  using store = openStore(join(data, 'bench.sqlite'));
  const measured = await writeMeasuredSession(
    store,
    {...small, digits},
    {benchSeed: 3, hasPredictions: true},
  );
  session = measured.sessionUid;
  const found = await alignSession(store, {
    sessionUid: session,
    runUids: measured.runUids.slice(0, 2),
    free: unknowns,
    prints: 'never',
  });
  alignment = found.uid ?? '';
});
afterAll(() => folder[Symbol.dispose]());

const cli = (...args: string[]): Promise<CliResult> => runCli(['calibrate', ...args], data);

test('calibrate leads from an alignment to a plate that is printed again, and lists what was done', async () => {
  const recorded = jsonOf(
    await cli('as-built', '--alignment', alignment.slice(0, 8), '--planes', '2', '--no-judge', '--json'),
  ) as {uid: string; record: {version: number; plates: {heights: {source: string}}[]}};
  expect(recorded.record).toMatchObject({
    version: 1,
    plates: [{plate: 1, heights: {source: 'fitted'}}, {}, {}, {}, {}],
  });
  const uid = recorded.uid.slice(0, 8);

  const out = folder.file('as-built');
  expect((await cli('show', uid, '--out', out)).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual([
    'as-built.json',
    ...[1, 2, 3, 4, 5].map((plate) => `plate-${plate}-as-built.npy`),
  ]);
  const {shape} = decodeNpy(new Uint8Array(await readFile(join(out, 'plate-3-as-built.npy'))));
  expect(shape).toEqual([60, 60]);

  // The twin predicts of the network as it was built, and says that it does.
  const object = folder.file(
    'mask.npy',
    encodeNpy({shape: [60, 60], dtype: '<f8', re: new Float64Array(3600).fill(1)}),
  );
  const predicted = jsonOf(
    await runCli(
      [
        ...['twin', 'predict', '--design', designFolder, '--object', object, '--as-built', uid],
        ...['--out', folder.file('plane.npy'), '--json'],
      ],
      data,
    ),
  );
  expect(predicted).toMatchObject({
    asBuilt: {asBuiltUid: recorded.uid, version: 1, isAccepted: false},
  });
  expect((predicted as {verdict: {winner: string}}).verdict.winner).toMatch(/^[0-3]$/);
  const nobody = await runCli(['twin', 'classify', '--design', designFolder, '--as-built', 'accepted'], data);
  expect(nobody.code).not.toBe(0);
  expect(nobody.stderr).toContain('No placement is accepted for digits');

  const offered = await cli(
    'offers',
    '--as-built',
    uid,
    '--judge',
    '20',
    '--learn',
    '12',
    '--trying-steps',
    '0',
  );
  expect(offered.code).toBe(0);
  expect(offered.stdout).toMatch(/As designed \d+ % of 20 drawn objects/);
  expect(offered.stdout).toContain('d2nn-bench align --session UID --correct');

  const again = folder.file('again');
  const options = ['--plate', '5', '--steps', '3', '--batch', '4', '--judge', '12', '--training-count', '40'];
  const made = jsonOf(await cli('reprint', '--as-built', uid, '--out', again, ...options, '--json'));
  expect(made).toMatchObject({
    folder: again,
    lineage: {plate: 5, parentName: 'digits', asBuiltUid: recorded.uid},
  });
  const refused = await cli('reprint', '--as-built', uid, '--out', again, ...options);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('holds a design already');

  const learnt = await cli('in-place', '--as-built', uid, '--out', folder.file('learnt'), '--speed', '1000');
  expect(learnt.code).not.toBe(0);
  expect(learnt.stderr).toMatch(
    /its record was made on north of seed 3, and virtual bench of seed 3 is open.*Nothing was moved/,
  );

  const print = folder.file('print');
  const exported = await runCli(
    ['design', 'export', '--design', again, '--plates', '5', '--out', print, '--format', 'stl', 'sheet'],
    data,
  );
  expect(exported.code).toBe(0);
  expect(readdirSync(print).sort()).toEqual(['plate-5.stl', 'print-sheet.html']);
  const sheet = await readFile(join(print, 'print-sheet.html'), 'utf8');
  expect(sheet).toContain('plate 5 alone, of 5');
  expect(sheet).not.toContain('id="plate-4"');
  const unknown = await runCli(
    ['design', 'export', '--design', again, '--plates', '6', '--out', folder.file('none')],
    data,
  );
  expect(unknown.stderr).toContain('has no plate 6');

  const listed = await cli('list');
  expect(listed.stdout).toContain('digits, version 1, north: not-accepted');
  expect(listed.stdout).toContain('plate 5 of digits');
});

test('calibrate read-out says what it gains, keeps it only when it is told to, and is revoked', async () => {
  const tried = jsonOf(await cli('read-out', '--session', session, '--test', '10', '--try', '--json'));
  expect(tried).toMatchObject({uid: null, study: {before: {count: 10}, curve: [{count: 10}, {count: 12}]}});
  const few = await cli('read-out', '--session', session, '--test', '15');
  expect(few.code).not.toBe(0);
  expect(few.stderr).toContain('25 are needed');
  const usage = await cli('read-out');
  expect(usage.code).toBe(2);
  expect(usage.stderr).toContain('--session');
  const unknown = await cli('read-out', '--revoke', 'nobody');
  expect(unknown.code).not.toBe(0);
});
