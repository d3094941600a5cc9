import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import type {Design} from '../../twin/design/load.ts';
import type {Points} from '../../twin/layers/probe.ts';
import {
  computeDesignPoints,
  computePearson,
  noRegistration,
  registerFrame,
  type FrameRegistration,
  type MeasuredPoints,
  type RegistrationResult,
} from '../../twin/metrics/index.ts';
import {solveLeastSquares} from '../../twin/metrics/least-squares.ts';
import {createPredictor, type Predictor} from './prediction.ts';

/** One measured plane of a known object: dark-free, linear, drift-corrected values at scan points. */
export interface KnownPlane {
  readonly object: ComplexPlane;
  readonly points: MeasuredPoints;
}

/** What the planes of known objects say of the bench. */
export interface BenchFit {
  /** The frame alone, found with the light that was known before. */
  readonly registration: RegistrationResult;
  readonly frame: FrameRegistration;
  readonly illumination: Illumination;
  /** One standard deviation of each fitted number, from the residuals; names as in `frame` and `illumination`. */
  readonly sigma: Readonly<Record<string, number>>;
  readonly pearsonBefore: number;
  readonly pearsonAfter: number;
  readonly iterationCount: number;
}

/** A number of the bench that the fit may turn, with the step of its numeric derivative. */
interface Parameter {
  readonly name: string;
  readonly step: number;
  /** How well it is known beforehand, one standard deviation; without one only the planes decide. */
  readonly priorSigma?: number;
}

const frameParameters: readonly Parameter[] = [
  {name: 'dxMm', step: 0.02},
  {name: 'dyMm', step: 0.02},
  {name: 'rotationDeg', step: 0.02},
];
// What was measured with a ruler is worth something: a coarse scan alone could run off with the beam's radius.
const beamParameters: readonly Parameter[] = [
  {name: 'centerXMm', step: 0.2, priorSigma: 5},
  {name: 'centerYMm', step: 0.2, priorSigma: 5},
  {name: 'curvaturePerMm', step: 2e-5, priorSigma: 4e-4},
  {name: 'logRadius', step: 0.02, priorSigma: 0.25},
];

/**
 * Finds the output frame, and for a Gaussian beam its centre, curvature and radius, from measured planes of known
 * objects. The frame is searched first over +-2 mm and +-2 deg; then all numbers together are improved by
 * Levenberg-Marquardt on planes of unit sum, held near what was known of the beam. Plates stay where the design has
 * them.
 */
export function fitBench(
  design: Design,
  {illumination, probe}: {readonly illumination: Illumination; readonly probe: Probe},
  planes: readonly KnownPlane[],
  onProgress: (iteration: number) => void = () => undefined,
): BenchFit {
  const predictor = createPredictor(design, probe, 'single');
  const evaluator = createEvaluator(predictor, planes);
  const [plane] = planes;
  const registration = registerFrame(plane.points, (xMm, yMm) =>
    predictor.reader(plane.object, illumination)({xMm, yMm}),
  );
  const pearsonBefore = evaluator.pearson(illumination, noRegistration);
  if (registration.isAmbiguous) {
    return {
      registration,
      frame: noRegistration,
      illumination,
      sigma: {},
      pearsonBefore,
      pearsonAfter: pearsonBefore,
      iterationCount: 0,
    };
  }
  const parameters =
    illumination.kind === 'gaussian-beam' ? [...frameParameters, ...beamParameters] : frameParameters;
  const start = parameters.map(({name}) => startValue(name, registration, illumination));
  const best = improve(
    start,
    parameters,
    (values) => {
      const bench = benchFrom(parameters, values, illumination);
      return evaluator.residuals(bench.illumination, bench.frame);
    },
    onProgress,
  );
  const bench = benchFrom(parameters, best.values, illumination);
  return {
    registration,
    ...bench,
    sigma: Object.fromEntries(parameters.map(({name}, i) => [name, best.sigma[i]])),
    pearsonBefore,
    pearsonAfter: evaluator.pearson(bench.illumination, bench.frame),
    iterationCount: best.iterationCount,
  };
}

function startValue(name: string, frame: FrameRegistration, illumination: Illumination): number {
  switch (name) {
    case 'dxMm':
      return frame.dxMm;
    case 'dyMm':
      return frame.dyMm;
    case 'rotationDeg':
      return frame.rotationDeg;
  }
  if (illumination.kind !== 'gaussian-beam') return 0;
  switch (name) {
    case 'centerXMm':
      return illumination.centerXMm;
    case 'centerYMm':
      return illumination.centerYMm;
    case 'curvaturePerMm':
      return illumination.curvatureRadiusMm === null ? 0 : 1 / illumination.curvatureRadiusMm;
    default:
      return Math.log(illumination.radiusMm);
  }
}

