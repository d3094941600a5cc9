import type {PlaneValues} from './evaluate-plane.ts';
import {solvePositive} from '../metrics/symmetric-matrix.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {smootherFor} from './smoothing.ts';

/**
 * How measured and predicted planes are held against each other.
 *   blurred     square roots of the power, both smoothed: what is left of a plane when its parts are far off
 *   likelihood  the power itself, each point with its variance
 */
export type Comparison = {readonly kind: 'blurred'; readonly blurMm: number} | {readonly kind: 'likelihood'};

/** Gain and background of a plane that fit it best, and what the plane says of the parameters. */
export interface PlaneSystem {
  /** J^T W J and J^T W r over the parameters, with gain and background taken out (Schur complement). */
  readonly normal: Float64Array;
  readonly gradient: Float64Array;
  /** r^T W r. */
  readonly cost: number;
  readonly gain: number;
  readonly background: number;
}

/** Variance of every point of every plane; only ratios matter for the blurred comparison. */
export interface Weighting {
  readonly variance: readonly Float64Array[];
  /**
   * Part of the field that the model lacks, as the ratio of powers: the error of a power I where the mean around it is
   * M has the variance 2 r I M + (r M)^2, as for speckle on a known field (Goodman, Speckle Phenomena, ch. 4). 0 when
   * the readings' noise explains the residuals.
   */
  readonly modelErrorRatio: number;
}

/** Half a square root's slope: what a dark point may count at most, as a part of the plane's mean. */
const darkRatio = 1e-3;
/** Width over which the mean power around a point is taken, mm. */
export const neighbourhoodMm = 2;

/** Variance of a power where the mean around it is `mean` and the model lacks a part `ratio` of the field; see Weighting. */
export function modelErrorVariance(power: number, mean: number, ratio: number): number {
  const m = Math.max(0, mean) * ratio;
  return 2 * m * Math.max(0, power) + m * m;
}

/**
 * Cost of a fit: residuals of measured against predicted planes, weighted, and the normal equations of each plane.
 */
export interface Objective {
  readonly comparison: Comparison;
  /** Variances that make the residuals of these predictions as large as they should be. */
  weigh(values: readonly PlaneValues[], parameterCount: number): Weighting;
  /** Best gain and background of a plane and what is left, with the parameters' pull where derivatives are there. */
  assemble(plane: number, values: PlaneValues, weighting: Weighting): PlaneSystem;
  /** What one unit of each point's power adds to J^T W r, per parameter: how errors of the model reach the estimate. */
  parameterWeights(plane: number, values: PlaneValues, weighting: Weighting): Float64Array[];
  /** Weight of each point's power in the sum whose derivatives are J^T W r. */
  vjpWeights(plane: number, values: PlaneValues, weighting: Weighting): Float64Array;
  /** Residuals over their standard deviation. */
  residuals(plane: number, values: PlaneValues, weighting: Weighting): Float64Array;
}

/** Objective of these measured planes under one comparison. Planes are named by their index in `planes`. */
export function createObjective(planes: readonly MeasuredPlane[], comparison: Comparison): Objective {
  return comparison.kind === 'blurred'
    ? objectiveOf(planes, comparison, createBlurredModel(planes, comparison.blurMm), weighBlurred)
    : objectiveOf(planes, comparison, createLikelihoodModel(planes), weighLikelihood);
}

/** What is compared of each plane, measured and predicted, and what a plane may have of its own. */
interface ComparedModel {
  readonly measured: (plane: number) => Float64Array;
  /** The predicted plane and its derivatives, gain not yet applied. */
  readonly predicted: (plane: number, values: PlaneValues) => {model: Float64Array; columns: Float64Array[]};
  /** Gain, background, and a gain that creeps from first to last point. */
  readonly nuisanceOf: (model: Float64Array) => Float64Array[];
  /** From weights of what is compared to weights of the power. */
  readonly weightsOfPower: (plane: number, power: Float64Array, weights: Float64Array) => Float64Array;
}

function createBlurredModel(planes: readonly MeasuredPlane[], blurMm: number): ComparedModel {
  const smoothers = planes.map(({xMm, yMm}) => smootherFor(xMm, yMm, blurMm, 0.75 * blurMm));
  const measured = planes.map(({values}, plane) =>
    smoothers[plane].apply(values.map((value) => Math.sqrt(Math.max(value, 0)))),
  );
  return {
    measured: (plane) => measured[plane],
    predicted(plane, {power, derivatives}) {
      const {root, floor} = rootOf(power);
      const columns = derivatives.map((column) =>
        smoothers[plane].apply(column.map((value, i) => value / (2 * Math.max(root[i], floor)))),
      );
      return {model: smoothers[plane].apply(root), columns};
    },
    nuisanceOf: (model) => [model],
    weightsOfPower(plane, power, weights) {
      const {root, floor} = rootOf(power);
      return smoothers[plane].applyBack(weights).map((value, i) => value / (2 * Math.max(root[i], floor)));
    },
  };
}

