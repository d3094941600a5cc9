import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  formatNumber,
  numberMarksOf,
  plainMarks,
  readNumber,
  type NumberMarks,
} from '../../src/base/number-text.ts';

/** Locales of every way to write digits, marks and groups. */
const locales = [
  'en-US', 'en-IN', 'en-ZA', 'de-DE', 'de-AT', 'de-CH', 'fr-FR', 'fr-CH', 'it-IT', 'es-ES', 'es-MX', 'pt-PT',
  'pt-BR', 'nl-NL', 'sv-SE', 'nb-NO', 'da-DK', 'fi-FI', 'pl-PL', 'cs-CZ', 'hu-HU', 'ru-RU', 'uk-UA', 'tr-TR',
  'he-IL', 'ar-EG', 'ar-MA', 'fa-IR', 'ur-PK', 'hi-IN', 'bn-BD', 'mr-IN', 'ne-NP', 'my-MM', 'th-TH-u-nu-thai',
  'ja-JP-u-nu-fullwide', 'zh-CN', 'ko-KR', 'id-ID', 'vi-VN', 'sl-SI', 'lt-LT', 'et-EE', 'bg-BG', 'el-GR',
]; // prettier-ignore

const locale = fc.constantFrom(...locales);
const marksOf = new Map(locales.map((name) => [name, numberMarksOf(name)]));
const marks = (name: string): NumberMarks => marksOf.get(name) ?? plainMarks;

/** The number that a text is read as, or the word refused. */
const read = (text: string, by: NumberMarks): number | 'refused' => {
  const reading = readNumber(text, by);
  return reading.isRead ? reading.value : 'refused';
};
const [us, de, fr, ch] = ['en-US', 'de-DE', 'fr-FR', 'de-CH'].map(numberMarksOf);

/** Numbers as they are met at a bench: some with few digits, some with all. */
const benchNumber = fc.oneof(
  fc.integer({min: -10_000_000, max: 10_000_000}).map((count) => count / 1000),
  fc.integer({min: -5_000_000, max: 5_000_000}),
  fc.double({noNaN: true, noDefaultInfinity: true}),
);

describe('one number, in every locale', () => {
  test.each([
    ['0,5', 0.5],
    ['0.5', 0.5],
    ['1,25', 1.25],
    ['1,5', 1.5],
    [',5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1.000,5', 1000.5],
    ['1,000.5', 1000.5],
    ['1 234,5', 1234.5],
    ['1\u00a0234,5', 1234.5],
    ['1\u202f234.5', 1234.5],
    ['1\u2009234\u2009567,25', 1_234_567.25],
    ["1'234.5", 1234.5],
    ['1’234,5', 1234.5],
    ['1,234,567', 1_234_567],
    ['1.234.567', 1_234_567],
    ['12,34,567.8', 1_234_567.8],
    ['0,123', 0.123],
    ['0.123', 0.123],
    ['1234,567', 1234.567],
    ['5e-1', 0.5],
    ['5E+3', 5000],
    ['5e\u22121', 0.5],
    ['1,5e-3', 0.0015],
    ['1.5x10^-3', 0.0015],
    ['1,5·10^-3', 0.0015],
    ['1.5 × 10⁻³', 0.0015],
    ['-10^2', -100],
    ['10⁻³', 0.001],
    ['-5', -5],
    ['\u22125', -5],
    ['\u20135,5', -5.5],
    ['- 5', -5],
    ['+5', 5],
    ['-0', 0],
    ['  0.5 \n', 0.5],
    ['\u200e-\u200e0.5', -0.5],
    ['１２．５', 12.5],
    ['٣٫٥', 3.5],
    ['۱٬۲۳۴٫۵', 1234.5],
    ['१२.५', 12.5],
    ['6.626\u202f070\u202f15', 6.626_070_15],
  ])('%j is %d', (text, value) => {
    for (const name of locales) expect(readNumber(text, marks(name)), name).toEqual({isRead: true, value});
  });

  test.each([
    '', ' ', '-', '+', '.', ',', 'e5', 'abc', 'NaN', 'Infinity', '∞', '1/2', '½', '5²', '5-', '(5)', '~5', '±5', '<5',
    '--5', '+-5', '-\u22125', '1..5', '1.2.3', '1,2,3', '1,5.2', '1.5,2', '1,234.', '1.234,', '0,123.5', '0 123',
    '12 34', '1 5', '1\t234', '1\n234', '0.5; 0.6', '1–5', '0x10', '0b1', '1_000', '1e', '1e5.5', '1e5,5', '1e1e1',
    '5 e', '1e999', '-1e999', '1e99999', '1e-999', '9007199254740993', '1"234', '1,23,45', '5 000 00', '²', '1×10',
    '1.5x10-3', '1.234 567', '\u00ad5', '1'.repeat(5000),
  ])('%j is refused with the reason', (text) => {
    for (const name of locales) {
      const reading = readNumber(text, marks(name));
      expect(reading.isRead, name).toBe(false);
      if (!reading.isRead) expect(reading.problem).toMatch(/\.$/);
    }
  }); // prettier-ignore
});

