import {expect, it} from 'vitest';
import {calibrationHoursSchema, defaultCalibrationHours} from '../../../src/contract/api/index.ts';
import {
  calibrationKinds,
  draftProblem,
  hoursProblem,
  hoursText,
  isDefault,
} from '../../../src/renderer/settings/calibration-hours.ts';

it('has a field for every kind that the host keeps', () => {
  expect(calibrationKinds.map(({kind}) => kind).sort()).toEqual(Object.keys(defaultCalibrationHours).sort());
});

it('refuses what the host would refuse, and nothing else', () => {
  for (const hours of [NaN, 0, -1, 1e6, 0.1, 12, 24 * 3660]) {
    const draft = {...defaultCalibrationHours, placement: hours};
    const isTaken = calibrationHoursSchema.safeParse(draft).success;
    expect(draftProblem(draft) === undefined, String(hours)).toBe(isTaken);
    expect(hoursProblem(hours) === undefined, String(hours)).toBe(isTaken);
  }
  expect(draftProblem({...defaultCalibrationHours, placement: 0})).toMatch(
    /^Placement of the plates: Give hours/,
  );
});

it('knows the default times, and says days where they are whole', () => {
  expect(isDefault({...defaultCalibrationHours})).toBe(true);
  expect(isDefault({...defaultCalibrationHours, darkLevel: 13})).toBe(false);
  expect([12, 24, 168, 50.5].map(hoursText)).toEqual(['12 h', '24 h', '7 days', '50.5 h']);
});
