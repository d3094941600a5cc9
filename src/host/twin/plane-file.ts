import {decodeNpy, encodeNpy, type NpyArray} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {assertField, assertSquare, transmissionFrom} from '../../twin/field/array-values.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {writeWhole} from '../files/write-whole.ts';

/**
 * Reads a field, real or complex, from an .npy file. Throws `file/not-found` or `file/invalid` with the file's name: no
 * .npy, not square, values that are no numbers, no light at all.
 */
export async function readField(path: string, pitchMm: number): Promise<ComplexPlane> {
  const array = await readNpyFile(path);
  return judged(path, () => {
    assertSquare(array);
    assertField(array);
    const re = Float64Array.from(array.re);
    const im = array.im ? Float64Array.from(array.im) : new Float64Array(re.length);
    return {grid: {count: array.shape[0], pitchMm}, re, im};
  });
}

/**
 * Reads the transmission of an object on a grid, whose values run from 0 to `fullScale`. Throws as `readField` does, and
 * for values that no transmission has.
 */
export async function readObject(path: string, grid: Grid, fullScale = 1): Promise<ComplexPlane> {
  const array = await readNpyFile(path);
  return judged(path, () => {
    assertSquare(array, grid.count);
    return {grid, ...transmissionFrom(array, fullScale, 'a full scale of 255 for a picture')};
  });
}

function judged<Value>(path: string, judge: () => Value): Value {
  try {
    return judge();
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function readNpyFile(path: string): Promise<NpyArray> {
  const bytes = await readBounded(path, fileLimitBytes.array, {
    subject: path,
    whenMissing: 'Nothing was computed; check the path.',
    whenUnusable: 'Nothing was computed.',
  });
  return judged(path, () => decodeNpy(bytes));
}

/** Writes a plane whole or not at all: complex128 for fields, float64 for real values. */
export async function writePlane(
  path: string,
  plane: {count: number; re: ArrayLike<number>; im?: ArrayLike<number>},
): Promise<void> {
  const {count, re, im} = plane;
  const bytes = encodeNpy({shape: [count, count], dtype: im ? '<c16' : '<f8', re, ...(im ? {im} : {})});
  try {
    await writeWhole(path, bytes);
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `${path} cannot be written. The result is lost; check the folder and its space.`,
      {
        cause: error,
      },
    );
  }
}

function invalid(path: string, what: string, cause?: unknown): BenchError {
  return new BenchError('file/invalid', `${path} cannot be used: ${what}. Nothing was computed.`, {
    // Said of an object whose values are larger than those of a mask.
    details: {path, ...(what.includes('full scale') ? {atTerminal: 'Say so with --values 0..255.'} : {})},
    cause,
  });
}
