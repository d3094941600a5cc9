import {countOf} from '../../base/count-text.ts';
import {randomUUID} from 'node:crypto';
import {existsSync, rmSync} from 'node:fs';
import Database from 'better-sqlite3';
import {longestSafeWithinMs} from '../../contract/durability.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {makePrivateFile} from '../files/private.ts';
import {
  type RecoveredRun,
  clearLeftLocks,
  closeOpenRuns,
  enterInstance,
  holdWriterLock,
  recoverRuns,
  type ClosingContext,
} from './instances.ts';
import {type Ledger, createLedger} from './ledger.ts';
import {keepDamagedJournal} from './damaged-journal.ts';
import {migrate} from './migrate.ts';
import {openReader} from './open-reader.ts';
import {type PointFeed, createPointFeed} from './point-feed.ts';
import {assertWritable, inspectFile, damagedError} from './preflight.ts';
import {type PointSync, createPointSync} from './point-sync.ts';
import {type RunChanges, createRunChanges} from './run-changes.ts';
import {type RunReading, createRunReading} from './run-reading.ts';
import {migrations} from './schema.ts';
import {type ClockWatch, createClockWatch} from './clock-watch.ts';
import {type WallClock, clockFrom} from './wall-clock.ts';
import {type DigitExclusions, createDigitExclusions} from './digit-exclusions.ts';
import {type SessionSearches, createSessionSearches} from './session-search.ts';
import {type Sessions, createSessions} from './sessions.ts';
import {translated} from './sqlite-errors.ts';
import {type UidSearch, createUidSearch} from './uid-search.ts';
import {type DataChecks, createDataChecks} from './verify.ts';
import type {StoreContext} from './store-context.ts';
import {type StoreRecorder, createStoreRecorder} from './store-recorder.ts';

export interface StoreOptions {
  /** Reads beside a running scan, also on a medium that cannot be written. */
  readonly readOnly?: boolean;
  /** Why it is only read, for whoever wants to store something; without it, that it was opened for reading. */
  readonly readOnlyBecause?: BenchError;
  /** Seconds since the epoch, UTC, of a clock that is never set. */
  readonly utcNowS?: () => number;
  /** Instead of the computer's own clock; `utcNowS` is not asked then. */
  readonly clock?: WallClock;
  readonly createId?: () => string;
  /** How long to wait for another writer, ms. The process stands still meanwhile. */
  readonly busyTimeoutMs?: number;
  /** Whether the file is checked for damage on opening; default true. */
  readonly isChecked?: boolean;
  /** Bound of the file's size in pages of 4096 bytes, for a quota. */
  readonly maximumPageCount?: number;
  /** Time within which the points of a run that begins are to be safe from a power cut, ms (point-sync.ts). */
  readonly safeWithinMs?: () => number;
}

/**
 * The data folder's database. Everything here is synchronous: what returned is stored, and, but for points (point-sync.ts),
 * safe from a power cut.
 */
export interface Store
  extends
    Sessions,
    SessionSearches,
    UidSearch,
    RunReading,
    PointFeed,
    DigitExclusions,
    Ledger,
    DataChecks,
    Disposable {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** False once it is closed, and before the first use of one that is opened when it is needed. */
  readonly isOpen: boolean;
  /** Why nothing can be stored although this is no store that was asked for to read only. */
  readonly readOnlyBecause?: BenchError | undefined;
  /** Runs of killed processes that opening this store closed as failed. */
  readonly recoveredRuns: readonly RecoveredRun[];
  /** What opening it found and kept of a damaged journal, in a sentence; ''. */
  readonly journalNotice: string;
  /** Wakes those who wait until this process stores more of a run. */
  readonly changes: RunChanges;
  /** Checks whether the computer's clock was set, and notifies listeners of it. */
  readonly clockWatch: Pick<ClockWatch, 'look' | 'onStep'>;
  /** Notifies listeners of a disk that is too slow for what is set, or refuses. */
  readonly pointSync: Pick<PointSync, 'onProblem'>;
  /** Takes the documents of a session's runs; fits the engine. */
  recorder(sessionUid: string): StoreRecorder;
  /** Closes the file. Runs still open are closed as failed first. May be called twice. */
  close(): void;
}

/**
 * Opens the database at `path`, made on first use. Runs that a killed process left open are closed as failed; those
 * of living processes are not touched. Throws `store/newer-version`, `store/damaged`, `store/read-only`,
 * `store/locked`, `store/full`, `file/invalid` or `file/not-found`; the file is as before then.
 */
export function openStore(path: string, options: StoreOptions = {}): Store {
  return options.readOnly ? openForReading(path, options) : openForWriting(path, options);
}

function openForWriting(path: string, options: StoreOptions): Store {
  const clock = options.clock ?? clockFrom(options.utcNowS);
  const utcNowS = (): number => clock.utcNowS();
  const createId = options.createId ?? randomUUID;
  let notice = '';
  if (path !== ':memory:') {
    assertWritable(path);
    // Before anything opens it: the last that closes a database throws away what its journal cannot be read for.
    notice = translated(path, () => keepDamagedJournal(path));
    inspectFile(path, {isChecked: options.isChecked ?? true, mayTidy: true});
  }
  const writerUid = randomUUID().slice(0, 8);
  const lock = translated(path, () => holdWriterLock(path, writerUid));
  let db: Database.Database | undefined;
  try {
    const opened = translated(path, () => openDatabase(path, options));
    db = opened;
    // @position database.opened
    return translated(path, () => {
      migrate(opened, migrations, (version) => keepCopy(opened, `${path}.version-${version}`));
      const closing = {db: opened, path, utcNowS, createId};
      const recoveredRuns = recoverRuns(closing);
      if (path !== ':memory:') clearLeftLocks(path);
      const instanceId = enterInstance(closing, writerUid);
      // @position database.entered
      const clockWatch = createClockWatch({db: opened, clock, createId, instanceId, isReadOnly: false});
      clockWatch.look();
      const context: StoreContext = {
        ...closing,
        isReadOnly: false,
        instanceId,
        changes: createRunChanges(),
        clockWatch,
        pointSync: createPointSync({db: opened, path}),
        safeWithinMs: options.safeWithinMs ?? (() => longestSafeWithinMs),
      };
      return createStore(
        context,
        {recoveredRuns, journalNotice: notice},
        () => leave(closing, instanceId),
        () => lock.release(),
      );
    });
  } catch (error) {
    db?.close();
    lock.release();
    if (!(error instanceof BenchError) || error.details['sqlite'] !== 'SQLITE_READONLY') throw error;
    // The file may be written and SQLite will not: a header that names a later format of files, as damage makes it.
    assertWritable(path);
    throw damagedError(path, 'its header forbids to write it');
  }
}

