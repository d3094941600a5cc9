/**
 * Numbers as people read them, for the terminal, messages of the host, reports and the window alike. The decimal mark is
 * the point and thousands are not set apart, so that what is written can be typed again (`readQuantity`). Texts are
 * plain ASCII but for the micro sign; the window sets them with `typographic`. Counts and plurals: `count-text.ts`.
 */

/** Prefixes of the SI from the largest to the smallest, with their power of ten. */
export const siPrefixes: readonly (readonly [symbol: string, powerOfTen: number])[] = [
  ['T', 12],
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['', 0],
  ['m', -3],
  ['µ', -6],
  ['n', -9],
  ['p', -12],
];

/** What stands where a number does not exist. */
const noNumber = '–';

const writers = new Map<string, Intl.NumberFormat>();

/** Making a writer costs a hundred times as much as using one. */
function writer(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = writers.get(key);
  if (known) return known;
  // A zero that rounding left has no sign.
  const made = new Intl.NumberFormat('en-GB', {...options, useGrouping: false, signDisplay: 'negative'});
  writers.set(key, made);
  return made;
}

const special = (value: number): string => (Number.isNaN(value) ? noNumber : value > 0 ? '∞' : '-∞');

/** A number with so many decimals (0 to 100), never `-0.00`; `–` for not-a-number. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return special(value);
  return writer(`fixed ${decimals}`, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** As `fixedText`, without zeros at the end: `1.2 MB`, `30 h`. */
export function roundedText(value: number, mostDecimals: number): string {
  if (!Number.isFinite(value)) return special(value);
  return writer(`rounded ${mostDecimals}`, {maximumFractionDigits: mostDecimals}).format(value);
}

/** From this power of ten on a number is written with its power. */
const largePower = 6;
/** Below it there would be a row of zeros. */
const smallest = 1e-3;

/**
 * A number with at most so many significant digits and no zeros at its end: `0.25`, `1500`, `1.2e-5`. Whole numbers of
 * no more digits than that are written in full.
 */
export function digitsText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return special(value);
  const size = Math.abs(value);
  const hasPower = size !== 0 && (size < smallest || size >= 10 ** Math.max(largePower, digits));
  const text = writer(`digits ${digits} ${hasPower}`, {
    maximumSignificantDigits: digits,
    notation: hasPower ? 'scientific' : 'standard',
  }).format(value);
  return text.replace('E', 'e');
}

/** A part of a whole, such as 0.123, in percent: `12.3 %`. */
export const percentText = (ratio: number, decimals = 0): string => `${fixedText(100 * ratio, decimals)} %`;

/** Decimals down to the second digit of a standard deviation, `most` at most and where there is none. */
export const decimalsForSigma = (sigma: number | null | undefined, most: number): number =>
  sigma === null || sigma === undefined || !Number.isFinite(sigma) || !(sigma > 0)
    ? most
    : Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(sigma))));

/** Units that are written with prefixes; lengths and angles keep theirs. */
const prefixedUnits = new Set(['V', 'A', 'W', 'Hz', 's', 'V/√Hz']);
/** Below a nanovolt there is nothing to be measured here. */
const lowestPower = (unit: string): number => (unit === 'V' || unit === 'V/√Hz' ? -9 : -12);

/** A unit with the prefix that suits a size, and the factor that turns values into it. */
export interface ScaledUnit {
  /** value x factor is the number in `unit`. */
  readonly factor: number;
  readonly unit: string;
}

/** The prefix under which a size has one to three digits before the point; units without prefixes stay. */
export function scaledUnit(size: number, unit: string, digits = 4): ScaledUnit {
  if (!prefixedUnits.has(unit) || !Number.isFinite(size) || size === 0) return {factor: 1, unit};
  // Half a step of the last digit up: 999.96 mV is written 1.000 V.
  const rounded = Math.abs(size) * (1 + 0.5 * 10 ** -digits);
  const lowest = lowestPower(unit);
  const usable = siPrefixes.filter(([, power]) => power >= lowest);
  const [symbol, power] =
    usable.find(([, own]) => rounded >= Number(`1e${own}`)) ?? usable[usable.length - 1];
  return {factor: Number(`1e${-power}`), unit: symbol + unit};
}

/** A value with its unit under the prefix that suits it, so many significant digits: `30 ms`, `401.4 GHz`, `10 dBm`. */
export function quantityText(value: number, unit: string, digits: number): string {
  const scaled = scaledUnit(value, unit, digits);
  return `${digitsText(value * scaled.factor, digits)} ${scaled.unit}`.trimEnd();
}

/** A length that is given in mm, in micrometres with so many significant digits: `12 µm`. */
export const micrometreText = (mm: number, digits = 2): string => `${digitsText(1000 * mm, digits)} µm`;

/** Puts a typographic minus, as wide as a digit, in front and writes powers of ten with a raised exponent: `1.2·10⁻⁵`. */
export const typographic = (text: string): string =>
  text
    .replace(/(\d(?:\.\d+)?)e([+-]?\d+)/g, (_, digits: string, power: string) =>
      digits === '1' ? powerOfTenText(Number(power)) : `${digits}·${powerOfTenText(Number(power))}`,
    )
    .replaceAll('-', '\u2212');

/** `10⁻³`. */
export const powerOfTenText = (power: number): string =>
  `10${[...String(power)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('')}`;
