import {accessSync, constants, existsSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import Database from 'better-sqlite3';
import {BenchError} from '../../contract/errors.ts';
import {programVersion} from '../version.ts';
import {applicationId, migrations} from './schema.ts';
import {storeErrorFrom, translated} from './sqlite-errors.ts';
import {findMissingColumn} from './table-columns.ts';

export const latestVersion = Math.max(...migrations.map(({version}) => version));

export type FileState = 'new' | 'ours';

/**
 * Looks at a database file before anything may write to it: is it ours, of a version that we know, whole? Nothing
 * is written by it, so that a damaged file stays exactly as it is.
 */
export function inspectFile(
  path: string,
  options: {readonly isChecked: boolean; readonly mayTidy: boolean},
): FileState {
  if (!existsSync(path)) return 'new';
  const stats = statSync(path);
  if (!stats.isFile())
    throw new BenchError('file/invalid', `${path} is no file, so it cannot be the database. Name a file.`);
  if (stats.size === 0) return 'new';
  // Not read past SQLite: closing the file would give up the locks that this process holds on it.
  translateAccess(path, () => accessSync(path, constants.R_OK));
  if (options.mayTidy && existsSync(`${path}-journal`)) settleFirstWrite(path);
  let db: Database.Database | undefined;
  try {
    // A connection that may not write leaves the two files of the journal behind where there were none. One that may
    // cleans up after itself, and changes nothing as long as no journal waits to be applied.
    const isTidy = options.mayTidy && !existsSync(`${path}-wal`);
    db = new Database(path, {readonly: !isTidy, fileMustExist: true});
    db.pragma('query_only = ON');
    return inspect(db, path, options.isChecked);
  } catch (error) {
    // What is asked here is right for every database, so that it is the file that SQLite finds an error in.
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR')
      throw damagedError(path, error.message);
    throw storeErrorFrom(error, path);
  } finally {
    db?.close();
  }
}

/**
 * A program that was killed while it made the database leaves SQLite's first kind of journal: what it names has to be
 * put back before anything can be read.
 */
function settleFirstWrite(path: string): void {
  translated(path, () => {
    const db = new Database(path, {fileMustExist: true});
    try {
      db.pragma('schema_version');
    } finally {
      db.close();
    }
  });
}

function inspect(db: Database.Database, path: string, isChecked: boolean): FileState {
  const version = db.pragma('user_version', {simple: true}) as number;
  const id = db.pragma('application_id', {simple: true}) as number;
  if (id !== applicationId) {
    if (version === 0 && db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0) return 'new';
    throw new BenchError(
      'file/invalid',
      `${path} is a database of another program. It was left as it is; choose another file for ours.`,
      {details: {path, applicationId: id}},
    );
  }
  if (version > latestVersion)
    throw new BenchError(
      'store/newer-version',
      `The database ${path} was written by a later version of this program (format ${version}; this one, ` +
        `${programVersion}, knows up to ${latestVersion}). It was left as it is and nothing is lost; use ` +
        `${neededProgram(db, version)}, or choose another data folder.`,
      {details: {path, version, latestVersion}},
    );
  if (!isChecked) return 'ours';
  const verdict = db.pragma('quick_check(1)', {simple: true}) as string;
  if (verdict !== 'ok') throw damagedError(path, verdict);
  const missing = findMissingColumn(db, version);
  if (missing !== undefined) throw damagedError(path, `it has no column ${missing}`);
  return 'ours';
}

/** Which program reads a format that this one does not know: as the database names it, if it can be asked. */
function neededProgram(db: Database.Database, version: number): string {
  const hasNames =
    db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'formats'`).pluck().get() === 1;
  const program = hasNames
    ? db.prepare('SELECT program FROM formats WHERE version = ?').pluck().get(version)
    : undefined;
  return typeof program === 'string'
    ? `d2nn-bench ${program} or a later one, as the database says`
    : 'the program that wrote it, or a later one';
}

/** Says of a database that SQLite can open, or not, what `finding` shows: it is damaged, and was left alone. */
export const damagedError = (path: string, finding: string): BenchError =>
  new BenchError(
    'store/damaged',
    `The database ${path} is damaged (${finding}) and was left as it is. Restore it from a backup, or ` +
      'salvage what can be read into a new one with "data recover"; it is not touched by that.',
    {details: {path, finding}},
  );

/**
 * SQLite opens a file that it may not write silently for reading and fails at the first point; and its journal
 * needs a writable folder. So both are asked for beforehand.
 */
export function assertWritable(path: string): void {
  translateAccess(path, () => {
    accessSync(dirname(path), constants.W_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
  });
}

function translateAccess<Value>(path: string, work: () => Value): Value {
  try {
    return translated(path, work);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
      throw new BenchError(
        'store/read-only',
        `The database ${path} cannot be used: the file or its folder is read-only. Nothing was changed. ` +
          'Change the permissions or choose another data folder.',
        {cause: error, details: {path}},
      );
    if (code === 'ENOENT')
      throw new BenchError(
        'file/not-found',
        `There is no folder ${dirname(path)} for the database. Create it first.`,
        {
          cause: error,
          details: {path},
        },
      );
    throw error;
  }
}
