import {digitsText, fixedText} from '../../base/number-format.ts';

/** Numbers for people. A number that does not exist is printed as such, never as 0. */
const absent = 'n/a';

export const formatFixed = (value: number | null, digits: number, unit = ''): string =>
  value === null || !Number.isFinite(value) ? absent : `${fixedText(value, digits)}${unit}`;

export const formatPercent = (ratio: number | null, digits = 0): string =>
  ratio === null ? absent : formatFixed(100 * ratio, digits, ' %');

/** Standard deviations above the next region, to as many digits as mean something. */
export const formatSigma = (value: number | null): string =>
  value === null ? 'noise not measurable' : `${fixedText(value, value >= 20 ? 0 : 1)} sigma`;

/** Value with its standard deviation: 0.412 +- 0.006 mm. */
export const formatWithSigma = (value: number, sigma: number | undefined, unit: string): string =>
  sigma === undefined || !Number.isFinite(sigma)
    ? `${formatFixed(value, 3)} ${unit}`
    : `${formatFixed(value, 3)} \u00b1 ${formatFixed(sigma, 3)} ${unit}`;

/** A setting as read from an instrument, with no more digits than it has. */
export const formatSetting = (value: string | number | boolean): string =>
  typeof value === 'number'
    ? digitsText(value, 12)
    : typeof value === 'boolean'
      ? value
        ? 'on'
        : 'off'
      : value;

/** Multiples of `step` from `low` to `high`. */
export function ticksBetween(low: number, high: number, step: number): readonly number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({length: Math.max(0, last - first + 1)}, (_, i) => (first + i) * step);
}

/** ISO 8601 in UTC as people read it: `2026-11-24 10:02:41 UTC`. What is no such time stays as it is. */
export const formatTime = (iso: string): string =>
  iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
