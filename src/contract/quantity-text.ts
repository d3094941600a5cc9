import {siPrefixes} from '../base/number-format.ts';
import {numberOf, splitNumber, type NumberMarks, type NumberReading} from '../base/number-text.ts';

/**
 * Reads a number with the unit of its field, or with another one of the same kind whose conversion leaves no doubt:
 * `500 um` in a field in mm is 0.5. A unit of another kind is refused, and so is a half of one (`5 k`).
 */

/** A unit as ten to a power, times a factor, of the base unit of its kind. */
interface KnownUnit {
  readonly kind: string;
  readonly powerOfTen: number;
  readonly factor: number;
}

/** `u` stands for the micro sign where a keyboard has none. */
const prefixPowers: Readonly<Record<string, number>> = {...Object.fromEntries(siPrefixes), u: -6};

/** Units that are written with SI prefixes. */
const prefixed = ['m', 's', 'Hz', 'V', 'A', 'W', 'm/s', 'V/√Hz', 'rad'];

/** Other spellings, and units that stand beside the SI. */
const others: Readonly<Record<string, KnownUnit>> = {
  cm: {kind: 'm', powerOfTen: -2, factor: 1},
  'cm/s': {kind: 'm/s', powerOfTen: -2, factor: 1},
  'mm/min': {kind: 'm/s', powerOfTen: -3, factor: 1 / 60},
  min: {kind: 's', powerOfTen: 0, factor: 60},
  h: {kind: 's', powerOfTen: 0, factor: 3600},
  d: {kind: 's', powerOfTen: 0, factor: 86_400},
  '°': {kind: 'rad', powerOfTen: 0, factor: Math.PI / 180},
  deg: {kind: 'rad', powerOfTen: 0, factor: Math.PI / 180},
  degree: {kind: 'rad', powerOfTen: 0, factor: Math.PI / 180},
  degrees: {kind: 'rad', powerOfTen: 0, factor: Math.PI / 180},
  // Synthesisers write frequencies and levels in capitals.
  HZ: {kind: 'Hz', powerOfTen: 0, factor: 1},
  KHZ: {kind: 'Hz', powerOfTen: 3, factor: 1},
  MHZ: {kind: 'Hz', powerOfTen: 6, factor: 1},
  GHZ: {kind: 'Hz', powerOfTen: 9, factor: 1},
  THZ: {kind: 'Hz', powerOfTen: 12, factor: 1},
  DBM: {kind: 'dBm', powerOfTen: 0, factor: 1},
  '%': {kind: '%', powerOfTen: 0, factor: 1},
  dB: {kind: 'dB', powerOfTen: 0, factor: 1},
  dBm: {kind: 'dBm', powerOfTen: 0, factor: 1},
};

function knownUnit(text: string): KnownUnit | undefined {
  const unit = text.replace(/μ/g, 'µ').replace(/\s+/g, '');
  if (Object.hasOwn(others, unit)) return others[unit];
  for (const kind of prefixed) {
    const prefix = unit.endsWith(kind) ? unit.slice(0, unit.length - kind.length) : null;
    if (prefix !== null && Object.hasOwn(prefixPowers, prefix))
      return {kind, powerOfTen: prefixPowers[prefix] ?? 0, factor: 1};
  }
  return undefined;
}

/**
 * The number that a text means in a field of this unit ('' for a plain number). The problem of a text that cannot be
 * taken says why and what to write instead.
 */
export function readQuantity(text: string, unit: string, marks: NumberMarks): NumberReading {
  const parts = splitNumber(text, marks);
  if (!parts.isRead || parts.rest === '' || parts.rest === unit)
    return parts.isRead ? numberOf(parts) : parts;
  const {rest} = parts;
  if (unit === '')
    return {isRead: false, problem: `"${rest}" behind the number is not understood: write the number alone.`};
  const [own, given] = [knownUnit(unit), knownUnit(rest)];
  if (given === undefined || own?.kind !== given.kind) {
    const known =
      given === undefined ? `"${rest}" is not a unit that is known here` : `${rest} is not ${unit}`;
    return {isRead: false, problem: `${known}: write the number in ${unit}.`};
  }
  // The power of ten is moved in the decimal digits, so that 500 um is 0.5 mm to the last bit.
  const moved = numberOf(parts, given.powerOfTen - own.powerOfTen);
  if (!moved.isRead || given.factor === own.factor) return moved;
  return {isRead: true, value: (moved.value * given.factor) / own.factor};
}
