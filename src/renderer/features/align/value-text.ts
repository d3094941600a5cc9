import {
  decimalsForSigma,
  digitsText,
  fixedText,
  powerOfTenText,
  typographic,
} from '../../../base/number-format.ts';
import type {AlignedParameter} from '../../../contract/alignment.ts';

type Unit = AlignedParameter['unit'];

/** Unit as people read it; '' for plain numbers. */
export const unitLabels: Readonly<Record<Unit, string>> = {
  mm: 'mm',
  deg: 'deg',
  '1': '',
  '1/mm': 'mm⁻¹',
  '1/mm^2': 'mm⁻²',
};

/** Between a number and its unit: no line breaks there. */
const thinSpace = '\u202f';

/** Decimals to the second digit of the error bar; four digits of the value where there is none. */
function decimalsFor(value: number, sigma: number | null): number {
  const size = sigma !== null && sigma > 0 ? sigma : Math.abs(value) / 100;
  return size > 0 && Number.isFinite(size) ? decimalsForSigma(size, 9) : 3;
}

const fixed = (value: number, decimals: number): string => typographic(fixedText(value, decimals));

/** How a value with its error bar is written: digits, and the power of ten that both share. */
interface Digits {
  readonly value: string;
  readonly sigma: string;
  /** `10⁻³`, or ''. */
  readonly power: string;
}

function digitsOf(value: number, sigma: number | null): Digits {
  const size = Math.max(Math.abs(value), sigma ?? 0);
  // Small inverses would be a row of zeros.
  const exponent = size > 0 && size < 0.01 ? Math.floor(Math.log10(size) / 3) * 3 : 0;
  const factor = 10 ** -exponent;
  const scaledSigma = sigma === null ? null : sigma * factor;
  const decimals = decimalsFor(value * factor, scaledSigma);
  return {
    value: fixed(value * factor, decimals),
    sigma: scaledSigma === null ? '' : `±${fixedText(scaledSigma, decimals)}`,
    power: exponent === 0 ? '' : powerOfTenText(exponent),
  };
}

/**
 * A value with one sigma and its unit: `0.310 ±0.020 mm`, `(1.110 ±0.006)·10⁻³ mm⁻²`. No digit below the second one of
 * the error bar. Lengths and angles are never given a power of ten.
 */
export function valueText(value: number, sigma: number | null, unit: Unit): string {
  const tail = unitLabels[unit] === '' ? '' : `${thinSpace}${unitLabels[unit]}`;
  if (unit === 'mm' || unit === 'deg') {
    const decimals = Math.min(4, decimalsFor(value, sigma ?? (unit === 'mm' ? 0.01 : 0.1)));
    const bar = sigma === null ? '' : ` ±${fixedText(sigma, decimals)}`;
    return `${fixed(value, decimals)}${bar}${tail}`;
  }
  const digits = digitsOf(value, sigma);
  const both = digits.sigma === '' ? digits.value : `${digits.value} ${digits.sigma}`;
  if (digits.power === '') return `${both}${tail}`;
  return `${digits.sigma === '' ? both : `(${both})`}·${digits.power}${tail}`;
}

/** With a sign in front, for shifts: `+0.310 ±0.020 mm`. */
export function signedValueText(value: number, sigma: number | null, unit: Unit): string {
  const text = valueText(value, sigma, unit);
  return /^[\u2212(]/.test(text) || value === 0 ? text : `+${text}`;
}

/** A size without an error bar, two significant digits: `5 mm`, `0.002 mm⁻¹`. */
export const sizeText = (value: number, unit: Unit): string =>
  `${typographic(digitsText(value, 2))}${unitLabels[unit] === '' ? '' : `${thinSpace}${unitLabels[unit]}`}`;

/** A part of a whole in percent, to two significant digits: `48 %`, `0.45 %`; `below 0.01 %`. */
export function percentText(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'not known';
  const percent = ratio * 100;
  if (percent === 0) return `0${thinSpace}%`;
  if (Math.abs(percent) < 0.01) return `below 0.01${thinSpace}%`;
  const decimals = Math.min(2, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(percent)))));
  return `${fixed(percent, decimals)}${thinSpace}%`;
}

/**
 * What a number of the light means as a length: `radius 30.01 ±0.08 mm` of a narrowness 1/r², `radius of curvature`
 * of its inverse; '' for all others and where the error bar reaches an infinite one.
 */
export function lengthMeant({
  name,
  value,
  sigma,
}: Pick<AlignedParameter, 'name' | 'value' | 'sigma'>): string {
  if (name === 'beam.narrowness') {
    if (!(value > 2 * (sigma ?? 0))) return 'as good as even light';
    const radiusMm = 1 / Math.sqrt(value);
    return `radius ${valueText(radiusMm, sigma === null ? null : (radiusMm * sigma) / (2 * value), 'mm')}`;
  }
  if (name === 'beam.curvature') {
    if (!(Math.abs(value) > 2 * (sigma ?? 0))) return 'as good as a flat wavefront';
    const radiusMm = 1 / value;
    const sigmaMm = sigma === null ? null : Math.abs((radiusMm * sigma) / value);
    return `radius of curvature ${valueText(radiusMm, sigmaMm, 'mm')}`;
  }
  return '';
}
