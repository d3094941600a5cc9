import {readFile} from 'node:fs/promises';
import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {writeWhole} from '../files/write-whole.ts';

/**
 * Reads a square plane, real or complex, from an .npy file. Throws `file/not-found` or `file/invalid`: wrong shape,
 * NaN, or no .npy at all, each with the file's name.
 */
export async function readPlane(path: string, pitchMm: number): Promise<ComplexPlane> {
  const array = await readNpyFile(path);
  const [rows, columns] = array.shape;
  if (array.shape.length !== 2 || rows !== columns || rows < 2) {
    throw invalid(
      path,
      `its shape is ${array.shape.join(' x ') || 'a single number'}; a square plane is needed`,
    );
  }
  const re = Float64Array.from(array.re);
  const im = array.im ? Float64Array.from(array.im) : new Float64Array(re.length);
  const bad = re.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(im[i]));
  if (bad >= 0)
    throw invalid(
      path,
      `its value at row ${Math.floor(bad / rows)}, column ${bad % rows} is not a finite number`,
    );
  return {grid: {count: rows, pitchMm}, re, im};
}

export async function readNpyFile(path: string): Promise<ReturnType<typeof decodeNpy>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new BenchError('file/not-found', `${path} cannot be read. Nothing was computed; check the path.`, {
      cause: error,
    });
  }
  try {
    return decodeNpy(new Uint8Array(bytes));
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
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
    details: {path},
    cause,
  });
}
