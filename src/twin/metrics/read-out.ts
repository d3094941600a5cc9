/** From the energies of detector regions to the scores of classes, of which the largest wins. */
import {
  classLabels,
  planeCountOf,
  type DetectorClasses,
  type ReadOutSettings,
} from '../../contract/read-out.ts';
import {acrossPlanes, meanShare, type Reading} from './plane-read-out.ts';
import {computePlaneShares, computeShares, findWinner, sumOf} from './regions.ts';

/**
 * Reads classes from energies, one a region in the design's order and in any unit; of several frequencies plane after
 * plane, each plane in a unit of its own.
 */
export interface ReadOut extends Reading {
  /** `mean-share`: of several planes, where each region is a class; `corrected`: scores that a calibration has changed. */
  readonly kind: 'largest' | 'mean-share' | 'corrected' | ReadOutSettings['kind'];
  /** Frequencies at which the regions are read. */
  readonly planeCount: number;
  /** As the design has it; absent where each region is a class. */
  readonly settings?: ReadOutSettings | undefined;
  /** Labels of the classes, in the order of the scores. */
  readonly labels: readonly string[];
}

/** The read-out of a detector with these regions. */
export function createReadOut(detector: DetectorClasses): ReadOut {
  const {regions, readOut} = detector;
  const labels = classLabels(detector);
  const planeCount = planeCountOf(detector);
  const common = {labels, planeCount};
  if (readOut === undefined)
    return planeCount === 1
      ? {kind: 'largest', ...common, ...largestEnergy(regions.length)}
      : {kind: 'mean-share', ...common, ...acrossPlanes(meanShare(regions.length, planeCount), planeCount)};
  const reading =
    readOut.kind === 'differential'
      ? differential(readOut.classes, regions.length * planeCount)
      : dense(readOut.layers);
  return {
    kind: readOut.kind,
    settings: readOut,
    ...common,
    ...(planeCount === 1 ? reading : acrossPlanes(reading, planeCount)),
  };
}

/** Whether every plane has light in its regions, so that its energies have shares. */
export function isLit({planeCount}: Pick<ReadOut, 'planeCount'>, energies: ArrayLike<number>): boolean {
  const all = Array.from(energies);
  const regionCount = all.length / planeCount;
  return Array.from({length: planeCount}, (_, plane) =>
    sumOf(all.slice(plane * regionCount, (plane + 1) * regionCount)),
  ).every((sum) => sum > 0);
}

/** What a dense read-out gets of energies: shares of its planes over their number, which sum to 1. */
export const denseInputs = (energies: ArrayLike<number>, planeCount: number): Float64Array =>
  computePlaneShares(energies, planeCount).map((share) => share / planeCount);

/** Class that wins, and its score minus the next largest. */
export interface Decision {
  readonly winner: number;
  readonly margin: number;
}

/** Decides between scores; the first of equal ones wins. */
export function decide(scores: ArrayLike<number>): Decision {
  const winner = findWinner(scores);
  return {winner, margin: marginOfClass(scores, winner)};
}

/** Score of a class minus the largest other score: negative where another one wins. */
export function marginOfClass(scores: ArrayLike<number>, label: number): number {
  let rival = -Infinity;
  for (let k = 0; k < scores.length; k++) if (k !== label) rival = Math.max(rival, scores[k]);
  return scores[label] - rival;
}

function largestEnergy(count: number): Reading {
  const identity = Array.from({length: count}, (_, k) => {
    const row = new Float64Array(count);
    row[k] = 1;
    return row;
  });
  return {scoresOf: computeShares, comparedOf: (values) => ({values, gradients: identity})};
}

function differential(
  classes: readonly {readonly positive: number; readonly negative: number}[],
  regionCount: number,
): Reading {
  const scoresOf = (energies: ArrayLike<number>): Float64Array => {
    // Throws where there is no light at all; a pair without any is undecided between its two.
    computeShares(energies);
    return Float64Array.from(classes, ({positive, negative}) => {
      const sum = energies[positive] + energies[negative];
      return sum > 0 ? (energies[positive] - energies[negative]) / sum : 0;
    });
  };
  return {
    scoresOf,
    comparedOf: (energies) => ({
      values: scoresOf(energies),
      gradients: classes.map(({positive, negative}) => {
        const row = new Float64Array(regionCount);
        const sum = energies[positive] + energies[negative];
        if (!(sum > 0)) return row;
        row[positive] = (2 * energies[negative]) / sum ** 2;
        row[negative] = (-2 * energies[positive]) / sum ** 2;
        return row;
      }),
    }),
  };
}

type DenseLayers = Extract<ReadOutSettings, {kind: 'dense'}>['layers'];

function dense(layers: DenseLayers): Reading {
  const forward = (energies: ArrayLike<number>): Float64Array[] => {
    const states = [computeShares(energies)];
    layers.forEach((layer, i) => {
      const output = applyLayer(layer, states[i]);
      states.push(i < layers.length - 1 ? output.map((value) => Math.max(0, value)) : output);
    });
    return states;
  };
  return {
    scoresOf: (energies) => forward(energies)[layers.length],
    comparedOf: (energies) => {
      const states = forward(energies);
      const total = Array.from(energies).reduce((sum, energy) => sum + energy, 0);
      const values = states[layers.length];
      const gradients = Array.from(values, (_, k) => {
        let back: Float64Array = Float64Array.from(values, (_value, j) => (j === k ? 1 : 0));
        for (let i = layers.length - 1; i >= 0; i--) {
          const input = states[i];
          back = backThrough(layers[i], back);
          if (i > 0) back.forEach((_value, j) => (back[j] = input[j] > 0 ? back[j] : 0));
        }
        return byEnergies(back, states[0], total);
      });
      return {values, gradients};
    },
  };
}

function applyLayer({weights, bias}: DenseLayers[number], input: Float64Array): Float64Array {
  return Float64Array.from(weights, (row, j) => row.reduce((sum, own, i) => sum + own * input[i], bias[j]));
}

function backThrough({weights}: DenseLayers[number], gradient: Float64Array): Float64Array {
  const back = new Float64Array(weights[0].length);
  weights.forEach((row, j) => row.forEach((own, i) => (back[i] += own * gradient[j])));
  return back;
}

/** From derivatives by shares to those by energies: d s_k / d e_j = (delta_kj - s_k) / E. */
function byEnergies(byShares: Float64Array, shares: Float64Array, total: number): Float64Array {
  const mean = shares.reduce((sum, share, k) => sum + share * byShares[k], 0);
  return byShares.map((own) => (own - mean) / total);
}
