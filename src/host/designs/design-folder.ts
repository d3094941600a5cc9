import {createHash} from 'node:crypto';
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {moduleUrl} from '../../base/module-url.ts';
import {encodeNpy} from '../../base/npy.ts';
import type {DesignFile, DesignLayer} from '../../contract/design-file.ts';
import {BenchError, hasCode, type benchErrorFrom} from '../../contract/errors.ts';
import {designHash, loadDesign, type Design} from '../../twin/design/load.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {writeWhole} from '../files/write-whole.ts';
import {readApart} from '../threads/read-apart.ts';

const worker = moduleUrl('./design-worker.ts', import.meta.url);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What became of a folder that was read with others. */
export type ReadDesign =
  | {readonly design: Design}
  | {readonly error: ReturnType<ReturnType<typeof benchErrorFrom>['toJSON']>};

/** Longest time for one design, ms. */
const deadlineMs = 120_000;

/**
 * Reads and checks a design folder without holding up this thread; throws `file/not-found` or `file/invalid` with the
 * file's name.
 */
export async function openDesign(folder: string, signal?: AbortSignal): Promise<Design> {
  const [read] = await openDesigns([folder], signal);
  return designFrom(read);
}

/**
 * Reads and checks several design folders, one after the other on one thread, whose start costs as much as reading a
 * design of the shipped size. Answers in their order with each design or its error (see `designFrom`). Throws `file/invalid` when the thread
 * was given up, which tells nothing of any single one.
 */
export const openDesigns = (
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<readonly ReadDesign[]> =>
  readApart<{folders: readonly string[]}, ReadDesign[]>(
    worker,
    {folders},
    {
      subject: `The design in ${folders.join(', ')}`,
      meaning: 'Nothing was started.',
      deadlineMs: deadlineMs * folders.length,
      signal,
    },
  );

/** A design that was read on its thread. Throws the error that it was read with. */
export function designFrom(read: ReadDesign): Design {
  if ('design' in read) return read.design;
  const {code, message, details} = read.error;
  throw new BenchError(code, message, {details});
}

/**
 * As `openDesign`, on this thread, which a large design holds up: for the thread of a computation, which needs no second
 * one to read its design.
 */
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

/** A plate as it is saved: its maps become files of their own. */
export interface SavedLayer extends Omit<DesignLayer, 'heightMap' | 'sha256' | 'mask'> {
  readonly heightsMm: Float32Array;
  readonly mask?: {readonly transmission: Float32Array; readonly levels: number | null};
}

/** The plates of a design as they are saved again. */
export const savedLayersOf = ({file, layers, masks}: Design): SavedLayer[] =>
  file.layers.map((layer, i) => {
    const {zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, levels, neurons, dispersion} =
      layer;
    const transmission = masks?.[i]?.values;
    return {
      ...{zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, levels},
      ...(neurons && {neurons}),
      ...(dispersion && {dispersion}),
      heightsMm: Float32Array.from(layers[i].values),
      ...(transmission && {
        mask: {transmission: Float32Array.from(transmission), levels: layer.mask?.levels ?? null},
      }),
    };
  });

/**
 * Writes a design folder: maps of heights and masks first, design.json last and whole, so that no half design is ever read. Over an
 * earlier design the maps get other names than its own, which are removed when design.json names the new ones: a
 * disk that is full in between leaves the earlier design as it was. Throws `store/full` then.
 */
export async function saveDesign(
  folder: string,
  description: Omit<DesignFile, 'contentHash' | 'layers'>,
  layers: readonly SavedLayer[],
): Promise<DesignFile> {
  await mkdir(folder, {recursive: true});
  const earlier = await mapsOf(folder);
  const suffix = earlier.includes('layer-1.npy') ? '-b' : '';
  const files = new Map<string, Uint8Array>();
  const addMap = (name: string, values: Float32Array): {readonly name: string; readonly sha256: string} => {
    const count = Math.round(Math.sqrt(values.length));
    const bytes = encodeNpy({shape: [count, count], dtype: '<f4', re: values});
    files.set(name, bytes);
    return {name, sha256: sha256Of(bytes)};
  };
  const saved = layers.map(({heightsMm, mask, ...layer}, i): DesignLayer => {
    const heights = addMap(`layer-${i + 1}${suffix}.npy`, heightsMm);
    const opening = mask && addMap(`layer-${i + 1}-mask${suffix}.npy`, mask.transmission);
    return {
      ...layer,
      heightMap: heights.name,
      sha256: heights.sha256,
      ...(mask &&
        opening && {
          mask: {transmissionMap: opening.name, sha256: opening.sha256, levels: mask.levels},
        }),
    };
  });
  for (const [name, bytes] of files) await writeWhole(join(folder, name), bytes);
  const content = {...description, layers: saved};
  const file: DesignFile = {...content, contentHash: designHash({...content, contentHash: ''}, sha256Of)};
  const path = join(folder, 'design.json');
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
  for (const name of earlier) if (!files.has(name)) await rm(join(folder, name), {force: true});
  return file;
}

/** Maps that `saveDesign` wrote for the design that a folder holds; none where it holds no readable one. */
async function mapsOf(folder: string): Promise<string[]> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readDesignFile(folder, 'design.json'));
  } catch (error) {
    if (hasCode(error, 'file/not-found')) return [];
    throw error;
  }
  return [...new Set(text.match(/layer-\d+(?:-mask)?(?:-b)?\.npy/g))];
}
