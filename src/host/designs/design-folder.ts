import {createHash} from 'node:crypto';
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {moduleUrl} from '../../base/module-url.ts';
import {encodeNpy} from '../../base/npy.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {hasCode} from '../../contract/errors.ts';
import {designHash, loadDesign, type Design} from '../../twin/design/load.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {writeWhole} from '../files/write-whole.ts';
import {readApart} from '../threads/read-apart.ts';

const worker = moduleUrl('./design-worker.ts', import.meta.url);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads and checks a design folder without holding up this thread; throws `file/not-found` or `file/invalid` with the
 * file's name.
 */
export const openDesign = (folder: string, signal?: AbortSignal): Promise<Design> =>
  readApart<{folder: string}, Design>(
    worker,
    {folder},
    {
      subject: `The design in ${folder}`,
      meaning: 'Nothing was started.',
      deadlineMs: 120_000,
      signal,
    },
  );

/** As `openDesign`, on this thread, which a large design holds up. */
export const loadDesignFolder = (folder: string): Promise<Design> =>
  loadDesign((name) => readDesignFile(folder, name), sha256Of);

/** Bytes of a file of a design's folder, which may not lead out of it. */
export function readDesignFile(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  return readBounded(path, name === 'design.json' ? fileLimitBytes.design : fileLimitBytes.array, {
    subject: `The design file ${path}`,
    whenMissing: 'Nothing was started; name the folder that holds design.json and its .npy height maps.',
    whenUnusable: 'Nothing was started.',
  });
}

/**
 * Writes a design folder: height maps first, design.json last and whole, so that no half design is ever read. Over an
 * earlier design the height maps get other names than its own, which are removed when design.json names the new ones: a
 * disk that is full in between leaves the earlier design as it was. Throws `store/full` then.
 */
export async function saveDesign(
  folder: string,
  description: Omit<DesignFile, 'contentHash' | 'layers'>,
  layers: readonly (Omit<DesignFile['layers'][number], 'heightMap' | 'sha256'> & {heightsMm: Float32Array})[],
): Promise<DesignFile> {
  await mkdir(folder, {recursive: true});
  const earlier = await heightMapsOf(folder);
  const suffix = earlier.includes('layer-1.npy') ? '-b' : '';
  const files = layers.map(({heightsMm, ...layer}, i) => {
    const count = Math.round(Math.sqrt(heightsMm.length));
    const bytes = encodeNpy({shape: [count, count], dtype: '<f4', re: heightsMm});
    return {bytes, layer: {...layer, heightMap: `layer-${i + 1}${suffix}.npy`, sha256: sha256Of(bytes)}};
  });
  for (const {bytes, layer} of files) await writeWhole(join(folder, layer.heightMap), bytes);
  const content = {...description, layers: files.map(({layer}) => layer)};
  const file: DesignFile = {...content, contentHash: designHash({...content, contentHash: ''}, sha256Of)};
  const path = join(folder, 'design.json');
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
  const own = new Set(files.map(({layer}) => layer.heightMap));
  for (const name of earlier) if (!own.has(name)) await rm(join(folder, name), {force: true});
  return file;
}

/** Height maps that `saveDesign` wrote for the design that a folder holds; none where it holds no readable one. */
async function heightMapsOf(folder: string): Promise<string[]> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readDesignFile(folder, 'design.json'));
  } catch (error) {
    if (hasCode(error, 'file/not-found')) return [];
    throw error;
  }
  return [...new Set(text.match(/layer-\d+(?:-b)?\.npy/g))];
}
