import {niceStep} from '../ticks.ts';

/** Bins of equal width at nice numbers; `counts[i]` lies in [startValue + i * width, ... + width). */
export interface Bins {
  readonly startValue: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Counts finite values in about `wanted` bins; the largest value belongs to the last bin. */
export function histogramBins(values: ArrayLike<number>, wanted = 24): Bins {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) return {startValue: 0, width: 1, counts: []};
  const width = niceStep(high - low || Math.abs(low) * 0.01 || 1, wanted);
  const first = Math.floor(low / width + 1e-9);
  const count = Math.max(1, Math.ceil(high / width - 1e-9) - first);
  const counts = new Array<number>(count).fill(0);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    counts[Math.min(Math.max(Math.floor(values[i] / width + 1e-9) - first, 0), count - 1)]++;
  }
  return {startValue: first * width, width, counts};
}
