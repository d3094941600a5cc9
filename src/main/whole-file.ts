import {open, rename, rm} from 'node:fs/promises';

/** Writes a file whole or not at all, safe against a loss of power: new file, flushed, then renamed over the old one. */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${path}.new-${process.pid}`;
  try {
    await using file = await open(fresh, 'w');
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(fresh, {force: true});
    throw error;
  }
  await rename(fresh, path);
}
