import {median} from '../../base/median.ts';
import {solvePositive} from '../metrics/symmetric-matrix.ts';
import type {ReadOut} from '../metrics/read-out.ts';
import {computePlaneShares, findWinner} from '../metrics/regions.ts';
import {noCorrection, type ReadOutCorrection} from './corrected-read-out.ts';

/** Measured energies of the regions of one object, of several frequencies plane after plane, and its class. */
export interface ReadOutSample {
  readonly energies: ArrayLike<number>;
  /** Index of the true class. */
  readonly label: number;
}

/**
 * What may be changed. `gains`: the weight of each class's own regions, and offsets; `full`: the weight of every region
 * for every class, and offsets.
 */
export type ReadOutFamily = 'gains' | 'full';

/** A number that is fitted: a weight of a region for a class, or (`region` null) the offset of the class. */
interface Unknown {
  readonly label: number;
  readonly region: number | null;
}

/** A sample as the fit sees it: scores as they are, shares, class. */
interface Prepared {
  readonly scores: Float64Array;
  readonly shares: Float64Array;
  readonly label: number;
}

/** Samples of a read-out, ready to be fitted with any strength. */
export interface ReadOutProblem {
  readonly readOut: ReadOut;
  readonly regionCount: number;
  readonly samples: readonly Prepared[];
  /** Scores are so many logits a unit: see `logitScaleOf`. */
  readonly logitScale: number;
  /** The correction that a fit is drawn towards. */
  readonly towards: ReadOutCorrection;
}

/** Prepares samples; `towards` is what the fit is drawn to where they say little: as it is unless given. */
export function readOutProblem(
  readOut: ReadOut,
  samples: readonly ReadOutSample[],
  towards?: ReadOutCorrection,
): ReadOutProblem {
  const regionCount = samples[0]?.energies.length ?? 0;
  const start = towards ?? noCorrection(readOut, regionCount);
  const prepared = samples.map(({energies, label}): Prepared => ({
    scores: readOut.scoresOf(energies),
    shares: computePlaneShares(energies, readOut.planeCount),
    label,
  }));
  return {readOut, regionCount, samples: prepared, logitScale: logitScaleOf(prepared), towards: start};
}

/** The same with some of its samples. */
export const pickSamples = (problem: ReadOutProblem, indices: readonly number[]): ReadOutProblem => {
  const samples = indices.map((i) => problem.samples[i]);
  return {...problem, samples, logitScale: logitScaleOf(samples)};
};

/**
 * Logits a unit of the score: the median distance between the two largest scores counts as 3, so that classes that stand as
 * they mostly do are told apart with 95 % certainty.
 */
function logitScaleOf(samples: readonly Prepared[]): number {
  const distances = samples.map(({scores}) => {
    const [first = 0, second = 0] = Array.from(scores).sort((a, b) => b - a);
    return first - second;
  });
  return 3 / Math.max(distances.length === 0 ? 0 : median(distances), 1e-6);
}

/** What may be changed, in the order of the numbers of a fit. */
function unknownsOf({readOut, regionCount}: ReadOutProblem, family: ReadOutFamily): Unknown[] {
  const all = Array.from({length: regionCount}, (_, region) => region);
  return readOut.labels.flatMap((_, label): Unknown[] => {
    const regions = family === 'full' ? all : ownRegions(readOut, regionCount, label);
    return [...regions.map((region) => ({label, region})), {label, region: null}];
  });
}

/** Regions that a class is read from; a dense network reads it from all. */
function ownRegions({settings, planeCount}: ReadOut, regionCount: number, label: number): number[] {
  if (settings?.kind === 'differential') {
    const {positive, negative} = settings.classes[label];
    return [positive, negative];
  }
  if (settings?.kind === 'dense') return Array.from({length: regionCount}, (_, region) => region);
  const perPlane = regionCount / planeCount;
  return Array.from({length: planeCount}, (_, plane) => plane * perPlane + label);
}

/**
 * The most likely correction: cross-entropy of the classes, and a normal prior about `towards` in which a weight has the
 * standard deviation `sigma` and an offset that of a region with the mean share. Convex, by Newton's method.
 */
