import {solvePositive} from '../metrics/symmetric-matrix.ts';
import {readParameter, type Parameter} from './parameters.ts';
import type {BenchState} from './state.ts';

/** Quadratic model of the cost of the planes around a state: J^T W J and J^T W r. */
export interface Quadratic {
  readonly normal: Float64Array;
  readonly gradient: Float64Array;
}

/** What is known beforehand, as a part of the normal equations. */
export interface PriorSystem {
  readonly diagonal: Float64Array;
  readonly gradient: Float64Array;
  readonly cost: number;
}

/** Priors at a state. */
export function priorSystem(state: BenchState, parameters: readonly Parameter[]): PriorSystem {
  const diagonal = new Float64Array(parameters.length);
  const gradient = new Float64Array(parameters.length);
  let cost = 0;
  parameters.forEach((parameter, i) => {
    const {priorSigma, priorMean = 0} = parameter;
    if (priorSigma === undefined) return;
    const away = readParameter(state, parameter) - priorMean;
    diagonal[i] = 1 / priorSigma ** 2;
    gradient[i] = -away / priorSigma ** 2;
    cost += (away / priorSigma) ** 2;
  });
  return {diagonal, gradient, cost};
}

/** Step of Levenberg-Marquardt in units of the parameters; undefined where the equations have no solution. */
export function solveDamped(
  {normal, gradient}: Quadratic,
  prior: PriorSystem,
  parameters: readonly Parameter[],
  damping: number,
): Float64Array | undefined {
  const size = parameters.length;
  const scale = parameters.map(({scale}) => scale);
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) matrix[p * size + q] = normal[p * size + q] * scale[p] * scale[q];
    matrix[p * size + p] += prior.diagonal[p] * scale[p] ** 2;
    right[p] = (gradient[p] + prior.gradient[p]) * scale[p];
  }
  let largest = 0;
  for (let p = 0; p < size; p++) largest = Math.max(largest, matrix[p * size + p]);
  // A number that the planes do not see at all must not make the rest unsolvable.
  for (let p = 0; p < size; p++)
    matrix[p * size + p] = matrix[p * size + p] * (1 + damping) + 1e-12 * largest;
  return solvePositive(matrix, right)?.map((value, p) => value * scale[p]);
}

/** Shortens a step whose largest part, over `scale`, is longer than `longest`. */
export function limitStep(
  step: Float64Array,
  parameters: readonly Parameter[],
  longest: number | undefined,
): Float64Array {
  if (longest === undefined) return step;
  const size = Math.max(...parameters.map(({scale}, i) => Math.abs(step[i]) / scale));
  return size > longest ? step.map((value) => (value * longest) / size) : step;
}

/** Cuts each part of a step where it would leave so many sigmas of its prior. */
export function withinRange(
  state: BenchState,
  parameters: readonly Parameter[],
  step: Float64Array,
  mostSigmas: number | undefined,
): Float64Array {
  if (mostSigmas === undefined) return step;
  return step.map((change, i) => {
    const {priorSigma, priorMean = 0} = parameters[i];
    if (priorSigma === undefined) return change;
    const away = readParameter(state, parameters[i]) - priorMean;
    const most = mostSigmas * priorSigma;
    return Math.min(Math.max(away + change, -most), most) - away;
  });
}

/** How much the quadratic model of the cost falls over a step. */
export function promisedDecrease(
  {normal, gradient}: Quadratic,
  prior: PriorSystem,
  step: Float64Array,
): number {
  const size = step.length;
  let decrease = 0;
  for (let p = 0; p < size; p++) {
    decrease += 2 * (gradient[p] + prior.gradient[p]) * step[p] - prior.diagonal[p] * step[p] ** 2;
    for (let q = 0; q < size; q++) decrease -= normal[p * size + q] * step[p] * step[q];
  }
  return decrease;
}
