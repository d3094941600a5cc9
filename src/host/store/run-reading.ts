import type {
  EventDescriptor,
  ExitStatus,
  RunDocument,
  RunEvent,
  RunStart,
  RunStop,
} from '../../contract/run-records.ts';
import {BenchError} from '../../contract/errors.ts';
import {type StoreContext, notFound, pointCountOfRun} from './store-context.ts';

export interface StoredRun {
  readonly start: RunStart;
  readonly descriptors: readonly EventDescriptor[];
  /** Absent while the run is under way. */
  readonly stop?: RunStop;
  /** Points stored so far, by stream. */
  readonly pointCounts: Readonly<Record<string, number>>;
}

/** Points of a stream, a column each; index i is point i + 1. */
export interface StoredPoints {
  readonly columns: readonly string[];
  readonly count: number;
  /** When each point was committed, seconds since the epoch, UTC. */
  readonly timeS: Float64Array;
  readonly data: Readonly<Record<string, Float64Array>>;
}

export interface RunSummary {
  readonly uid: string;
  readonly scanId: number;
  readonly sessionUid: string;
  readonly timeS: number;
  readonly planName: string;
  readonly operator: string;
  readonly sample?: string;
  readonly purpose?: string;
  readonly designHash?: string;
  readonly campaignIndex?: number;
  /** Absent while the run is under way. */
  readonly exitStatus?: ExitStatus;
  readonly reason?: string;
  readonly pointCount: number;
  /** Whether its points fill a plane of rows and columns. */
  readonly isGrid: boolean;
}

export interface RunSearch {
  /** Words to be found in sample, purpose, plan, operator, reason or the notes of a run. */
  readonly text?: string;
  readonly sessionUid?: string;
  readonly planName?: string;
  readonly designHash?: string;
  readonly exitStatus?: ExitStatus;
  readonly scanId?: number;
  readonly sinceS?: number;
  readonly untilS?: number;
  readonly limit?: number;
}

export interface RunReading {
  getRun(runUid: string): StoredRun;
  listRuns(sessionUid: string): RunSummary[];
  getRunSummary(runUid: string): RunSummary;
  search(search: RunSearch): RunSummary[];
  /** The stream's points as columns of float64. An undeclared stream has none. */
  readPoints(runUid: string, stream?: string): StoredPoints;
  /**
   * All documents of a run as they were stored: start, then each stream's descriptor and events, then stop. Events of a
   * stream named in `after` begin behind that `seq_num`.
   */
  documents(
    runUid: string,
    after?: Readonly<Record<string, number>>,
  ): Generator<RunDocument, void, undefined>;
}

interface StreamRow {
  readonly id: number;
  readonly name: string;
  readonly columns: string;
  readonly descriptor: string;
}

interface SummaryRow {
  readonly uid: string;
  readonly scan_id: number;
  readonly session_uid: string;
  readonly time: number;
  readonly plan_name: string;
  readonly operator: string;
  readonly sample: string | null;
  readonly purpose: string | null;
  readonly design_hash: string | null;
  readonly campaign_index: number | null;
  readonly exit_status: ExitStatus | null;
  readonly reason: string | null;
  readonly point_count: number;
  readonly is_grid: number | null;
}

type PointRow = [seqNum: number, time: number, data: Buffer, extra: string | null];

const summaryQuery = `
  SELECT runs.uid, scan_id, sessions.uid AS session_uid, time, plan_name, runs.operator, sample, purpose,
    runs.design_hash, campaign_index, exit_status, reason,
    coalesce(point_count, (${pointCountOfRun})) AS point_count,
    json_array_length(start, '$.shape') = 2 AND json_array_length(start, '$.extents') = 2 AS is_grid
  FROM runs JOIN sessions ON sessions.id = session_id`;

