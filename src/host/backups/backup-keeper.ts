import {isoFromS} from '../../base/utc-text.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {backupFolderOf} from '../data-folder.ts';
import type {HostServices} from '../services.ts';
import {listBackups, type BackupFile, type BackupOutcome} from '../store/backup.ts';
import type {RecoveryReport} from '../store/recover/recover.ts';
import {backUpApart, recoverApart, type PageProgress} from './backups.ts';

/** A copy or a salvage that is under way; pages are 0 of 0 until the first are done. */
export interface DataWork extends PageProgress {
  readonly kind: 'backup' | 'recovery';
  /** By the timer. */
  readonly isTimed: boolean;
}

/** What the last backup of this start came to. */
export interface LastBackup {
  readonly utc: string;
  readonly isTimed: boolean;
  /** '' where none was made. */
  readonly path: string;
  /** Why none was made, or what of it is damaged; '' for one that is as it should be. */
  readonly problem: string;
}

/** Backups of a host's database, one at a time: when they are asked for, and by a timer. */
export interface BackupKeeper extends Disposable {
  /** Where they go unless another folder is named. */
  readonly folder: string;
  readonly work: DataWork | null;
  readonly last: LastBackup | null;
  /** When the timer makes the next one; null without a timer. */
  readonly nextUtc: string | null;
  /** Makes one now. Throws `bench/busy` while another piece of work is under way, and what `backUpDatabase` throws. */
  backUp(asked: BackupAsked): Promise<BackupOutcome>;
  /** Salvages the database at `from` into a new one (store/recover). Throws as `backUp` does. */
  recover(
    order: {readonly from: string; readonly toFolder: string},
    signal?: AbortSignal,
  ): Promise<RecoveryReport>;
  /** Begins to look whether one is due; for a program that stays. */
  startTimer(): void;
}

export interface BackupAsked {
  readonly folder?: string | undefined;
  readonly keepCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BackupTiming {
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** Between two looks whether one is due, ms. */
  readonly lookMs: number;
}

const usual: BackupTiming = {nowMs: () => performance.now(), lookMs: 30_000};
const hourMs = 3_600_000;
/** One that failed is tried again after this time, or at the next that is due, ms. */
const retryMs = hourMs;

const all = new WeakMap<object, BackupKeeper>();

/** The keeper of a host. */
export function backupKeeperOf(services: HostServices): BackupKeeper {
  const own = all.get(services) ?? createBackupKeeper(services);
  all.set(services, own);
  return own;
}

/** Breaks off what is under way: a backup has no name before it is whole. */
export function disposeBackups(services: HostServices): void {
  all.get(services)?.[Symbol.dispose]();
  all.delete(services);
}

type Parts = Pick<HostServices, 'data' | 'settings' | 'log'>;

/** Backups of the database of these parts; what comes of each goes into the log. */
export const createBackupKeeper = (parts: Parts, timing: BackupTiming = usual): BackupKeeper =>
  new Keeper(parts, timing);

class Keeper implements BackupKeeper {
  readonly #parts: Parts;
  readonly #timing: BackupTiming;
  readonly #ending = new AbortController();
  #work: DataWork | null = null;
  #last: (LastBackup & {readonly atMs: number}) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: Parts, timing: BackupTiming) {
    this.#parts = parts;
    this.#timing = timing;
  }

