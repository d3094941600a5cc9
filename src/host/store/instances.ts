import {countOf} from '../../base/count-text.ts';
import {existsSync, readdirSync, rmSync, statSync} from 'node:fs';
import Database from 'better-sqlite3';
import {hostname} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {makePrivateFile} from '../files/private.ts';
import type {RunStop} from '../../contract/run-records.ts';
import {runStopRecord} from '../../contract/stored/run-document-records.ts';
import {textChecksum} from './checksums.ts';

/**
 * Which processes write to a database. A process number alone does not tell a living writer from a dead one (numbers
 * are reused, a folder may be shared between containers), so each writer holds a lock on a small file of its own
 * beside the database for as long as it lives. The operating system lets go of it however the process ends; the
 * empty file that a killed writer leaves is removed by the next one.
 */
export interface WriterLock {
  readonly uid: string;
  release(): void;
}

const lockPath = (path: string, uid: string): string => `${path}-writer-${uid}`;

/** Takes the lock that says "alive". A database in memory needs none. */
export function holdWriterLock(path: string, uid: string): WriterLock {
  if (path === ':memory:') return {uid, release: () => undefined};
  const file = lockPath(path, uid);
  makePrivateFile(file);
  const lock = new Database(file, {timeout: 0});
  // SQLite's own file lock is the one that works alike on Linux, macOS and Windows.
  lock.exec('BEGIN EXCLUSIVE');
  return {
    uid,
    release() {
      if (!lock.open) return;
      lock.close();
      rmSync(file, {force: true});
    },
  };
}

/** True while the writer `uid` lives. Clears away what a dead one left. */
export function isWriterAlive(path: string, uid: string): boolean {
  const file = lockPath(path, uid);
  if (path === ':memory:' || !existsSync(file)) return false;
  const probe = new Database(file, {timeout: 0, fileMustExist: true});
  try {
    probe.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    probe.close();
  }
  rmSync(file, {force: true});
  return false;
}

/** A writer takes its lock within this time of making the file, ms. */
const takenWithinMs = 60_000;

/**
 * Clears away the locks of writers that were killed before they had entered themselves in the database, so that no row
 * names them. Young ones are left: their owner may be about to take them.
 */
export function clearLeftLocks(path: string): void {
  const [folder, start] = [dirname(path), `${basename(path)}-writer-`];
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(start) || name.endsWith('-journal')) continue;
    const stats = statSync(join(folder, name), {throwIfNoEntry: false});
    if (stats && Date.now() - stats.mtimeMs > takenWithinMs) isWriterAlive(path, name.slice(start.length));
  }
}

export interface RecoveredRun {
  readonly uid: string;
  readonly scanId: number;
  readonly sessionUid: string;
  readonly pointCount: number;
  readonly reason: string;
}

interface OpenRun {
  readonly id: number;
  readonly uid: string;
  readonly time: number;
  readonly scan_id: number;
  readonly session_uid: string;
}

export interface ClosingContext {
  readonly db: Database.Database;
  readonly path: string;
  readonly utcNowS: () => number;
  readonly createId: () => string;
}

/** Enters this process as a writer; answers with its row. */
export function enterInstance({db, utcNowS}: ClosingContext, uid: string): number {
  const {lastInsertRowid} = db
    .prepare('INSERT INTO instances (uid, pid, host, opened_at) VALUES (?, ?, ?, ?)')
    .run(uid, process.pid, hostname(), utcNowS());
  return Number(lastInsertRowid);
}

/** Closes the runs of writers that died, as failed, with their reason. Runs of living writers are left alone. */
export function recoverRuns(context: ClosingContext): RecoveredRun[] {
  const {db, path, utcNowS} = context;
  return db
    .transaction(() => {
      const open = db
        .prepare<[], {id: number; uid: string}>('SELECT id, uid FROM instances WHERE closed_at IS NULL')
        .all();
      const recovered: RecoveredRun[] = [];
      for (const {id, uid} of open) {
        if (isWriterAlive(path, uid)) continue;
        recovered.push(
          ...closeOpenRuns(context, id, (points) => {
            const kept = countOf(points, 'point');
            return `the program ended without closing this run (killed or power cut); ${kept} kept`;
          }),
        );
        db.prepare('UPDATE instances SET closed_at = max(opened_at, ?), ending = ? WHERE id = ?').run(
          utcNowS(),
          'killed',
          id,
        );
      }
      return recovered;
    })
    .immediate();
}

/** Gives every open run of one writer its stop record: `fail`, with the reason. */
export function closeOpenRuns(
  {db, utcNowS, createId}: ClosingContext,
  instanceId: number,
  reasonFrom: (pointCount: number) => string,
): RecoveredRun[] {
  const runs = db
    .prepare<[number], OpenRun>(
      `SELECT runs.id, runs.uid, runs.time, scan_id, sessions.uid AS session_uid FROM runs
       JOIN sessions ON sessions.id = session_id WHERE instance_id = ? AND stop IS NULL`,
    )
    .all(instanceId);
  return runs.map((run) => {
    const counts = db
      .prepare<[number], {name: string; count: number}>(
        `SELECT name, (SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = streams.id) AS count
         FROM streams WHERE run_id = ?`,
      )
      .all(run.id);
    const pointCount = counts.reduce((sum, {count}) => sum + count, 0);
    const reason = reasonFrom(pointCount);
    // Also where the clock was set back: no run ends before it began.
    const time = Math.max(utcNowS(), run.time);
    const stop: RunStop = {
      uid: createId(),
      run_start: run.uid,
      time,
      exit_status: 'fail',
      reason,
      num_events: Object.fromEntries(counts.map(({name, count}) => [name, count])),
    };
    const text = runStopRecord.write(stop);
    db.prepare(
      `UPDATE runs SET stop_time = ?, exit_status = 'fail', reason = ?, stop = ?, stop_checksum = ?, point_count = ?
       WHERE id = ?`,
    ).run(time, reason, text, textChecksum(text), pointCount, run.id);
    return {uid: run.uid, scanId: run.scan_id, sessionUid: run.session_uid, pointCount, reason};
  });
}
