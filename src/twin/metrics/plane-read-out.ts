/** Classes of a design that is read at several frequencies: every plane by its own shares. */
import {computePlaneShares} from './regions.ts';

/** How scores of classes follow from energies. */
export interface Reading {
  /**
   * Scores of the classes: shares of the energy, differential scores or outputs of a dense network. Throws `twin/invalid`
   * when no region holds energy, of several planes when those of one hold none.
   */
  readonly scoresOf: (energies: ArrayLike<number>) => Float64Array;
  /**
   * What is compared to find the winner, and its derivatives by every energy, `gradients[class][region]`: energies
   * themselves where each region is a class, else the scores.
   */
  readonly comparedOf: (energies: ArrayLike<number>) => Compared;
}

export interface Compared {
  readonly values: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
}

/** Reads energies of several planes by a reading of their shares, so that no plane's brightness matters. */
export function acrossPlanes({scoresOf, comparedOf}: Reading, planeCount: number): Reading {
  return {
    scoresOf: (energies) => scoresOf(computePlaneShares(energies, planeCount)),
    comparedOf(energies) {
      const shares = computePlaneShares(energies, planeCount);
      const {values, gradients} = comparedOf(shares);
      return {values, gradients: gradients.map((row) => byEnergies(row, {shares, energies}, planeCount))};
    },
  };
}

/** A class a region, of which the largest mean share of all planes wins. */
export function meanShare(regionCount: number, planeCount: number): Reading {
  const scoresOf = (shares: ArrayLike<number>): Float64Array =>
    Float64Array.from({length: regionCount}, (_, k) => {
      let sum = 0;
      for (let plane = 0; plane < planeCount; plane++) sum += shares[plane * regionCount + k];
      return sum / planeCount;
    });
  const gradients = Array.from({length: regionCount}, (_, k) =>
    Float64Array.from({length: regionCount * planeCount}, (_value, i) =>
      i % regionCount === k ? 1 / planeCount : 0,
    ),
  );
  return {scoresOf, comparedOf: (shares) => ({values: scoresOf(shares), gradients})};
}

/** From derivatives by shares to those by energies, plane by plane: d s_i / d e_j = (delta_ij - s_i) / E. */
function byEnergies(
  byShares: ArrayLike<number>,
  {shares, energies}: {readonly shares: ArrayLike<number>; readonly energies: ArrayLike<number>},
  planeCount: number,
): Float64Array {
  const result = new Float64Array(byShares.length);
  const regionCount = byShares.length / planeCount;
  for (let plane = 0; plane < planeCount; plane++) {
    const [first, end] = [plane * regionCount, (plane + 1) * regionCount];
    let [total, mean] = [0, 0];
    for (let i = first; i < end; i++) {
      total += energies[i];
      mean += byShares[i] * shares[i];
    }
    for (let i = first; i < end; i++) result[i] = (byShares[i] - mean) / total;
  }
  return result;
}
