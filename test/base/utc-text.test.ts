import {expect, it, test} from 'vitest';
import {isoFromS, utcClockText, utcMinuteText, utcSecondText} from '../../src/base/utc-text.ts';

it('writes times of records in UTC, to the millisecond, second or minute, wherever the program runs', () => {
  const timeS = Date.UTC(2026, 10, 26, 15, 2, 7, 250) / 1000;
  expect(isoFromS(timeS)).toBe('2026-11-26T15:02:07.250Z');
  expect(utcSecondText(timeS)).toBe('2026-11-26 15:02:07 UTC');
  expect(utcMinuteText(timeS)).toBe('2026-11-26 15:02 UTC');
  expect(utcClockText(timeS)).toBe('15:02:07 UTC');
});

test('a number beyond the calendar, as a damaged row holds, is plainly wrong and stops nothing', () => {
  expect(isoFromS(1e300)).toBe('+275760-09-13T00:00:00.000Z');
  expect(isoFromS(-Infinity)).toBe('-271821-04-20T00:00:00.000Z');
  expect(isoFromS(NaN)).toBe('1970-01-01T00:00:00.000Z');
});
