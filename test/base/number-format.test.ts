import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  decimalsForSigma,
  digitsText,
  fixedText,
  micrometreText,
  percentText,
  quantityText,
  roundedText,
  scaledUnit,
  typographic,
} from '../../src/base/number-format.ts';
import {plainMarks} from '../../src/base/number-text.ts';
import {readQuantity} from '../../src/contract/quantity-text.ts';

const anyNumber = fc
  .tuple(fc.double({min: -10, max: 10, noNaN: true}), fc.integer({min: -13, max: 13}))
  .map(([digits, power]) => digits * 10 ** power);

/** What a person who types the text again would enter. */
function readAgain(text: string, unit: string): number {
  const reading = readQuantity(text, unit, plainMarks);
  if (!reading.isRead) throw new Error(`"${text}": ${reading.problem}`);
  return reading.value;
}

describe('a number with so many decimals', () => {
  it('lies within half a unit of its last digit and never is a negative zero', () => {
    fc.assert(
      fc.property(
        fc.double({min: -1e6, max: 1e6, noNaN: true}),
        fc.integer({min: 0, max: 6}),
        (value, decimals) => {
          const text = fixedText(value, decimals);
          expect(text.split('.')[1] ?? '').toHaveLength(decimals);
          expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals * (1 + 1e-6));
          expect(text).not.toMatch(/^-[0.]+$/);
          expect(Number(roundedText(value, decimals))).toBe(Number(text));
        },
      ),
    );
  });

  it('says of what is no number that it is none', () => {
    expect([NaN, Infinity, -Infinity].map((value) => fixedText(value, 2))).toEqual(['–', '∞', '-∞']);
    expect(digitsText(NaN, 3)).toBe('–');
  });
});

describe('a number with so many significant digits', () => {
  it('is that number to these digits, without zeros at the end', () => {
    fc.assert(
      fc.property(anyNumber, fc.integer({min: 1, max: 12}), (value, digits) => {
        const text = digitsText(value, digits);
        const error = Math.abs(Number(text) - value);
        expect(error).toBeLessThanOrEqual(Math.abs(value) * 0.5 * 10 ** (1 - digits) * (1 + 1e-6));
        expect(text).not.toMatch(/\.\d*0(e|$)/);
      }),
    );
  });

  it.each([
    [0, 3, '0'],
    [120.4, 2, '120'],
    [0.25, 4, '0.25'],
    [1.2e-5, 4, '1.2e-5'],
    [1e6, 3, '1e6'],
    [1e6, 8, '1000000'],
  ])('%s to %s digits is %s', (value, digits, text) => {
    expect(digitsText(value, digits)).toBe(text);
  });
});

describe('a number with its unit', () => {
  it('is read as the same number again', () => {
    fc.assert(
      fc.property(
        anyNumber,
        fc.constantFrom('V', 'A', 'W', 'Hz', 's', 'V/√Hz', 'mm', 'dBm', '%', 'deg', ''),
        fc.integer({min: 2, max: 10}),
        (value, unit, digits) => {
          const again = readAgain(quantityText(value, unit, digits), unit);
          expect(Math.abs(again - value)).toBeLessThanOrEqual(
            Math.abs(value) * 0.5 * 10 ** (1 - digits) * (1 + 1e-6),
          );
        },
      ),
    );
  });

  it('has one to three digits before the point where its unit takes prefixes', () => {
    fc.assert(
      fc.property(
        fc.double({min: 1e-8, max: 9e13, noNaN: true}),
        fc.integer({min: 3, max: 8}),
        (value, digits) => {
          const {factor, unit} = scaledUnit(value, 'V', digits);
          const shown = Number((value * factor).toPrecision(digits));
          expect(shown).toBeGreaterThanOrEqual(1);
          if (unit !== 'TV') expect(shown).toBeLessThan(1000);
        },
      ),
    );
  });

  it.each([
    [0.03, 's', 3, '30 ms'],
    [401.4e9, 'Hz', 10, '401.4 GHz'],
    [999.96, 'V', 3, '1 kV'],
    [-2e-6, 'V', 3, '-2 µV'],
    [12.5, 'mm', 3, '12.5 mm'],
    [7, '', 3, '7'],
  ])('%s %s', (value, unit, digits, text) => {
    expect(quantityText(value, unit, digits)).toBe(text);
  });

  it('is a percentage or a length in micrometres where that is how people say it', () => {
    expect(percentText(0.1234, 1)).toBe('12.3 %');
    expect(percentText(-0.0001)).toBe('0 %');
    expect(micrometreText(0.12)).toBe('120 µm');
  });
});

it('writes two digits of a standard deviation and none below', () => {
  fc.assert(
    fc.property(fc.double({min: 1e-7, max: 1e7, noNaN: true}), (sigma) => {
      const decimals = decimalsForSigma(sigma, 9);
      const digits = fixedText(sigma, decimals).replace(/^0\.0*|\./g, '');
      expect(digits.length).toBeGreaterThanOrEqual(2);
      if (decimals > 0) expect(digits.length).toBeLessThanOrEqual(3);
    }),
  );
  expect([null, undefined, 0, NaN].map((sigma) => decimalsForSigma(sigma, 4))).toEqual([4, 4, 4, 4]);
});

it('sets a text for the window: wide minus, raised exponents', () => {
  expect(['-1.2e-5', '1e6', '-3 to -1', '12.5'].map(typographic)).toEqual([
    '\u22121.2·10⁻⁵',
    '10⁶',
    '\u22123 to \u22121',
    '12.5',
  ]);
});
