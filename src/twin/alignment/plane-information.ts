import {invertPositive} from '../metrics/symmetric-matrix.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import {createObjective, modelErrorVariance, neighbourhoodMm, type Weighting} from './objective.ts';
import type {Parameter} from './parameters.ts';
import {smootherFor} from './smoothing.ts';

/** What is known beforehand of the readings of a plane that is not measured yet. */
export interface ExpectedNoise {
  /** Part of the plane's largest value. */
  readonly additiveRatio: number;
  /** Part of the value itself. */
  readonly multiplicativeRatio: number;
}

/** A plane before its heights' part is computed: what `pullHeights` has to be asked with. */
export interface WeighedPlane {
  /** J^T W J and J^T W S W J over the parameters in their typical units. */
  readonly normal: Float64Array;
  readonly readings: Float64Array;
  /** For each parameter, and last for the calibration of the heights; empty where the model lacks nothing. */
  readonly weights: readonly Float64Array[];
  /** Variance that the model's error should give to the sum of the last weights. */
  readonly expectedUnexplained: number;
}

/** What one plane adds to an alignment. */
export interface PlaneInformation extends Omit<WeighedPlane, 'weights'> {
  /** J^T W dI/dh, folded: for each parameter in its typical unit, sums over the pixels of all plates, per mm. */
  readonly heights: readonly Float64Array[];
  /** Variance of the sum of the last weights for heights that are wrong by 1 mm RMS in every pixel. */
  readonly unexplainedPerMm2: number;
}

/** Sums that the pixels are folded to: products of two folded gradients are right to about 2 % (sqrt(2 / count)). */
const foldCount = 4096;

/**
 * Weighs a plane as a fit will: its readings' noise and, where the model will lack a part `unexplainedRatio` of the field, the
 * model's error (see Weighting). Values that were not measured yet are those predicted.
 */
export function weighPlane(
  plane: MeasuredPlane,
  values: PlaneValues,
  parameters: readonly Parameter[],
  unexplainedRatio: number,
): WeighedPlane {
  const objective = createObjective([plane], {kind: 'likelihood'});
  const readingsOnly: Weighting = {variance: [plane.sigma.map((sigma) => sigma * sigma)], modelErrorRatio: 0};
  const {gain} = objective.assemble(0, {power: values.power, derivatives: []}, readingsOnly);
  const power = values.power.map((value) => gain * value);
  const mean = smootherFor(plane.xMm, plane.yMm, unexplainedRatio === 0 ? 0 : neighbourhoodMm).apply(power);
  const unexplained = power.map((value, i) => modelErrorVariance(value, mean[i], unexplainedRatio));
  const variance = unexplained.map((value, i) => value + plane.sigma[i] ** 2);
  const weighting: Weighting = {variance: [variance], modelErrorRatio: unexplainedRatio};
  const size = parameters.length;
  const scale = parameters.map(({scale}) => scale);
  const {normal} = objective.assemble(0, values, weighting);
  // Weights of the measured values; pulls act on the predicted ones, before the gain.
  const parameterWeights = objective
    .parameterWeights(0, values, weighting)
    .map((own, p) => own.map((value) => value * scale[p]));
  const readings = new Float64Array(size * size);
  for (let p = 0; p < size; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < variance.length; i++)
        sum += parameterWeights[p][i] * parameterWeights[q][i] * plane.sigma[i] ** 2;
      readings[p * size + q] = readings[q * size + p] = sum / (gain * gain);
    }
  const signs = signsOver(variance.length);
  return {
    normal: normal.map((value, i) => value * scale[Math.floor(i / size)] * scale[i % size]),
    readings,
    weights:
      unexplainedRatio === 0
        ? []
        : [...parameterWeights, variance.map((value, i) => (gain * signs[i]) / Math.sqrt(value))],
    expectedUnexplained: unexplained.reduce((sum, value, i) => sum + value / variance[i], 0),
  };
}

/** A plane that is still to be measured: what it is expected to show, with the noise of its readings. */
export function expectPlane(
  {xMm, yMm, object}: Pick<MeasuredPlane, 'xMm' | 'yMm' | 'object'>,
  {power}: PlaneValues,
  {additiveRatio, multiplicativeRatio}: ExpectedNoise,
): MeasuredPlane {
  const largest = power.reduce((most, value) => Math.max(most, value), 0);
  return {
    label: '',
    object,
    xMm,
    yMm,
    values: power,
    sigma: power.map((value) => Math.hypot(additiveRatio * largest, multiplicativeRatio * value)),
  };
}

