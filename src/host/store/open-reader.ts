import {existsSync, readFileSync, statSync} from 'node:fs';
import Database from 'better-sqlite3';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {migrate} from './migrate.ts';
import {inspectFile, latestVersion} from './preflight.ts';
import {migrations} from './schema.ts';
import {translated} from './sqlite-errors.ts';

/**
 * Opens a database that is only read: beside a program that writes it, of an earlier version, on a full or read-only
 * medium. Nothing of the file is changed; where SQLite would have to change it, a copy in memory is read.
 * `busyTimeoutMs` is how long to wait for a writer. Throws `file/not-found` for an empty one.
 */
export function openReader(
  path: string,
  {busyTimeoutMs = 5000}: {readonly busyTimeoutMs?: number},
): Database.Database {
  try {
    if (inspectFile(path, {isChecked: false, mayTidy: false}) === 'new')
      throw new BenchError(
        'file/not-found',
        `The database ${path} is empty. Nothing was measured into it yet.`,
      );
    return translated(path, () => {
      const db = new Database(path, {readonly: true, timeout: busyTimeoutMs});
      return (db.pragma('user_version', {simple: true}) as number) < latestVersion ? migratedCopy(db) : db;
    });
  } catch (error) {
    const hasJournal = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
    if (!hasCode(error, 'file/not-found', 'store/read-only', 'store/full') || statSync(path).size === 0)
      throw error;
    // A journalled database wants to make files beside it even to be read. On a medium that forbids this, or has no
    // room for them, a copy in memory holds the same.
    if (!hasJournal) return openCopyInMemory(readFileSync(path), path);
    if (!hasCode(error, 'store/full')) throw error;
    return openCopyInMemory(readWithJournal(path, busyTimeoutMs), path);
  }
}

function openCopyInMemory(bytes: Buffer, path: string): Database.Database {
  return translated(path, () => {
    const db = new Database(withoutJournal(bytes), {readonly: true});
    return (db.pragma('user_version', {simple: true}) as number) < latestVersion ? migratedCopy(db) : db;
  });
}

/**
 * The database with what a killed program left in its journal. Alone with the file, SQLite needs none of the files
 * beside it that a full disk has no room for.
 */
function readWithJournal(path: string, timeout: number): Buffer {
  return translated(path, () => {
    const db = new Database(path, {timeout});
    try {
      db.pragma('locking_mode = EXCLUSIVE');
      return db.serialize();
    } finally {
      db.close();
    }
  });
}

/** What an earlier version of this program wrote, in memory and brought to this version: the file is only read. */
function migratedCopy(db: Database.Database): Database.Database {
  const bytes = withoutJournal(db.serialize());
  db.close();
  const copy = new Database(bytes);
  migrate(copy, migrations, () => undefined);
  copy.pragma('query_only = ON');
  return copy;
}

/** Bytes 18 and 19 of the header ask for the journal (2); 1 is the plain format. */
function withoutJournal(bytes: Buffer): Buffer {
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}
