/** A rate with its interval, all as shares 0..1. */
export interface RateInterval {
  /** NaN when nothing was counted. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of a two-sided confidence of 95 %. */
const zOf95 = 1.959963984540054;

/**
 * Wilson score interval of a rate (Wilson 1927), 95 %:
 * (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). 44 of 50 gives 76..94 %; 0 of 0 gives 0..1.
 */
export function wilsonInterval(successes: number, trials: number): RateInterval {
  if (trials <= 0) return {rate: NaN, low: 0, high: 1};
  const rate = successes / trials;
  const square = zOf95 ** 2;
  const center = rate + square / (2 * trials);
  const half = zOf95 * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials * trials));
  const scale = 1 + square / trials;
  return {
    rate,
    // At the ends the formula gives exactly 0 and 1; rounding must not leave -1e-17.
    low: successes === 0 ? 0 : (center - half) / scale,
    high: successes === trials ? 1 : (center + half) / scale,
  };
}
