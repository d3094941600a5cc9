/**
 * From lock-in readings to detected power without the dark level.
 *
 * The dark level is a vector: X and Y are subtracted each, never R, because R of a difference is not the difference
 * of R, and R of pure noise has a mean of 1.25 sigma. The result is the component along the signal's own phase,
 * whose noise has the mean zero.
 */
import {BenchError} from '../../contract/errors.ts';
import {sumOf} from './regions.ts';

export interface LockInColumns {
  readonly xV: ArrayLike<number>;
  readonly yV: ArrayLike<number>;
}

export interface DarkLevel {
  readonly xV: number;
  readonly yV: number;
  /** Standard deviation of one reading of one channel; null when one reading gives none. */
  readonly readingSigmaV: number | null;
  /** Standard deviation of the mean of one channel; null when one reading gives none. */
  readonly meanSigmaV: number | null;
  readonly count: number;
}

/** Mean and scatter of dark readings; both channels carry the same noise, so their scatter is pooled. */
export function computeDarkLevel({xV, yV}: LockInColumns): DarkLevel {
  const count = xV.length;
  if (count === 0 || yV.length !== count)
    throw new BenchError(
      'twin/invalid',
      `A dark level needs pairs of X and Y, not ${count} and ${yV.length}.`,
    );
  const meanX = sumOf(xV) / count;
  const meanY = sumOf(yV) / count;
  if (count === 1) return {xV: meanX, yV: meanY, readingSigmaV: null, meanSigmaV: null, count};
  let square = 0;
  for (let i = 0; i < count; i++) square += (xV[i] - meanX) ** 2 + (yV[i] - meanY) ** 2;
  const readingSigmaV = Math.sqrt(square / (2 * (count - 1)));
  return {xV: meanX, yV: meanY, readingSigmaV, meanSigmaV: readingSigmaV / Math.sqrt(count), count};
}

/**
 * Phase of the signal, rad: direction of sum r (x + i y), so that strong points decide and noise averages out.
 * A detector of power gives one phase for the whole plane.
 */
export function computeSignalPhaseRad({xV, yV}: LockInColumns, dark: Pick<DarkLevel, 'xV' | 'yV'>): number {
  let re = 0;
  let im = 0;
  for (let i = 0; i < xV.length; i++) {
    const x = xV[i] - dark.xV;
    const y = yV[i] - dark.yV;
    const r = Math.hypot(x, y);
    re += r * x;
    im += r * y;
  }
  return Math.atan2(im, re);
}

/** Component along the signal's phase after the vector dark level was taken off, V; noise has the mean zero. */
export function subtractDark(
  {xV, yV}: LockInColumns,
  dark: Pick<DarkLevel, 'xV' | 'yV'>,
  phaseRad: number,
): {readonly signalV: Float64Array; readonly quadratureV: Float64Array} {
  const cos = Math.cos(phaseRad);
  const sin = Math.sin(phaseRad);
  const signalV = new Float64Array(xV.length);
  const quadratureV = new Float64Array(xV.length);
  for (let i = 0; i < xV.length; i++) {
    const x = xV[i] - dark.xV;
    const y = yV[i] - dark.yV;
    signalV[i] = x * cos + y * sin;
    quadratureV[i] = y * cos - x * sin;
  }
  return {signalV, quadratureV};
}

/**
 * Noise of one reading from the channel that carries no signal: 1.4826 times the median of |value - median|, which
 * a few bad points cannot move. V.
 */
export function estimateNoiseV(quadratureV: ArrayLike<number>): number {
  if (quadratureV.length === 0) throw new BenchError('twin/invalid', 'No points, so no estimate of noise.');
  const middle = medianOf(Array.from(quadratureV));
  return 1.4826 * medianOf(Array.from(quadratureV, (value) => Math.abs(value - middle)));
}

function medianOf(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}
