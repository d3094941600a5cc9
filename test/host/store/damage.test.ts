import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {hasCode} from '../../../src/contract/errors.ts';
import {documentLines} from '../../../src/host/export/document-lines.ts';
import {exportSession} from '../../../src/host/export/session-export.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {writeGridRun} from './grid-run.ts';
import {writeRun} from './sample-run.ts';
import {darkLevelOf} from './calibration-values.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-damage-'));
  path = join(folder, 'bench.sqlite');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** Changes the file as a failing disk or a careless hand does: past the program. */
function tamper(sql: string, ...values: unknown[]): void {
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  db.prepare(sql).run(...values);
  db.close();
}

const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
};

function fill(pointCount = 20, isStopped = true): {runUid: string; sessionUid: string} {
  const store = openStore(path);
  const {uid: sessionUid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  const runUid = writeRun(store.recorder(sessionUid), {pointCount, isStopped});
  store.close();
  return {runUid, sessionUid};
}

/** Points as each reader gives them; NaN for a damaged one. */
function readAll(store: Store, runUid: string): Record<string, readonly number[]> {
  const pages: number[] = [];
  for (let after = 0; ;) {
    const page = store.readPointPage(runUid, 'primary', after, 7);
    if (page.count === 0) break;
    pages.push(...(page.values[0] ?? []));
    after = page.firstSeqNum + page.count - 1;
    if (page.isLast) break;
  }
  const events = [...store.documents(runUid)].flatMap(([name, document]) =>
    name === 'event' ? [document] : [],
  );
  expect(events.map(({seq_num}) => seq_num)).toEqual(events.map((_, i) => i + 1));
  return {
    columns: [...(store.readPoints(runUid).data['x_mm'] ?? [])],
    pages,
    documents: events.map(({data, damaged}) =>
      damaged === undefined ? Number(data['x_mm']) : (expect(data).toEqual({}), NaN),
    ),
  };
}

const expected = (count: number, damaged: readonly number[]): number[] =>
  Array.from({length: count}, (_, i) => (damaged.includes(i + 1) ? NaN : (i + 1) / 10));

describe('a damaged point is told at its own place, and the others stay at theirs', () => {
  const where = `WHERE seq_num = 7`;
  it.each([
    ['cut short', `UPDATE points SET data = substr(data, 1, 8) ${where}`, 'length'],
    ['made empty', `UPDATE points SET data = x'' ${where}`, 'length'],
    ['made longer', `UPDATE points SET data = CAST(data || x'00' AS BLOB) ${where}`, 'length'],
    ['missing', `DELETE FROM points ${where}`, 'missing'],
    ['given other numbers', `UPDATE points SET data = zeroblob(16) ${where}`, 'checksum'],
    ['given another time', `UPDATE points SET time = time + 1 ${where}`, 'checksum'],
    ['given something to say', `UPDATE points SET extra = '{"uid":"x"}' ${where}`, 'checksum'],
    ['given another checksum', `UPDATE points SET checksum = checksum + 1 ${where}`, 'checksum'],
  ])('%s', (_, sql, kind) => {
    const {runUid} = fill();
    tamper(sql);
    using store = openStore(path);
    for (const [reader, values] of Object.entries(readAll(store, runUid)))
      expect(values, reader).toEqual(expected(20, [7]));
    expect(store.readPoints(runUid).damage).toEqual([{seqNum: 7, kind}]);
    expect(store.readPointPage(runUid, 'primary', 5, 4).damage).toEqual([{seqNum: 7, kind}]);
    expect(store.verify()).toMatchObject({
      pointCount: 20,
      damageCount: 1,
      damage: [{where: 'run 1, stream primary'}],
    });
  });

  it('the last and the first point missing', () => {
    const {runUid} = fill();
    tamper('DELETE FROM points WHERE seq_num IN (1, 19, 20)');
    using store = openStore(path);
    for (const values of Object.values(readAll(store, runUid)))
      expect(values).toEqual(expected(20, [1, 19, 20]));
  });

  it('all points missing', () => {
    const {runUid} = fill(3);
    tamper('DELETE FROM points');
    using store = openStore(path);
    for (const values of Object.values(readAll(store, runUid))) expect(values).toEqual([NaN, NaN, NaN]);
  });

  it.each([
    ['onto a free place', 'UPDATE points SET seq_num = 5000000000000 WHERE seq_num = 7'],
    ['below the first', 'UPDATE points SET seq_num = -7 WHERE seq_num = 7'],
  ])('a number of a point that has changed %s', (_, sql) => {
    const {runUid} = fill();
    tamper(sql);
    using store = openStore(path);
    for (const values of Object.values(readAll(store, runUid))) expect(values).toEqual(expected(20, [7]));
    expect(store.verify().damageCount).toBe(2);
  });

  it('two points that have changed places', () => {
    const {runUid} = fill();
    tamper('UPDATE points SET seq_num = -1 WHERE seq_num = 4');
    tamper('UPDATE points SET seq_num = 4 WHERE seq_num = 9');
    tamper('UPDATE points SET seq_num = 9 WHERE seq_num = -1');
    using store = openStore(path);
    for (const values of Object.values(readAll(store, runUid))) expect(values).toEqual(expected(20, [4, 9]));
  });

  it('any single flipped bit of the numbers of a point', () => {
    const {runUid} = fill(5);
    const db = new Database(path);
    const whole = db.prepare<[], Buffer>('SELECT data FROM points WHERE seq_num = 3').pluck().get();
    const write = db.prepare('UPDATE points SET data = ? WHERE seq_num = 3');
    using store = openStore(path, {readOnly: true});
    fc.assert(
      fc.property(fc.integer({min: 0, max: 127}), (bit) => {
        write.run(flipped(whole ?? Buffer.alloc(16), bit));
        expect(store.readPoints(runUid).damage).toEqual([{seqNum: 3, kind: 'checksum'}]);
      }),
    );
    write.run(whole);
    expect(store.readPoints(runUid).damage).toEqual([]);
    db.close();
  });

  it('of a run under way, too', () => {
    using store = openStore(path);
    const {uid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    const runUid = writeRun(store.recorder(uid), {pointCount: 12, isStopped: false});
    tamper('DELETE FROM points WHERE seq_num = 5');
    for (const values of Object.values(readAll(store, runUid))) expect(values).toEqual(expected(12, [5]));
  });

  it('in planes, tables and reports', () => {
    const store = openStore(path);
    const {uid: sessionUid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    const {uid: runUid} = writeGridRun(store.recorder(sessionUid), {
      rows: 3,
      columns: 3,
      signalV: (xMm, yMm) => ({xV: 10 + xMm + 3 * yMm, yV: 0}),
    });
    const whole = readRunPlane(store, runUid, 'x');
    store.close();
    tamper('UPDATE points SET data = substr(data, 1, 24) WHERE seq_num = 5');
    using after = openStore(path);
    const plane = readRunPlane(after, runUid, 'x');
    expect(plane?.values).toEqual(whole?.values.map((value, cell) => (cell === 4 ? NaN : value)));
    const text = (format: 'csv' | 'report-html'): string =>
      new TextDecoder().decode(exportSession(after, {sessionUid, runUid, format}).bytes);
    expect(text('csv')).toContain('# Point 5 is damaged in the database');
    expect(text('csv').trimEnd().split('\n').at(-5)).toMatch(/^NaN,NaN/);
    expect(text('report-html')).toContain('Point 5 is damaged in the database');
    const lines = documentLines(after, [runUid]).trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('"damaged"'))).toHaveLength(1);
  });
});

describe('damaged records', () => {
  it.each([
    ['start', `UPDATE runs SET start = replace(start, 'Ada', 'Eve')`, /start record of run 1/],
    ['start that is no JSON', `UPDATE runs SET start = substr(start, 3)`, /start record of run 1/],
    ['stop', `UPDATE runs SET stop = replace(stop, 'success', 'failure')`, /stop record of run 1/],
    [
      'descriptor',
      `UPDATE streams SET descriptor = replace(descriptor, '"V"', '"A"')`,
      /stream "primary" of run 1/,
    ],
    ['columns', `UPDATE streams SET columns = '["x_v","x_mm"]'`, /stream "primary" of run 1/],
  ])('%s: the run says so, and lists go on', (_, sql, words) => {
    const {runUid, sessionUid} = fill();
    tamper(sql);
    using store = openStore(path);
    expect(() => store.getRun(runUid)).toThrow(words);
    try {
      store.getRun(runUid);
    } catch (error) {
      expect(hasCode(error, 'store/damaged')).toBe(true);
    }
    expect(store.listRuns(sessionUid)).toHaveLength(1);
    expect(store.search({})).toHaveLength(1);
    expect(store.verify().damageCount).toBeGreaterThan(0);
  });

  it('a calibration counts for nothing, and the one before it does not come back', () => {
    const store = openStore(path);
    store.addCalibration({kind: 'dark-level', value: darkLevelOf(1)});
    const uid = store.addCalibration({kind: 'dark-level', value: darkLevelOf(2)});
    expect(store.currentCalibration('dark-level')?.value.xV).toBe(2);
    store.close();
    tamper(`UPDATE calibrations SET value = '{"xV":3}' WHERE uid = ?`, uid);
    using after = openStore(path);
    expect(after.currentCalibration('dark-level')).toBeUndefined();
    expect(() => after.getCalibration(uid)).toThrow(/damaged/);
    expect(after.listCalibrations('dark-level').map(({value}) => value.xV)).toEqual([1]);
    expect(after.verify().damage).toMatchObject([{where: `calibration dark-level ${uid}`}]);
  });

  it.each([
    ['changed', `UPDATE sessions SET details = '{"kind":"campaign"}'`],
    ['no JSON', `UPDATE sessions SET details = '{"kind'`],
  ])('details of a session that are %s: it is told, and lists go on', (_, sql) => {
    const {sessionUid} = fill();
    tamper(sql);
    using store = openStore(path);
    expect(() => store.getSession(sessionUid)).toThrow(/the session "one" .* is damaged|"one" .* is damaged/);
    expect(store.listSessions()).toMatchObject([{uid: sessionUid, isDamaged: true}]);
    expect(store.searchSessions({limit: 10})).toHaveLength(1);
    expect(store.designFolders()).toEqual([]);
    expect(store.listAllCalibrations()).toEqual([]);
    expect(store.verify()).toMatchObject({damageCount: 1});
  });

  it('an artifact is not given out', () => {
    const store = openStore(path);
    const {uid: sessionUid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    const uid = store.addArtifact({
      sessionUid,
      kind: 'object-mask',
      metadata: {pitchMm: 1, label: '3'},
      name: 'mask.npy',
      mediaType: 'application/x-npy',
      bytes: new Uint8Array([1, 2, 3]),
    });
    store.close();
    tamper(`UPDATE blobs SET bytes = x'010203FF'`);
    using after = openStore(path);
    expect(() => after.readArtifact(uid)).toThrow(/artifact mask\.npy .* is damaged/);
    expect(after.verify()).toMatchObject({artifactCount: 1, damageCount: 1});
  });
});

it('points from before checksums are read, and told as unchecked', () => {
  const {runUid} = fill();
  tamper('UPDATE points SET checksum = NULL');
  using store = openStore(path);
  for (const values of Object.values(readAll(store, runUid))) expect(values).toEqual(expected(20, []));
  expect(store.verify()).toMatchObject({pointCount: 20, uncheckedPointCount: 20, damageCount: 0});
});

it('a whole database has no damage', () => {
  fill(100);
  using store = openStore(path);
  expect(store.verify()).toEqual({
    runCount: 1,
    pointCount: 100,
    uncheckedPointCount: 0,
    artifactCount: 0,
    damage: [],
    damageCount: 0,
  });
});