/** Puts the heights' part to a weighed plane: `gradients` are the answers of `pullHeights` to its weights. */
export function withHeights(
  {normal, readings, weights, expectedUnexplained}: WeighedPlane,
  gradients: readonly Float32Array[],
): PlaneInformation {
  if (weights.length === 0)
    return {normal, readings, expectedUnexplained: 0, heights: [], unexplainedPerMm2: 0};
  const last = gradients[gradients.length - 1];
  return {
    normal,
    readings,
    expectedUnexplained,
    heights: gradients.slice(0, -1).map(fold),
    unexplainedPerMm2: last.reduce((sum, value) => sum + value * value, 0),
  };
}

/** Variance of the heights, mm^2, that leaves as much unexplained of these planes as they were weighed for. */
export function heightVarianceOf(planes: readonly PlaneInformation[]): number {
  const perMm2 = planes.reduce((sum, {unexplainedPerMm2}) => sum + unexplainedPerMm2, 0);
  return perMm2 > 0
    ? planes.reduce((sum, {expectedUnexplained}) => sum + expectedUnexplained, 0) / perMm2
    : 0;
}

/**
 * Covariance, in typical units, that planes measured together will leave: A^-1 (N + s^2 G G^T + P) A^-1 as in
 * `computeErrorBars`. Heights are the same behind all objects, so their gradients add before they are squared, and
 * more objects do not average them away. Undefined when the planes leave something open without bound.
 */
export function covarianceOf(
  planes: readonly PlaneInformation[],
  parameters: readonly Parameter[],
  heightVarianceMm2: number,
): Float64Array | undefined {
  const size = parameters.length;
  const normal = new Float64Array(size * size);
  const middle = new Float64Array(size * size);
  parameters.forEach(({priorSigma, scale}, i) => {
    // A weak prior on every parameter, so that the first objects can be compared before they determine all of them.
    normal[i * size + i] = middle[i * size + i] = priorSigma === undefined ? 1e-6 : (scale / priorSigma) ** 2;
  });
  const hasHeights = heightVarianceMm2 > 0 && planes.some(({heights}) => heights.length > 0);
  for (const {normal: own, readings} of planes)
    for (let i = 0; i < normal.length; i++) {
      normal[i] += own[i];
      middle[i] += hasHeights ? readings[i] : own[i];
    }
  const inverse = invertPositive(normal, size);
  if (!inverse || !hasHeights) return inverse;
  const total = parameters.map((_, p) => {
    const sum = new Float64Array(foldCount);
    for (const {heights} of planes) for (let i = 0; i < foldCount; i++) sum[i] += heights[p][i];
    return sum;
  });
  for (let p = 0; p < size; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < foldCount; i++) sum += total[p][i] * total[q][i];
      middle[p * size + q] += heightVarianceMm2 * sum;
      if (q < p) middle[q * size + p] += heightVarianceMm2 * sum;
    }
  return sandwich(inverse, middle, size);
}

/**
 * Sums over pixels with a sign and a place that only depend on the pixel (a count sketch: Charikar, Chen,
 * Farach-Colton 2002): products of folded gradients are on average those of the gradients, in a hundredth of the memory.
 */
function fold(gradient: Float32Array): Float64Array {
  const out = new Float64Array(foldCount);
  for (let i = 0; i < gradient.length; i++) {
    const hash = scramble(i);
    out[hash % foldCount] += hash >>> 31 ? gradient[i] : -gradient[i];
  }
  return out;
}

const signsOver = (count: number): Float64Array =>
  Float64Array.from({length: count}, (_, i) => (scramble(i) >>> 31 ? 1 : -1));

/** Mixes the bits of a whole number (the finaliser of MurmurHash3). */
function scramble(value: number): number {
  let bits = (value + 1) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function sandwich(outer: Float64Array, middle: Float64Array, size: number): Float64Array {
  const multiply = (a: Float64Array, b: Float64Array): Float64Array => {
    const out = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++) {
        const factor = a[i * size + k];
        for (let j = 0; j < size; j++) out[i * size + j] += factor * b[k * size + j];
      }
    return out;
  };
  return multiply(multiply(outer, middle), outer);
}
