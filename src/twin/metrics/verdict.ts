import {BenchError} from '../../contract/errors.ts';
import {computeDifferenceSigmas, type RegionError} from './region-errors.ts';
import {computeMargin, computeShares, findWinner, sumOf} from './regions.ts';

/** How certain a winner must be before it counts: three standard deviations above every other region. */
export const defaultDecisionLevelSigma = 3;

/** Which region won, by how much, and whether the margin stands above what may have moved it. Regions count from 0. */
export interface Verdict {
  /** Region with the largest energy, whether certain or not. */
  readonly winner: number;
  readonly runnerUp: number;
  /** Difference of the two largest shares; null when the regions hold no energy, as with the beam blocked. */
  readonly margin: number | null;
  /** Smallest (e_winner - e_k) / sigma(e_winner - e_k) over all other regions k. Infinite where nothing is uncertain. */
  readonly marginSigma: number;
  /** The region k that this smallest ratio is of: mostly the runner-up. */
  readonly closest: number;
  /** sigma(e_winner - e_closest) of each cause, unit of the energies, in the order of the errors that were given. */
  readonly differenceSigmas: readonly number[];
  readonly verdict: 'decided' | 'undecided';
  readonly levelSigma: number;
}

/**
 * Judges whether what is uncertain about the energies leaves room for another winner. Causes are independent of each
 * other; what one does to several regions together, as a drift or a shift of the frame, counts by their difference.
 */
export function computeVerdict(
  energies: ArrayLike<number>,
  errors: readonly RegionError[],
  options: {readonly levelSigma?: number} = {},
): Verdict {
  const levelSigma = options.levelSigma ?? defaultDecisionLevelSigma;
  const count = energies.length;
  const isWhole = errors.every(({independent, together = []}) =>
    [...(independent ? [independent] : []), ...together].every(({length}) => length === count),
  );
  if (count < 2 || !isWhole)
    throw new BenchError(
      'twin/invalid',
      `A verdict needs two or more regions and errors of each, not ${count} regions with other numbers of errors.`,
    );
  const winner = findWinner(energies);
  let runnerUp = winner === 0 ? 1 : 0;
  let closest = runnerUp;
  let marginSigma = Infinity;
  let differenceSigmas: readonly number[] = errors.map(() => 0);
  for (let k = 0; k < count; k++) {
    if (k === winner) continue;
    if (energies[k] > energies[runnerUp]) runnerUp = k;
    const difference = energies[winner] - energies[k];
    const sigmas = computeDifferenceSigmas(count, [winner, k], errors);
    // Two equal energies cannot be told apart even by a noiseless measurement.
    const ratio = difference === 0 ? 0 : difference / Math.hypot(...sigmas);
    if (ratio < marginSigma) [marginSigma, closest, differenceSigmas] = [ratio, k, sigmas];
  }
  if (marginSigma === Infinity) closest = runnerUp;
  return {
    winner,
    runnerUp,
    margin: sumOf(energies) > 0 ? computeMargin(computeShares(energies)) : null,
    marginSigma,
    closest,
    differenceSigmas,
    verdict: marginSigma >= levelSigma ? 'decided' : 'undecided',
    levelSigma,
  };
}