export function fitReadOut(
  problem: ReadOutProblem,
  family: ReadOutFamily,
  sigma: number,
  start: ReadOutCorrection = problem.towards,
): ReadOutCorrection {
  const unknowns = unknownsOf(problem, family);
  const perRegion = problem.regionCount / problem.readOut.planeCount;
  const precision = Float64Array.from(
    unknowns,
    ({region}) => (region === null ? perRegion ** 2 : 1) / sigma ** 2,
  );
  const centre = valuesOf(problem.towards, unknowns);
  let at = valuesOf(start, unknowns);
  let cost = costOf(problem, unknowns, at) + priorOf(at, centre, precision);
  for (let iteration = 0; iteration < 30; iteration++) {
    const {gradient, hessian} = derivativesOf(problem, unknowns, at);
    for (let i = 0; i < at.length; i++) {
      gradient[i] += precision[i] * (at[i] - centre[i]);
      hessian[i * at.length + i] += precision[i];
    }
    const step = solvePositive(hessian, gradient);
    if (!step) break;
    let next: {readonly at: Float64Array; readonly cost: number} | undefined;
    for (let length = 1; length > 1e-3 && !next; length /= 2) {
      const tried = at.map((value, i) => value - length * step[i]);
      const own = costOf(problem, unknowns, tried) + priorOf(tried, centre, precision);
      if (own < cost) next = {at: tried, cost: own};
    }
    if (!next) break;
    const gained = cost - next.cost;
    ({at, cost} = next);
    if (gained < 1e-6 * (1 + cost)) break;
  }
  return withValues(problem.towards, unknowns, at);
}

const valuesOf = ({weights, offsets}: ReadOutCorrection, unknowns: readonly Unknown[]): Float64Array =>
  Float64Array.from(unknowns, ({label, region}) =>
    region === null ? offsets[label] : weights[label][region],
  );

function withValues(
  {weights, offsets}: ReadOutCorrection,
  unknowns: readonly Unknown[],
  values: Float64Array,
): ReadOutCorrection {
  const own = {weights: weights.map((row) => [...row]), offsets: [...offsets]};
  unknowns.forEach(({label, region}, i) => {
    if (region === null) own.offsets[label] = values[i];
    else own.weights[label][region] = values[i];
  });
  return own;
}

/** Probabilities of the classes of a sample. */
function probabilitiesOf(
  {logitScale, towards}: ReadOutProblem,
  unknowns: readonly Unknown[],
  values: Float64Array,
  {scores, shares}: Prepared,
): Float64Array {
  const logits = scores.map((score, k) =>
    towards.weights[k].reduce((sum, own, r) => sum + own * shares[r], score + towards.offsets[k]),
  );
  unknowns.forEach(({label, region}, i) => {
    const before = region === null ? towards.offsets[label] : towards.weights[label][region];
    logits[label] += (values[i] - before) * (region === null ? 1 : shares[region]);
  });
  const highest = Math.max(...logits);
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += logits[k] = Math.exp(logitScale * (logits[k] - highest));
  return logits.map((value) => value / total);
}

const lossOf = (
  problem: ReadOutProblem,
  unknowns: readonly Unknown[],
  values: Float64Array,
  sample: Prepared,
): number => -Math.log(Math.max(1e-300, probabilitiesOf(problem, unknowns, values, sample)[sample.label]));

/** Cross-entropy of all samples under some values. */
const costOf = (problem: ReadOutProblem, unknowns: readonly Unknown[], values: Float64Array): number =>
  problem.samples.reduce((sum, sample) => sum + lossOf(problem, unknowns, values, sample), 0);

/** Cross-entropy of each of a problem's samples with a correction. */
export function crossEntropiesOf(problem: ReadOutProblem, correction: ReadOutCorrection): number[] {
  const unknowns = unknownsOf(problem, 'full');
  const values = valuesOf(correction, unknowns);
  return problem.samples.map((sample) => lossOf(problem, unknowns, values, sample));
}

/** How many of a problem's samples a correction reads right. */
export function rightSamplesOf(problem: ReadOutProblem, correction: ReadOutCorrection): number {
  const unknowns = unknownsOf(problem, 'full');
  const values = valuesOf(correction, unknowns);
  return problem.samples.filter(
    (sample) => findWinner(probabilitiesOf(problem, unknowns, values, sample)) === sample.label,
  ).length;
}

const priorOf = (at: Float64Array, centre: Float64Array, precision: Float64Array): number =>
  at.reduce((sum, value, i) => sum + (precision[i] * (value - centre[i]) ** 2) / 2, 0);

function derivativesOf(
  problem: ReadOutProblem,
  unknowns: readonly Unknown[],
  at: Float64Array,
): {readonly gradient: Float64Array; readonly hessian: Float64Array} {
  const size = unknowns.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const {logitScale} = problem;
  for (const sample of problem.samples) {
    const p = probabilitiesOf(problem, unknowns, at, sample);
    const input = unknowns.map(({region}) => logitScale * (region === null ? 1 : sample.shares[region]));
    for (let i = 0; i < size; i++) {
      const own = unknowns[i].label;
      gradient[i] += input[i] * (p[own] - (own === sample.label ? 1 : 0));
      for (let j = 0; j <= i; j++) {
        const other = unknowns[j].label;
        const value = input[i] * input[j] * p[own] * ((own === other ? 1 : 0) - p[other]);
        hessian[i * size + j] += value;
        if (j < i) hessian[j * size + i] += value;
      }
    }
  }
  return {gradient, hessian};
}
