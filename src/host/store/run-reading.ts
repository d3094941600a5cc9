import type {
  EventDescriptor,
  ExitStatus,
  RunDocument,
  RunStart,
  RunStop,
} from '../../contract/run-records.ts';
import {createRunRows} from './run-rows.ts';
import {type StoreContext, notFound, pointCountOfRun} from './store-context.ts';
import {startFrom, stopFrom} from './stored-documents.ts';
import {type PointDamage, readColumns} from './stored-points.ts';

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
  /** Points whose rows are damaged; their time and numbers are not-a-number, at their own place. */
  readonly damage: readonly PointDamage[];
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
  /** The run with which it goes on. */
  readonly continuesUid?: string;
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
  readonly continues_uid: string | null;
}

const summaryQuery = `
  SELECT runs.uid, scan_id, sessions.uid AS session_uid, time, plan_name, runs.operator, sample, purpose,
    runs.design_hash, campaign_index, exit_status, reason,
    coalesce(point_count, (${pointCountOfRun})) AS point_count,
    CASE WHEN json_valid(start)
      THEN json_array_length(start, '$.shape') = 2 AND json_array_length(start, '$.extents') = 2 END AS is_grid,
    CASE WHEN json_valid(start) THEN json_extract(start, '$.continues.run_uid') END AS continues_uid
  FROM runs JOIN sessions ON sessions.id = session_id`;

export function createRunReading(context: StoreContext): RunReading {
  const {db, path} = context;
  const rows = createRunRows(context);

  return {
    getRun(runUid) {
      const run = rows.runRow(runUid);
      const streams = rows.streamRows(run.id);
      const stop = stopFrom(path, run);
      return {
        start: startFrom(path, run),
        descriptors: streams.map((row) => rows.descriptorOf(row, run)),
        ...(stop && {stop}),
        pointCounts: Object.fromEntries(streams.map((row) => [row.name, rows.countOf(row, run)])),
      };
    },

    listRuns: (sessionUid) =>
      db
        .prepare<[string], SummaryRow>(`${summaryQuery} WHERE sessions.uid = ? ORDER BY runs.id`)
        .all(sessionUid)
        .map(summaryFrom),

    getRunSummary: (runUid) => runSummaryOf(context, runUid),

    search(search) {
      const {where, values} = conditionsOf(search);
      return db
        .prepare<unknown[], SummaryRow>(`${summaryQuery} ${where} ORDER BY runs.id DESC LIMIT ?`)
        .all(...values, search.limit ?? 200)
        .map(summaryFrom);
    },

    readPoints(runUid, stream = 'primary') {
      const run = rows.runRow(runUid);
      const row = rows.streamRows(run.id).find(({name}) => name === stream);
      if (!row) return {columns: [], count: 0, timeS: new Float64Array(0), data: {}, damage: []};
      const own = rows.streamOf(row, run);
      // One read transaction, so that count and points belong together while another process appends.
      const {timeS, values, damage} = db.transaction(() => {
        const last = rows.countOf(row, run);
        return readColumns(own, rows.pointRows(row.id, 0, last), {after: 0, last});
      })();
      return {
        columns: own.columns,
        count: timeS.length,
        timeS,
        data: Object.fromEntries(own.columns.map((name, i) => [name, values[i]])),
        damage,
      };
    },

    *documents(runUid, after = {}) {
      const run = rows.runRow(runUid);
      yield ['start', startFrom(path, run)];
      for (const row of rows.streamRows(run.id)) {
        yield ['descriptor', rows.descriptorOf(row, run)];
        yield* rows.events(row, run, after[row.name] ?? 0);
      }
      const stop = stopFrom(path, run);
      if (stop) yield ['stop', stop];
    },
  };
}

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
  ...(row.continues_uid !== null && {continuesUid: row.continues_uid}),
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

function runSummaryOf({db, path}: StoreContext, runUid: string): RunSummary {
  const row = db.prepare<[string], SummaryRow>(`${summaryQuery} WHERE runs.uid = ?`).get(runUid);
  if (!row) throw notFound('run', runUid, path);
  return summaryFrom(row);
}
