import {digitsText} from '../../base/number-format.ts';
import type {MapAnswers} from '../../contract/map-import.ts';
import type {RealArray} from '../../contract/optics.ts';

/** Numbers of a map; complex ones with their imaginary parts. */
export interface MapNumbers {
  readonly re: RealArray;
  readonly im?: RealArray | undefined;
}

/** Light and material that turn a phase into a height. */
export interface PhaseMaterial {
  readonly wavelengthMm: number;
  readonly refractiveIndex: number;
}

/** Relief of one turn of phase, mm: lambda / (n - 1); negative for a material thinner than air (n below 1). */
export const turnHeightMm = ({wavelengthMm, refractiveIndex}: PhaseMaterial): number =>
  wavelengthMm / (refractiveIndex - 1);

const mmPerUnit = {mm: 1, um: 1e-3, m: 1e3} as const;
const turnsPerUnit = {rad: 1 / (2 * Math.PI), turns: 1, deg: 1 / 360} as const;

/** Rounding of whoever wrote the file, as a part of the range. */
const rounding = 1e-6;

/**
 * Relief in mm of the numbers of a map, in their order. NaN stays NaN. A phase phi that delays is a height of
 * phi lambda / (2 pi (n - 1)) (docs/conventions.md); one that advances is its negative. Throws Error with a sentence for
 * infinite numbers, raw values beyond their range, and complex numbers whose phase was not asked for.
 */
export function mapHeightsMm(
  {re, im}: MapNumbers,
  answers: MapAnswers,
  material: PhaseMaterial,
): Float64Array {
  const values = im ? phasesOf(re, im, answers) : Float64Array.from(re);
  const {quantity, raw, offset} = answers;
  if (raw) assertInRange(values, raw.from);
  const toMm = quantityToMm(quantity, material);
  const slope = raw ? (raw.to[1] - raw.to[0]) / (raw.from[1] - raw.from[0]) : 1;
  return values.map((value, i) => {
    if (!Number.isFinite(value) && !Number.isNaN(value))
      throw new Error(`its number ${i + 1} is infinite; only finite ones are heights or phases`);
    return toMm((raw ? raw.to[0] + (value - raw.from[0]) * slope : value) + offset);
  });
}

function phasesOf(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  {complex, quantity}: MapAnswers,
): Float64Array {
  if (complex === 'refuse')
    throw new Error(
      'its numbers are complex, and nobody has said what of them is meant; ask for their phase, or save heights or phases as real numbers',
    );
  if (quantity.kind !== 'phase' || quantity.unit !== 'rad')
    throw new Error(
      'its numbers are complex: their phase is one in rad, so the quantity must be a phase in rad',
    );
  return Float64Array.from(re, (value, i) =>
    Number.isFinite(value) && Number.isFinite(im[i]) ? Math.atan2(im[i], value) : NaN,
  );
}

function assertInRange(values: Float64Array, [low, high]: readonly [number, number]): void {
  const slack = rounding * (high - low);
  const beyond = values.find((value) => value < low - slack || value > high + slack);
  if (beyond !== undefined)
    throw new Error(
      `its value ${digitsText(beyond, 6)} lies outside the raw values ${low} to ${high} that were named`,
    );
}

function quantityToMm(quantity: MapAnswers['quantity'], material: PhaseMaterial): (value: number) => number {
  if (quantity.kind === 'height') {
    const factor = mmPerUnit[quantity.unit];
    return (value) => value * factor;
  }
  if (material.refractiveIndex === 1)
    throw new Error('it holds phases, and a material of refractive index 1 has no relief that makes a phase');
  const turnMm = turnHeightMm(material);
  const turns = turnsPerUnit[quantity.unit] * (quantity.sign === 'delays' ? 1 : -1) * Math.sign(turnMm);
  return (value) => {
    const own = value * turns;
    return (quantity.wrap ? own - Math.floor(own) : own) * Math.abs(turnMm);
  };
}

/**
 * Heights rounded to `count` equal steps from 0 to `maximumMm`. `isWrapped`: they were phases from 0 to one turn, so that
 * what rounds up to a whole turn is the lowest step. Throws Error for heights beyond the highest step.
 */
export function roundToLevels(
  heightsMm: Float64Array,
  {count, maximumMm}: {readonly count: number; readonly maximumMm: number},
  turnMm: number | null,
): Float64Array {
  const stepMm = maximumMm / (count - 1);
  const isWhole = turnMm !== null && Math.abs(stepMm * count - turnMm) < 1e-6 * turnMm;
  return heightsMm.map((height) => {
    const level = Math.round(height / stepMm);
    if (level < count) return level * stepMm;
    if (isWhole && level === count) return 0;
    throw new Error(
      `its height of ${digitsText(height, 4)} mm is above the highest of the ${count} levels, ${digitsText(maximumMm, 4)} mm`,
    );
  });
}
