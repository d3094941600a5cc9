import {expect, it} from 'vitest';
import {
  calibrationState,
  calibrationValueText,
  type Calibration,
} from '../../../src/renderer/features/sessions/calibration-state.ts';

const base: Calibration = {
  uid: 'dark',
  kind: 'dark-level',
  timeS: 1000,
  validUntilS: null,
  sessionUid: null,
  runUid: null,
  dependsOn: [],
  isCurrent: true,
  benchName: 'north',
  status: 'current',
  statusText: '',
  dependants: [],
  value: null,
};

it('says how long a calibration stays valid and when it has expired', () => {
  const ageing = {...base, validUntilS: 4600};
  expect(calibrationState(ageing, [ageing], 1000)).toMatchObject({
    state: 'current',
    validity: '1 h 00 min left',
  });
  expect(calibrationState(ageing, [ageing], 4720)).toMatchObject({
    state: 'expired',
    ageS: 3720,
    validity: 'expired 2 min 00 s ago',
  });
  expect(calibrationState(base, [base], 1e9)).toMatchObject({state: 'current', validity: 'does not age'});
});

it('says why a calibration does not count, as the host has it', () => {
  const stale = {
    ...base,
    isCurrent: false,
    status: 'stale',
    statusText: 'The dark level was made anew.',
  } as const;
  expect(calibrationState(stale, [], 2000)).toMatchObject({
    state: 'stale',
    reason: 'The dark level was made anew.',
  });
  // Replaced long ago is not told as expired.
  const replaced = {...base, validUntilS: 1500, isCurrent: false, status: 'replaced'} as const;
  expect(calibrationState(replaced, [], 2000).state).toBe('replaced');
});

it('names what builds on a calibration, and only that', () => {
  const registration = {...base, uid: 'reg', kind: 'registration', dependsOn: ['dark']};
  const other = {...base, uid: 'phase', kind: 'lock-in-phase'};
  const all = [base, registration, other];
  expect(calibrationState(base, all, 2000).dependants).toEqual([registration]);
  expect(calibrationState(other, all, 2000).dependants).toEqual([]);
  // What builds on it through others is named by the host.
  const through = {...base, dependants: ['phase']};
  expect(calibrationState(through, all, 2000).dependants).toEqual([registration, other]);
});

it('shows the first numbers of a value with their names', () => {
  expect(calibrationValueText({frame: {dxMm: 0.41234, dyMm: -0.1}, note: 'x', gain: 1.2e-7})).toBe(
    'dx mm 0.4123, dy mm −0.1, gain 1.2·10⁻⁷',
  );
  expect(calibrationValueText('none')).toBe('');
});
