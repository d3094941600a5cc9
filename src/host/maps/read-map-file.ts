import {createHash} from 'node:crypto';
import {basename} from 'node:path';
import {npyMagic} from '../../base/npy-header.ts';
import {BenchError} from '../../contract/errors.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {readCsvMap} from './csv-map.ts';
import type {MapContent} from './map-array.ts';
import {readMatFile} from './mat-file.ts';
import {readNpyMap, readNpz} from './npy-maps.ts';
import {readPngMap} from './png-map.ts';
import {readTiffMaps} from './tiff-map.ts';

/** A file of maps with what tells it from others. */
export interface MapFile extends MapContent {
  readonly path: string;
  /** Its name without the folder: what records keep. */
  readonly name: string;
  readonly sha256: string;
}

/**
 * Reads a file of maps, by its content and not by its name: .npy, .npz, MATLAB .mat (level 5), CSV, PNG,
 * TIFF. Throws `file/not-found`, and `file/invalid` with the file's name and the reason.
 */
export async function readMapFile(path: string): Promise<MapFile> {
  const bytes = await readBounded(path, fileLimitBytes.array, {
    subject: `The map ${path}`,
    whenMissing: 'Nothing was imported; check the path.',
    whenUnusable: 'Nothing was imported.',
  });
  try {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {...parseMaps(bytes), path, name: basename(path), sha256};
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `The map ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}. Nothing was imported.`,
      {details: {path}, cause: error},
    );
  }
}

const beginsWith = (bytes: Uint8Array, mark: readonly number[], at = 0): boolean =>
  mark.every((byte, i) => bytes[at + i] === byte);

const zip = [0x50, 0x4b, 0x03, 0x04];
const emptyZip = [0x50, 0x4b, 0x05, 0x06];
const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const hdf5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const matlab = [...new TextEncoder().encode('MATLAB 5.0 MAT-file')];
const matlab73 = [...new TextEncoder().encode('MATLAB 7.3 MAT-file')];
const littleTiff = [0x49, 0x49];
const bigTiff = [0x4d, 0x4d, 0x00];

/** The arrays of the bytes of a file. Throws Error with a sentence that begins behind the file's name. */
export function parseMaps(bytes: Uint8Array): MapContent {
  if (bytes.length === 0) throw new Error('it is empty');
  if (beginsWith(bytes, npyMagic)) return {format: 'NumPy array', arrays: [readNpyMap(bytes)], notes: []};
  if (beginsWith(bytes, zip) || beginsWith(bytes, emptyZip)) return readNpz(bytes);
  if (beginsWith(bytes, matlab73) || beginsWith(bytes, hdf5) || beginsWith(bytes, hdf5, 512))
    throw new Error(
      'it is a MATLAB file of version 7.3 (HDF5), which is not read; save it with save(..., "-v7") in MATLAB',
    );
  if (beginsWith(bytes, matlab)) return readMatFile(bytes);
  if (beginsWith(bytes, png)) return {format: 'PNG picture', arrays: [readPngMap(bytes)], notes: []};
  if ((beginsWith(bytes, littleTiff) && bytes[3] === 0) || beginsWith(bytes, bigTiff))
    return readTiffMaps(bytes);
  if (bytes[0] === 0x80 && bytes[1] <= 5)
    throw new Error(
      'it holds pickled Python objects, which are never loaded; export its arrays with numpy.savez',
    );
  const {array, notes} = readCsvMap(bytes);
  return {format: 'table of numbers', arrays: [array], notes};
}
