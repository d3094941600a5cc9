/** Real and imaginary parts of a field, row by row. */
export interface Plane {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** A dark plane of `count` samples. */
export const emptyPlane = (count: number): Plane => ({
  re: new Float32Array(count),
  im: new Float32Array(count),
});

/** As the device holds a field: real and imaginary part of one sample after the other. */
export function interleaved({re, im}: {readonly re: ArrayLike<number>; readonly im: ArrayLike<number>}) {
  const pairs = new Float32Array(2 * re.length);
  for (let i = 0; i < re.length; i++) {
    pairs[2 * i] = re[i];
    pairs[2 * i + 1] = im[i];
  }
  return pairs;
}

/** A field from what the device holds. */
export function separated(pairs: Float32Array): Plane {
  const plane = emptyPlane(pairs.length / 2);
  for (let i = 0; i < plane.re.length; i++) {
    plane.re[i] = pairs[2 * i];
    plane.im[i] = pairs[2 * i + 1];
  }
  return plane;
}
