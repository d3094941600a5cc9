import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {backUpApart} from '../../../src/host/backups/backups.ts';
import {backUpDatabase, listBackups} from '../../../src/host/store/backup.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {numberKey, startRecord, writeRun} from './sample-run.ts';

let folder: string;
let path: string;
let backups: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-backup-'));
  path = join(folder, 'bench.sqlite');
  backups = join(folder, 'backups');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('while a run is measuring, a backup has every point that was committed when it began, checked', async () => {
  using store = openStore(path);
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  const recorder = store.recorder(session.uid);
  writeRun(recorder, {pointCount: 4000});
  const start = startRecord(recorder);
  recorder.write(['start', start]);
  const keys = {data_keys: {x_mm: numberKey}, object_keys: {stage: ['x_mm']}, configuration: {}};
  recorder.write(['descriptor', {uid: 'd', run_start: start.uid, time: 1000, name: 'primary', ...keys}]);
  let seq_num = 0;
  const measure = (): void => {
    seq_num++;
    const time = 1000 + seq_num;
    const data = {x_mm: seq_num / 10};
    recorder.write([
      'event',
      {uid: `d:${seq_num}`, descriptor: 'd', seq_num, time, data, timestamps: {x_mm: time}},
    ]);
  };
  while (seq_num < 50) measure();
  const before = seq_num;
  let outcome: Awaited<ReturnType<typeof backUpApart>> | undefined;
  const done = backUpApart({databasePath: path, folder: backups, keepCount: 3}).then(
    (made) => (outcome = made),
  );
  while (outcome === undefined) {
    measure();
    await nextTurn();
  }
  await done;
  expect(seq_num).toBeGreaterThan(before);
  expect(outcome).toMatchObject({runCount: 2, damageCount: 0, removedPaths: []});
  expect(outcome.pointCount).toBeGreaterThanOrEqual(4000 + before);
  expect(readdirSync(backups)).toEqual([outcome.path.slice(backups.length + 1)]);
  expect(statSync(outcome.path).mode & 0o077).toBe(0);
  // It is a database like any other: a host that is started on it closes the run that was under way.
  store.close();
  using copy = openStore(outcome.path);
  expect(copy.verify().damageCount).toBe(0);
  expect(copy.readPoints(start.uid).count).toBeGreaterThanOrEqual(before);
  expect(store.isOpen).toBe(false);
});

const fill = (): void => {
  using store = openStore(path);
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  writeRun(store.recorder(session.uid), {pointCount: 40});
};

test('the newest ones stay, and nothing else in their folder is touched', async () => {
  fill();
  mkdirSync(backups);
  writeFileSync(join(backups, 'bench-by-hand.sqlite'), 'mine');
  writeFileSync(join(backups, 'notes.txt'), 'mine');
  for (let day = 0; day < 4; day++)
    await backUpDatabase(path, backups, {keepCount: 2, nowS: 1.7e9 + 86_400 * day});
  expect(listBackups(backups).map(({timeS}) => timeS)).toEqual([1.7e9 + 3 * 86_400, 1.7e9 + 2 * 86_400]);
  expect(existsSync(join(backups, 'bench-by-hand.sqlite'))).toBe(true);
  expect(readdirSync(backups)).toHaveLength(4);
  await expect(backUpDatabase(path, backups, {keepCount: 2, nowS: 1.7e9 + 3 * 86_400})).rejects.toThrow(
    /of this second already/,
  );
});

test('a backup of a database with damage says so and takes no older one away', async () => {
  fill();
  await backUpDatabase(path, backups, {keepCount: 1, nowS: 1.7e9});
  const db = new Database(path);
  db.exec('UPDATE points SET data = zeroblob(16) WHERE seq_num = 7');
  db.close();
  const made = await backUpDatabase(path, backups, {keepCount: 1, nowS: 1.7e9 + 1});
  expect(made).toMatchObject({damageCount: 1, removedPaths: [], pointCount: 40});
  expect(listBackups(backups)).toHaveLength(2);
});

test('what is no database, an empty one and one that is not there are told, and nothing is left', async () => {
  const make = (): Promise<unknown> => backUpDatabase(path, backups, {keepCount: 1, nowS: 1.7e9});
  await expect(make()).rejects.toThrow(/empty/);
  writeFileSync(path, '');
  await expect(make()).rejects.toThrow(/empty/);
  writeFileSync(path, 'Dear diary, this is no database at all.');
  await expect(make()).rejects.toThrow(/is damaged .*data recover/);
  expect(readdirSync(backups)).toEqual([]);
});
