import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {hasCode} from '../../../src/contract/errors.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {recoverDatabase, type RecoveryReport} from '../../../src/host/store/recover/recover.ts';
import {darkLevelOf} from './calibration-values.ts';
import {writeRun} from './sample-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-recover-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** The whole database as it was closed, and one with half of it still in its journal, as a killed program leaves it. */
interface Sample {
  readonly main: Buffer;
  readonly journal: Buffer;
}
let closed: Sample;
let killed: Sample;
/** What stands in the whole one: points by run and number, titles of sessions, texts of notes. */
let whole: ReturnType<typeof contentOf>;

beforeAll(() => {
  const path = join(folder, 'whole.sqlite');
  const store = openStore(path);
  for (const title of ['first', 'second', 'third']) {
    const {uid} = store.createSession({title, operator: 'Ada', benchName: 'fake'});
    for (const pointCount of [5, 120]) writeRun(store.recorder(uid), {pointCount});
    store.addNote({author: 'Ada', text: `a note on ${title}`, sessionUid: uid});
    store.addArtifact({
      sessionUid: uid,
      kind: 'object-mask',
      metadata: {pitchMm: 1, label: '3'},
      name: 'mask.npy',
      mediaType: 'application/x-npy',
      // Larger than a page: it goes on over several.
      bytes: Uint8Array.from({length: 20_000}, (_, i) => (i * title.length) % 251),
    });
    store.addCalibration({kind: 'dark-level', value: darkLevelOf(title.length)});
  }
  whole = contentOf(store);
  // A reader keeps the journal from being emptied.
  const journal = `${path}-wal`;
  killed = {main: readFileSync(path), journal: readFileSync(journal)};
  store.close();
  closed = {main: readFileSync(path), journal: Buffer.alloc(0)};
  expect(killed.journal.length).toBeGreaterThan(100_000);
  expect(existsSync(journal)).toBe(false);
});

/** Undefined for what is refused because its record is damaged. */
function readIfWhole<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'store/damaged')) return undefined;
    throw error;
  }
}

function contentOf(store: Store) {
  const points = new Map<string, string>();
  for (const {uid} of store.search({limit: 1000})) {
    const read = readIfWhole(() => store.readPoints(uid));
    if (!read) continue;
    const {count, data, timeS, damage} = read;
    const isDamaged = new Set(damage.map(({seqNum}) => seqNum));
    for (let i = 0; i < count; i++)
      if (!isDamaged.has(i + 1))
        points.set(`${uid} ${i + 1}`, `${timeS[i]} ${data['x_mm']?.[i]} ${data['x_v']?.[i]}`);
  }
  const sessions = store.listSessions();
  return {
    points,
    titles: sessions.map(({title}) => title).sort(),
    runs: store.search({limit: 1000}).map(({uid, exitStatus}) => `${uid} ${exitStatus}`),
    notes: sessions.flatMap(({uid}) => store.listNotes(uid).map(({text}) => text)).sort(),
    dark: store.listCalibrations('dark-level').map(({value}) => value.xV),
  };
}

let count = 0;
/** Recovers a damaged database; undefined where nothing was found. Checks that nothing of the damaged one was touched. */
function recover({main, journal}: Sample): {report: RecoveryReport; content: typeof whole} | undefined {
  const place = join(folder, `${++count}`);
  const from = join(folder, `damaged-${count}.sqlite`);
  writeFileSync(from, main);
  if (journal.length > 0) writeFileSync(`${from}-wal`, journal);
  try {
    const report = recoverDatabase(from, place);
    using store = openStore(report.to, {readOnly: true});
    return {report, content: contentOf(store)};
  } catch (error) {
    if (!hasCode(error, 'store/not-found')) throw error;
    expect(existsSync(join(place, 'bench.sqlite'))).toBe(false);
    return undefined;
  } finally {
    expect(readFileSync(from).equals(main)).toBe(true);
    if (journal.length > 0) expect(readFileSync(`${from}-wal`).equals(journal)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith(`damaged-${count}`))).toHaveLength(
      journal.length > 0 ? 2 : 1,
    );
    if (existsSync(place)) expect(readdirSync(place).filter((name) => name.includes('salvage'))).toEqual([]);
    for (const name of [from, `${from}-wal`, place]) rmSync(name, {recursive: true, force: true});
  }
}

test.each([
  ['as it was closed', () => closed],
  ['as a killed program left it, with its journal', () => killed],
])('of a whole database %s everything is salvaged', (_, sample) => {
  const recovered = recover(sample());
  expect(recovered?.content).toEqual(whole);
  expect(recovered?.report).toMatchObject({
    pointCount: 375,
    lostPointCount: 0,
    lostRowCount: 0,
    madeRowCount: 0,
    damage: [],
    rows: {sessions: 3, runs: 6, streams: 6, points: 375, notes: 3, artifacts: 3, blobs: 2, calibrations: 3},
  });
});

test('without its first page, which says what the others are, everything but small tables is salvaged', () => {
  const main = Buffer.from(closed.main);
  main.fill(0xa5, 0, 4096);
  const recovered = recover({main, journal: closed.journal});
  expect(recovered?.content.points).toEqual(whole.points);
  expect(recovered?.content.titles).toEqual(whole.titles);
  expect(recovered?.content.notes).toEqual(whole.notes);
});

