import Database from 'better-sqlite3';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openStore} from '../../src/host/store/open-store.ts';
import {writeRun} from '../host/store/sample-run.ts';
import {createTestFolder, runCli, type TestFolder} from './run-cli.ts';

let folder: TestFolder;
beforeAll(() => {
  folder = createTestFolder();
  using store = openStore(folder.file('bench.sqlite'));
  const {uid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  writeRun(store.recorder(uid), {pointCount: 10});
});
afterAll(() => folder[Symbol.dispose]());

test('sessions verify and doctor --check-data find a whole database whole, and say what is damaged', async () => {
  const whole = await runCli(['sessions', 'verify'], folder.path);
  expect(whole).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/10 points[^]*damage +none/) as string,
  });

  const db = new Database(folder.file('bench.sqlite'));
  db.exec('DELETE FROM points WHERE seq_num = 4');
  db.close();
  const damaged = await runCli(['sessions', 'verify'], folder.path);
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toMatch(/damage +1/);
  expect(damaged.stdout).toMatch(/run 1, stream primary +Point 4 is damaged .*its row is missing/);

  const doctor = await runCli(['doctor', '--check-data', '--json'], folder.path);
  expect(doctor.code).toBe(1);
  const {findings} = JSON.parse(doctor.stdout.trim().split('\n').at(-1) ?? '') as {
    findings: {name: string; isWorking: boolean; detail: string}[];
  };
  expect(findings.find(({name}) => name === 'stored data')).toMatchObject({
    isWorking: false,
    detail: expect.stringContaining('1 damaged: run 1, stream primary') as string,
  });
});
