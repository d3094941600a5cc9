/** A rate with its interval, all as shares 0..1. */
export interface RateInterval {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** z of a two-sided 95 % interval. */
const z95 = 1.959963984540054;

/** Wilson's score interval (1927) of `successes` in `trials`, 95 %. Without trials all of 0..1 is open. */
export function wilsonInterval(successes: number, trials: number): RateInterval {
  if (trials <= 0) return {rate: NaN, low: 0, high: 1};
  const rate = successes / trials;
  const share = (z95 * z95) / trials;
  const centre = (rate + share / 2) / (1 + share);
  const half = Math.sqrt(rate * (1 - rate) * share + (share * share) / 4) / (1 + share);
  return {rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half)};
}
