import type {NpyArray} from '../../base/npy.ts';

/** An array of numbers of a file, in rows whatever the order in the file. */
export interface MapArray extends NpyArray {
  /** As the file names it; '' in files that hold one array without a name. */
  readonly name: string;
}

/** What a file of maps holds. */
export interface MapContent {
  /** `NumPy array`, `MATLAB file`: for people. */
  readonly format: string;
  readonly arrays: readonly MapArray[];
  /** What of the file is no array of numbers, or needs to be known of it: a sentence each. */
  readonly notes: readonly string[];
}

/** Elements of one array: the largest plate. */
export const elementLimit = 4096 ** 2;
/** Bytes of all that is unpacked from one file. */
export const unpackedLimitBytes = 2 ** 29;
/** Arrays of one file: more than the largest design has plates, with what a state dict holds beside them. */
export const arrayLimit = 1024;

/** Refuses shapes before anything of their size is made. Throws Error with a sentence. */
export function assertElementCount(shape: readonly number[], what = 'its shape'): number {
  const count = shape.reduce((product, n) => product * n, 1);
  if (!(count <= 64 * elementLimit))
    throw new Error(`${what} ${shape.join(' x ')} has more numbers than 64 plates of 4096 x 4096`);
  return count;
}
