import fc from 'fast-check';
import {expect, test} from 'vitest';
import {benchWaitText, waitText} from '../../src/base/duration-text.ts';

test('a wait in a message is said as people say it', () => {
  expect([0, 250, 999.4, 999.6, 1500, 2000, 9940, 9960, 59_600, 345_625, 7_500_000].map(waitText)).toEqual([
    '0 ms',
    '250 ms',
    '999 ms',
    '1 s',
    '1.5 s',
    '2 s',
    '9.9 s',
    '10 s',
    '1 min 00 s',
    '5 min 46 s',
    '2 h 05 min',
  ]);
  expect(waitText(Infinity)).toBe('–');
});

test('no number in it has more than three digits', () => {
  fc.assert(
    fc.property(fc.double({min: 0, max: 1e8, noNaN: true}), (ms) => {
      for (const [digits] of waitText(ms).matchAll(/\d+/g)) expect(digits.length).toBeLessThanOrEqual(3);
    }),
  );
});

test('time of a clock that runs faster is said to be the bench time that it is', () => {
  expect(benchWaitText(345_625, 200)).toBe('5 min 46 s of bench time');
  expect(benchWaitText(500, 1)).toBe('500 ms');
});
