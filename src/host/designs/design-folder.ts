import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {encodeNpy} from '../../base/npy.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {designHash, loadDesign, type Design} from '../../twin/design/load.ts';
import {writeWhole} from '../files/write-whole.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Reads and checks a design folder; throws `file/not-found` or `file/invalid` with the file's name. */
export function openDesign(folder: string): Promise<Design> {
  return loadDesign(async (name) => {
    try {
      return new Uint8Array(await readFile(join(folder, name)));
    } catch (error) {
      throw new BenchError(
        'file/not-found',
        `The design file ${join(folder, name)} cannot be read (${codeOf(error)}). Nothing was started; ` +
          'give --design the folder that holds design.json and its .npy height maps.',
        {cause: error},
      );
    }
  }, sha256Of);
}

/** Writes a design folder: height maps first, design.json last and whole, so that no half design is ever read. */
export async function saveDesign(
  folder: string,
  description: Omit<DesignFile, 'contentHash' | 'layers'>,
  layers: readonly (Omit<DesignFile['layers'][number], 'heightMap' | 'sha256'> & {heightsMm: Float32Array})[],
): Promise<DesignFile> {
  await mkdir(folder, {recursive: true});
  const files = layers.map(({heightsMm, ...layer}, i) => {
    const count = Math.round(Math.sqrt(heightsMm.length));
    const bytes = encodeNpy({shape: [count, count], dtype: '<f4', re: heightsMm});
    return {bytes, layer: {...layer, heightMap: `layer-${i + 1}.npy`, sha256: sha256Of(bytes)}};
  });
  for (const {bytes, layer} of files) await writeFile(join(folder, layer.heightMap), bytes);
  const content = {...description, layers: files.map(({layer}) => layer)};
  const file: DesignFile = {...content, contentHash: designHash({...content, contentHash: ''}, sha256Of)};
  const path = join(folder, 'design.json');
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
  return file;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
