import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {BackupOutcome, RecoveryReport} from '../../src/contract/api/index.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {writeRun} from '../host/store/sample-run.ts';
import {createTestFolder, errorOf, jsonOf, runCli, type TestFolder} from './run-cli.ts';

let folder: TestFolder;
beforeAll(() => (folder = createTestFolder()));
afterAll(() => folder[Symbol.dispose]());

function dataFolder(name: string): {data: string; database: string} {
  const data = folder.file(name);
  mkdirSync(data, {mode: 0o700});
  const database = join(data, 'bench.sqlite');
  using store = openStore(database);
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  writeRun(store.recorder(session.uid), {pointCount: 200});
  return {data, database};
}

test('data backup makes a checked copy, data show lists it, and settings say how many stay', async () => {
  const {data} = dataFolder('whole');
  expect((await runCli(['settings', 'set', 'backupKeepCount', '1'], data)).code).toBe(0);
  const made = jsonOf(await runCli(['data', 'backup', '--json'], data)) as BackupOutcome;
  expect(made).toMatchObject({pointCount: 200, damageCount: 0});
  expect(made.path.startsWith(join(data, 'backups'))).toBe(true);
  expect(existsSync(made.path)).toBe(true);
  const {backups} = jsonOf(await runCli(['data', 'show', '--json'], data)) as {backups: {path: string}[]};
  expect(backups.map(({path}) => path)).toEqual([made.path]);
  const elsewhere = folder.file('elsewhere');
  const other = jsonOf(
    await runCli(['data', 'backup', '--to', elsewhere, '--keep', '5', '--json'], data),
  ) as BackupOutcome;
  expect(other.path.startsWith(elsewhere)).toBe(true);
});

test('a damaged database is told at the start with what to do, and data recover does it', async () => {
  const {data, database} = dataFolder('damaged');
  const bytes = readFileSync(database);
  // The second page is gone: a table of our own begins there.
  bytes.fill(0xa5, 4096, 8192);
  writeFileSync(database, bytes);
  const refused = errorOf(await runCli(['sessions', 'list'], data));
  expect(refused).toMatchObject({
    code: 'store/damaged',
    message: expect.stringContaining('data recover') as string,
  });
  const to = folder.file('salvaged');
  const done = await runCli(['data', 'recover', '--to', to, '--json'], data);
  const report = jsonOf(done) as RecoveryReport;
  expect(report).toMatchObject({
    from: database,
    to: join(to, 'bench.sqlite'),
    pointCount: 200,
    lostPointCount: 0,
  });
  expect(readFileSync(database).equals(bytes)).toBe(true);
  const listed = await runCli(['sessions', 'list'], to);
  expect(listed).toMatchObject({code: 0, stdout: expect.stringContaining('one') as string});
  expect((await runCli(['sessions', 'verify'], to)).code).toBe(0);
  const again = errorOf(await runCli(['data', 'recover', '--to', to], data));
  expect(again.message).toMatch(/already\. Nothing was made/);
});

test('an empty file in the place of the database, beside reports, is told when something was measured', async () => {
  const data = folder.file('empty');
  mkdirSync(data, {mode: 0o700});
  const database = join(data, 'bench.sqlite');
  writeFileSync(database, '');
  mkdirSync(join(data, 'reports'));
  writeFileSync(join(data, 'reports', 'campaign.html'), '<html>');
  const refused = errorOf(await runCli(['sessions', 'list'], data));
  expect(refused).toMatchObject({
    code: 'store/damaged',
    message: expect.stringContaining('is an empty file') as string,
  });
  const nothing = errorOf(await runCli(['data', 'recover', '--to', folder.file('none')], data));
  expect(nothing).toMatchObject({code: 'store/not-found'});
  expect(existsSync(join(folder.file('none'), 'bench.sqlite'))).toBe(false);
  expect(readFileSync(database)).toHaveLength(0);
});
