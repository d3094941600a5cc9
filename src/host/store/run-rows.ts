import type {EventDescriptor, RunDocument} from '../../contract/run-records.ts';
import {type StoreContext, notFound} from './store-context.ts';
import {columnsFrom, descriptorFrom, stopFactsOf, type RunRow, type StreamRow} from './stored-documents.ts';
import {
  type PointRow,
  type PointStream,
  eventFrom,
  pointColumns,
  pointCountFrom,
  pointsInPlace,
} from './stored-points.ts';

/** Points read at once for documents. */
const pageSize = 1000;

/** Reads the rows of a run, its streams and their points. */
export function createRunRows({db, path}: StoreContext) {
  const runRow = (uid: string): RunRow => {
    const row = db
      .prepare<[string], RunRow>(
        'SELECT id, scan_id, start, start_checksum, stop, stop_checksum FROM runs WHERE uid = ?',
      )
      .get(uid);
    if (!row) throw notFound('run', uid, path);
    return row;
  };

  const streamRows = (runId: number): StreamRow[] =>
    db
      .prepare<[number], StreamRow>(
        'SELECT id, uid, name, columns, descriptor, checksum FROM streams WHERE run_id = ? ORDER BY id',
      )
      .all(runId);
  const descriptorOf = (row: StreamRow, {scan_id}: RunRow): EventDescriptor =>
    descriptorFrom(path, row, `of run ${scan_id}`);
  const streamOf = (row: StreamRow, run: RunRow): PointStream => {
    descriptorOf(row, run);
    return {id: row.id, uid: row.uid, columns: columnsFrom(path, row)};
  };

  const ask = (sql: string, streamId: number): number =>
    db.prepare<[number], number>(sql).pluck().get(streamId) ?? 0;
  const countOf = ({id, name}: StreamRow, {stop, stop_checksum}: RunRow): number =>
    pointCountFrom(
      stopFactsOf(stop, stop_checksum).num_events?.[name],
      ask('SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = ?', id),
      () => ask('SELECT count(*) FROM points WHERE stream_id = ?', id),
    );
  const pointRows = (streamId: number, after: number, last: number): PointRow[] =>
    db
      .prepare<[number, number, number], PointRow>(
        `SELECT ${pointColumns} FROM points WHERE stream_id = ? AND seq_num > ? AND seq_num <= ? ORDER BY seq_num`,
      )
      .raw()
      .all(streamId, after, last);

  /** By pages: an unfinished query would keep this connection from writing until the caller has read on. */
  function* events(row: StreamRow, run: RunRow, from: number): Generator<RunDocument, void, undefined> {
    const stream = streamOf(row, run);
    for (let after = from; ;) {
      const last = Math.min(countOf(row, run), after + pageSize);
      if (last <= after) return;
      for (const point of pointsInPlace(stream, pointRows(row.id, after, last), {after, last}))
        yield ['event', eventFrom(point, stream)];
      after = last;
    }
  }

  return {runRow, streamRows, descriptorOf, streamOf, countOf, pointRows, events};
}
