import {BenchError} from '../../contract/errors.ts';
import {computeDifferenceSigmas, type RegionError} from './region-errors.ts';
import type {Compared} from './plane-read-out.ts';
import {createReadOut, isLit, marginOfClass, type ReadOut} from './read-out.ts';
import {findWinner} from './regions.ts';

/** How certain a winner must be before it counts: three standard deviations above every other region. */
export const defaultDecisionLevelSigma = 3;

/** Which class won, by how much, and whether the margin stands above what may have moved it. Classes count from 0. */
export interface Verdict {
  /** Class with the largest score, whether certain or not: the region with the most energy unless read otherwise. */
  readonly winner: number;
  readonly runnerUp: number;
  /** Difference of the two largest scores; null when the regions hold no energy, as with the beam blocked. */
  readonly margin: number | null;
  /** Smallest (v_winner - v_k) / sigma(v_winner - v_k) over all other classes k, v what the read-out compares. Infinite where nothing is uncertain. */
  readonly marginSigma: number;
  /** The class k that this smallest ratio is of: mostly the runner-up. */
  readonly closest: number;
  /** sigma(v_winner - v_closest) of each cause, unit of v, in the order of the errors that were given. */
  readonly differenceSigmas: readonly number[];
  readonly verdict: 'decided' | 'undecided';
  readonly levelSigma: number;
}

/**
 * Judges whether what is uncertain about the energies leaves room for another winner. Causes are independent of each
 * other; what one does to several regions together, as a drift or a shift of the frame, counts by their difference.
 * Scores that are no sums of energies are taken to be straight within the errors.
 */
export function computeVerdict(
  energies: ArrayLike<number>,
  errors: readonly RegionError[],
  options: {readonly levelSigma?: number; readonly readOut?: ReadOut} = {},
): Verdict {
  const levelSigma = options.levelSigma ?? defaultDecisionLevelSigma;
  assertWhole(energies.length, errors);
  const readOut = options.readOut ?? readOutOfRegions(energies.length);
  const hasLight = isLit(readOut, energies);
  const {values, gradients} = hasLight ? readOut.comparedOf(energies) : noLight(readOut, energies);
  const winner = findWinner(values);
  let runnerUp = winner === 0 ? 1 : 0;
  let closest = runnerUp;
  let marginSigma = Infinity;
  let differenceSigmas: readonly number[] = errors.map(() => 0);
  for (let k = 0; k < values.length; k++) {
    if (k === winner) continue;
    if (values[k] > values[runnerUp]) runnerUp = k;
    const difference = values[winner] - values[k];
    const sigmas = computeDifferenceSigmas([gradients[winner], gradients[k]], errors);
    // Two equal values cannot be told apart even by a noiseless measurement.
    const ratio = difference === 0 ? 0 : difference / Math.hypot(...sigmas);
    if (ratio < marginSigma) [marginSigma, closest, differenceSigmas] = [ratio, k, sigmas];
  }
  if (marginSigma === Infinity) closest = runnerUp;
  return {
    winner,
    runnerUp,
    margin: hasLight ? marginOfClass(readOut.scoresOf(energies), winner) : null,
    marginSigma,
    closest,
    differenceSigmas,
    verdict: marginSigma >= levelSigma ? 'decided' : 'undecided',
    levelSigma,
  };
}

/** A class a region, unless a design says otherwise. */
const readOutOfRegions = (count: number): ReadOut =>
  createReadOut({regions: Array.from({length: count}, (_, k) => ({label: String(k)}))});

/** Without light energies can still be compared, scores cannot: no class is distinguished then. */
const noLight = (readOut: ReadOut, energies: ArrayLike<number>): Compared =>
  readOut.kind === 'largest'
    ? readOut.comparedOf(energies)
    : {
        values: new Float64Array(readOut.labels.length),
        gradients: readOut.labels.map(() => new Float64Array(energies.length)),
      };

function assertWhole(count: number, errors: readonly RegionError[]): void {
  const isWhole = errors.every(({independent, together = []}) =>
    [...(independent ? [independent] : []), ...together].every(({length}) => length === count),
  );
  if (count < 2 || !isWhole)
    throw new BenchError(
      'twin/invalid',
      `A verdict needs two or more regions and errors of each, not ${count} regions with other numbers of errors.`,
    );
}
