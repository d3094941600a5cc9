/** Numbers for people. A number that does not exist is printed as such, never as 0. */
const absent = 'n/a';

export const formatFixed = (value: number | null, digits: number, unit = ''): string =>
  value === null || !Number.isFinite(value)
    ? absent
    : `${value.toFixed(digits).replace(/^-0(\.0*)?$/, (zero) => zero.slice(1))}${unit}`;

export const formatPercent = (ratio: number | null, digits = 0): string =>
  ratio === null ? absent : formatFixed(100 * ratio, digits, ' %');

/** Standard deviations above the next region, to as many digits as mean something. */
export const formatSigma = (value: number | null): string =>
  value === null ? 'noise not measurable' : `${value >= 20 ? value.toFixed(0) : value.toFixed(1)} sigma`;

/** Value with its standard deviation: 0.412 +- 0.006 mm. */
export const formatWithSigma = (value: number, sigma: number | undefined, unit: string): string =>
  sigma === undefined || !Number.isFinite(sigma)
    ? `${formatFixed(value, 3)} ${unit}`
    : `${formatFixed(value, 3)} \u00b1 ${formatFixed(sigma, 3)} ${unit}`;

/** A setting as read from an instrument, with no more digits than it has. */
export const formatSetting = (value: string | number | boolean): string =>
  typeof value === 'number'
    ? String(Number(value.toPrecision(12)))
    : typeof value === 'boolean'
      ? value
        ? 'on'
        : 'off'
      : value;

/** Steps of 1, 2 or 5 times a power of ten that cut `span` into about `count` parts. */
export function niceStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

/** Multiples of `step` from `low` to `high`. */
export function ticksBetween(low: number, high: number, step: number): readonly number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({length: Math.max(0, last - first + 1)}, (_, i) => (first + i) * step);
}

/** Three significant figures with a prefix for thousands and thousandths, ready for a unit: `1.01 u`. */
export function formatEngineering(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} `;
  const power = Math.max(-5, Math.min(4, Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-12)));
  const prefix = ['f', 'p', 'n', '\u00b5', 'm', '', 'k', 'M', 'G', 'T'][power + 5];
  return `${Number((value / 10 ** (3 * power)).toPrecision(3))} ${prefix}`;
}

/** ISO 8601 in UTC as people read it: `2026-11-24 10:02:41 UTC`. What is no such time stays as it is. */
export const formatTime = (iso: string): string =>
  iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