const createLikelihoodModel = (planes: readonly MeasuredPlane[]): ComparedModel => ({
  measured: (plane) => planes[plane].values,
  predicted: (_plane, {power, derivatives}) => ({model: power, columns: [...derivatives]}),
  nuisanceOf(model) {
    const last = Math.max(1, model.length - 1);
    return [
      model,
      new Float64Array(model.length).fill(1),
      model.map((value, i) => value * ((2 * i) / last - 1)),
    ];
  },
  weightsOfPower: (_plane, _power, weights) => weights,
});

type FitNuisance = (plane: number, model: Float64Array, variance: Float64Array) => NuisanceFit;

/** What variances are judged by. */
interface WeighedPlanes {
  readonly planes: readonly MeasuredPlane[];
  readonly compared: ComparedModel;
  readonly fitNuisance: FitNuisance;
}

type Weigh = (of: WeighedPlanes) => (values: readonly PlaneValues[], parameterCount: number) => Weighting;

function objectiveOf(
  planes: readonly MeasuredPlane[],
  comparison: Comparison,
  compared: ComparedModel,
  weigh: Weigh,
): Objective {
  const {measured, predicted, nuisanceOf, weightsOfPower} = compared;
  const fitNuisance: FitNuisance = (plane, model, variance) =>
    fitColumns(measured(plane), nuisanceOf(model), variance);
  /** Derivatives times the gain, with what gain and background can make up for taken out. */
  const scaledColumns = (plane: number, values: PlaneValues, variance: Float64Array) => {
    const {model, columns} = predicted(plane, values);
    const fit = fitNuisance(plane, model, variance);
    const weight = variance.map((value) => 1 / value);
    const scaled = columns.map((column) => column.map((value) => value * fit.gain));
    projectOut(scaled, nuisanceOf(model), weight);
    return {fit, weight, scaled};
  };
  return {
    comparison,
    weigh: weigh({planes, compared, fitNuisance}),
    assemble(plane, values, {variance}) {
      const {fit, weight, scaled} = scaledColumns(plane, values, variance[plane]);
      const {gain, background, residual} = fit;
      let cost = 0;
      for (let i = 0; i < residual.length; i++) cost += weight[i] * residual[i] ** 2;
      return {...normalEquations(scaled, residual, weight), cost, gain, background};
    },
    parameterWeights(plane, values, {variance}) {
      const {fit, weight, scaled} = scaledColumns(plane, values, variance[plane]);
      return scaled.map((column) => column.map((value, i) => value * weight[i] * fit.gain));
    },
    vjpWeights(plane, {power}, {variance}) {
      const {model} = predicted(plane, {power, derivatives: []});
      const {gain, residual} = fitNuisance(plane, model, variance[plane]);
      const weights = residual.map((value, i) => (gain * value) / variance[plane][i]);
      return weightsOfPower(plane, power, weights);
    },
    residuals(plane, values, {variance}) {
      const {model} = predicted(plane, {power: values.power, derivatives: []});
      const {residual} = fitNuisance(plane, model, variance[plane]);
      return residual.map((value, i) => value / Math.sqrt(variance[plane][i]));
    },
  };
}

/** J^T W J and J^T W r. */
function normalEquations(
  columns: readonly Float64Array[],
  residual: Float64Array,
  weight: Float64Array,
): {normal: Float64Array; gradient: Float64Array} {
  const count = columns.length;
  const normal = new Float64Array(count * count);
  const gradient = new Float64Array(count);
  const weighted = new Float64Array(residual.length);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < weighted.length; i++) weighted[i] = weight[i] * columns[p][i];
    for (let i = 0; i < weighted.length; i++) gradient[p] += weighted[i] * residual[i];
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      const other = columns[q];
      for (let i = 0; i < weighted.length; i++) sum += weighted[i] * other[i];
      normal[p * count + q] = normal[q * count + p] = sum;
    }
  }
  return {normal, gradient};
}

