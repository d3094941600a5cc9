import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createPointSync, type SyncProblem} from '../../../src/host/store/point-sync.ts';
import {writeRun} from './sample-run.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'd2nn-point-sync-'))));
afterEach(() => rmSync(folder, {recursive: true, force: true}));

function openJournalled(path: string): Database.Database {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE points (n)');
  return db;
}

test('points that a disk refused to take are told, and no more are taken', async () => {
  const db = openJournalled(join(folder, 'a.sqlite'));
  // No journal stands there, so that asking the disk fails as it does on one that has been pulled out.
  const path = join(folder, 'gone.sqlite');
  const sync = createPointSync({db, path});
  const told: SyncProblem[] = [];
  sync.onProblem((problem) => told.push(problem));
  sync.commit(() => db.exec('INSERT INTO points VALUES (1)'));
  expect(told).toMatchObject([{kind: 'refused', text: expect.stringContaining(path) as string}]);
  expect(() => sync.commit(() => db.exec('INSERT INTO points VALUES (2)'))).toThrow(
    /refused to take the last points/,
  );
  expect(db.prepare('SELECT n FROM points').pluck().all()).toEqual([1]);
  sync.close();
  db.close();
});

test('a disk that takes longer than is set is told once, and points go on', async () => {
  const path = join(folder, 'a.sqlite');
  const db = openJournalled(path);
  const sync = createPointSync({db, path});
  sync.setSafeWithin(1e-9);
  const told: SyncProblem[] = [];
  sync.onProblem((problem) => told.push(problem));
  sync.commit(() => db.exec('INSERT INTO points VALUES (1)'));
  await vi.waitFor(() => expect(told).toMatchObject([{kind: 'slow'}]), {timeout: 20_000});
  for (let n = 2; n < 9; n++) {
    sync.commit(() => db.exec(`INSERT INTO points VALUES (${n})`));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(told).toHaveLength(1);
  expect(db.prepare('SELECT count(*) FROM points').pluck().get()).toBe(8);
  sync.close();
  db.close();
});

test('what is set counts from the next run on', () => {
  const asked: number[] = [];
  let safeWithinMs = 250;
  using store = openStore(join(folder, 'bench.sqlite'), {
    safeWithinMs: () => {
      asked.push(safeWithinMs);
      return safeWithinMs;
    },
  });
  const session = store.createSession({title: 'a', operator: 'Ada', benchName: 'fake'});
  const recorder = store.recorder(session.uid);
  writeRun(recorder, {pointCount: 3, onPoint: () => (safeWithinMs = 0)});
  writeRun(recorder, {pointCount: 3});
  expect(asked).toEqual([250, 0]);
});
