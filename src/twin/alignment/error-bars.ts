import type {Grain} from './evaluator.ts';
import type {AlignmentEngine} from './problem.ts';
import type {Arrangement} from './arrangement.ts';
import {createObjective} from './objective.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import {invertPositive} from '../metrics/symmetric-matrix.ts';
import {createHeightSmoothing, type PrintCorrelation} from './height-smoothing.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {Parameter} from './parameters.ts';
import type {StageResult} from './solve.ts';

/** Uncertainty of a fit. Covariances are square and row-major, in the order and the units of the parameters. */
export interface ErrorBars {
  /** Covariance of the estimate, priors included; undefined when the planes leave it open. */
  readonly covariance: Float64Array | undefined;
  /** As if the readings' noise were all: the Cramer-Rao bound of these planes (with the priors). */
  readonly noiseCovariance: Float64Array | undefined;
  /** Height error per pixel that explains what is left, mm RMS; null when noise explains it. */
  readonly heightErrorMm: number | null;
}

/**
 * How heights pull is computed on the coarse grid, a quarter of the time: against the fine one, with the heights
 * calibrated on the same grid, error bars come out smaller by 0 to 8 % (two benches, every parameter of a plate).
 */
const coarseShortfall = 1.05;

/** What computed the planes of a fit. */
export interface ErrorBarsOf {
  readonly engine: AlignmentEngine;
  readonly arrangement: Arrangement | undefined;
  /** Part of the field by which the fine grid is wrong, as a ratio of powers; see `samplingErrorRatios`. */
  readonly samplingErrorRatio?: number | undefined;
  /** How far height errors of the prints hang together; pixels err independently without it. */
  readonly printCorrelation?: PrintCorrelation | undefined;
  /** The planes of the fit with half as many slices, of thick plates. */
  readonly fewerSlices?: readonly PlaneValues[] | undefined;
}

/**
 * Half as many slices differ from these by so many times what these err by: 4 make the index of a batch 0.003 too high, 8 by 0.001
 * (docs/thick-plates.md).
 */
const sliceErrors = 2;

/**
 * What the fine grid's own samples and slices leave out, as parts r of the field: patterns of power are wrong by sqrt(2 r), 0.006 with
 * thin plates and 0.02 with thick ones whose neighbouring pixels are alike (docs/alignment.md has those of random ones). Counted
 * where the planes show no larger lack.
 */
export const samplingErrorRatios = {thin: 2e-5, thick: 2e-4} as const;

/**
 * Error bars of a fit. Where the model lacks something, its error is the same behind every object: the prints' heights
 * are, so more objects do not average it away. The lack is therefore taken as random height errors, which hang together
 * over a pixel or so, and carried to the estimate exactly, by the adjoint of the propagation:
 * cov = A^-1 (N + s^2 G K G^T + P) A^-1 with A = J^T W J + P (P the priors), N = J^T W S W J with the variances S of the
 * readings, G the derivative of J^T W r by the heights and K their correlation. s is set so that the height error leaves as much
 * unexplained as was found.
 */
