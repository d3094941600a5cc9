import {closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync, statfsSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {makePrivateFile, makePrivateFolder} from '../files/private.ts';
import {openStore} from './open-store.ts';
import {inspectFile} from './preflight.ts';
import {translated} from './sqlite-errors.ts';
import type {DataDamage} from './verify.ts';

/** A backup that lies in a folder. */
export interface BackupFile {
  readonly path: string;
  /** When it was begun, s since 1970, as its name says. */
  readonly timeS: number;
  readonly sizeBytes: number;
}

/** A backup that was made just now. */
export interface BackupOutcome extends BackupFile {
  readonly runCount: number;
  readonly pointCount: number;
  readonly artifactCount: number;
  /** What in it is not as it was stored: so it is in the database itself. */
  readonly damage: readonly DataDamage[];
  readonly damageCount: number;
  /** Older ones that were taken away for it. */
  readonly removedPaths: readonly string[];
}

/** How a backup comes on: pages that are copied, of how many. */
export type BackupProgress = (donePages: number, pageCount: number) => void;

const namePattern = /^bench-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.sqlite$/;
const draftEnd = '.part';
/** Pages copied before it is told. */
const pagesAtOnce = 4000;
/** Room that stays, bytes. */
const spareBytes = 20e6;
/** A draft that nobody has written to for so long is left over, ms. */
const leftOverMs = 3_600_000;

/** Backups of a folder, the newest first; none where there is no folder. */
export function listBackups(folder: string): BackupFile[] {
  if (statSync(folder, {throwIfNoEntry: false})?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const match = namePattern.exec(name);
      if (!match) return [];
      const path = join(folder, name);
      const [, day, hour, minute, second] = match;
      const timeS = Date.parse(`${day}T${hour}:${minute}:${second}Z`) / 1000;
      return [{path, timeS, sizeBytes: statSync(path).size}];
    })
    .sort((a, b) => b.timeS - a.timeS);
}

/**
 * Copies the database at `path` into `folder` with SQLite's online backup, while it is written: what was committed when
 * it began is in it. The copy is read as a whole and compared with its checksums before it gets its name, and has as many
 * runs and points as there were. Of the backups in the folder the `keepCount` newest stay; where the copy shows damage,
 * none is taken away. Throws `store/full` before anything is written where there is no room, else what `openStore` throws.
 */
export async function backUpDatabase(
  path: string,
  folder: string,
  {
    keepCount,
    nowS,
    onProgress,
  }: {readonly keepCount: number; readonly nowS: number; readonly onProgress?: BackupProgress},
): Promise<BackupOutcome> {
  await makePrivateFolder(folder);
  clearLeftOver(folder);
  assertRoom(path, folder);
  const stamp = new Date(1000 * nowS).toISOString().slice(0, 19).replaceAll(':', '-');
  const target = join(folder, `bench-${stamp}Z.sqlite`);
  const draft = `${target}${draftEnd}`;
  if (statSync(target, {throwIfNoEntry: false}))
    throw new BenchError(
      'file/invalid',
      `There is a backup ${target} of this second already. Nothing was made.`,
    );
  try {
    const counted = await copyTo(draft, path, onProgress);
    const check = checkCopy(draft, counted);
    publish(draft, target, folder);
    const {runCount, pointCount, artifactCount, damage, damageCount} = check;
    const removedPaths = damageCount === 0 ? removeOldest(folder, keepCount) : [];
    return {
      path: target,
      timeS: nowS,
      sizeBytes: statSync(target).size,
      ...{runCount, pointCount, artifactCount, damage, damageCount, removedPaths},
    };
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${end}`, {force: true});
  }
}

interface Counts {
  readonly runCount: number;
  readonly pointRowCount: number;
}

/** Copies what is committed now. The reading transaction holds it fast, so that no writer makes the copy begin anew. */
async function copyTo(draft: string, path: string, onProgress: BackupProgress | undefined): Promise<Counts> {
  if (inspectFile(path, {isChecked: false, mayTidy: false}) === 'new')
    throw new BenchError('file/not-found', `The database ${path} is empty, so there is nothing to back up.`);
  makePrivateFile(draft);
  const db = translated(path, () => new Database(path, {readonly: true, timeout: 5000}));
  try {
    db.exec('BEGIN');
    const counts = countsOf(db);
    await db.backup(draft, {
      progress({totalPages, remainingPages}) {
        onProgress?.(totalPages - remainingPages, totalPages);
        return pagesAtOnce;
      },
    });
    return counts;
  } catch (error) {
    return translated(draft, () => {
      throw error;
    });
  } finally {
    db.close();
  }
}

function countsOf(db: Database.Database): Counts {
  const ask = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0;
  return {runCount: ask('SELECT count(*) FROM runs'), pointRowCount: ask('SELECT count(*) FROM points')};
}

/** Reads the copy as a whole. Throws `store/damaged` where it is not what was to be copied. */
function checkCopy(draft: string, wanted: Counts) {
  const db = new Database(draft);
  let counted: Counts;
  try {
    // One file by itself, without the two beside it.
    db.pragma('journal_mode = DELETE');
    counted = countsOf(db);
  } finally {
    db.close();
  }
  if (counted.runCount !== wanted.runCount || counted.pointRowCount !== wanted.pointRowCount)
    throw new BenchError(
      'store/damaged',
      `The copy has ${countOf(counted.runCount, 'run')} and ${countOf(counted.pointRowCount, 'point')}, the database ${wanted.runCount} and ${wanted.pointRowCount}. The copy was taken away, earlier backups stay. Check the disk of the backups and try again.`,
      {details: {...wanted}},
    );
  using store = openStore(draft, {readOnly: true});
  return store.verify();
}

/** Its bytes and its name are safe on the disk when this returns. */
function publish(draft: string, target: string, folder: string): void {
  syncPath(draft, 'r+');
  renameSync(draft, target);
  // Windows knows no such thing as asking for a folder.
  if (process.platform !== 'win32') syncPath(folder, 'r');
}

function syncPath(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Only files that are named as backups are. */
function removeOldest(folder: string, keepCount: number): string[] {
  const old = listBackups(folder).slice(Math.max(1, keepCount));
  for (const {path} of old) rmSync(path, {force: true});
  return old.map(({path}) => path);
}

function clearLeftOver(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(draftEnd) || !namePattern.test(name.slice(0, -draftEnd.length))) continue;
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > leftOverMs) rmSync(path, {force: true});
  }
}

function assertRoom(path: string, folder: string): void {
  const sizeOf = (file: string): number => statSync(file, {throwIfNoEntry: false})?.size ?? 0;
  const needed = sizeOf(path) + sizeOf(`${path}-wal`) + spareBytes;
  const {bavail, bsize} = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new BenchError(
    'store/full',
    `A backup needs ${Math.ceil(needed / 1e6)} MB, and ${folder} has room for ${Math.floor((bavail * bsize) / 1e6)} MB. Nothing was written, earlier backups stay. Make room or name a folder on another disk.`,
    {details: {folder, neededBytes: needed, freeBytes: bavail * bsize}},
  );
}
