import type Database from 'better-sqlite3';
import {runStopRecord, streamColumns} from '../../../contract/stored/run-document-records.ts';
import {isContent, pointChecksum, streamSeed} from '../checksums.ts';
import type {FoundRow} from './read-rows.ts';

/** Whether a point is as it was stored: `unchecked` for one from before points had checksums. */
export type PointVerdict = 'sound' | 'unchecked' | 'damaged';

interface StreamFacts {
  readonly seed: number;
  /** Null where the record of its columns is damaged. */
  readonly columnCount: number | null;
}

/** Judges points by the streams that are in the new database; a point of no stream is damaged. */
export function createPointJudge(db: Database.Database): (row: FoundRow) => PointVerdict {
  const streams = new Map<number, StreamFacts>(
    db
      .prepare<[], {id: number; uid: string; columns: string}>('SELECT id, uid, columns FROM streams')
      .all()
      .map(({id, uid, columns}) => [
        id,
        {seed: streamSeed(uid), columnCount: streamColumns.readText(columns).value?.length ?? null},
      ]),
  );
  return ({values, isAstray}) => {
    const [streamId, seqNum, timeS, data, extra, checksum] = values;
    const stream = streams.get(Number(streamId));
    if (!stream || !(data instanceof Uint8Array) || typeof seqNum !== 'number' || seqNum < 1)
      return 'damaged';
    if (checksum === null) {
      // Nothing but its place in the tree vouches for it.
      return !isAstray && stream.columnCount !== null && data.length === 8 * stream.columnCount
        ? 'unchecked'
        : 'damaged';
    }
    const text = typeof extra === 'string' ? extra : null;
    return pointChecksum(stream.seed, {seqNum, timeS: Number(timeS)}, data, text) === checksum
      ? 'sound'
      : 'damaged';
  };
}

/** False for bytes whose name by content does not fit; true for everything else. */
export const isSoundBlob = ({table, values: [name, bytes]}: FoundRow): boolean =>
  table.name !== 'blobs' || (bytes instanceof Uint8Array && isContent(bytes, String(name)));

/** Points that are missing, as far as the stops of runs and the numbers of the points that there are tell. */
export function lostPoints(db: Database.Database): number {
  const stops = db.prepare<[], {id: number; stop: string | null}>('SELECT id, stop FROM runs').all();
  const streamsOf = db.prepare<[number], {name: string; count: number; largest: number}>(
    `SELECT name, (SELECT count(*) FROM points WHERE stream_id = streams.id) AS count,
       (SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = streams.id) AS largest
     FROM streams WHERE run_id = ?`,
  );
  let lost = 0;
  for (const {id, stop} of stops) {
    const wanted = new Map(
      Object.entries((stop === null ? undefined : runStopRecord.readText(stop).value?.num_events) ?? {}),
    );
    for (const {name, count, largest} of streamsOf.all(id)) {
      lost += Math.max(0, (wanted.get(name) ?? largest) - count);
      wanted.delete(name);
    }
    for (const count of wanted.values()) lost += count;
  }
  return lost;
}
