import {digitsText, fixedText, typographic} from '../../../base/number-format.ts';
import type {AlignmentSensitivity} from '../../../contract/alignment.ts';
import {sizeText} from './value-text.ts';

export type SensitivityRow = AlignmentSensitivity['rows'][number];
/** What of a bench as designed is kept by an error. */
export type Kept = 'match' | 'accuracy' | 'correlation';

/** Degrees of freedom for which the same errors were tried. */
export interface SensitivityGroup {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly unit: SensitivityRow['unit'];
  readonly inWavelengths: boolean;
  /** Worst first. */
  readonly rows: readonly SensitivityRow[];
}

const titleOf = ({name}: SensitivityRow): string => {
  const quantity = name.split('.')[1];
  if (quantity === 'dx' || quantity === 'dy') return 'Shifts across the beam';
  if (quantity === 'dz') return 'Shifts along the beam';
  if (quantity === 'rotation') return 'Turns about the beam';
  if (quantity === 'tiltX' || quantity === 'tiltY') return 'Tilts';
  return quantity === 'n' ? 'Index of the plates' : 'Others';
};

/** The rows by kind, each kind with the errors that were tried; their order stays. */
export function sensitivityGroups(rows: readonly SensitivityRow[]): readonly SensitivityGroup[] {
  const groups = new Map<string, SensitivityRow[]>();
  for (const row of rows) {
    const key = `${titleOf(row)}|${row.points.map(({size}) => size).join(',')}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((members) => ({
    title: titleOf(members[0]),
    sizes: members[0].points.map(({size}) => size),
    unit: members[0].unit,
    inWavelengths: members[0].inWavelengths,
    rows: members,
  }));
}

/** A size with its unit, in wavelengths too where that is usual: `0.19 mm (0.25 λ)`. */
export function lengthText(
  size: number,
  {unit, inWavelengths}: Pick<SensitivityGroup, 'unit' | 'inWavelengths'>,
  wavelengthMm: number,
): string {
  const text = sizeText(size, unit);
  return inWavelengths ? `${text} (${digitsText(size / wavelengthMm, 2)}\u202fλ)` : text;
}

/** Largest error that leaves 95 % of the verdicts, in words. */
export function toleranceText(row: SensitivityRow, wavelengthMm: number): string {
  if (row.tolerance !== null) return lengthText(row.tolerance, row, wavelengthMm);
  const largest = row.points.at(-1)?.size;
  return largest === undefined ? 'not tried' : `more than ${lengthText(largest, row, wavelengthMm)}`;
}

/** Share or correlation as a cell of the table says it. */
export const keptText = (value: number, kept: Kept): string =>
  kept === 'correlation' ? typographic(fixedText(value, 2)) : `${fixedText(value * 100, 0)}\u202f%`;
