import type {SettingsSnapshot} from '../../src/contract/devices.ts';
import {mmPerSFromMmPerMin, msFromS} from '../../src/contract/units.ts';
import type {AxisDynamics} from './motion-time.ts';

/** What a GRBL controller's settings mean for motion, read from one snapshot of them. By machine axis: x, y, z. */
export interface GrblRules {
  readonly dynamics: readonly AxisDynamics[];
  /** Infinity where the controller tells none. */
  readonly travelMm: readonly number[];
  readonly isHomingOn: boolean;
  readonly areSoftLimitsOn: boolean;
  readonly homingTimeoutMs: number;
}

const letters = ['x', 'y', 'z'] as const;
/** Of a controller that does not tell: GRBL's own slow defaults, so that a time limit is rather too long. */
const slowDynamics: AxisDynamics = {rateMmPerMin: 500, accelerationMmPerS2: 10};
/** GRBL searches for a switch over 1.5 times the travel and locates it over 5 times the pull-off. */
const seekFactor = 1.5;
const locateFactor = 5;
const homingMarginMs = 15_000;

const numberOf = (settings: SettingsSnapshot, name: string, otherwise: number): number => {
  const value = settings[name];
  // Speeds, accelerations and lengths: what is not positive tells nothing.
  return typeof value === 'number' && value > 0 ? value : otherwise;
};

/** The rules that a snapshot states; without a setting, those that lead to the longest time limits. */
export function rulesFrom(settings: SettingsSnapshot): GrblRules {
  const {rateMmPerMin, accelerationMmPerS2} = slowDynamics;
  const travelMm = letters.map((letter) => numberOf(settings, `${letter}TravelMm`, Number.POSITIVE_INFINITY));
  return {
    dynamics: letters.map((letter) => ({
      rateMmPerMin: numberOf(settings, `${letter}MaximumMmPerMin`, rateMmPerMin),
      accelerationMmPerS2: numberOf(settings, `${letter}AccelerationMmPerS2`, accelerationMmPerS2),
    })),
    travelMm,
    isHomingOn: settings['isHomingOn'] === true,
    areSoftLimitsOn: settings['areSoftLimitsOn'] === true,
    homingTimeoutMs: homingMs(settings, travelMm),
  };
}

/** Longest time to come to rest after a feed hold, ms. */
export const brakingMs = ({dynamics}: GrblRules): number =>
  Math.max(
    ...dynamics.map(({rateMmPerMin, accelerationMmPerS2}) =>
      msFromS(mmPerSFromMmPerMin(rateMmPerMin) / accelerationMmPerS2),
    ),
  );

function homingMs(settings: SettingsSnapshot, travelMm: readonly number[]): number {
  const longestMm = Math.max(...travelMm.filter(Number.isFinite), 0);
  const seekMs = msFromS(
    (seekFactor * longestMm) / mmPerSFromMmPerMin(numberOf(settings, 'homingSeekMmPerMin', 500)),
  );
  const pullOffMm = numberOf(settings, 'homingPullOffMm', 1);
  const locateMs = msFromS(
    (locateFactor * pullOffMm) / mmPerSFromMmPerMin(numberOf(settings, 'homingLocateMmPerMin', 25)),
  );
  // Z first and then X and Y together: two cycles, each with its pull-offs.
  return 2 * (seekMs + 3 * locateMs) + homingMarginMs;
}
