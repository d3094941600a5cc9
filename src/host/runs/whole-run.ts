import type {ContinuedRun, DoubtfulPoints, RunStop} from '../../contract/run-records.ts';
import type {Store} from '../store/open-store.ts';
import type {PointDoubt, PointPage} from '../store/point-feed.ts';
import type {RunSummary, StoredPoints, StoredRun} from '../store/run-reading.ts';
import {doubtOf} from './doubtful-points.ts';

/** Longest chain of continuations that is followed; records that name each other in a circle end here. */
const mostSegments = 1000;

/** A run together with those that it goes on with: one scan, in the order of measuring. */
export interface WholeRun {
  /** The last segment; which of its points are in doubt is counted in the points of all of them. */
  readonly run: StoredRun;
  /** From the first one to the last. */
  readonly segments: readonly StoredRun[];
  /** Points of all segments; those of an earlier one that were measured again later are left out. */
  readonly pointsOf: (stream?: string) => StoredPoints;
}

/** Reads a run with all that it goes on with. A run of its own is itself alone. */
export function readWholeRun(store: Pick<Store, 'getRun' | 'readPoints'>, runUid: string): WholeRun {
  const segments = segmentsOf(store, runUid);
  const own = segments[segments.length - 1];
  if (segments.length === 1)
    return {run: own, segments, pointsOf: (stream = 'primary') => store.readPoints(runUid, stream)};
  const joined = new Map<string, Joined>();
  const joinedOf = (stream: string): Joined => {
    const known = joined.get(stream);
    if (known) return known;
    const made = joinSegments(store, segments, stream);
    joined.set(stream, made);
    return made;
  };
  return {
    run: {...own, ...(own.stop && {stop: withOffsets(own.stop, (stream) => joinedOf(stream).earlierCount)})},
    segments,
    pointsOf: (stream = 'primary') => joinedOf(stream).points,
  };
}

/**
 * A page of the points of a whole run, as `readPointPage` gives one of a single run: numbers count on from one segment to
 * the next. A client that follows a run which goes on with another gets both.
 */
export function readWholePage(
  store: Pick<Store, 'getRun' | 'readPoints' | 'readPointPage'>,
  {runUid, stream, after, limit}: {runUid: string; stream: string; after: number; limit: number},
): PointPage {
  const {continues} = store.getRun(runUid).start;
  if (!continues) return store.readPointPage(runUid, stream, after, limit);
  const before = earlierPoints(store, runUid, continues, stream);
  const offset = before.count;
  const own = store.readPointPage(runUid, stream, Math.max(0, after - offset), after < offset ? 0 : limit);
  const shifted = (range: PointDoubt): PointDoubt => ({
    ...range,
    first: range.first + offset,
    last: range.last + offset,
  });
  const doubt = own.doubt && shifted(own.doubt);
  const suspended = own.suspended.map(shifted);
  if (after >= offset)
    return {
      ...own,
      firstSeqNum: own.count === 0 ? 0 : own.firstSeqNum + offset,
      damage: own.damage.map((each) => ({...each, seqNum: each.seqNum + offset})),
      doubt,
      suspended,
    };
  const last = Math.min(offset, after + limit);
  const columns = unitsOf(store.getRun(continues.run_uid), stream, before.columns);
  return {
    columns,
    firstSeqNum: after + 1,
    count: last - after,
    timeS: before.timeS.slice(after, last),
    values: columns.map(({name}) => before.data[name].slice(after, last)),
    damage: before.damage.filter(({seqNum}) => seqNum > after && seqNum <= last),
    doubt,
    suspended,
    isLast: false,
  };
}

/** Runs of a session of which another one that has points goes on: their points stand in that one's planes and files. */
export const continuedRuns = (
  runs: readonly Pick<RunSummary, 'continuesUid' | 'pointCount'>[],
): ReadonlySet<string> =>
  new Set(
    runs.flatMap(({continuesUid, pointCount}) =>
      continuesUid !== undefined && pointCount > 0 ? [continuesUid] : [],
    ),
  );

/** What a run goes on with, its segments from the first one; itself the last. */
function segmentsOf(store: Pick<Store, 'getRun'>, runUid: string): readonly StoredRun[] {
  const segments = [store.getRun(runUid)];
  for (let [{start}] = segments; start.continues && segments.length < mostSegments; [{start}] = segments)
    segments.unshift(store.getRun(start.continues.run_uid));
  return segments;
}

interface Joined {
  readonly points: StoredPoints;
  /** Points of the segments before the last one. */
  readonly earlierCount: number;
}

/** Earlier segments are over and never change: what was joined of them is kept for the feed of the one under way. */
const keptEarlier = new WeakMap<object, Map<string, StoredPoints>>();
const mostKept = 8;

