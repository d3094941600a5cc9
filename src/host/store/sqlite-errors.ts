import Database from 'better-sqlite3';
import {BenchError, isDiskFull, type ErrorCode} from '../../contract/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly explain: (path: string) => string;
}

const full: Meaning = {
  code: 'store/full',
  explain: (path) =>
    `The disk that holds ${path} is full, so this was not stored. Everything stored before is safe. ` +
    'Make room and go on; the run was ended.',
};
const notWritten: Meaning = {
  code: 'store/full',
  explain: (path) =>
    `The disk refused to write to ${path} (full, over quota, or failing), so this was not stored. Everything stored ` +
    'before is safe. Make room, check the disk, and go on; the run was ended.',
};
const damaged: Meaning = {
  code: 'store/damaged',
  explain: (path) =>
    `The database ${path} is damaged and was left as it is. Restore it from a backup, or salvage what can be ` +
    'read into a new one with "data recover"; it is not touched by that.',
};
const readOnly: Meaning = {
  code: 'store/read-only',
  explain: (path) =>
    `The database ${path} cannot be written: the file or its folder is read-only. Nothing was changed. ` +
    'Change the permissions or choose another data folder.',
};
const locked: Meaning = {
  code: 'store/locked',
  explain: (path) =>
    `The database ${path} is being written by another program and did not become free in time. ` +
    'What was stored before is safe; close the other program or wait, and try again.',
};
const notOpened: Meaning = {
  code: 'file/not-found',
  explain: (path) =>
    `The database ${path} cannot be opened: its folder is missing or may not be entered. Nothing was changed. ` +
    'Create the folder or choose another one.',
};

const meanings: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['SQLITE_FULL', full],
  ['SQLITE_IOERR_WRITE', notWritten],
  ['SQLITE_IOERR_FSYNC', notWritten],
  ['SQLITE_IOERR_SHMSIZE', notWritten],
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_IOERR_SHORT_READ', damaged],
  ['SQLITE_READONLY', readOnly],
  ['SQLITE_BUSY', locked],
  ['SQLITE_LOCKED', locked],
  ['SQLITE_CANTOPEN', notOpened],
];

/** The error that a person at the bench gets for what SQLite threw; anything else passes unchanged. */
export function storeErrorFrom(error: unknown, path: string): unknown {
  // Files beside the database are made by hand.
  if (isDiskFull(error))
    return new BenchError(full.code, full.explain(path), {cause: error, details: {path}});
  if (!(error instanceof Database.SqliteError)) return error;
  const meaning = meanings.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (!meaning)
    return new BenchError('internal', `The database ${path} refused: ${error.message} (${error.code}).`, {
      cause: error,
    });
  return new BenchError(meaning.code, meaning.explain(path), {
    cause: error,
    details: {path, sqlite: error.code, sqliteMessage: error.message},
  });
}

/** Runs `work` and turns what SQLite throws into our errors. */
export function translated<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw storeErrorFrom(error, path);
  }
}
