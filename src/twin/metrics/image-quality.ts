import {BenchError} from '../../contract/errors.ts';
import {computePearson} from './agreement.ts';

/** How alike two pictures are. */
export interface PictureLikeness {
  readonly ssim: number;
  readonly psnrDb: number;
  readonly pearson: number;
}

/** Side of the window of SSIM, and the standard deviation of its Gaussian weights, pixels (Wang et al. 2004, III.C). */
export const ssimWindow = 11;
const ssimSigma = 1.5;
/** (K1 L)^2 and (K2 L)^2 for a dynamic range L of 1. */
const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
/** Pictures that are equal have no error: they count as this, the error of a double. */
const largestPsnrDb = 300;

/**
 * Compares a measured square picture with the ideal one. Both are taken relative to the ideal picture's maximum, the
 * measured one at the scale that fits best (min over a of sum (a m - i)^2), for no bench knows its brightness. PSNR has
 * that maximum as its peak. Throws `twin/invalid` where the ideal picture is dark or smaller than the window of SSIM.
 */
export function comparePictures(measured: ArrayLike<number>, ideal: ArrayLike<number>): PictureLikeness {
  let [peak, cross, own] = [0, 0, 0];
  for (let i = 0; i < ideal.length; i++) {
    peak = Math.max(peak, ideal[i]);
    cross += measured[i] * ideal[i];
    own += measured[i] ** 2;
  }
  if (!(peak > 0))
    throw new BenchError('twin/invalid', 'The ideal picture is dark: nothing can be compared with it.');
  const scale = own > 0 ? cross / own : 0;
  const a = Float64Array.from({length: ideal.length}, (_, i) => (scale * measured[i]) / peak);
  const b = Float64Array.from({length: ideal.length}, (_, i) => ideal[i] / peak);
  const error = a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
  return {
    ssim: structuralSimilarity(a, b),
    psnrDb: error > 0 ? Math.min(largestPsnrDb, -10 * Math.log10(error)) : largestPsnrDb,
    pearson: computePearson(a, b) ?? 0,
  };
}

/**
 * Mean structural similarity of two square pictures with values from 0 to 1 (Wang, Bovik, Sheikh and Simoncelli 2004):
 * one scale, Gaussian window of 11 x 11 pixels (sigma 1.5), K1 = 0.01, K2 = 0.03, over the windows that lie wholly in
 * the picture. Throws `twin/invalid` for pictures that are not square or smaller than the window.
 */
export function structuralSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const side = Math.round(Math.sqrt(a.length));
  if (side * side !== a.length || b.length !== a.length || side < ssimWindow)
    throw new BenchError(
      'twin/invalid',
      `Structural similarity needs two square pictures of at least ${ssimWindow} x ${ssimWindow} pixels, not ${a.length} and ${b.length} pixels.`,
    );
  const means = (value: (i: number) => number): Float64Array =>
    smoothed(
      Float64Array.from({length: a.length}, (_, i) => value(i)),
      side,
    );
  const [ma, mb] = [means((i) => a[i]), means((i) => b[i])];
  const [aa, bb, ab] = [means((i) => a[i] ** 2), means((i) => b[i] ** 2), means((i) => a[i] * b[i])];
  let sum = 0;
  for (let i = 0; i < ma.length; i++) {
    const [x, y] = [ma[i], mb[i]];
    const variances = aa[i] - x * x + bb[i] - y * y;
    sum += ((2 * x * y + c1) * (2 * (ab[i] - x * y) + c2)) / ((x * x + y * y + c1) * (variances + c2));
  }
  return sum / ma.length;
}

const weights = gaussianWeights();

function gaussianWeights(): Float64Array {
  const middle = (ssimWindow - 1) / 2;
  const raw = Float64Array.from({length: ssimWindow}, (_, i) =>
    Math.exp(-((i - middle) ** 2) / (2 * ssimSigma ** 2)),
  );
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}

/** Weighted means over the windows that lie wholly in a picture, row by row. */
function smoothed(values: Float64Array, side: number): Float64Array {
  const inner = side - ssimWindow + 1;
  const along = new Float64Array(side * inner);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < inner; column++)
      along[row * inner + column] = weights.reduce(
        (sum, weight, k) => sum + weight * values[row * side + column + k],
        0,
      );
  const both = new Float64Array(inner * inner);
  for (let row = 0; row < inner; row++)
    for (let column = 0; column < inner; column++)
      both[row * inner + column] = weights.reduce(
        (sum, weight, k) => sum + weight * along[(row + k) * inner + column],
        0,
      );
  return both;
}
