import {randomUUID} from 'node:crypto';
import {open, readdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {BenchError, isDiskFull} from '../../contract/errors.ts';
import {fileMode} from './private.ts';

/**
 * Writes a file whole or not at all: readers see the old content or the new one, never a part, and so it is after a
 * power cut. `isPrivate` keeps it from other users of the computer. Throws `store/full` where the disk has no room.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  {isPrivate = false}: {readonly isPrivate?: boolean} = {},
): Promise<void> {
  // A name of its own: two programs may write the same file at once, and each has to be whole.
  const draft = `${path}.${randomUUID().slice(0, 8)}.new`;
  try {
    const file = await open(draft, 'wx', isPrivate ? fileMode : 0o666);
    try {
      // @position file.draft-begun
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // @position file.draft-safe
    await rename(draft, path);
    // @position file.in-place
  } catch (error) {
    await rm(draft, {force: true}).catch(() => undefined); // the first error is the one to tell
    throw isDiskFull(error) ? noRoom(path, error) : error;
  }
}

/** No file takes as long to write, ms. */
const writtenWithinMs = 3_600_000;

/** Takes away what `writeWhole` of programs that were killed has left in a folder; what is younger may be of a living one. */
export async function clearDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.[0-9a-f]{8}\.new$/.test(name)) continue;
    const path = join(folder, name);
    const {mtimeMs} = await stat(path);
    if (Date.now() - mtimeMs > writtenWithinMs) await rm(path, {force: true});
  }
}

const noRoom = (path: string, cause: unknown): BenchError =>
  new BenchError(
    'store/full',
    `The disk that holds ${path} is full, so this was not written. What was there before is untouched. Make room and try again.`,
    {details: {path}, cause},
  );
