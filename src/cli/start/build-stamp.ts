import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';

/**
 * A text that changes when any file below the given files and folders does (name, size, time of change): fast enough
 * to be asked at every start. `isLeftOut` sees paths relative to `root`. What is missing counts as missing.
 */
export function stampOf(
  root: string,
  paths: readonly string[],
  isLeftOut: (path: string) => boolean = () => false,
): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    if (isLeftOut(path)) return;
    const full = join(root, path);
    const stats = statSync(full, {throwIfNoEntry: false});
    if (!stats) return void hash.update(`${path} missing\n`);
    if (stats.isDirectory()) for (const name of readdirSync(full).toSorted()) add(join(path, name));
    else hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`);
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/** True if the stamp was written to `file` by an earlier build. */
export function hasStamp(file: string, stamp: string): boolean {
  const stats = statSync(file, {throwIfNoEntry: false});
  return stats !== undefined && readFileSync(file, 'utf8') === stamp;
}
