import type {SettingsSnapshot, SettingValue} from '../../src/contract/devices.ts';

/**
 * Settings of GRBL that decide what a reported position means, or that may let a motor slip when they are written:
 * steps, travel, direction, step and enable pins, homing, unit of reports (gnea/grbl doc/markdown/settings.md).
 */
const names = new Set([
  'xStepsPerMm',
  'yStepsPerMm',
  'zStepsPerMm',
  'xTravelMm',
  'yTravelMm',
  'zTravelMm',
  'stepInvertMask',
  'directionInvertMask',
  'isEnablePinInverted',
  'isReportInInches',
  'isHomingOn',
  'homingDirectionMask',
  'homingPullOffMm',
]);

/** True for a setting after whose change the position must be found or confirmed anew. */
export const givesPositionMeaning = (name: string): boolean => names.has(name);

/** The settings of that kind that differ, in words: `xStepsPerMm 250 -> 100`; '' for none. */
export function changedMeaning(before: SettingsSnapshot, now: SettingsSnapshot): string {
  const show = (value: SettingValue | undefined): string => String(value ?? 'not listed');
  return [...names]
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name} ${show(before[name])} -> ${show(now[name])}`)
    .join(', ');
}
