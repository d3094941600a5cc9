import {closeSync, fdatasync, openSync} from 'node:fs';
import type Database from 'better-sqlite3';
import {longestSafeWithinMs} from '../../contract/durability.ts';
import {BenchError} from '../../contract/errors.ts';

/**
 * Commits points. A commit hands its bytes to the system, so that a killed process loses nothing; only the disk's word
 * makes them safe from a power cut. Where each point has to be, the commit waits for it. Otherwise the disk is asked
 * beside the loop, at once for points that come slowly, and for faster ones together: no point waits, and neither does
 * a STOP on a slow disk.
 */
export interface PointSync {
  /** Time within which a point is to be safe from a power cut, ms; 0: before the commit returns. */
  readonly safeWithinMs: number;
  /** Sets it for the points from now on; 0 to `longestSafeWithinMs`. */
  setSafeWithin(ms: number): void;
  /** Carries out one commit. Throws `store/full` once the disk has refused to take earlier points. */
  commit(insert: () => void): void;
  /** Adds a listener for sentences on a disk that is too slow or refuses. */
  onProblem(listener: (problem: SyncProblem) => void): void;
  /** Ends it; SQLite makes everything safe when it closes the file. */
  close(): void;
}

export interface SyncProblem {
  readonly kind: 'slow' | 'refused';
  /** A sentence. */
  readonly text: string;
}

/** A disk that is too slow for what is set is told at most this often, ms. */
const reportEveryMs = 60_000;

interface SyncedFile {
  readonly db: Database.Database;
  readonly path: string;
}

export function createPointSync(file: SyncedFile): PointSync {
  return new WalSync(file);
}

class WalSync implements PointSync {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #listeners: ((problem: SyncProblem) => void)[] = [];
  #safeWithinMs = longestSafeWithinMs;
  /** When the oldest commit was made that no request to the disk covers; undefined for none. */
  #waitingSinceMs: number | undefined;
  #isSyncing = false;
  #beganMs = -Infinity;
  #reportedMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #journal: number | undefined;
  #failure: BenchError | undefined;
  #isClosed = false;

  constructor({db, path}: SyncedFile) {
    this.#db = db;
    this.#path = path;
  }

  get safeWithinMs(): number {
    return this.#safeWithinMs;
  }

  setSafeWithin(ms: number): void {
    this.#safeWithinMs = Math.min(longestSafeWithinMs, Math.max(0, ms));
  }

  onProblem(listener: (problem: SyncProblem) => void): void {
    this.#listeners.push(listener);
  }

  commit(insert: () => void): void {
    if (this.#failure) throw this.#failure;
    if (this.#isDue()) {
      // As everything else of the store: waits for the disk, which takes along what was committed before.
      insert();
      this.#waitingSinceMs = undefined;
      return;
    }
    this.#db.pragma('synchronous = NORMAL');
    try {
      insert();
    } finally {
      this.#db.pragma('synchronous = FULL');
    }
    this.#waitingSinceMs ??= performance.now();
    this.#schedule();
  }

  /** Each point waits; or the loop was held up for so long that the timer has not had its turn. */
  #isDue(): boolean {
    if (this.#safeWithinMs === 0 || this.#path === ':memory:') return true;
    const sinceMs = this.#waitingSinceMs;
    return (
      sinceMs !== undefined && !this.#isSyncing && performance.now() - sinceMs > this.#safeWithinMs * 0.6
    );
  }

  /** The disk gets more than half of the time for its answer. */
  #schedule(): void {
    if (this.#isSyncing || this.#timer !== undefined) return;
    const delayMs = this.#beganMs + this.#safeWithinMs * 0.4 - performance.now();
    if (delayMs <= 0) return this.#sync();
    this.#timer = setTimeout(() => this.#sync(), delayMs);
    this.#timer.unref();
  }

  /** Asks the disk for all that is in the journal, through a file of our own: SQLite's locks are not on that one. */
  #sync(): void {
    this.#timer = undefined;
    const sinceMs = this.#waitingSinceMs;
    if (sinceMs === undefined || this.#isClosed) return;
    this.#waitingSinceMs = undefined;
    this.#beganMs = performance.now();
    this.#isSyncing = true;
    const onDone = (error: Error | null): void => {
      this.#isSyncing = false;
      if (this.#isClosed) return this.#closeJournal();
      if (error) return this.#fail(error);
      this.#reportIfSlow(performance.now() - sinceMs);
      if (this.#waitingSinceMs !== undefined) this.#schedule();
    };
    try {
      this.#journal ??= openSync(`${this.#path}-wal`, 'r+');
    } catch (error) {
      return onDone(error as Error);
    }
    fdatasync(this.#journal, onDone);
  }

  #fail(error: Error): void {
    this.#failure = new BenchError(
      'store/full',
      `The disk that holds ${this.#path} refused to take the last points (${error.message}): they can be read now and may be gone after a power cut. No more are stored until the program is started anew. Make a backup on another disk and check this one.`,
      {cause: error, details: {path: this.#path}},
    );
    this.#report({kind: 'refused', text: this.#failure.message});
  }

  #reportIfSlow(tookMs: number): void {
    if (tookMs <= this.#safeWithinMs || performance.now() - this.#reportedMs < reportEveryMs) return;
    this.#reportedMs = performance.now();
    this.#report({
      kind: 'slow',
      text: `The disk that holds ${this.#path} took ${Math.round(tookMs)} ms to take points for good, and ${this.#safeWithinMs} ms are set: a power cut could have cost the points of that time. Nothing is lost while the computer is on; use a faster disk, or let each point wait for it (setting pointsSafeWithinMs 0).`,
    });
  }

  #report(problem: SyncProblem): void {
    for (const listener of this.#listeners) listener(problem);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (!this.#isSyncing) this.#closeJournal();
  }

  #closeJournal(): void {
    if (this.#journal === undefined) return;
    closeSync(this.#journal);
    this.#journal = undefined;
  }
}
