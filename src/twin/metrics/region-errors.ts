/** What moves the energies of detector regions, cause by cause, and what it does to their shares and differences. */
import type {VerdictCause} from '../../contract/campaign-result.ts';
import {computeShares, sumOf} from './regions.ts';

/** Errors of region energies from one cause, in the unit of the energies. */
export interface RegionError {
  readonly cause: VerdictCause;
  /** One standard deviation of each region, independent of that of the others. */
  readonly independent?: ArrayLike<number>;
  /** What all energies change by, together, with one standard deviation of a quantity; one list for each quantity. */
  readonly together?: readonly ArrayLike<number>[];
}

/** One standard deviation of sum_k c_k e_k from one cause. */
function sigmaOfSum({independent, together = []}: RegionError, coefficients: ArrayLike<number>): number {
  let variance = 0;
  for (let k = 0; k < coefficients.length; k++)
    if (independent) variance += (coefficients[k] * independent[k]) ** 2;
  for (const changes of together) {
    let change = 0;
    for (let k = 0; k < coefficients.length; k++) change += coefficients[k] * changes[k];
    variance += change * change;
  }
  return Math.sqrt(variance);
}

/**
 * One standard deviation of each share s_k = e_k / E: the energies' errors with the coefficients
 * d s_k / d e_j = (delta_kj - s_k) / E. Throws `twin/invalid` when the regions hold no energy.
 */
export function computeShareSigmas(
  energies: ArrayLike<number>,
  errors: readonly RegionError[],
): Float64Array {
  const shares = computeShares(energies);
  const total = sumOf(energies);
  return shares.map((share, k) => {
    const coefficients = shares.map((_, j) => ((j === k ? 1 : 0) - share) / total);
    return Math.hypot(...errors.map((error) => sigmaOfSum(error, coefficients)));
  });
}

/**
 * One standard deviation of the difference of two values from each cause, in the order of `errors`, from the values'
 * derivatives by the energies; what moves both alike falls out.
 */
export function computeDifferenceSigmas(
  [a, b]: readonly [ArrayLike<number>, ArrayLike<number>],
  errors: readonly RegionError[],
): readonly number[] {
  const coefficients = Float64Array.from(a, (own, k) => own - b[k]);
  return errors.map((error) => sigmaOfSum(error, coefficients));
}
