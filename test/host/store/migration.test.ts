import {mkdtempSync, rmSync, readFileSync, existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {migrate} from '../../../src/host/store/migrate.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {migrations} from '../../../src/host/store/schema.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-migration-'));
  path = join(folder, 'bench.sqlite');
  writeVersion1(path);
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const descriptorOf = (uid: string, name: string): string =>
  JSON.stringify({
    uid,
    run_start: 'r1',
    time: 5,
    name,
    data_keys: {x_mm: {source: 'stage', dtype: 'number', shape: [], units: 'mm'}},
    object_keys: {},
    configuration: {},
  });

/** A database as version 1 of the program left it: a campaign of two digits, the second one broken off. */
function writeVersion1(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  migrate(db, migrations.slice(0, 1), () => undefined);
  const details = {kind: 'campaign', designName: 'Digits', digits: [{label: '4'}, {label: '9'}]};
  db.exec(`
    INSERT INTO instances (id, uid, pid, host, opened_at, closed_at) VALUES (1, 'i', 1, 'h', 1, 2);
    INSERT INTO sessions (id, uid, title, operator, bench_name, created_at, details)
      VALUES (1, 's', 'Old', 'Ada', 'north', 5, '${JSON.stringify(details)}');
  `);
  const addRun = db.prepare(
    `INSERT INTO runs (id, uid, session_id, instance_id, scan_id, time, plan_name, operator, campaign_index, start,
       exit_status, stop) VALUES (?, ?, 1, 1, ?, 5, 'campaign-scan', 'Ada', ?, '{}', ?, '{}')`,
  );
  addRun.run(1, 'r1', 1, 0, 'success');
  addRun.run(2, 'r2', 2, 1, 'abort');
  db.exec(`
    INSERT INTO streams VALUES (1, 'd1', 1, 'primary', 5, '["x_mm"]', '${descriptorOf('d1', 'primary')}');
    INSERT INTO streams VALUES (2, 'd2', 1, 'reference', 5, '["x_mm"]', '${descriptorOf('d2', 'reference')}');
    INSERT INTO notes (uid, run_id, time, author, text) VALUES ('n', 1, 1, 'Ada', 'on a run only');
  `);
  const addPoint = db.prepare('INSERT INTO points (stream_id, seq_num, time, data) VALUES (?, ?, 6, ?)');
  for (const [stream, count] of [
    [1, 3],
    [2, 2],
  ])
    for (let n = 1; n <= count; n++) addPoint.run(stream, n, Buffer.from(new Float64Array([n]).buffer));
  db.close();
}

test('a database of version 1 keeps its data, gains the new lists, and a copy of it stays', () => {
  using store = openStore(path);
  expect(store.getSessionListing('s')).toMatchObject({
    kind: 'campaign',
    designName: 'Digits',
    runCount: 2,
    pointCount: 5,
    noteCount: 1,
    isArchived: false,
  });
  // Only the digit that was measured to its end is one of the labels.
  expect(store.sessionFacets().labels).toEqual(['4']);
  expect(store.searchSessions({label: '9', limit: 10})).toEqual([]);
  store.changeSession('s', {tags: ['old'], isArchived: true});
  expect(store.getSessionListing('s')).toMatchObject({tags: ['old'], isArchived: true});
  expect(existsSync(`${path}.version-1`)).toBe(true);
});

test('a database of version 1 that is only read is read as it is, and not changed', () => {
  const before = readFileSync(path);
  using store = openStore(path, {readOnly: true});
  expect(store.getSessionListing('s')).toMatchObject({pointCount: 5, noteCount: 1});
  expect(store.readPointPage('r1', 'primary', 1, 10)).toMatchObject({
    count: 2,
    firstSeqNum: 2,
    isLast: true,
    columns: [{name: 'x_mm', unit: 'mm'}],
  });
  expect(() => store.changeSession('s', {title: 'new'})).toThrow();
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('left-out digits keep their latest reason until they are included again', () => {
  let nowS = 100;
  using store = openStore(path, {utcNowS: () => nowS});
  store.excludeDigit('s', {campaignIndex: 1, reason: 'mask upside down', author: 'Ada'});
  nowS = 200;
  store.excludeDigit('s', {campaignIndex: 1, reason: 'mask slipped', author: 'Grace'});
  store.excludeDigit('s', {campaignIndex: 0, reason: 'source warm-up', author: 'Ada'});
  expect(store.listExclusions('s')).toEqual([
    {campaignIndex: 0, reason: 'source warm-up', author: 'Ada', timeS: 200},
    {campaignIndex: 1, reason: 'mask slipped', author: 'Grace', timeS: 200},
  ]);
  store.includeDigit('s', 1);
  expect(store.listExclusions('s').map(({campaignIndex}) => campaignIndex)).toEqual([0]);
});

test('5,000 sessions are all found, filtered and counted', () => {
  using store = openStore(path);
  const db = new Database(path);
  db.transaction(() => {
    const add = db.prepare(
      `INSERT INTO sessions (uid, title, operator, bench_name, created_at, kind) VALUES (?, ?, ?, 'north', ?, 'scan')`,
    );
    for (let n = 0; n < 5000; n++)
      add.run(`many-${n}`, `evening ${n}`, n % 10 === 0 ? 'Grace' : 'Ada', 1000 + n);
  })();
  db.close();
  expect(store.searchSessions({limit: 10_000})).toHaveLength(5001);
  expect(store.searchSessions({operator: 'Grace', limit: 10_000})).toHaveLength(500);
  expect(store.searchSessions({text: 'evening 4321', limit: 10}).map(({uid}) => uid)).toEqual(['many-4321']);
  expect(store.searchSessions({sinceS: 1010, untilS: 1019, limit: 5000})).toHaveLength(10);
});
