import {expect, it} from 'vitest';
import {isoFromS, utcClockText, utcMinuteText, utcSecondText} from '../../src/base/utc-text.ts';

it('writes times of records in UTC, to the millisecond, second or minute, wherever the program runs', () => {
  const timeS = Date.UTC(2026, 10, 26, 15, 2, 7, 250) / 1000;
  expect(isoFromS(timeS)).toBe('2026-11-26T15:02:07.250Z');
  expect(utcSecondText(timeS)).toBe('2026-11-26 15:02:07 UTC');
  expect(utcMinuteText(timeS)).toBe('2026-11-26 15:02 UTC');
  expect(utcClockText(timeS)).toBe('15:02:07 UTC');
});
