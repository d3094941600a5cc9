import type {ReadOut} from '../metrics/read-out.ts';
import {computePlaneShares, sumOf} from '../metrics/regions.ts';

/**
 * What is added to the scores of a read-out: `weights[class][region]` times the shares of the energies, and an offset for
 * each class. All 0 reads the classes as they are.
 */
export interface ReadOutCorrection {
  readonly weights: readonly (readonly number[])[];
  readonly offsets: readonly number[];
}

/** A correction that changes nothing. */
export const noCorrection = ({labels}: Pick<ReadOut, 'labels'>, regionCount: number): ReadOutCorrection => ({
  weights: labels.map(() => new Array<number>(regionCount).fill(0)),
  offsets: labels.map(() => 0),
});

/** Scores of the classes with a correction. Throws `twin/invalid` where a plane's regions hold no energy. */
export function correctedScores(
  readOut: ReadOut,
  {weights, offsets}: ReadOutCorrection,
  energies: ArrayLike<number>,
): Float64Array {
  const shares = computePlaneShares(energies, readOut.planeCount);
  return readOut
    .scoresOf(energies)
    .map((score, k) => weights[k].reduce((sum, own, r) => sum + own * shares[r], score + offsets[k]));
}

/** A read-out whose scores are corrected: classes are compared, and their errors carried on, as those of any other. */
export function correctReadOut(readOut: ReadOut, correction: ReadOutCorrection): ReadOut {
  const scoresOf = (energies: ArrayLike<number>): Float64Array =>
    correctedScores(readOut, correction, energies);
  return {
    ...readOut,
    kind: 'corrected',
    scoresOf,
    comparedOf(energies) {
      const slopes = shareSlopes(energies, readOut.planeCount);
      const base = readOut.kind === 'largest' ? slopes : readOut.comparedOf(energies).gradients;
      const gradients = correction.weights.map((row, k) =>
        Float64Array.from(base[k], (own, j) =>
          row.reduce((sum, weight, r) => sum + weight * slopes[r][j], own),
        ),
      );
      return {values: scoresOf(energies), gradients};
    },
  };
}

/** d share_r / d energy_j = (delta_rj - share_r) / E, of several planes each within its own; `[share][energy]`. */
function shareSlopes(energies: ArrayLike<number>, planeCount: number): readonly Float64Array[] {
  const all = Float64Array.from(energies);
  const perPlane = all.length / planeCount;
  return Array.from(all, (own, r) => {
    const first = Math.floor(r / perPlane) * perPlane;
    const total = sumOf(all.subarray(first, first + perPlane));
    const row = new Float64Array(all.length);
    for (let j = first; j < first + perPlane; j++) row[j] = ((j === r ? 1 : 0) - own / total) / total;
    return row;
  });
}
