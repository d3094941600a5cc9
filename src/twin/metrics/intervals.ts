import {BenchError} from '../../contract/errors.ts';

/** A rate with what it rests on. */
export interface Rate {
  readonly successes: number;
  readonly count: number;
  /** successes / count; null when nothing was counted. */
  readonly ratio: number | null;
  readonly low: number;
  readonly high: number;
  /** Two-sided confidence of the interval. */
  readonly confidence: number;
}

/** Standard normal quantile of a two-sided confidence of 95 %. */
export const zOf95 = 1.959963984540054;

/**
 * Wilson score interval of a rate (Wilson 1927), 95 %:
 * (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). 44 of 50 gives 76..94 %; 0 of 0 gives 0..1.
 */
export function computeRate(successes: number, count: number): Rate {
  if (!Number.isInteger(successes) || !Number.isInteger(count) || successes < 0 || successes > count)
    throw new BenchError('twin/invalid', `${successes} of ${count} is no rate.`);
  if (count === 0) return {successes, count, ratio: null, low: 0, high: 1, confidence: 0.95};
  const ratio = successes / count;
  const square = zOf95 ** 2;
  const center = ratio + square / (2 * count);
  const half = zOf95 * Math.sqrt((ratio * (1 - ratio)) / count + square / (4 * count * count));
  const scale = 1 + square / count;
  return {
    successes,
    count,
    ratio,
    // At the ends the formula gives exactly 0 and 1; rounding must not leave -1e-17.
    low: successes === 0 ? 0 : (center - half) / scale,
    high: successes === count ? 1 : (center + half) / scale,
    confidence: 0.95,
  };
}
