import {digitsText, typographic} from '../../../base/number-format.ts';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {durationText} from '../../parts/time-text.ts';

export type Calibration = ApiOutputs['sessions']['calibrations'][number];

/** A calibration as the ledger shows it. */
export interface CalibrationState {
  /** As the host has it; a calibration that runs out while one looks is expired at once. */
  readonly state: Calibration['status'];
  /** Why it does not count, or ''. */
  readonly reason: string;
  readonly ageS: number;
  /** How long it stays valid, in words. */
  readonly validity: string;
  /** Calibrations that build on this one. */
  readonly dependants: readonly Calibration[];
}

/** Where a calibration stands at `nowS`. `all` is the ledger that it belongs to. */
export function calibrationState(
  calibration: Calibration,
  all: readonly Calibration[],
  nowS: number,
): CalibrationState {
  const {uid, timeS, validUntilS} = calibration;
  const isExpired = validUntilS !== null && validUntilS <= nowS;
  return {
    state: isExpired && calibration.status === 'current' ? 'expired' : calibration.status,
    reason: calibration.statusText,
    ageS: Math.max(0, nowS - timeS),
    validity:
      validUntilS === null
        ? 'does not age'
        : isExpired
          ? `expired ${durationText(nowS - validUntilS)} ago`
          : `${durationText(validUntilS - nowS)} left`,
    dependants: all.filter(
      ({dependsOn, uid: own}) => dependsOn.includes(uid) || calibration.dependants.includes(own),
    ),
  };
}

export const calibrationStatusLabels: Readonly<Record<CalibrationState['state'], string>> = {
  current: 'current',
  expired: 'expired',
  replaced: 'replaced',
  stale: 'stale',
  revoked: 'revoked',
};

/** The first numbers of a calibration's value, as `dx mm 0.412, dy mm -0.133`; '' when it holds none. */
export function calibrationValueText(value: unknown): string {
  return numbersIn(value, '', 0)
    .slice(0, 4)
    .map(([name, number]) => `${name} ${shortNumber(number)}`.trim())
    .join(', ');
}

function numbersIn(value: unknown, name: string, depth: number): (readonly [string, number])[] {
  if (typeof value === 'number') return [[name, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 2) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, wordsOf(key), depth + 1));
}

const wordsOf = (key: string): string => key.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();

const shortNumber = (value: number): string =>
  typographic(digitsText(value, Number.isInteger(value) ? 15 : 4));
