import type Database from 'better-sqlite3';
import {BenchError} from '../../contract/errors.ts';
import {derivedStreams} from '../../contract/run-records.ts';
import type {ClockWatch} from './clock-watch.ts';
import type {PointSync} from './point-sync.ts';
import type {RunChangesSource} from './run-changes.ts';

/** What the parts of the store share. */
export interface StoreContext {
  readonly db: Database.Database;
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly readOnlyBecause?: BenchError;
  /** Seconds since the epoch, UTC. */
  readonly utcNowS: () => number;
  readonly createId: () => string;
  /** Row of this process in `instances`; 0 in a store that is only read. */
  readonly instanceId: number;
  readonly changes: RunChangesSource;
  readonly clockWatch: ClockWatch;
  readonly pointSync: PointSync;
  /** Time within which points are to be safe from a power cut as it is set now, ms. */
  readonly safeWithinMs: () => number;
}

/** Throws `store/not-found` for what a person asked for by a uid that does not exist. */
export function notFound(what: string, uid: string, path: string): BenchError {
  return new BenchError(
    'store/not-found',
    `There is no ${what} "${uid}" in ${path}. List what there is with "sessions list".`,
    {details: {uid}},
  );
}

/** Row of a session. */
export function sessionIdOf({db, path}: StoreContext, uid: string): number {
  const id = db.prepare<[string], number>('SELECT id FROM sessions WHERE uid = ?').pluck().get(uid);
  if (id === undefined) throw notFound('session', uid, path);
  return id;
}

/** Row of a run. */
export function runIdOf({db, path}: StoreContext, uid: string): number {
  const id = db.prepare<[string], number>('SELECT id FROM runs WHERE uid = ?').pluck().get(uid);
  if (id === undefined) throw notFound('run', uid, path);
  return id;
}

/**
 * Points of the row of `runs` at hand, in all streams but those of what follows from points. Numbers in a stream have no gaps, so the last one is their
 * count. Ended runs keep theirs in `point_count`.
 */
export const pointCountOfRun = `
  SELECT coalesce(sum((SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = streams.id)), 0)
  FROM streams WHERE run_id = runs.id AND name NOT IN (${derivedStreams.map((name) => `'${name}'`).join(', ')})`;
