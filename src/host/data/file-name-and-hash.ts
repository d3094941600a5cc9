import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';

/** A file by name and SHA-256, as the record of a training names it. */
export async function fileNameAndHash(path: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return `${basename(path)} (sha256 ${hash})`;
}
