import {BenchError} from '../../contract/errors.ts';
import {computeMargin, computeShares, findWinner, sumOf} from './regions.ts';

/** How certain a winner must be before it counts: three standard deviations above every other region. */
export const defaultDecisionLevelSigma = 3;

/** Which region won, by how much, and whether the margin stands above the noise. Regions count from 0. */
export interface Verdict {
  /** Region with the largest energy, whether certain or not. */
  readonly winner: number;
  readonly runnerUp: number;
  /** Difference of the two largest shares; null when the regions hold no energy, as with the beam blocked. */
  readonly margin: number | null;
  /**
   * Smallest (e_winner - e_k) / sqrt(var e_winner + var e_k) over all other regions k. Infinite without noise.
   */
  readonly marginSigma: number;
  readonly verdict: 'decided' | 'undecided';
  readonly levelSigma: number;
}

/**
 * Judges whether noise leaves room for another winner. Energies are taken as independent, which holds while no
 * scan cell touches two regions; drift of gain is common to all and does not change a comparison of two regions.
 */
export function computeVerdict(
  energies: ArrayLike<number>,
  energySigmas: ArrayLike<number>,
  options: {readonly levelSigma?: number} = {},
): Verdict {
  const levelSigma = options.levelSigma ?? defaultDecisionLevelSigma;
  if (energies.length < 2 || energies.length !== energySigmas.length)
    throw new BenchError(
      'twin/invalid',
      `A verdict needs two or more regions with a sigma each, not ${energies.length} and ${energySigmas.length}.`,
    );
  const winner = findWinner(energies);
  let marginSigma = Infinity;
  let runnerUp = winner === 0 ? 1 : 0;
  for (let k = 0; k < energies.length; k++) {
    if (k === winner) continue;
    if (energies[k] > energies[runnerUp]) runnerUp = k;
    const difference = energies[winner] - energies[k];
    const sigma = Math.hypot(energySigmas[winner], energySigmas[k]);
    // Two equal energies cannot be told apart even by a noiseless measurement.
    marginSigma = Math.min(marginSigma, difference === 0 ? 0 : difference / sigma);
  }
  return {
    winner,
    runnerUp,
    margin: sumOf(energies) > 0 ? computeMargin(computeShares(energies)) : null,
    marginSigma,
    verdict: marginSigma >= levelSigma ? 'decided' : 'undecided',
    levelSigma,
  };
}
