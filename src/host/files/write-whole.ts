import {rename, writeFile} from 'node:fs/promises';

/** Writes a file whole or not at all: readers see the old content or the new one, never a part. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
