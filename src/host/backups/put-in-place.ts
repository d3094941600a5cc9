import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import {basename, dirname, join, resolve, sep} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {DataFolder} from '../data-folder.ts';
import {makePrivateFolder} from '../files/private.ts';
import {openStore} from '../store/open-store.ts';

const ends = ['', '-wal', '-shm', '-journal'] as const;

/**
 * Puts the salvaged database `bench.sqlite` of `folder`, which lies in the data folder, in the place of the damaged one. That
 * one is kept first, whole and with its journal, in a folder of its own whose path is returned; whatever ends the program in
 * between, every file is in one of the two places. Nobody may have either open. Throws `file/invalid` for another folder and
 * what opening the salvaged one throws, before anything is touched.
 */
export async function putInPlace(
  {path, databasePath}: Pick<DataFolder, 'path' | 'databasePath'>,
  folder: string,
  stamp: string,
): Promise<string> {
  const salvaged = join(folder, 'bench.sqlite');
  if (!resolve(folder).startsWith(resolve(path) + sep) || !existsSync(salvaged))
    throw new BenchError(
      'file/invalid',
      `${folder} is no folder in ${path} with a salvaged database. Nothing was changed.`,
    );
  openStore(salvaged, {readOnly: true}).close();
  const aside = join(path, `damaged-${stamp}`);
  await makePrivateFolder(aside);
  for (const end of ends)
    if (existsSync(`${databasePath}${end}`))
      keep(`${databasePath}${end}`, join(aside, `${basename(databasePath)}${end}`));
  syncFolder(aside);
  // The journal first: replayed into another database it would destroy it.
  for (const end of ends.slice(1)) rmSync(`${databasePath}${end}`, {force: true});
  syncFolder(dirname(databasePath));
  renameSync(salvaged, databasePath);
  syncFolder(dirname(databasePath));
  return aside;
}

/** The same file under a second name; a copy where the disk knows no such thing. */
function keep(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function syncFolder(folder: string): void {
  // Windows knows no such thing as asking for a folder.
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