test('100 bytes cut off the end, and a half of the file, lose what stood there and nothing else', () => {
  for (const length of [closed.main.length - 100, closed.main.length / 2]) {
    const recovered = recover({main: closed.main.subarray(0, length), journal: closed.journal});
    for (const [key, value] of recovered?.content.points ?? []) expect(whole.points.get(key)).toBe(value);
    expect(recovered?.report.pointCount).toBeGreaterThan(0);
  }
});

test('a damaged page of the journal does not hide those behind it', () => {
  const journal = Buffer.from(killed.journal);
  // In the middle of a page in the middle of the journal.
  const frame = Math.floor((journal.length - 32) / 4120 / 2);
  journal.fill(0xff, 32 + frame * 4120 + 500, 32 + frame * 4120 + 600);
  const recovered = recover({main: killed.main, journal});
  expect(recovered?.content.titles).toEqual(whole.titles);
  expect(recovered?.report.pointCount).toBeGreaterThan(300);
  expect(recovered?.report.damagedJournalPageCount).toBe(1);
});

test('a start on a damaged journal keeps it, with its database, before SQLite throws away what stands behind', () => {
  const place = mkdtempSync(join(folder, 'start-'));
  const path = join(place, 'bench.sqlite');
  const journal = Buffer.from(killed.journal);
  journal[32 + 20 * 4120 + 2000] ^= 1;
  writeFileSync(path, killed.main);
  writeFileSync(`${path}-wal`, journal);
  let kept: string;
  {
    using store = openStore(path);
    expect(store.journalNotice).toMatch(/1 damaged page with whole ones behind/);
    kept = /kept as (\S+);/.exec(store.journalNotice)?.[1] ?? '';
    expect(store.verify().damage).toEqual([]);
    expect(contentOf(store).points.size).toBeLessThan(200);
  }
  expect(readFileSync(kept).equals(killed.main)).toBe(true);
  expect(readFileSync(`${kept}-wal`).equals(journal)).toBe(true);
  const report = recoverDatabase(kept, join(place, 'salvaged'));
  expect(report.pointCount).toBeGreaterThan(300);
  // A journal that merely ends early, as a killed program leaves it, is nothing to keep.
  const other = mkdtempSync(join(folder, 'start-'));
  writeFileSync(join(other, 'bench.sqlite'), killed.main);
  writeFileSync(join(other, 'bench.sqlite-wal'), killed.journal.subarray(0, killed.journal.length - 100));
  openStore(join(other, 'bench.sqlite')).close();
  expect(readdirSync(other)).toEqual(['bench.sqlite']);
});

/** Of the sample, damaged: a start either refuses it in words and leaves it alone, or what it shows can be read. */
function startOn({main, journal}: Sample): void {
  const place = mkdtempSync(join(folder, 'open-'));
  const path = join(place, 'bench.sqlite');
  writeFileSync(path, main);
  if (journal.length > 0) writeFileSync(`${path}-wal`, journal);
  try {
    using store = openStore(path);
    store.verify();
    for (const [key, value] of contentOf(store).points) expect(whole.points.get(key), key).toBe(value);
  } catch (error) {
    if (!hasCode(error, 'store/damaged', 'file/invalid', 'store/newer-version')) throw error;
    expect(error.message).toMatch(/left as it|was left|is not used/);
  }
  rmSync(place, {recursive: true});
}

test('a start refuses a database whose definition of a table is damaged, in words', () => {
  const column = 'scan_id INTEGER';
  const main = Buffer.from(closed.main);
  // Pages keep copies of what stood on them before.
  for (let at = main.indexOf(column); at >= 0; at = main.indexOf(column, at + 1)) main[at] ^= 1;
  const path = join(folder, 'definition.sqlite');
  writeFileSync(path, main);
  expect(() => openStore(path)).toThrow(/damaged \(it has no column runs\.scan_id\) and was left as it is/);
  expect(readFileSync(path).equals(main)).toBe(true);
});

test('a start refuses a database of a format of files that SQLite does not know, as damage makes it', () => {
  const main = Buffer.from(closed.main);
  // The number of the schema's format is bytes 44 to 47.
  main[47] = 9;
  const path = join(folder, 'format.sqlite');
  writeFileSync(path, main);
  expect(() => openStore(path)).toThrow(/damaged \(unsupported file format\) and was left as it is/);
});

test('a start refuses a database whose header forbids to write it, as damage makes it', () => {
  const main = Buffer.from(closed.main);
  // The versions of the format that may be written and read are bytes 18 and 19 of the file.
  main[18] = 3;
  const path = join(folder, 'header.sqlite');
  writeFileSync(path, main);
  expect(() => openStore(path)).toThrow(/damaged \(its header forbids to write it\) and was left as it is/);
});