/** All points alike; smoothed neighbours are kept so far apart that they count as independent. */
const weighBlurred: Weigh =
  ({planes, compared, fitNuisance}) =>
  (values) => {
    const variance = planes.map((_, plane) => {
      const {model} = compared.predicted(plane, {power: values[plane].power, derivatives: []});
      const measured = compared.measured(plane);
      const ones = new Float64Array(measured.length).fill(1);
      const {residual} = fitNuisance(plane, model, ones);
      const sum = residual.reduce((total, value) => total + value * value, 0);
      return ones.fill(Math.max(sum / measured.length, Number.MIN_VALUE));
    });
    return {variance, modelErrorRatio: NaN};
  };

/** Variances of readings and model together, the model's so large that chi^2 per degree of freedom is 1. */
const weighLikelihood: Weigh = ({planes, fitNuisance}) => {
  const neighbourhoods = planes.map(({xMm, yMm}) => smootherFor(xMm, yMm, neighbourhoodMm));
  const count = planes.reduce((sum, plane) => sum + plane.values.length, 0);
  return (values, parameterCount) => {
    const parts = planes.map((plane, index) => {
      const {power} = values[index];
      const {gain} = fitNuisance(
        index,
        power,
        plane.sigma.map((s) => s * s),
      );
      const mean = neighbourhoods[index].apply(power.map((value) => gain * value));
      return {plane, power, gain, mean};
    });
    const varianceOf = (ratio: number): Float64Array[] =>
      parts.map(({plane, power, gain, mean}) =>
        plane.sigma.map((sigma, i) => sigma * sigma + modelErrorVariance(gain * power[i], mean[i], ratio)),
      );
    const freedom = Math.max(1, count - parameterCount - 3 * planes.length);
    // Residuals and their variances agree on average when chi^2 per degree of freedom is 1.
    const excess = (ratio: number): number => {
      const variance = varianceOf(ratio);
      let sum = 0;
      parts.forEach(({power}, index) => {
        const {residual} = fitNuisance(index, power, variance[index]);
        for (let i = 0; i < power.length; i++) sum += residual[i] ** 2 / variance[index][i];
      });
      return sum / freedom - 1;
    };
    if (excess(0) <= 3 * Math.sqrt(2 / freedom)) return {variance: varianceOf(0), modelErrorRatio: 0};
    const ratio = rootOfFalling(excess);
    return {variance: varianceOf(ratio), modelErrorRatio: ratio};
  };
};

/** Where a falling function of a ratio crosses zero, within a thousandth; the highest ratio where it never does. */
function rootOfFalling(excess: (ratio: number) => number): number {
  let [low, high] = [1e-8, 4];
  for (let round = 0; round < 40 && high / low > 1.001; round++) {
    const middle = Math.sqrt(low * high);
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

function rootOf(power: Float64Array): {readonly root: Float64Array; readonly floor: number} {
  const mean = power.reduce((sum, value) => sum + value, 0) / power.length;
  return {root: power.map((value) => Math.sqrt(Math.max(value, 0))), floor: Math.sqrt(darkRatio * mean)};
}

interface NuisanceFit {
  readonly gain: number;
  readonly background: number;
  readonly residual: Float64Array;
}

/** Weighted least squares of the measured values by a few columns, of which the first is the model. */
function fitColumns(measured: Float64Array, columns: Float64Array[], variance: Float64Array): NuisanceFit {
  const size = columns.length;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let p = 0; p < size; p++) {
    for (let i = 0; i < measured.length; i++) right[p] += (columns[p][i] * measured[i]) / variance[i];
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < measured.length; i++) sum += (columns[p][i] * columns[q][i]) / variance[i];
      normal[p * size + q] = normal[q * size + p] = sum;
    }
  }
  const solved = solvePositive(normal, right) ?? new Float64Array(size);
  const residual = measured.map((value, i) => {
    let rest = value;
    for (let p = 0; p < size; p++) rest -= solved[p] * columns[p][i];
    return rest;
  });
  return {gain: solved[0], background: size > 1 ? solved[1] : 0, residual};
}

/** Takes out of each column what gain and background can make up for. Columns are changed in place. */
function projectOut(columns: Float64Array[], linear: Float64Array[], weight: Float64Array): void {
  const basis: Float64Array[] = [];
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += weight[i] * a[i] * b[i];
    return sum;
  };
  const subtract = (from: Float64Array, unit: Float64Array): void => {
    const part = dot(from, unit);
    for (let i = 0; i < from.length; i++) from[i] -= part * unit[i];
  };
  for (const vector of linear) {
    const own = vector.slice();
    for (const unit of basis) subtract(own, unit);
    const norm = Math.sqrt(dot(own, own));
    if (norm > 0) basis.push(own.map((value) => value / norm));
  }
  for (const column of columns) for (const unit of basis) subtract(column, unit);
}