export async function computeErrorBars(
  {engine, arrangement, samplingErrorRatio = 0, printCorrelation, fewerSlices}: ErrorBarsOf,
  planes: readonly MeasuredPlane[],
  parameters: readonly Parameter[],
  fit: StageResult,
): Promise<ErrorBars> {
  const size = parameters.length;
  const {weighting, values, normal} = fit;
  const prior = Float64Array.from(parameters, ({priorSigma}) =>
    priorSigma === undefined ? 0 : 1 / priorSigma ** 2,
  );
  const noiseInformation = informationOfNoise(planes, fit, size);
  const noiseCovariance = invertScaled(addDiagonal(noiseInformation, prior), parameters);
  const isExplained = weighting.modelErrorRatio === 0;
  if (isExplained && samplingErrorRatio === 0)
    return {covariance: noiseCovariance, noiseCovariance, heightErrorMm: null};
  const inverse = invertScaled(addDiagonal(normal, prior), parameters);
  if (!inverse) return {covariance: undefined, noiseCovariance, heightErrorMm: null};

  const parameterWeights = planes.map((_, plane) =>
    fit.objective.parameterWeights(plane, values[plane], weighting),
  );
  const probes = planes.map((_, i) => fluctuationProbe(weighting.variance[i], i));
  const vjpOn = (grain: Grain, weights: readonly (readonly Float64Array[])[]) =>
    engine.vjpHeights(
      planes.map((_, plane) => ({state: fit.state, plane, arrangement, grain, weights: weights[plane]})),
    );
  const gradients = await vjpOn(
    'coarse',
    planes.map((_, i) => [...parameterWeights[i], probes[i]]),
  );
  // Heights are common to all objects: gradients add before they are squared.
  const smoothing = printCorrelation && createHeightSmoothing(printCorrelation);
  const hangTogether = (values: Float64Array): Float64Array => smoothing?.adjoint(values) ?? values;
  const perHeight = productsOfSums(gradients, size, hangTogether);
  const varianceBy = (own: readonly (readonly Float32Array[])[]): number =>
    heightVarianceFrom(
      planes,
      fit,
      own.map((plane) => hangTogether(Float64Array.from(plane.at(-1) ?? []))),
      {probes, samplingErrorRatio},
    );
  const readings = informationOfReadings(planes, fit, parameterWeights, size);
  const perUnit = coarseShortfall ** 2 * varianceBy(gradients);
  const middle = readings.map((value, i) => value + perUnit * perHeight[i]);
  const covariance = sandwich(inverse, addDiagonal(middle, prior), size);
  if (fewerSlices) addSliceErrors(covariance, inverse, {parameterWeights, values, fewerSlices});
  const found = {covariance, noiseCovariance};
  if (isExplained) return {...found, heightErrorMm: null};
  const fine = await vjpOn(
    'fine',
    probes.map((own) => [own]),
  );
  return {...found, heightErrorMm: Math.sqrt(varianceBy(fine))};
}

/**
 * Products of the parameters' derivatives by heights, added over the planes, by the independent numbers from which
 * `hangTogether` makes heights: row-major, `size` parameters.
 */
function productsOfSums(
  gradients: readonly (readonly Float32Array[])[],
  size: number,
  hangTogether: (values: Float64Array) => Float64Array,
): Float64Array {
  const total = Array.from({length: size}, (_, p) => {
    const sum = Float64Array.from(gradients[0][p]);
    for (const plane of gradients.slice(1)) for (let i = 0; i < sum.length; i++) sum[i] += plane[p][i];
    return hangTogether(sum);
  });
  const products = new Float64Array(size * size);
  for (let p = 0; p < size; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < total[p].length; i++) sum += total[p][i] * total[q][i];
      products[p * size + q] = products[q * size + p] = sum;
    }
  return products;
}

/** Adds the square of what the error of the slices moves each parameter by, with the signs that it has: they are all moved together. */
function addSliceErrors(
  covariance: Float64Array,
  inverse: Float64Array,
  {
    parameterWeights,
    values,
    fewerSlices,
  }: {
    readonly parameterWeights: readonly (readonly Float64Array[])[];
    readonly values: readonly PlaneValues[];
    readonly fewerSlices: readonly PlaneValues[];
  },
): void {
  const size = Math.round(Math.sqrt(inverse.length));
  const gradient = new Float64Array(size);
  parameterWeights.forEach((columns, plane) => {
    const [own, fewer] = [values[plane].power, fewerSlices[plane].power];
    columns.forEach((column, p) => {
      for (let i = 0; i < own.length; i++) gradient[p] += (column[i] * (own[i] - fewer[i])) / sliceErrors;
    });
  });
  const moved = gradient.map((_, p) =>
    gradient.reduce((sum, value, q) => sum + inverse[p * size + q] * value, 0),
  );
  for (let p = 0; p < size; p++)
    for (let q = 0; q < size; q++) covariance[p * size + q] += moved[p] * moved[q];
}

