import {roundedText} from '../../base/number-format.ts';
import {constants} from 'node:fs';
import {open, type FileHandle} from 'node:fs/promises';
import {BenchError} from '../../contract/errors.ts';

/** What to say of a file that cannot be used. */
export interface ReadFailure {
  /** `The bench file /x/y.yaml`. */
  readonly subject: string;
  /** What it means and what to do, after a file that is not there: `Nothing was opened; ...`. */
  readonly whenMissing: string;
  /** After one that is too large or no file: `Nothing was opened.`. */
  readonly whenUnusable: string;
}

/**
 * Reads a whole file of at most `limitBytes`, whatever its size says: it is looked at before and counted while it is
 * read. Throws `file/not-found`, and `file/invalid` for a larger one, a folder, a device or a pipe, which might never
 * end.
 */
export async function readBounded(
  path: string,
  limitBytes: number,
  {subject, whenMissing, whenUnusable}: ReadFailure,
): Promise<Uint8Array<ArrayBuffer>> {
  const unusable = (what: string): BenchError =>
    new BenchError('file/invalid', `${subject} cannot be used: ${what}. ${whenUnusable}`, {details: {path}});
  let file: FileHandle;
  try {
    // Without waiting: opening a pipe would else wait for somebody to write.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw missing(path, subject, whenMissing, error);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw unusable(`it is ${stats.isDirectory() ? 'a folder' : 'a device'}, not a file`);
    if (stats.size > limitBytes)
      throw unusable(`it has ${sizeText(stats.size)}, and at most ${sizeText(limitBytes)} are read`);
    // One byte more than expected shows a file that grows, or one whose size is not known before (/proc).
    let bytes = new Uint8Array(Math.max(stats.size, 4096) + 1);
    let count = 0;
    for (;;) {
      const {bytesRead} = await file.read(bytes, count, bytes.length - count, null);
      if (bytesRead === 0) break;
      count += bytesRead;
      if (count > limitBytes) throw unusable(`it has more than ${sizeText(limitBytes)}, which is not read`);
      if (count < bytes.length) continue;
      const larger = new Uint8Array(Math.min(2 * count, limitBytes + 1));
      larger.set(bytes);
      bytes = larger;
    }
    return bytes.slice(0, count);
  } catch (error) {
    throw error instanceof BenchError ? error : missing(path, subject, whenMissing, error);
  } finally {
    await file.close();
  }
}

const missing = (path: string, subject: string, whenMissing: string, error: unknown): BenchError =>
  new BenchError('file/not-found', `${subject} cannot be read (${codeOf(error)}). ${whenMissing}`, {
    details: {path},
    cause: error,
  });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** A size for people: `256 kB`, `1.2 MB`; multiples of 1024. */
export const sizeText = (byteCount: number): string =>
  byteCount >= 2 ** 20
    ? `${roundedText(byteCount / 2 ** 20, 1)} MB`
    : `${roundedText(byteCount / 2 ** 10, 1)} kB`;
