import type {RunStop} from '../../contract/run-records.ts';
import {columnsFrom, descriptorFrom, stopFactsOf} from './stored-documents.ts';
import {type StoreContext, notFound} from './store-context.ts';
import {
  type PointDamage,
  type PointRow,
  type PointStream,
  pointColumns,
  pointCountFrom,
  readColumns,
} from './stored-points.ts';

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
  /** Points of the page whose rows are damaged; their numbers are not-a-number. */
  readonly damage: readonly PointDamage[];
  /**
   * Of the whole stream, not of this page alone: points that do not lie between two good looks. Null while the run is
   * on.
   */
  readonly doubt: PointDoubt | null;
  /** Points before suspensions of the run that no look has vouched for; none while the run is on. */
  readonly suspended: readonly PointDoubt[];
  /** The run is over and this page reaches its last point. */
  readonly isLast: boolean;
}

/** Points of a stream from `first` to `last` that count only with care; see docs/watching.md. */
export interface PointDoubt {
  readonly first: number;
  readonly last: number;
  readonly why: string;
  /** Whether the look after them found something changed; else there was none after them. */
  readonly isChanged: boolean;
}

export interface PointFeed {
  /** The points behind number `after`, at most `limit`. One look into an index and the points themselves. */
  readPointPage(runUid: string, stream: string, after: number, limit: number): PointPage;
}

interface Stream extends PointStream {
  readonly named: PointPage['columns'];
}

interface RunEnd {
  readonly id: number;
  readonly stop: string | null;
  readonly stop_checksum: number | null;
}

/** Streams never change once they are declared; more than this many would only be kept for nothing. */
const keptStreamCount = 500;

export function createPointFeed({db, path}: StoreContext): PointFeed {
  const streams = new Map<string, Stream>();
  const findRun = db.prepare<[string], RunEnd>('SELECT id, stop, stop_checksum FROM runs WHERE uid = ?');
  const findStream = db.prepare<
    [number, string],
    {id: number; uid: string; columns: string; descriptor: string; checksum: number | null}
  >('SELECT id, uid, columns, descriptor, checksum FROM streams WHERE run_id = ? AND name = ?');
  const findLargest = db
    .prepare<[number], number>('SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = ?')
    .pluck();
  const countRows = db.prepare<[number], number>('SELECT count(*) FROM points WHERE stream_id = ?').pluck();
  const findPoints = db
    .prepare<[number, number, number], PointRow>(
      `SELECT ${pointColumns} FROM points WHERE stream_id = ? AND seq_num > ? AND seq_num <= ? ORDER BY seq_num`,
    )
    .raw();

  const streamOf = (runUid: string, runId: number, name: string): Stream | undefined => {
    const key = `${runUid} ${name}`;
    const known = streams.get(key);
    if (known) return known;
    const row = findStream.get(runId, name);
    if (!row) return undefined;
    const {data_keys: keys} = descriptorFrom(path, {...row, name}, `of run ${runUid}`);
    const names = columnsFrom(path, row);
    const stream: Stream = {
      id: row.id,
      uid: row.uid,
      columns: names,
      named: names.map((column) => ({name: column, unit: keys[column]?.units ?? ''})),
    };
    if (streams.size >= keptStreamCount) streams.clear();
    streams.set(key, stream);
    return stream;
  };

  const countOf = (stop: Partial<RunStop>, name: string, {id}: Stream): number =>
    pointCountFrom(stop.num_events?.[name], findLargest.get(id) ?? 0, () => countRows.get(id) ?? 0);

  return {
    readPointPage(runUid, name, after, limit) {
      // Asked before the points are read: a run that is over by now has stored them all.
      const run = findRun.get(runUid);
      if (!run) throw notFound('run', runUid, path);
      const stream = streamOf(runUid, run.id, name);
      const stop = stopFactsOf(run.stop, run.stop_checksum);
      const count = stream ? countOf(stop, name, stream) : 0;
      const last = Math.min(count, after + limit);
      const {timeS, values, damage} = stream
        ? readColumns(stream, findPoints.all(stream.id, after, last), {after, last})
        : {timeS: new Float64Array(0), values: [], damage: []};
      return {
        columns: stream?.named ?? [],
        firstSeqNum: timeS.length === 0 ? 0 : after + 1,
        count: timeS.length,
        timeS,
        values,
        damage,
        ...{doubt: doubtIn(stop, name), suspended: suspendedIn(stop, name)},
        isLast: run.stop !== null && last >= count,
      };
    },
  };
}

const suspendedIn = ({suspensions = []}: Partial<RunStop>, stream: string): PointDoubt[] =>
  suspensions.flatMap(({points, reason}) => {
    const range = points[stream];
    return range ? [{first: range[0], last: range[1], why: reason, isChanged: true}] : [];
  });

function doubtIn({doubtful}: Partial<RunStop>, stream: string): PointDoubt | null {
  const range = doubtful?.points[stream];
  if (!doubtful || !range) return null;
  const [first, last] = range;
  return {first, last, why: doubtful.why, isChanged: doubtful.is_changed};
}
