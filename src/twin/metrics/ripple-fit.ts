import type {RippleFit} from '../../contract/scan-monitors.ts';
import {degFromRad} from '../../contract/units.ts';
import {solveLeastSquares} from './least-squares.ts';

/** Fewer points leave nothing to tell the noise from. */
const fewestPoints = 9;
/** A period is looked for between these parts of half a wavelength. */
const [shortestRatio, longestRatio] = [0.6, 1.6];
const trialCount = 80;
const refineCount = 12;

interface Trial {
  readonly periodMm: number;
  /** Background (value, slope, curvature over the way), then cosine and sine. */
  readonly numbers: readonly number[];
  readonly square: number;
}

/**
 * A ripple in the light along the beam: m (1 + s z + q z^2) + A cos(2 pi z / p) + B sin(2 pi z / p) by least squares, the
 * background because the light itself changes along the beam. The period p is first looked for about half a wavelength, then
 * refined with all numbers together (Gauss-Newton), from which the errors come. It needs a way of a period at least.
 */
export function findRipple(
  zMm: ArrayLike<number>,
  strengths: ArrayLike<number>,
  halfWaveMm: number,
): RippleFit | undefined {
  const z = Float64Array.from(zMm);
  const values = Float64Array.from(strengths);
  const spanMm = Math.max(...z) - Math.min(...z);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (z.length < fewestPoints || !(spanMm >= halfWaveMm) || !(mean > 0)) return undefined;
  let best: Trial | undefined;
  for (let i = 0; i <= trialCount; i++) {
    const ratio = shortestRatio + ((longestRatio - shortestRatio) * i) / trialCount;
    const trial = fittedAt(z, values, halfWaveMm * ratio);
    if (!best || trial.square < best.square) best = trial;
  }
  if (!best) return undefined;
  return refined(z, values, best);
}

const backgroundOf = (z: Float64Array): readonly Float64Array[] => {
  const [low, high] = [Math.min(...z), Math.max(...z)];
  const along = z.map((mm) => (2 * (mm - low)) / (high - low) - 1);
  return [along.map(() => 1), along, along.map((t) => t * t)];
};

const waveOf = (z: Float64Array, periodMm: number): readonly Float64Array[] => [
  z.map((mm) => Math.cos((2 * Math.PI * mm) / periodMm)),
  z.map((mm) => Math.sin((2 * Math.PI * mm) / periodMm)),
];

const residualOf = (
  values: Float64Array,
  columns: readonly Float64Array[],
  numbers: readonly number[],
): Float64Array =>
  values.map((value, i) => value - columns.reduce((sum, column, k) => sum + numbers[k] * column[i], 0));

const squareOf = (residual: Float64Array): number => residual.reduce((sum, own) => sum + own * own, 0);

function fittedAt(z: Float64Array, values: Float64Array, periodMm: number): Trial {
  const columns = [...backgroundOf(z), ...waveOf(z, periodMm)];
  const {solution} = solveLeastSquares(columns, values, 0);
  return {periodMm, numbers: solution, square: squareOf(residualOf(values, columns, solution))};
}

function refined(z: Float64Array, values: Float64Array, start: Trial): RippleFit | undefined {
  let {periodMm} = start;
  let trial = start;
  let covariance: readonly number[] = [];
  for (let step = 0; step < refineCount; step++) {
    const wave = waveOf(z, periodMm);
    const columns = [...backgroundOf(z), ...wave];
    const [cosine = 0, sine = 0] = trial.numbers.slice(3);
    // d/dp of A cos(2 pi z / p) + B sin(2 pi z / p).
    const byPeriod = z.map(
      (mm, i) => ((2 * Math.PI * mm) / periodMm ** 2) * (cosine * wave[1][i] - sine * wave[0][i]),
    );
    const residual = residualOf(values, columns, trial.numbers);
    const solved = solveLeastSquares([...columns, byPeriod], residual, 0);
    covariance = solved.covarianceDiagonal;
    const stepMm = solved.solution[5];
    if (!Number.isFinite(stepMm) || !covariance.every(Number.isFinite)) return undefined;
    // No further than what the search has stepped over.
    periodMm += Math.max(-0.02, Math.min(0.02, stepMm / periodMm)) * periodMm;
    trial = fittedAt(z, values, periodMm);
  }
  const background = backgroundOf(z).map((column, k) => column.map((own) => own * trial.numbers[k]));
  const mean =
    background.reduce((sum, part) => sum + part.reduce((total, own) => total + own, 0), 0) / z.length;
  const freedom = z.length - 6;
  const variance = trial.square / freedom;
  const [cosine = 0, sine = 0] = trial.numbers.slice(3);
  const amplitude = Math.hypot(cosine, sine);
  const amplitudeVariance = variance * ((covariance[3] + covariance[4]) / 2);
  return {
    amplitudeRatio: amplitude / mean,
    amplitudeErrorRatio: Math.sqrt(amplitudeVariance) / mean,
    periodMm,
    periodErrorMm: Math.sqrt(variance * covariance[5]),
    phaseDeg: degFromRad(Math.atan2(-sine, cosine)),
    residualRatio: Math.sqrt(variance) / mean,
  };
}