  get folder(): string {
    const {backupFolder} = this.#parts.settings.get();
    return backupFolder === '' ? backupFolderOf(this.#parts.data) : backupFolder;
  }

  get work(): DataWork | null {
    return this.#work;
  }

  get last(): LastBackup | null {
    return this.#last;
  }

  get nextUtc(): string | null {
    const leftMs = this.#timer === undefined ? null : this.#leftMs();
    return leftMs === null ? null : isoFromS((Date.now() + Math.max(0, leftMs)) / 1000);
  }

  backUp(asked: BackupAsked): Promise<BackupOutcome> {
    return this.#make(asked, false);
  }

  recover(
    order: {readonly from: string; readonly toFolder: string},
    signal?: AbortSignal,
  ): Promise<RecoveryReport> {
    return this.#alone({kind: 'recovery', isTimed: false}, (hooks) => recoverApart(order, hooks), signal);
  }

  startTimer(): void {
    this.#timer ??= setInterval(() => this.#look(), this.#timing.lookMs);
    this.#timer.unref();
    this.#look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#ending.abort();
  }

  #look(): void {
    const leftMs = this.#leftMs();
    if (leftMs === null || leftMs > 0 || this.#work !== null) return;
    // Its failure is in the log and in what is shown.
    void this.#make({}, true).catch(() => undefined);
  }

  /** Until the next one is due, ms; null where none is wanted. */
  #leftMs(): number | null {
    const {backupEveryHours} = this.#parts.settings.get();
    if (backupEveryHours === null) return null;
    const everyMs = backupEveryHours * hourMs;
    const last = this.#last;
    const sinceLastMs = last === null ? Infinity : this.#timing.nowMs() - last.atMs;
    if (last !== null && last.path === '') return Math.min(everyMs, retryMs) - sinceLastMs;
    const [newest] = this.#listed();
    if (newest === undefined) return 0;
    // Of one that this program has made, whatever the clock was set to meanwhile.
    if (last !== null && last.path === newest.path) return everyMs - sinceLastMs;
    const ageMs = Date.now() - 1000 * newest.timeS;
    // One of the future says nothing.
    return ageMs < 0 ? 0 : everyMs - ageMs;
  }

  #listed(): BackupFile[] {
    try {
      return listBackups(this.folder);
    } catch {
      // A folder that cannot be read (a disk that is not there): the backup itself says what is wrong.
      return [];
    }
  }

  async #make(
    {folder = this.folder, keepCount, signal}: BackupAsked,
    isTimed: boolean,
  ): Promise<BackupOutcome> {
    const {data, settings} = this.#parts;
    const order = {
      databasePath: data.databasePath,
      folder,
      keepCount: keepCount ?? settings.get().backupKeepCount,
    };
    try {
      const made = await this.#alone({kind: 'backup', isTimed}, (hooks) => backUpApart(order, hooks), signal);
      const problem =
        made.damageCount === 0
          ? ''
          : `${made.damageCount} of what it holds is damaged: so it is in the database. No older backup was taken away.`;
      this.#note({isTimed, path: made.path, problem});
      return made;
    } catch (error) {
      const {code, message} = benchErrorFrom(error);
      // Who asked while another one is being made has been told.
      if (code !== 'bench/busy' && !this.#ending.signal.aborted)
        this.#note({isTimed, path: '', problem: message});
      throw error;
    }
  }

  #note(outcome: Omit<LastBackup, 'utc'>): void {
    const {isTimed, path, problem} = outcome;
    this.#last = {...outcome, utc: new Date().toISOString(), atMs: this.#timing.nowMs()};
    const made = isTimed ? 'Backup by the timer' : 'Backup';
    this.#parts.log.add({
      level: problem === '' ? 'info' : 'error',
      source: 'store',
      text:
        path === ''
          ? `${made} was not made: ${problem}`
          : `${made} ${path} is made and ${problem === '' ? 'checked.' : `read: ${problem}`}`,
      code: null,
    });
  }

  async #alone<Output>(
    what: Pick<DataWork, 'kind' | 'isTimed'>,
    work: (hooks: {
      readonly signal: AbortSignal;
      readonly onProgress: (progress: PageProgress) => void;
    }) => Promise<Output>,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    if (this.#work !== null)
      throw new BenchError(
        'bench/busy',
        this.#work.kind === 'backup'
          ? 'A backup is being made already. Wait until it is done.'
          : 'A database is being salvaged. Wait until it is done.',
      );
    this.#work = {...what, donePages: 0, pageCount: 0};
    try {
      return await work({
        signal: AbortSignal.any([this.#ending.signal, ...(signal ? [signal] : [])]),
        onProgress: (progress) => (this.#work = {...what, ...progress}),
      });
    } finally {
      this.#work = null;
    }
  }
}