function benchFrom(
  parameters: readonly Parameter[],
  values: readonly number[],
  illumination: Illumination,
): {frame: FrameRegistration; illumination: Illumination} {
  const named = Object.fromEntries(parameters.map(({name}, i) => [name, values[i]]));
  const frame = {dxMm: named.dxMm, dyMm: named.dyMm, rotationDeg: named.rotationDeg};
  if (illumination.kind !== 'gaussian-beam') return {frame, illumination};
  return {
    frame,
    illumination: {
      ...illumination,
      centerXMm: named.centerXMm,
      centerYMm: named.centerYMm,
      radiusMm: Math.exp(named.logRadius),
      curvatureRadiusMm: named.curvaturePerMm === 0 ? null : 1 / named.curvaturePerMm,
    },
  };
}

/** Predictions for planes of known objects; what the last few lights gave is kept, since a frame alone is cheap. */
function createEvaluator(predictor: Predictor, planes: readonly KnownPlane[]) {
  const keptLights = 4;
  const known = new Map<string, ((points: Points) => Float64Array)[]>();
  const readers = (illumination: Illumination): ((points: Points) => Float64Array)[] => {
    const key = JSON.stringify(illumination);
    let own = known.get(key);
    if (!own) {
      own = planes.map(({object}) => predictor.reader(object, illumination));
      const [oldest] = known.keys();
      if (known.size >= keptLights) known.delete(oldest);
      known.set(key, own);
    }
    return own;
  };
  const predict = (illumination: Illumination, frame: FrameRegistration): Float64Array[] =>
    readers(illumination).map((reader, i) => {
      const {xMm, yMm} = planes[i].points;
      return reader(computeDesignPoints(xMm, yMm, frame));
    });
  return {
    /** Measured minus predicted, both of unit sum, plane behind plane. */
    residuals(illumination: Illumination, frame: FrameRegistration): Float64Array {
      const parts = predict(illumination, frame).map((predicted, i) => {
        const {values} = planes[i].points;
        const [measuredSum, predictedSum] = [sum(values), sum(predicted)];
        return predicted.map((value, k) => values[k] / measuredSum - value / predictedSum);
      });
      const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
    /** Mean correlation of the planes. */
    pearson(illumination: Illumination, frame: FrameRegistration): number {
      const all = predict(illumination, frame).map(
        (predicted, i) => computePearson(Float64Array.from(planes[i].points.values), predicted) ?? 0,
      );
      return sum(all) / all.length;
    },
  };
}

function improve(
  start: readonly number[],
  parameters: readonly Parameter[],
  evaluatePlanes: (values: readonly number[]) => Float64Array,
  onProgress: (iteration: number) => void,
): {values: number[]; sigma: number[]; iterationCount: number} {
  let values = [...start];
  // A deviation of one sigma from what was known weighs as much as one point that is off by the typical residual.
  const atStart = evaluatePlanes(values);
  const medianV = Math.sqrt(sumOfSquares(atStart) / atStart.length);
  const evaluate = (tried: readonly number[]): Float64Array => {
    const planes = evaluatePlanes(tried);
    const all = new Float64Array(planes.length + parameters.length);
    all.set(planes);
    parameters.forEach(({priorSigma}, i) => {
      if (priorSigma !== undefined) all[planes.length + i] = (medianV * (start[i] - tried[i])) / priorSigma;
    });
    return all;
  };
  let residuals = evaluate(values);
  let cost = sumOfSquares(residuals);
  let damping = 1e-2;
  let iteration = 0;
  let columns: Float64Array[] = [];
  for (; iteration < 12; iteration++) {
    onProgress(iteration);
    columns = parameters.map(({step}, i) => {
      const moved = evaluate(values.map((value, k) => (k === i ? value + step : value)));
      return moved.map((value, k) => (value - residuals[k]) / step);
    });
    let isBetter = false;
    for (let attempt = 0; attempt < 6 && !isBetter; attempt++) {
      const delta = solveLeastSquares(columns, residuals, damping).solution;
      const next = values.map((value, i) => value - delta[i]);
      const tried = evaluate(next);
      const triedCost = sumOfSquares(tried);
      if (triedCost < cost) {
        isBetter = true;
        damping = Math.max(damping / 10, 1e-9);
        const gained = (cost - triedCost) / cost;
        [values, residuals, cost] = [next, tried, triedCost];
        if (gained < 1e-4) return {values, sigma: sigmas(columns, residuals), iterationCount: iteration + 1};
      } else damping *= 10;
    }
    if (!isBetter) break;
  }
  return {values, sigma: sigmas(columns, residuals), iterationCount: iteration};
}

function sigmas(columns: readonly Float64Array[], residuals: Float64Array): number[] {
  const variance = sumOfSquares(residuals) / Math.max(1, residuals.length - columns.length);
  return solveLeastSquares(columns, residuals, 0).covarianceDiagonal.map((value) =>
    Math.sqrt(value * variance),
  );
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
const sumOfSquares = (values: Float64Array): number =>
  values.reduce((total, value) => total + value * value, 0);
