import {open, rename} from 'node:fs/promises';

/**
 * Writes a file whole or not at all: readers see the old content or the new one, never a part, and so it is after a
 * power cut.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
