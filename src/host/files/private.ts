import {chmod, lstat, mkdir, readdir} from 'node:fs/promises';
import {closeSync, existsSync, openSync} from 'node:fs';
import {join} from 'node:path';

/** Nobody but the user who runs the program may look into its folders and files. Windows keeps them in the profile. */
const folderMode = 0o700;
export const fileMode = 0o600;
const others = 0o077;
const sticky = 0o1000;

const hasModes = process.platform !== 'win32';

/** Makes a folder, with those above it, that only this user may enter. One that is there stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, {recursive: true, mode: folderMode});
}

/**
 * Makes a file that only this user may read, for a library that would make it for everybody. One that is there stays, and
 * is not even opened: closing it would give up every lock that this process holds on it (POSIX, fcntl(2)).
 */
export function makePrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', fileMode));
}

/**
 * Takes from others what they may do with a folder of ours and with those entries whose names `isOurs` knows; folders
 * among them with all they hold. Links are not followed, and a folder that many share (such as /tmp) is left alone.
 * Returns sentences on what was changed or had to be left.
 */
export async function tightenFolder(
  path: string,
  isOurs: (name: string) => boolean = () => true,
): Promise<string[]> {
  if (!hasModes) return [];
  const {mode} = await lstat(path);
  if ((mode & sticky) !== 0)
    return [
      `${path} is a folder that all users share, so others see what lies in it. Choose a data folder of your own.`,
    ];
  const changed: string[] = [];
  const left: string[] = [];
  const tighten = async (entry: string, wanted: number): Promise<void> => {
    const stats = await lstat(entry);
    if (stats.isSymbolicLink() || (stats.mode & others) === 0) return;
    // What another user owns cannot be changed, and is not of this program's making.
    if (stats.uid !== process.geteuid?.()) return;
    try {
      await chmod(entry, wanted);
      changed.push(entry);
    } catch (error) {
      // On a medium that is read-only nothing can be changed, but what lies there can still be read.
      if (!isRefusedChange(error)) throw error;
      left.push(entry);
    }
  };
  const walk = async (folder: string, takes: (name: string) => boolean): Promise<void> => {
    await tighten(folder, folderMode);
    for (const entry of await readdir(folder, {withFileTypes: true})) {
      if (!takes(entry.name)) continue;
      const full = join(folder, entry.name);
      if (entry.isDirectory()) await walk(full, () => true);
      else if (entry.isFile()) await tighten(full, fileMode);
    }
  };
  await walk(path, isOurs);
  return [
    ...(changed.length === 0
      ? []
      : [`Other users of this computer could look into ${listOf(changed)}. From now on only you can.`]),
    ...(left.length === 0
      ? []
      : [`Other users of this computer can look into ${listOf(left)}, and this cannot be changed there.`]),
  ];
}

const isRefusedChange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EROFS' || error.code === 'EPERM');

/** The first few by name, the others by their number. */
const listOf = (paths: readonly string[]): string =>
  `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;
