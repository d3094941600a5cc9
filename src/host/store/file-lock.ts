import {setTimeout as sleepMs} from 'node:timers/promises';
import Database from 'better-sqlite3';
import {BenchError} from '../../contract/errors.ts';
import {storeErrorFrom} from './sqlite-errors.ts';
import {makePrivateFile} from '../files/private.ts';

const retryMs = 10;

/**
 * Does something with a file while no other program of ours does, and no other part of this one. The reservation is
 * SQLite's lock on an empty file beside it, which the system lets go of however a program ends. Throws `store/locked`
 * when the file does not become free in `waitMs`.
 */
export async function withFileLock<Value>(
  path: string,
  work: () => Promise<Value>,
  {waitMs = 5000}: {readonly waitMs?: number} = {},
): Promise<Value> {
  const file = `${path}.lock`;
  makePrivateFile(file);
  const lock = new Database(file, {timeout: 0});
  try {
    for (const endMs = performance.now() + waitMs; !tryLock(lock);) {
      if (performance.now() > endMs)
        throw new BenchError(
          'store/locked',
          `${path} is being written by another program and did not become free in time. Nothing was changed; try again.`,
          {details: {path}},
        );
      await sleepMs(retryMs);
    }
    return await work();
  } catch (error) {
    throw storeErrorFrom(error, path);
  } finally {
    lock.close();
  }
}

function tryLock(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