function earlierPoints(
  store: Pick<Store, 'getRun' | 'readPoints'>,
  runUid: string,
  {run_uid: before}: ContinuedRun,
  stream: string,
): StoredPoints {
  const kept = keptEarlier.get(store) ?? new Map<string, StoredPoints>();
  keptEarlier.set(store, kept);
  const key = `${runUid} ${stream}`;
  const known = kept.get(key);
  if (known) return known;
  const {continues} = store.getRun(runUid).start;
  const made = joinSegments(store, [...segmentsOf(store, before)], stream, continues?.first_index).points;
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, made);
  return made;
}

/** `endIndex`: the `point_index` with which what comes behind the last of them begins. */
function joinSegments(
  store: Pick<Store, 'readPoints'>,
  segments: readonly StoredRun[],
  stream: string,
  endIndex?: number,
): Joined {
  const parts = segments.map((segment, i): Part => {
    const points = store.readPoints(segment.start.uid, stream);
    const next = segments[i + 1]?.start.continues?.first_index ?? endIndex;
    return {
      segment,
      points,
      rows: next === undefined ? undefined : rowsThatCount(segment, points, stream, next),
    };
  });
  const columns =
    parts[parts.length - 1].points.columns.length > 0
      ? parts[parts.length - 1].points.columns
      : parts[0].points.columns;
  const whole = columns.map((name) => joinColumn(parts, name));
  const counts = parts.map(({points, rows}) => rows?.length ?? points.count);
  const count = counts.reduce((sum, own) => sum + own, 0);
  return {
    points: {
      columns,
      count,
      timeS: concat(parts.map(({points, rows}) => picked(points.timeS, rows))),
      data: Object.fromEntries(columns.map((name, i) => [name, whole[i]])),
      damage: parts.flatMap(({points, rows}, i) => {
        const offset = counts.slice(0, i).reduce((sum, own) => sum + own, 0);
        return points.damage.flatMap((each) => {
          const place = rows ? rows.indexOf(each.seqNum - 1) : each.seqNum - 1;
          return place < 0 ? [] : [{...each, seqNum: offset + place + 1}];
        });
      }),
    },
    earlierCount: count - counts[counts.length - 1],
  };
}

interface Part {
  readonly segment: StoredRun;
  readonly points: StoredPoints;
  /** Which of its points count; undefined for all. */
  readonly rows: readonly number[] | undefined;
}

/** Points before the one with which the next segment begins, without those in doubt: these are measured again. */
function rowsThatCount(
  segment: StoredRun,
  points: StoredPoints,
  stream: string,
  nextIndex: number,
): number[] {
  const isDoubtful = doubtOf(segment, stream);
  const index = stream === 'primary' ? points.data['point_index'] : undefined;
  const rows: number[] = [];
  for (let row = 0; row < points.count; row++)
    // A damaged point has no index: it is one of those before, as far as anybody knows.
    if (isDoubtful?.(row) !== true && !(index && index[row] >= nextIndex)) rows.push(row);
  return rows;
}

function joinColumn(parts: readonly Part[], name: string): Float64Array {
  let lastS = Number.NEGATIVE_INFINITY;
  let lastUtcS = 0;
  return concat(
    parts.map(({points, rows}) => {
      const column = points.data[name] ?? new Float64Array(points.count).fill(Number.NaN);
      const values = picked(column, rows);
      if (name !== 'bench_time_s' || values.length === 0) return values;
      // The clock of a bench begins anew with the bench: what came later stays later.
      const utcS = picked(points.timeS, rows);
      const shiftS = values[0] < lastS ? lastS + Math.max(0, utcS[0] - lastUtcS) - values[0] : 0;
      const shifted = values.map((value) => value + shiftS);
      lastS = shifted[shifted.length - 1];
      lastUtcS = utcS[utcS.length - 1];
      return shifted;
    }),
  );
}

const picked = (values: Float64Array, rows: readonly number[] | undefined): Float64Array<ArrayBuffer> =>
  rows ? Float64Array.from(rows, (row) => values[row]) : Float64Array.from(values);

function concat(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const whole = new Float64Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function withOffsets(stop: RunStop, offsetOf: (stream: string) => number): RunStop {
  const {doubtful, suspensions} = stop;
  const shifted = (points: DoubtfulPoints['points']): DoubtfulPoints['points'] =>
    Object.fromEntries(
      Object.entries(points).map(([stream, [first, last]]) => {
        const offset = offsetOf(stream);
        return [stream, [first + offset, last + offset] as const];
      }),
    );
  return {
    ...stop,
    ...(doubtful && {doubtful: {...doubtful, points: shifted(doubtful.points)}}),
    ...(suspensions && {
      suspensions: suspensions.map((each) => ({...each, points: shifted(each.points)})),
    }),
  };
}

function unitsOf({descriptors}: StoredRun, stream: string, names: readonly string[]): PointPage['columns'] {
  const keys = descriptors.find(({name}) => name === stream)?.data_keys ?? {};
  return names.map((name) => ({name, unit: keys[name]?.units ?? ''}));
}