describe('one mark before three digits', () => {
  test.each([
    ['1,234', us, 'refused'],
    ['1,234', ch, 'refused'],
    ['1,234', plainMarks, 'refused'],
    ['12,345', us, 'refused'],
    ['-123,456', us, 'refused'],
    ['1,234e3', us, 'refused'],
    ['1,234', de, 1.234],
    ['1,234', fr, 1.234],
    ['1.234', us, 1.234],
    ['1.234', ch, 1.234],
    ['1.234', fr, 1.234],
    ['1.234', plainMarks, 1.234],
    ['1.234', de, 'refused'],
    ['১,২৩৪', fr, 'refused'],
    ['12.345', numberMarksOf('de-AT'), 'refused'],
    // No program groups before a power of ten.
    ['1.234e-3', de, 0.001_234],
  ] as const)('%j is taken only where the mark is decimal beyond doubt', (text, by, value) => {
    expect(read(text, by)).toBe(value);
  });

  test('both readings are named, as they can be written', () => {
    for (const [text, by] of [
      ['1,234', us],
      ['1.234', de],
    ] as const) {
      const reading = readNumber(text, by);
      const problem = reading.isRead ? '' : reading.problem;
      const [, decimal = '', grouped = ''] = /write (\S+) or (\d+)\./.exec(problem) ?? [];
      expect([read(decimal, by), read(grouped, by)]).toEqual([1.234, 1234]);
    }
  });
});

describe('whatever a locale writes', () => {
  /** The one stated exception: a mark before three digits, where it is the reader's own decimal mark or a point. */
  const isOwnDecimal = (text: string, by: NumberMarks): boolean => {
    const mark = /^[^0-9]*[1-9][0-9]{0,2}([.,])[0-9]{3}$/.exec(text)?.[1];
    return mark !== undefined && (mark === by.decimal || (mark === '.' && !by.groups.includes('.')));
  };

  test('is read as that number in any locale, or refused: never as another', () => {
    fc.assert(
      fc.property(
        benchNumber,
        locale,
        locale,
        fc.constantFrom<'auto' | 'always' | false>('auto', 'always', false),
        fc.constantFrom('standard', 'scientific', 'engineering'),
        fc.integer({min: 0, max: 20}),
        (value, writer, reader, useGrouping, notation, maximumFractionDigits) => {
          const text = new Intl.NumberFormat(writer, {useGrouping, notation, maximumFractionDigits}).format(
            value,
          );
          // The same digits as English writes them: what is rounded away is not the reader's.
          const options = {useGrouping: false, notation, maximumFractionDigits} as const;
          const written = Number(new Intl.NumberFormat('en-US', options).format(value)) + 0;
          const taken = read(text, marks(reader));
          if (taken === 'refused') return;
          if (writer !== reader && isOwnDecimal(text, marks(reader))) return;
          expect(taken, `${text} of ${writer} in ${reader}`).toBe(written === 0 ? 0 : written);
        },
      ),
      {numRuns: 4000},
    );
  });

  test('is read in the same locale, unless it has one mark before three digits or letters', () => {
    fc.assert(
      fc.property(benchNumber, locale, fc.boolean(), (value, name, isGrouped) => {
        fc.pre(Math.abs(value) < 1e15);
        const options = {useGrouping: isGrouped ? 'always' : false, maximumFractionDigits: 3} as const;
        const text = new Intl.NumberFormat(name, options).format(value);
        // The same digits as English writes them: a tie is rounded by the format, not by the reader.
        const english = new Intl.NumberFormat('en-US', {...options, useGrouping: false}).format(value);
        const digitCount = text.replace(/\P{Nd}/gu, '').length;
        const taken = read(text, marks(name));
        // Three digits behind the only mark are four to six digits in all.
        if (taken === 'refused') expect(digitCount).toSatisfy((count: number) => count >= 4 && count <= 6);
        else expect(taken).toBe(Number(english) + 0);
      }),
      {numRuns: 2000},
    );
  });

  test('a number that is shown is taken back to the last bit', () => {
    fc.assert(
      fc.property(benchNumber, locale, (value, name) => {
        expect(readNumber(formatNumber(value, marks(name)), marks(name))).toEqual({
          isRead: true,
          value: value + 0,
        });
      }),
      {numRuns: 2000},
    );
  });

  test('blanks, signs and powers of ten around digits change nothing but the sign and the power', () => {
    const blanks = fc.constantFrom('', ' ', '\u00a0', '\u202f', '\u2009', '\t', '\n');
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 999_999}),
        fc.integer({min: 0, max: 9}),
        fc.constantFrom('.', ','),
        fc.constantFrom(['', 1], ['+', 1], ['-', -1], ['\u2212', -1], ['\u2013', -1]),
        fc.integer({min: -12, max: 12}),
        fc.constantFrom('e', 'E', 'x10^', '×10^', ' · 10^', '*10**'),
        fc.tuple(blanks, blanks),
        locale,
        (whole, tenths, mark, [sign, factor], power, ten, [before, behind], name) => {
          const text = `${before}${sign}${whole}${mark}${tenths}${ten}${power}${behind}`;
          expect(read(text, marks(name))).toBe(factor * Number(`${whole}.${tenths}e${power}`) + 0);
        },
      ),
      {numRuns: 2000},
    );
  });

  test('any text at all is a finite number or refused', () => {
    const signs = fc.constantFrom(..."0123456789.,'’ \u00a0\u202f+-\u2212eEx×10^⁻³٫٬٣mµ%;\n\t");
    fc.assert(
      fc.property(fc.oneof(fc.string({unit: signs, maxLength: 12}), fc.string()), locale, (text, name) => {
        const reading = readNumber(text, marks(name));
        if (!reading.isRead) {
          expect(reading.problem).not.toBe('');
          return;
        }
        expect(Number.isFinite(reading.value)).toBe(true);
        // What is taken has the digits of the text, in their order: none is dropped, none is made up.
        const shown = Number.isInteger(reading.value) && Math.abs(reading.value) < 1e21;
        if (shown && !/[eEx×^⁻³]/.test(text) && /^[+-]?[0-9]+$/.test(text.trim()))
          expect(reading.value).toBe(Number(text) + 0);
      }),
      {numRuns: 5000},
    );
  });
});