export function createRunReading(context: StoreContext): RunReading {
  const {db, path} = context;

  const runRow = (uid: string): {id: number; start: string; stop: string | null} => {
    const row = db
      .prepare<[string], {id: number; start: string; stop: string | null}>(
        'SELECT id, start, stop FROM runs WHERE uid = ?',
      )
      .get(uid);
    if (!row) throw notFound('run', uid, path);
    return row;
  };

  const streamRows = (runId: number): StreamRow[] =>
    db
      .prepare<[number], StreamRow>(
        'SELECT id, name, columns, descriptor FROM streams WHERE run_id = ? ORDER BY id',
      )
      .all(runId);

  const countOf = (streamId: number): number =>
    db
      .prepare<[number], number>('SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = ?')
      .pluck()
      .get(streamId) ?? 0;

  const pointRows = (streamId: number): IterableIterator<PointRow> =>
    db
      .prepare<[number], PointRow>(
        'SELECT seq_num, time, data, extra FROM points WHERE stream_id = ? ORDER BY seq_num',
      )
      .raw()
      .iterate(streamId);

  const pointPage = (streamId: number, after: number): PointRow[] =>
    db
      .prepare<[number, number], PointRow>(
        'SELECT seq_num, time, data, extra FROM points WHERE stream_id = ? AND seq_num > ? ORDER BY seq_num LIMIT 1000',
      )
      .raw()
      .all(streamId, after);

  return {
    getRun(runUid) {
      const run = runRow(runUid);
      const streams = streamRows(run.id);
      return {
        start: parse<RunStart>(run.start),
        descriptors: streams.map(({descriptor}) => parse<EventDescriptor>(descriptor)),
        ...(run.stop !== null && {stop: parse<RunStop>(run.stop)}),
        pointCounts: Object.fromEntries(streams.map(({id, name}) => [name, countOf(id)])),
      };
    },

    listRuns: (sessionUid) =>
      db
        .prepare<[string], SummaryRow>(`${summaryQuery} WHERE sessions.uid = ? ORDER BY runs.id`)
        .all(sessionUid)
        .map(summaryFrom),

    getRunSummary(runUid) {
      const row = db.prepare<[string], SummaryRow>(`${summaryQuery} WHERE runs.uid = ?`).get(runUid);
      if (!row) throw notFound('run', runUid, path);
      return summaryFrom(row);
    },

    search(search) {
      const {where, values} = conditionsOf(search);
      return db
        .prepare<unknown[], SummaryRow>(`${summaryQuery} ${where} ORDER BY runs.id DESC LIMIT ?`)
        .all(...values, search.limit ?? 200)
        .map(summaryFrom);
    },

    readPoints(runUid, stream = 'primary') {
      const run = runRow(runUid);
      const row = streamRows(run.id).find(({name}) => name === stream);
      if (!row) return {columns: [], count: 0, timeS: new Float64Array(0), data: {}};
      // One read transaction, so that count and points belong together while another process appends.
      return db.transaction(() => readColumns(row, countOf(row.id), pointRows(row.id), path))();
    },

    *documents(runUid, told = {}) {
      const run = runRow(runUid);
      yield ['start', parse<RunStart>(run.start)];
      for (const stream of streamRows(run.id)) {
        const descriptor = parse<EventDescriptor>(stream.descriptor);
        yield ['descriptor', descriptor];
        const columns = parse<string[]>(stream.columns);
        // By pages: an unfinished query would keep this connection from writing until the caller has read on.
        for (let after = told[stream.name] ?? 0; ;) {
          const page = pointPage(stream.id, after);
          for (const row of page) yield ['event', eventFrom(row, descriptor.uid, columns, path)];
          const last = page.at(-1);
          if (!last) break;
          after = last[0];
        }
      }
      if (run.stop !== null) yield ['stop', parse<RunStop>(run.stop)];
    },
  };
}

