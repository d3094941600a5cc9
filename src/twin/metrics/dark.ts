import {median} from '../../base/median.ts';
/**
 * From a detector's readings to its signal without the dark level. Numbers are in the unit of the detector.
 *
 * The dark level of a complex signal is a vector: real and imaginary part are subtracted each, never the magnitude,
 * because the magnitude of a difference is not the difference of magnitudes, and that of pure noise has a mean of 1.25
 * sigma. The result is the component along the signal's own phase, whose noise has the mean zero. A real signal has
 * phase 0, or 180 degrees where more light makes its number smaller.
 */
import {BenchError} from '../../contract/errors.ts';
import {sumOf} from './regions.ts';

/** Readings; the imaginary part is absent for a real signal. */
export interface SignalColumns {
  readonly real: ArrayLike<number>;
  readonly imaginary?: ArrayLike<number> | undefined;
}

/** Reading of the blocked beam, in the unit of the readings, with its uncertainty. */
export interface DarkLevel {
  readonly real: number;
  /** 0 for a real signal. */
  readonly imaginary: number;
  /** Standard deviation of one reading of one part; null when one reading gives none. */
  readonly readingSigma: number | null;
  /** Standard deviation of the mean of one part; null when one reading gives none. */
  readonly meanSigma: number | null;
  readonly count: number;
}

/** What is subtracted. */
export type DarkVector = Pick<DarkLevel, 'real' | 'imaginary'>;

/** Mean and scatter of dark readings; both parts of a complex signal carry the same noise, so their scatter is pooled. */
export function computeDarkLevel({real, imaginary}: SignalColumns): DarkLevel {
  const count = real.length;
  if (count === 0 || (imaginary !== undefined && imaginary.length !== count))
    throw new BenchError(
      'twin/invalid',
      `A dark level needs readings, with an imaginary part for each or none, not ${count} and ${imaginary?.length ?? 'none'}.`,
    );
  const mean = {real: sumOf(real) / count, imaginary: imaginary ? sumOf(imaginary) / count : 0};
  if (count === 1) return {...mean, readingSigma: null, meanSigma: null, count};
  let square = 0;
  for (let i = 0; i < count; i++)
    square += (real[i] - mean.real) ** 2 + (imaginary ? (imaginary[i] - mean.imaginary) ** 2 : 0);
  const readingSigma = Math.sqrt(square / ((imaginary ? 2 : 1) * (count - 1)));
  return {...mean, readingSigma, meanSigma: readingSigma / Math.sqrt(count), count};
}

/**
 * Phase of the signal, rad: direction of sum r (x + i y), so that strong points decide and noise averages out. A
 * detector of power gives one phase for the whole plane; a real signal gives 0 or pi.
 */
export function computeSignalPhaseRad({real, imaginary}: SignalColumns, dark: DarkVector): number {
  let re = 0;
  let im = 0;
  for (let i = 0; i < real.length; i++) {
    const x = real[i] - dark.real;
    const y = imaginary ? imaginary[i] - dark.imaginary : 0;
    const r = Math.hypot(x, y);
    re += r * x;
    im += r * y;
  }
  return Math.atan2(im, re);
}

/** Component along the signal's phase after the dark level was taken off; noise has the mean zero. */
export function subtractDark(
  {real, imaginary}: SignalColumns,
  dark: DarkVector,
  phaseRad: number,
): {readonly signal: Float64Array; readonly quadrature: Float64Array} {
  const cos = Math.cos(phaseRad);
  const sin = Math.sin(phaseRad);
  const signal = new Float64Array(real.length);
  const quadrature = new Float64Array(real.length);
  for (let i = 0; i < real.length; i++) {
    const x = real[i] - dark.real;
    const y = imaginary ? imaginary[i] - dark.imaginary : 0;
    signal[i] = x * cos + y * sin;
    quadrature[i] = y * cos - x * sin;
  }
  return {signal, quadrature};
}

/**
 * Noise of one reading from the part that carries no signal: 1.4826 times the median of |value - median|, which a few
 * bad points cannot move.
 */
export function estimateNoise(quadrature: ArrayLike<number>): number {
  if (quadrature.length === 0) throw new BenchError('twin/invalid', 'No points, so no estimate of noise.');
  const middle = median(Array.from(quadrature));
  return 1.4826 * median(Array.from(quadrature, (value) => Math.abs(value - middle)));
}

/**
 * Noise of one reading of a real signal from readings one after the other: that of their second differences over
 * sqrt(6), which a straight slope does not reach. Where the light itself changes from point to point it is too large.
 * 0 with fewer than three readings.
 */
export function estimateNoiseFromSteps(signal: ArrayLike<number>): number {
  if (signal.length < 3) return 0;
  const bends = Array.from(
    {length: signal.length - 2},
    (_, i) => signal[i] - 2 * signal[i + 1] + signal[i + 2],
  );
  return estimateNoise(bends) / Math.sqrt(6);
}
