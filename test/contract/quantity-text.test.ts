import fc from 'fast-check';
import {expect, test} from 'vitest';
import {plainMarks} from '../../src/base/number-text.ts';
import {readQuantity} from '../../src/contract/quantity-text.ts';

test.each([
  ['0.5 mm', 'mm', 0.5],
  ['0,5mm', 'mm', 0.5],
  ['500 um', 'mm', 0.5],
  ['500 µm', 'mm', 0.5],
  ['500\u202fμm', 'mm', 0.5],
  ['1.5 cm', 'mm', 15],
  ['5e3 µm', 'mm', 5],
  ['0.4 THz', 'GHz', 400],
  ['400 GHZ', 'GHz', 400],
  ['13 DBM', 'dBm', 13],
  ['30 ms', 's', 0.03],
  ['0.3 s', 'ms', 300],
  ['90 min', 'h', 1.5],
  ['2 d', 'h', 48],
  ['1 %', '%', 1],
  ['5°', 'deg', 5],
  ['5 deg', '°', 5],
  ['3 × real time', '× real time', 3],
  ['20 mV', 'µV', 20_000],
] as const)('%j in a field in %s is %d', (text, unit, value) => {
  expect(readQuantity(text, unit, plainMarks)).toEqual({isRead: true, value});
});

test.each([
  ['0.5 s', 'mm'],
  ['0.5 m', 's'],
  ['5 dB', 'dBm'],
  ['5 mW', 'dBm'],
  ['5 k', 'Hz'],
  ['5 u', 'mm'],
  ['5 MM', 'mm'],
  ['50 %', ''],
  ['5 mm', ''],
  ['5 mm 6', 'mm'],
  ['5 apples', 'mm'],
  ['5 constructor', 'mm'],
  ['1e308 m', 'mm'],
  ['mm', 'mm'],
] as const)('%j in a field in %j is refused', (text, unit) => {
  const reading = readQuantity(text, unit, plainMarks);
  expect(reading.isRead ? 'taken' : reading.problem).toMatch(/^\S.+\.$/);
});

test('a prefix moves the point of the digits and nothing else', () => {
  const powers = {T: 12, G: 9, M: 6, k: 3, '': 0, m: -3, u: -6, µ: -6, μ: -6, n: -9, p: -12} as const;
  const prefix = fc.constantFrom(...(Object.keys(powers) as (keyof typeof powers)[]));
  fc.assert(
    fc.property(
      fc.integer({min: -99_999, max: 99_999}),
      fc.constantFrom('m', 's', 'Hz', 'V', 'W', 'm/s'),
      prefix,
      prefix,
      fc.constantFrom('', ' ', '\u00a0'),
      (hundredths, unit, typed, own, blank) => {
        const digits = (hundredths / 100).toFixed(2);
        const reading = readQuantity(`${digits}${blank}${typed}${unit}`, own + unit, plainMarks);
        const value = Number(`${digits}e${powers[typed] - powers[own]}`) + 0;
        expect(reading).toEqual({isRead: true, value});
      },
    ),
  );
});