test('runs whose own records are lost are salvaged under records that say so', () => {
  const main = Buffer.from(closed.main);
  // The pages that hold the starts of runs: nothing of them is left.
  for (let at = 0; at < main.length; at += 4096) {
    const page = main.subarray(at, at + 4096);
    if (page[0] === 13 && page.includes('"plan_name":"test"')) page.fill(0);
  }
  const recovered = recover({main, journal: closed.journal});
  expect(recovered?.report.rows['runs']).toBe(0);
  expect(recovered?.report.pointCount).toBe(375);
  expect(recovered?.report.madeRowCount).toBeGreaterThanOrEqual(6);
  expect(new Set(recovered?.content.points.keys())).toEqual(new Set(whole.points.keys()));
  expect(recovered?.content.runs.every((run) => run.endsWith(' fail'))).toBe(true);
});

test('a stream whose row names a run that never was goes back to the run that its descriptor names', () => {
  const path = join(folder, 'misled.sqlite');
  writeFileSync(path, closed.main);
  {
    const db = new Database(path);
    db.pragma('foreign_keys = OFF');
    db.exec('UPDATE streams SET run_id = 70 + id WHERE id IN (1, 2)');
    db.close();
  }
  const recovered = recover({main: readFileSync(path), journal: Buffer.alloc(0)});
  expect(recovered?.content).toEqual(whole);
  expect(recovered?.report.madeRowCount).toBe(0);
});

test('of two streams that claim one name in one run, the second is salvaged under a run of its own', () => {
  const path = join(folder, 'twice.sqlite');
  writeFileSync(path, closed.main);
  {
    const db = new Database(path);
    db.pragma('foreign_keys = OFF');
    db.exec(
      'UPDATE streams SET run_id = 70, descriptor = (SELECT descriptor FROM streams WHERE id = 1) WHERE id = 2',
    );
    db.close();
  }
  const recovered = recover({main: readFileSync(path), journal: Buffer.alloc(0)});
  expect(recovered?.report.pointCount).toBe(375);
  expect(recovered?.content.runs).toHaveLength(7);
});

test('what is no database at all gives nothing, and a place that is taken is refused', () => {
  for (const main of [Buffer.alloc(0), Buffer.from('Dear diary'), Buffer.alloc(50_000, 0x0d)])
    expect(recover({main, journal: Buffer.alloc(0)})).toBeUndefined();
  const from = join(folder, 'taken.sqlite');
  writeFileSync(from, closed.main);
  copyFileSync(from, join(folder, 'bench.sqlite'));
  expect(() => recoverDatabase(from, folder)).toThrow(/There is a database .* already/);
  expect(() => recoverDatabase(join(folder, 'none.sqlite'), join(folder, 'x'))).toThrow(
    /There is no database/,
  );
});

/** Damage as disks, cables and copies do it. */
const damage = fc.oneof(
  fc.record({kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat({max: 7})}),
  fc.record({
    kind: fc.constant('fill' as const),
    at: fc.nat(),
    length: fc.integer({min: 1, max: 9000}),
    byte: fc.nat({max: 255}),
  }),
  fc.record({kind: fc.constant('swap' as const), at: fc.nat(), other: fc.nat()}),
  fc.record({kind: fc.constant('cut' as const), at: fc.nat()}),
);

function damaged(
  bytes: Buffer,
  acts: readonly (typeof damage extends fc.Arbitrary<infer Act> ? Act : never)[],
): Buffer {
  let own = Buffer.from(bytes);
  for (const act of acts) {
    if (own.length === 0) return own;
    const at = act.at % own.length;
    if (act.kind === 'flip') own[at] ^= 1 << act.bit;
    else if (act.kind === 'fill') own.fill(act.byte, at, Math.min(own.length, at + act.length));
    else if (act.kind === 'cut') own = own.subarray(0, at);
    else {
      // Two sectors that have changed places.
      const [a, b] = [at - (at % 512), (act.other % own.length) - ((act.other % own.length) % 512)];
      const kept = Buffer.from(own.subarray(a, a + 512));
      own.copy(own, a, b, b + 512);
      kept.copy(own, b);
    }
  }
  return own;
}

/** The same cases at every run; `D2NN_DAMAGE_CASES=1500` tries as many others. */
const otherCases = process.env['D2NN_DAMAGE_CASES'];

test('whatever damage there is, a start tells it, and recovering ends, leaves the damaged one alone and invents nothing', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(damage, {maxLength: 12}),
      fc.array(damage, {maxLength: 6}),
      (isKilled, ofMain, ofJournal) => {
        const sample = isKilled ? killed : closed;
        const harmed = {main: damaged(sample.main, ofMain), journal: damaged(sample.journal, ofJournal)};
        startOn(harmed);
        const recovered = recover(harmed);
        if (!recovered) return;
        for (const [key, value] of recovered.content.points) expect(whole.points.get(key), key).toBe(value);
        expect(recovered.report.rows['sessions']).toBeLessThanOrEqual(3);
        expect(recovered.report.rows['runs']).toBeLessThanOrEqual(6);
        for (const xV of recovered.content.dark) expect(whole.dark).toContain(xV);
      },
    ),
    otherCases ? {numRuns: Number(otherCases)} : {numRuns: 60, seed: 20261201},
  );
});
