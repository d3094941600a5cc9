import {chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {isBenchError} from '../../../src/contract/errors.ts';
import {migrate} from '../../../src/host/store/migrate.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {programVersion} from '../../../src/host/version.ts';
import {writeRun} from './sample-run.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-store-'));
  path = join(folder, 'bench.db');
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, {recursive: true, force: true});
});

/** Code and message of what `work` throws. */
function failureOf(work: () => unknown): {code: string; message: string} {
  try {
    work();
  } catch (error) {
    if (isBenchError(error)) return {code: error.code, message: error.message};
    throw error;
  }
  throw new Error('It was expected to fail.');
}

function fill(pointCount = 50): string {
  using store = openStore(path);
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  return writeRun(store.recorder(session.uid), {pointCount});
}

test('a damaged file is refused, named, and stays as it is to the last byte', () => {
  fill(2000);
  const whole = readFileSync(path);
  for (const [from, to] of [
    [0, 100],
    [4096, 8192],
    [40_000, 60_000],
  ] as const) {
    writeFileSync(
      path,
      Buffer.concat([whole.subarray(0, from), Buffer.alloc(to - from, 0xa5), whole.subarray(to)]),
    );
    const broken = readFileSync(path);
    const {code, message} = failureOf(() => openStore(path));
    expect(code).toBe('store/damaged');
    expect(message).toContain(path);
    expect(readFileSync(path).equals(broken)).toBe(true);
    expect(readdirSync(folder)).toEqual(['bench.db']);
  }
  writeFileSync(path, whole.subarray(0, whole.length - 10_000));
  expect(failureOf(() => openStore(path)).code).toBe('store/damaged');
  writeFileSync(path, 'Dear diary, this is no database at all.');
  expect(failureOf(() => openStore(path)).code).toBe('store/damaged');
});

test('a database of a later version is refused and stays as it is', () => {
  fill();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(path);
  for (const readOnly of [false, true]) {
    const {code, message} = failureOf(() => openStore(path, {readOnly}));
    expect(code).toBe('store/newer-version');
    expect(message).toMatch(/format 99;.*use the program that wrote it, or a later one/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a database of the future names the program that reads it, where it says so', () => {
  fill();
  const db = new Database(path);
  db.exec(`INSERT INTO formats (version, program) VALUES (7, '3.1.0')`);
  db.pragma('user_version = 7');
  db.close();
  expect(failureOf(() => openStore(path)).message).toMatch(
    /format 7; this one, \d+\.\d+\.\d+, knows up to 6.*use d2nn-bench 3\.1\.0 or a later one/,
  );
});

test('a database of today is of a format that programs from before records had versions refuse', () => {
  fill();
  const db = new Database(path, {readonly: true});
  // They know up to 5, and refuse whatever is above.
  expect(db.pragma('user_version', {simple: true})).toBeGreaterThan(5);
  expect(db.prepare('SELECT version, program FROM formats').all()).toEqual([
    {version: 6, program: programVersion},
  ]);
  db.close();
});

test('a database of another program is refused', () => {
  const db = new Database(path);
  db.exec('CREATE TABLE recipes (name TEXT)');
  db.close();
  expect(failureOf(() => openStore(path)).code).toBe('file/invalid');
});

test('a missing folder and a folder in place of the file are told apart', () => {
  expect(failureOf(() => openStore(join(folder, 'no', 'bench.db'))).code).toBe('file/not-found');
  expect(failureOf(() => openStore(join(folder, 'none.db'), {readOnly: true})).code).toBe('file/not-found');
  expect(failureOf(() => openStore(folder)).code).toBe('file/invalid');
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
});

test.runIf(process.platform !== 'win32')('a read-only folder refuses writing and can still be read', () => {
  const runUid = fill();
  chmodSync(path, 0o444);
  chmodSync(folder, 0o555);
  // Permissions do not bind the superuser: become somebody whom they do.
  const isSuperuser = process.getuid?.() === 0;
  if (isSuperuser) process.seteuid?.(65534);
  try {
    const {code, message} = failureOf(() => openStore(path));
    expect(code).toBe('store/read-only');
    expect(message).toContain('Nothing was changed');
    using store = openStore(path, {readOnly: true});
    expect(store.readPoints(runUid).count).toBe(50);
    const [session] = store.listSessions();
    expect(failureOf(() => store.recorder(session?.uid ?? '')).code).toBe('store/read-only');
    expect(failureOf(() => store.addNote({author: 'x', text: 'y'})).code).toBe('store/read-only');
  } finally {
    if (isSuperuser) process.seteuid?.(0);
  }
});

test('a full disk refuses the point, keeps those before it, and the run ends as failed', () => {
  {
    using store = openStore(path, {maximumPageCount: 60});
    const session = store.createSession({title: 'full', operator: 'Ada', benchName: 'fake'});
    const recorder = store.recorder(session.uid);
    let stored = 0;
    const {code, message} = failureOf(() =>
      writeRun(recorder, {pointCount: 100_000, onPoint: (count) => (stored = count), isStopped: false}),
    );
    expect(code).toBe('store/full');
    expect(message).toContain('Everything stored before is safe');
    const [run] = store.search({});
    expect(stored).toBeGreaterThan(100);
    expect(store.readPoints(run?.uid ?? '').count).toBe(stored);
  }
  using store = openStore(path);
  expect(store.search({})[0]?.exitStatus).toBe('fail');
});

test('a database that another program keeps locked is told after a bounded wait', () => {
  fill();
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const {code, message} = failureOf(() => openStore(path, {busyTimeoutMs: 20}));
  other.close();
  expect(code).toBe('store/locked');
  expect(message).toContain('try again');
  openStore(path).close();
  expect(readdirSync(folder)).toEqual(['bench.db']);
});

test('migrations run once each, in order, after a copy was kept; a failing one leaves the version before', () => {
  const db = new Database(':memory:');
  const copies: number[] = [];
  const keepCopy = (version: number): void => void copies.push(version);
  const first = {version: 1, sql: 'CREATE TABLE a (x)'};
  const second = {version: 2, sql: 'CREATE TABLE b (x)'};
  migrate(db, [first], keepCopy);
  migrate(db, [first, second], keepCopy);
  migrate(db, [first, second], keepCopy);
  expect(db.pragma('user_version', {simple: true})).toBe(2);
  expect(copies).toEqual([1]);
  const broken = {version: 3, sql: 'CREATE TABLE c (x); CREATE TABLE a (x)'};
  expect(() => migrate(db, [first, second, broken], keepCopy)).toThrow('already exists');
  expect(db.pragma('user_version', {simple: true})).toBe(2);
  expect(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'c'`).pluck().get()).toBe(0);
  db.close();
});

test('a run that is still open when the store is closed is closed as failed', () => {
  {
    using store = openStore(path);
    const session = store.createSession({title: 'open', operator: 'Ada', benchName: 'fake'});
    writeRun(store.recorder(session.uid), {pointCount: 3, isStopped: false});
    store.close();
  }
  using store = openStore(path);
  expect(store.recoveredRuns).toEqual([]);
  expect(store.search({})[0]).toMatchObject({
    exitStatus: 'fail',
    reason: 'the store was closed before this run ended; 3 points kept',
  });
});

test('not even the database itself lets the audit trail be rewritten', () => {
  {
    using store = openStore(path);
    store.audit({actor: 'Ada', action: 'change-limits', subject: 'stage'});
  }
  const db = new Database(path);
  expect(() => db.exec(`UPDATE audit SET actor = 'nobody'`)).toThrow('only ever added to');
  expect(() => db.exec('DELETE FROM audit')).toThrow('only ever added to');
  db.close();
});
