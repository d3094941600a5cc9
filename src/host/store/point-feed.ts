import type {EventDescriptor} from '../../contract/run-records.ts';
import {type StoreContext, notFound} from './store-context.ts';

/** A stretch of a stream's points, a column each; index i is point `firstSeqNum + i`. */
export interface PointPage {
  readonly columns: readonly {readonly name: string; readonly unit: string}[];
  /** 0 in an empty page. */
  readonly firstSeqNum: number;
  readonly count: number;
  /** When each point was committed, seconds since the epoch, UTC. */
  readonly timeS: Float64Array<ArrayBuffer>;
  /** In the order of `columns`. */
  readonly values: readonly Float64Array<ArrayBuffer>[];
  /** The run is over and this page reaches its last point. */
  readonly isLast: boolean;
}

export interface PointFeed {
  /** The points behind number `after`, at most `limit`. One look into an index and the points themselves. */
  readPointPage(runUid: string, stream: string, after: number, limit: number): PointPage;
}

interface Stream {
  readonly id: number;
  readonly columns: PointPage['columns'];
}

type PageRow = [seqNum: number, time: number, data: Buffer];

/** Streams never change once they are declared; more than this many would only be kept for nothing. */
const keptStreamCount = 500;

export function createPointFeed({db, path}: StoreContext): PointFeed {
  const streams = new Map<string, Stream>();
  const findRun = db.prepare<[string], {id: number; has_ended: number}>(
    'SELECT id, stop IS NOT NULL AS has_ended FROM runs WHERE uid = ?',
  );
  const findStream = db.prepare<[number, string], {id: number; columns: string; descriptor: string}>(
    'SELECT id, columns, descriptor FROM streams WHERE run_id = ? AND name = ?',
  );
  const findPoints = db
    .prepare<[number, number, number], PageRow>(
      'SELECT seq_num, time, data FROM points WHERE stream_id = ? AND seq_num > ? ORDER BY seq_num LIMIT ?',
    )
    .raw();

  const streamOf = (runUid: string, runId: number, name: string): Stream | undefined => {
    const key = `${runUid} ${name}`;
    const known = streams.get(key);
    if (known) return known;
    const row = findStream.get(runId, name);
    if (!row) return undefined;
    // Written by the recorder, and by nothing else.
    const keys = (JSON.parse(row.descriptor) as EventDescriptor).data_keys;
    const names = JSON.parse(row.columns) as string[];
    const stream = {
      id: row.id,
      columns: names.map((column) => ({name: column, unit: keys[column]?.units ?? ''})),
    };
    if (streams.size >= keptStreamCount) streams.clear();
    streams.set(key, stream);
    return stream;
  };

  return {
    readPointPage(runUid, name, after, limit) {
      // Asked before the points are read: a run that is over by now has stored them all.
      const run = findRun.get(runUid);
      if (!run) throw notFound('run', runUid, path);
      const stream = streamOf(runUid, run.id, name);
      const rows = stream ? findPoints.all(stream.id, after, limit) : [];
      const columns = stream?.columns ?? [];
      const timeS = new Float64Array(rows.length);
      const values = columns.map(() => new Float64Array(rows.length));
      const scratch = new Float64Array(columns.length);
      const scratchBytes = new Uint8Array(scratch.buffer);
      rows.forEach(([, time, data], i) => {
        timeS[i] = time;
        scratchBytes.set(data.subarray(0, scratchBytes.length));
        for (let column = 0; column < values.length; column++) values[column][i] = scratch[column];
      });
      return {
        columns,
        firstSeqNum: rows[0]?.[0] ?? 0,
        count: rows.length,
        timeS,
        values,
        isLast: run.has_ended === 1 && rows.length < limit,
      };
    },
  };
}
