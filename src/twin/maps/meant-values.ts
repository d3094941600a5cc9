import {digitsText} from '../../base/number-format.ts';
import type {MapAnswers, MapQuantity} from '../../contract/map-import.ts';
import type {RealArray} from '../../contract/optics.ts';

/** Numbers of a map; complex ones with their imaginary parts. */
export interface MapNumbers {
  readonly re: RealArray;
  readonly im?: RealArray | undefined;
}

/** What was answered about single numbers of a map. */
export type NumberAnswers = Pick<MapAnswers, 'quantity' | 'raw' | 'offset' | 'complex'>;

/** Rounding of whoever wrote the file, as a part of the range. */
const rounding = 1e-6;

/**
 * The numbers of a map in the unit of the quantity that they stand for, in their order: phase or modulus of complex ones,
 * raw values by their line, offset added. NaN stays NaN. Throws Error with a sentence for infinite numbers, raw values
 * beyond their range, and complex numbers of which nobody has said what is meant.
 */
export function meantValues({re, im}: MapNumbers, answers: NumberAnswers): Float64Array {
  const values = im ? realValuesOf(re, im, answers) : Float64Array.from(re);
  const {raw, offset} = answers;
  if (raw) assertInRange(values, raw.from);
  const slope = raw ? (raw.to[1] - raw.to[0]) / (raw.from[1] - raw.from[0]) : 1;
  return values.map((value, i) => {
    if (!Number.isFinite(value) && !Number.isNaN(value))
      throw new Error(
        `its number ${i + 1} is infinite; only finite ones are heights, phases or transmissions`,
      );
    return (raw ? raw.to[0] + (value - raw.from[0]) * slope : value) + offset;
  });
}

/** What is meant by a complex number, as its refusal and its quantity say it. */
const meanings: Readonly<
  Record<'phase' | 'modulus', {readonly isOf: (quantity: MapQuantity) => boolean; readonly text: string}>
> = {
  phase: {
    isOf: (quantity) => quantity.kind === 'phase' && quantity.unit === 'rad',
    text: 'their phase is one in rad, so the quantity must be a phase in rad',
  },
  modulus: {
    isOf: ({kind}) => kind === 'amplitude',
    text: 'their modulus is an amplitude transmission, so the quantity must be an amplitude',
  },
};

function realValuesOf(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  {complex, quantity}: NumberAnswers,
): Float64Array {
  if (complex === 'refuse')
    throw new Error(
      'its numbers are complex, and nobody has said what of them is meant; ask for their phase or, of a mask, their modulus, or save real numbers',
    );
  const {isOf, text} = meanings[complex];
  if (!isOf(quantity)) throw new Error(`its numbers are complex: ${text}`);
  return Float64Array.from(re, (value, i) => {
    if (!Number.isFinite(value) || !Number.isFinite(im[i])) return NaN;
    return complex === 'phase' ? Math.atan2(im[i], value) : Math.hypot(value, im[i]);
  });
}

function assertInRange(values: Float64Array, [low, high]: readonly [number, number]): void {
  const slack = rounding * (high - low);
  const beyond = values.find((value) => value < low - slack || value > high + slack);
  if (beyond !== undefined)
    throw new Error(
      `its value ${digitsText(beyond, 6)} lies outside the raw values ${low} to ${high} that were named`,
    );
}
