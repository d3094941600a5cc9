/** How well two planes agree. Both must be dark-free, linear in power and sampled at the same points. */
import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {sumOf} from './regions.ts';

/**
 * Pearson correlation, -1..1: sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2). Blind to
 * gain and offset of either. Null when one of the two is constant, for then it is not defined.
 */
export function computePearson(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  assertComparable(a, b);
  const meanA = sumOf(a) / a.length;
  const meanB = sumOf(b) / b.length;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    const da = a[i] - meanA;
    const db = b[i] - meanB;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  const scale = Math.sqrt(aa) * Math.sqrt(bb);
  // What rounding leaves of a constant plane is about 1e-16 of its sum; that is no variation.
  const isFlat = aa <= 1e-28 * a.length * meanA * meanA || bb <= 1e-28 * a.length * meanB * meanB;
  if (isFlat || !(scale > 0)) return null;
  return Math.max(-1, Math.min(1, ab / scale));
}

/**
 * Normalised root mean square error: both planes are divided by their sum over the common points (p = a / sum a,
 * q = b / sum b); then sqrt(sum (p - q)^2 / sum q^2), so it is relative to the root mean square of `reference`.
 * 0 is equal up to brightness; 1 is as wrong as an empty plane.
 */
export function computeNrmse(values: ArrayLike<number>, reference: ArrayLike<number>): number {
  const p = normalisedBySum(values);
  const q = normalisedBySum(reference);
  assertComparable(p, q);
  let difference = 0;
  let square = 0;
  for (let i = 0; i < p.length; i++) {
    difference += (p[i] - q[i]) ** 2;
    square += q[i] ** 2;
  }
  return Math.sqrt(difference / square);
}

/**
 * Energy error: half the sum of |p_i - q_i| after both were divided by their sums: the part of the energy, 0..1 for
 * planes without negative values, that lies elsewhere than in `reference`.
 */
export function computeEnergyError(values: ArrayLike<number>, reference: ArrayLike<number>): number {
  const p = normalisedBySum(values);
  const q = normalisedBySum(reference);
  assertComparable(p, q);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i] - q[i]);
  return sum / 2;
}

/** Root mean square of the differences of two sets of shares; independent of speckle inside the regions. */
export function computeShareError(shares: ArrayLike<number>, reference: ArrayLike<number>): number {
  assertComparable(shares, reference);
  let sum = 0;
  for (let k = 0; k < shares.length; k++) sum += (shares[k] - reference[k]) ** 2;
  return Math.sqrt(sum / shares.length);
}

/** Values divided by their sum over the field. Throws when the sum is not positive. */
export function normalisedBySum(values: ArrayLike<number>): Float64Array {
  const total = sumOf(values);
  if (!(total > 0))
    throw new BenchError('twin/invalid', `A plane whose sum is ${total} cannot be normalised by it.`);
  return Float64Array.from(values, (value) => value / total);
}

function assertComparable(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length)
    throw new BenchError('twin/invalid', `Cannot compare ${countOf(a.length, 'value')} with ${b.length}.`);
  if (a.length === 0) throw new BenchError('twin/invalid', 'Cannot compare planes without points.');
}
