import {access, constants, open, rm, stat} from 'node:fs/promises';
import {BenchError} from '../../contract/errors.ts';

/**
 * Tries whether a file could be written whole at `path`, before the work whose result it is to hold. What stands there is
 * not touched. Throws `file/invalid` naming the option and what was not begun.
 */
export async function assertWritable(path: string, option: string, meaning: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    const existing = await stat(path).catch(() => undefined);
    if (existing && !existing.isFile())
      throw new Error(existing.isDirectory() ? 'it is a folder' : 'it is no file');
    if (existing) await access(path, constants.W_OK);
    // As it will be written: beside its place, and renamed.
    const file = await open(draft, 'w');
    await file.close();
    await rm(draft);
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `${option} ${path} cannot be written (${(error as Error).message}). ${meaning}; choose another place.`,
      {details: {path}, cause: error},
    );
  }
}
