import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {createRandom} from '../../../../src/base/random.ts';
import {openStore} from '../../../../src/host/store/open-store.ts';
import {buildWriteLog, layOutAfterCut, readWriteLog, type LoggedAct} from './write-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-power-cut-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const library = buildWriteLog(folder);
const childFile = fileURLToPath(new URL('bursts-child.ts', import.meta.url));
const files = ['bench.sqlite', 'bench.sqlite-wal', 'bench.sqlite-journal'];

function recordWrites(safeWithinMs: number, burstSize: number): LoggedAct[] {
  const place = join(folder, `record-${safeWithinMs}`);
  mkdirSync(place);
  const log = join(folder, `writes-${safeWithinMs}`);
  const {signal, stderr} = spawnSync(
    process.execPath,
    [childFile, join(place, 'bench.sqlite'), `${safeWithinMs}`, `${burstSize}`],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: {...process.env, LD_PRELOAD: library, WRITE_LOG: log, WRITE_LOG_FOLDER: place},
    },
  );
  expect(signal, stderr).toBe('SIGKILL');
  return readWriteLog(log, place);
}

/** How many points had been `stored` or `rested` when act `cutAt` was done. */
function shownBy(acts: readonly LoggedAct[], cutAt: number, word: string): number {
  for (let i = cutAt; i >= 0; i--) {
    const act = acts[i];
    if (act.kind === 'printed' && act.text.startsWith(word)) return Number(act.text.split(' ')[1]);
  }
  return 0;
}

/** X of each point that is there after the cut, mm; throws where the database is not whole. */
function pointsAfterCut(acts: readonly LoggedAct[], cutAt: number, keptShare: number): number[] {
  const place = mkdtempSync(join(folder, 'cut-'));
  layOutAfterCut(acts, cutAt, {
    folder: place,
    files,
    random: createRandom(`${cutAt} ${keptShare}`),
    keptShare,
  });
  using store = openStore(join(place, 'bench.sqlite'));
  const check = store.verify();
  expect(check.damage).toEqual([]);
  const [run] = store.search({});
  const points = run ? [...(store.readPoints(run.uid).data['x_mm'] ?? [])] : [];
  store.close();
  rmSync(place, {recursive: true, force: true});
  return points;
}

/** While the database is made, while points are stored, and while SQLite copies its journal into the database. */
function cutsOf(acts: readonly LoggedAct[]): number[] {
  const random = createRandom('cuts');
  const begun = acts.findIndex((act) => act.kind === 'printed');
  const copying = acts.flatMap((act, i) =>
    i > begun && 'file' in act && act.file === 'bench.sqlite' ? [i] : [],
  );
  const someOf = (count: number, first: number, limit: number): number[] =>
    Array.from({length: count}, () => first + random.integer(limit - first));
  // The last moment at which the database that is being made has to be put back to what it was: nothing.
  const making = acts.findIndex((act) => act.kind === 'removed' && act.file === 'bench.sqlite-journal') - 1;
  expect(making).toBeGreaterThan(0);
  return [
    making,
    ...someOf(2, 0, begun),
    ...someOf(7, begun, acts.length),
    ...(copying.length > 0 ? someOf(3, 0, copying.length).map((i) => copying[i] ?? 0) : []),
    acts.length - 1,
  ];
}

// What the system was really asked, call by call (write-log.c); without a C compiler it cannot be seen.
describe.skipIf(library === undefined)('after a power cut at any of the calls of the system', () => {
  it.each([
    ['each point is to be safe', 0, 60, 'stored'],
    ['points are to be safe within 250 ms', 250, 400, 'rested'],
  ])('%s: those are there, in their order, and the database is whole', (_, safeWithinMs, burstSize, word) => {
    const acts = recordWrites(safeWithinMs, burstSize);
    for (const cutAt of cutsOf(acts))
      for (const keptShare of [0, 0.5]) {
        const points = pointsAfterCut(acts, cutAt, keptShare);
        expect(points).toEqual(points.map((_value, i) => (i + 1) / 10));
        expect(points.length, `cut after act ${cutAt}`).toBeGreaterThanOrEqual(shownBy(acts, cutAt, word));
      }
  });
});
