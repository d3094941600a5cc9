import {decodeNpy} from '../../base/npy.ts';
import {parseNpyHeader} from '../../base/npy-header.ts';
import {assertElementCount, type MapArray, type MapContent} from './map-array.ts';
import {readZip} from './zip-entries.ts';

/** The array of an .npy file. Throws Error with a sentence. */
export function readNpyMap(bytes: Uint8Array, name = ''): MapArray {
  assertElementCount(parseNpyHeader(bytes).shape);
  return {...decodeNpy(bytes), name};
}

/**
 * The arrays of an .npz file, by their names without `.npy`. What of it is no array of numbers is named in the notes:
 * a state dict also holds counters and texts. Throws Error where nothing of it can be used.
 */
export function readNpz(bytes: Uint8Array): MapContent {
  const arrays: MapArray[] = [];
  const notes: string[] = [];
  for (const entry of readZip(bytes)) {
    const name = entry.name.replace(/\.npy$/, '');
    try {
      arrays.push(readNpyMap(entry.bytes, name));
    } catch (error) {
      notes.push(`${entry.name} is left out: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  if (arrays.length === 0)
    throw new Error(`it holds no array of numbers${notes.length > 0 ? ` (${notes.join(' ')})` : ''}`);
  return {format: 'NumPy archive', arrays, notes};
}
