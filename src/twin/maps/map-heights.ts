import {digitsText} from '../../base/number-format.ts';
import type {MapAnswers} from '../../contract/map-import.ts';
import {meantValues, type MapNumbers} from './meant-values.ts';

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

/**
 * Relief in mm of the numbers of a map, in their order. NaN stays NaN. A phase phi that delays is a height of
 * phi lambda / (2 pi (n - 1)) (docs/conventions.md); one that advances is its negative. Throws Error with a sentence for
 * infinite numbers, raw values beyond their range, and complex numbers whose phase was not asked for.
 */
export function mapHeightsMm(
  numbers: MapNumbers,
  answers: MapAnswers,
  material: PhaseMaterial,
): Float64Array {
  const toMm = quantityToMm(answers.quantity, material);
  return meantValues(numbers, answers).map(toMm);
}

function quantityToMm(quantity: MapAnswers['quantity'], material: PhaseMaterial): (value: number) => number {
  if (quantity.kind === 'amplitude' || quantity.kind === 'intensity')
    throw new Error('it holds transmissions, which are no heights');
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