function readColumns(
  stream: StreamRow,
  count: number,
  rows: IterableIterator<PointRow>,
  path: string,
): StoredPoints {
  const columns = parse<string[]>(stream.columns);
  const timeS = new Float64Array(count);
  const arrays = columns.map(() => new Float64Array(count));
  const scratch = new Float64Array(columns.length);
  const scratchBytes = new Uint8Array(scratch.buffer);
  let index = 0;
  for (const [seqNum, time, data] of rows) {
    if (data.length !== scratchBytes.length) throw damagedPoint(path, stream.name, seqNum);
    scratchBytes.set(data);
    timeS[index] = time;
    for (let column = 0; column < arrays.length; column++) {
      const array = arrays[column];
      if (array) array[index] = scratch[column] ?? NaN;
    }
    index++;
  }
  return {
    columns,
    count,
    timeS,
    data: Object.fromEntries(columns.map((name, i) => [name, arrays[i] ?? timeS])),
  };
}

function eventFrom(
  [seqNum, time, data, extraText]: PointRow,
  descriptor: string,
  columns: readonly string[],
  path: string,
): RunEvent {
  if (data.length !== columns.length * 8) throw damagedPoint(path, descriptor, seqNum);
  const extra =
    extraText === null
      ? {}
      : parse<{uid?: string; timestamps?: RunEvent['timestamps']; data?: RunEvent['data']}>(extraText);
  const values: Record<string, number | string | boolean> = {};
  columns.forEach((name, i) => (values[name] = data.readDoubleLE(i * 8)));
  Object.assign(values, extra.data);
  return {
    uid: extra.uid ?? `${descriptor}:${seqNum}`,
    descriptor,
    seq_num: seqNum,
    time,
    data: values,
    timestamps: extra.timestamps ?? Object.fromEntries(Object.keys(values).map((name) => [name, time])),
  };
}

const damagedPoint = (path: string, stream: string, seqNum: number): BenchError =>
  new BenchError(
    'store/damaged',
    `Point ${seqNum} of stream "${stream}" in ${path} has not the length that its columns ask for. ` +
      'The file was left as it is; compare it with a copy.',
  );

/** JSON that this store wrote itself, in columns that nothing else writes. */
const parse = <Value>(text: string): Value => JSON.parse(text) as Value;

const summaryFrom = (row: SummaryRow): RunSummary => ({
  uid: row.uid,
  scanId: row.scan_id,
  sessionUid: row.session_uid,
  timeS: row.time,
  planName: row.plan_name,
  operator: row.operator,
  ...(row.sample !== null && {sample: row.sample}),
  ...(row.purpose !== null && {purpose: row.purpose}),
  ...(row.design_hash !== null && {designHash: row.design_hash}),
  ...(row.campaign_index !== null && {campaignIndex: row.campaign_index}),
  ...(row.exit_status !== null && {exitStatus: row.exit_status}),
  ...(row.reason !== null && {reason: row.reason}),
  pointCount: row.point_count,
  isGrid: row.is_grid === 1,
});

function conditionsOf(search: RunSearch): {where: string; values: (string | number)[]} {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...given: (string | number)[]): void => {
    parts.push(sql);
    values.push(...given);
  };
  if (search.sessionUid !== undefined) add('sessions.uid = ?', search.sessionUid);
  if (search.planName !== undefined) add('plan_name = ?', search.planName);
  if (search.designHash !== undefined) add('runs.design_hash = ?', search.designHash);
  if (search.exitStatus !== undefined) add('exit_status = ?', search.exitStatus);
  if (search.scanId !== undefined) add('scan_id = ?', search.scanId);
  if (search.sinceS !== undefined) add('time >= ?', search.sinceS);
  if (search.untilS !== undefined) add('time <= ?', search.untilS);
  for (const word of search.text?.split(/\s+/).filter(Boolean) ?? []) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    add(
      `(coalesce(sample, '') || ' ' || coalesce(purpose, '') || ' ' || plan_name || ' ' || runs.operator || ' ' ||
        coalesce(reason, '') LIKE ? ESCAPE '\\'
        OR EXISTS (SELECT 1 FROM notes WHERE run_id = runs.id AND text LIKE ? ESCAPE '\\'))`,
      pattern,
      pattern,
    );
  }
  return {where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values};
}
