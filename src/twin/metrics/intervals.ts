import {wilsonInterval} from '../../base/wilson.ts';
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

/** A rate with its 95 % Wilson interval; throws `twin/invalid` for counts that are none. */
export function computeRate(successes: number, count: number): Rate {
  if (!Number.isInteger(successes) || !Number.isInteger(count) || successes < 0 || successes > count)
    throw new BenchError('twin/invalid', `${successes} of ${count} is no rate.`);
  const {rate, low, high} = wilsonInterval(successes, count);
  return {successes, count, ratio: count === 0 ? null : rate, low, high, confidence: 0.95};
}