/**
 * Signs +-1 over the points of a plane, each over its standard deviation, so that dark and bright points count alike as
 * they do in chi^2: the variance of such a sum under height errors, against what the weighting says, calibrates the
 * heights. Deterministic, so that results repeat.
 */
function fluctuationProbe(variance: Float64Array, seed: number): Float64Array {
  let state = 0x9e3779b9 ^ (seed * 0x85ebca6b);
  return variance.map((value) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = (state + 0x6d2b79f5) | 0;
    return ((state >>> 16) & 1 ? 1 : -1) / Math.sqrt(value);
  });
}

/** s^2 with which the heights' variance of the probe sums is what the weighting has as the model's error. */
function heightVarianceFrom(
  planes: readonly MeasuredPlane[],
  fit: StageResult,
  gradients: readonly Float64Array[],
  {
    probes,
    samplingErrorRatio,
  }: {readonly probes: readonly Float64Array[]; readonly samplingErrorRatio: number},
): number {
  let expected = 0;
  let perUnit = 0;
  planes.forEach(({sigma}, plane) => {
    const gain = fit.gains[plane];
    const {power} = fit.values[plane];
    for (let i = 0; i < sigma.length; i++) {
      const lacking = fit.weighting.variance[plane][i] - sigma[i] ** 2;
      const sampling = 2 * samplingErrorRatio * (gain * power[i]) ** 2;
      expected += probes[plane][i] ** 2 * Math.max(lacking, sampling);
    }
    for (const value of gradients[plane]) perUnit += (gain * value) ** 2;
  });
  return perUnit > 0 ? expected / perUnit : 0;
}

/** J^T W S W J: what the readings' own noise adds under the weights of the fit. */
function informationOfReadings(
  planes: readonly MeasuredPlane[],
  fit: StageResult,
  parameterWeights: readonly (readonly Float64Array[])[],
  size: number,
): Float64Array {
  const sum = new Float64Array(size * size);
  planes.forEach(({sigma}, plane) => {
    // pulls are W J g; the gain is taken out again so that they act on the measured values.
    const gain = fit.gains[plane];
    const columns = parameterWeights[plane];
    for (let p = 0; p < size; p++)
      for (let q = 0; q <= p; q++) {
        let total = 0;
        for (let i = 0; i < sigma.length; i++) total += columns[p][i] * columns[q][i] * sigma[i] ** 2;
        total /= gain * gain;
        sum[p * size + q] += total;
        if (q < p) sum[q * size + p] += total;
      }
  });
  return sum;
}

/** Information of the planes if only the readings' noise counted. */
function informationOfNoise(planes: readonly MeasuredPlane[], fit: StageResult, size: number): Float64Array {
  const objective = createObjective(planes, {kind: 'likelihood'});
  const weighting = {
    variance: planes.map(({sigma}) => sigma.map((value) => value * value)),
    modelErrorRatio: 0,
  };
  const sum = new Float64Array(size * size);
  planes.forEach((_, plane) => {
    const {normal} = objective.assemble(plane, fit.values[plane], weighting);
    for (let i = 0; i < sum.length; i++) sum[i] += normal[i];
  });
  return sum;
}

function addDiagonal(matrix: Float64Array, diagonal: Float64Array): Float64Array {
  const out = matrix.slice();
  for (let i = 0; i < diagonal.length; i++) out[i * diagonal.length + i] += diagonal[i];
  return out;
}

/** Inverse in units of each `scale`, so that millimetres and inverse radii do not spoil each other's digits. */
function invertScaled(matrix: Float64Array, parameters: readonly Parameter[]): Float64Array | undefined {
  const size = parameters.length;
  const scale = parameters.map(({scale}) => scale);
  const scaled = matrix.map((value, i) => value * scale[Math.floor(i / size)] * scale[i % size]);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, scaled[i * size + i]);
  // Directions that nothing holds get a variance without meaning instead of making the rest unsolvable.
  for (let i = 0; i < size; i++) scaled[i * size + i] += 1e-13 * largest;
  return invertPositive(scaled, size)?.map(
    (value, i) => value * scale[Math.floor(i / size)] * scale[i % size],
  );
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