/** What the program that wrote the database says at its end: its open runs are closed, it is no longer there. */
function leave(closing: ClosingContext, instanceId: number): void {
  const {db, utcNowS} = closing;
  db.transaction(() => {
    closeOpenRuns(
      closing,
      instanceId,
      (count) => `the store was closed before this run ended; ${countOf(count, 'point')} kept`,
    );
    db.prepare(`UPDATE instances SET closed_at = max(opened_at, ?), ending = 'closed' WHERE id = ?`).run(
      utcNowS(),
      instanceId,
    );
  }).immediate();
  db.pragma('optimize');
}

/** Keeps what there was before a migration. */
function keepCopy(db: Database.Database, copy: string): void {
  // A copy of an earlier try is older than the data.
  rmSync(copy, {force: true});
  makePrivateFile(copy);
  db.prepare('VACUUM INTO ?').run(copy);
}

function openDatabase(path: string, options: StoreOptions): Database.Database {
  // SQLite gives the files beside it the mode of this one.
  if (path !== ':memory:') makePrivateFile(path);
  const db = new Database(path, {timeout: options.busyTimeoutMs ?? 5000});
  try {
    db.pragma('journal_mode = WAL');
    // FULL: what was reported as stored survives a power cut; point-sync.ts trades a little of that for points.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    if (options.maximumPageCount !== undefined) db.pragma(`max_page_count = ${options.maximumPageCount}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openForReading(path: string, options: StoreOptions): Store {
  if (!existsSync(path))
    throw new BenchError('file/not-found', `There is no database ${path}. Check the data folder's path.`, {
      details: {path},
    });
  const db = openReader(path, options);
  const clock = options.clock ?? clockFrom(options.utcNowS);
  const createId = options.createId ?? randomUUID;
  const context: StoreContext = {
    db,
    path,
    isReadOnly: true,
    utcNowS: () => clock.utcNowS(),
    createId,
    instanceId: 0,
    changes: createRunChanges(),
    clockWatch: createClockWatch({db, clock, createId, instanceId: 0, isReadOnly: true}),
    pointSync: createPointSync({db, path}),
    safeWithinMs: () => longestSafeWithinMs,
  };
  return createStore(
    {...context, ...(options.readOnlyBecause && {readOnlyBecause: options.readOnlyBecause})},
    {recoveredRuns: [], journalNotice: ''},
    () => undefined,
    () => undefined,
  );
}

function createStore(
  context: StoreContext,
  found: Pick<Store, 'recoveredRuns' | 'journalNotice'>,
  beforeClose: () => void,
  afterClose: () => void,
): Store {
  const {db, path, isReadOnly, readOnlyBecause} = context;
  const guard = <Part extends object>(part: Part): Part => guardMethods(part, path, readOnlyBecause);
  const close = (): void => {
    if (!db.open) return;
    try {
      translated(path, beforeClose);
    } catch (error) {
      // On a full disk the farewell cannot be written. The next opening finds this writer gone and does the same.
      if (!hasCode(error, 'store/full', 'store/locked', 'store/damaged')) throw error;
    } finally {
      context.pointSync.close();
      db.close();
      afterClose();
    }
  };
  return {
    ...guard(createSessions(context)),
    ...guard(createSessionSearches(context)),
    ...guard(createUidSearch(context)),
    ...guard(createDigitExclusions(context)),
    ...guard(createRunReading(context)),
    ...guard(createPointFeed(context)),
    ...guard(createLedger(context)),
    ...guard(createDataChecks(context)),
    path,
    isReadOnly,
    get isOpen() {
      return db.open;
    },
    readOnlyBecause,
    ...found,
    changes: context.changes,
    clockWatch: context.clockWatch,
    pointSync: context.pointSync,
    recorder(sessionUid) {
      if (readOnlyBecause) throw readOnlyBecause;
      if (isReadOnly)
        throw new BenchError(
          'store/read-only',
          `${path} was opened for reading only, so no run can be stored in it.`,
        );
      return translated(path, () => createStoreRecorder(context, sessionUid));
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** Every method with SQLite's errors turned into ours; a refusal to write says why nothing can be written. */
function guardMethods<Part extends object>(part: Part, path: string, readOnlyBecause?: BenchError): Part {
  const guarded = Object.entries(part).map(
    ([name, method]: [string, (...parameters: unknown[]) => unknown]) => [
      name,
      (...parameters: unknown[]) => {
        try {
          return translated(path, () => method(...parameters));
        } catch (error) {
          throw readOnlyBecause && hasCode(error, 'store/read-only') ? readOnlyBecause : error;
        }
      },
    ],
  );
  return Object.fromEntries(guarded) as Part;
}
