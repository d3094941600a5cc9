import {decimalsForSigma, fixedText, scaledUnit, typographic} from '../../base/number-format.ts';

/** A reading split for large type: digits of constant width, then the unit. */
export interface Reading {
  /** Digits with room for a sign, as wide for every value of the unit (tabular figures). */
  readonly number: string;
  /** Unit with its prefix, e.g. `mV`; empty for a plain number. */
  readonly unit: string;
  /** Uncertainty in the same unit, one sigma, e.g. `±0.004`; empty when none was given. */
  readonly sigma: string;
  /** Everything in one line without padding, for labels and screen readers. */
  readonly text: string;
}

/** A blank that is as wide as a digit. */
const figureSpace = '\u2007';
const noValue = '–––';
/** Decimals and width (with sign) of units that are never given a prefix. */
const fixedForms: Readonly<Record<string, readonly [decimals: number, width: number]>> = {
  mm: [3, 8],
  deg: [1, 6],
  '°': [1, 6],
  rad: [3, 6],
  '%': [1, 6],
  GHz: [3, 8],
  dB: [1, 6],
  dBm: [1, 6],
};
const significantDigits = 4;

/**
 * A reading in digits that do not jump: four significant digits under an SI prefix for V, A, W, Hz and s;
 * fixed decimals for mm (3), deg (1), rad (3), % (1), GHz (3), dB and dBm (1). With a sigma (same unit) no digit is written below its
 * second one. NaN is a dash.
 */
export function formatReading(value: number, unit: string, sigma?: number): Reading {
  const fixed = fixedForms[unit];
  const width = fixed ? fixed[1] : significantDigits + 2;
  if (!Number.isFinite(value)) {
    const number = Number.isNaN(value) ? noValue : typographic(fixedText(value, 0));
    return {number: number.padStart(width, figureSpace), unit, sigma: '', text: withUnit(number, unit)};
  }
  const {factor, unit: shownUnit} = scaledUnit(value, unit);
  const scaled = value * factor;
  const most = fixed ? fixed[0] : decimalsFor(scaled);
  const hasSigma = sigma !== undefined && Number.isFinite(sigma) && sigma > 0;
  const decimals = hasSigma ? decimalsForSigma(sigma * factor, most) : most;
  const digits = typographic(fixedText(scaled, decimals));
  const sigmaText = hasSigma ? `±${fixedText(sigma * factor, decimals)}` : '';
  const padding = decimals < most ? figureSpace.repeat(most - decimals + (decimals === 0 ? 1 : 0)) : '';
  return {
    number: (digits + padding).padStart(width, figureSpace),
    unit: shownUnit,
    sigma: sigmaText,
    text: withUnit(sigmaText ? `${digits} ${sigmaText}` : digits, shownUnit),
  };
}

/** A number with an unbroken space before its unit. */
const withUnit = (number: string, unit: string): string => (unit ? `${number}\u202f${unit}` : number);

function decimalsFor(scaled: number): number {
  const size = Math.abs(scaled) * (1 + 0.5 * 10 ** -significantDigits);
  const before = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  return Math.max(0, significantDigits - before);
}
