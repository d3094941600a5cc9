import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {formatNumber, numberMarksOf} from '../../../src/base/number-text.ts';
import {onOneLine, steppedNumber, typedNumber} from '../../../src/renderer/parts/typed-number.ts';

const marks = numberMarksOf('en-US');
const inMm = {unit: 'mm', minimum: -50, maximum: 50};

describe('what is typed in a number field', () => {
  test('is the number that a person reads, also with a unit', () => {
    for (const text of ['0,5', '0.5', '5e-1', '500 um', ' 0.5 mm '])
      expect(typedNumber(text, inMm, marks), text).toEqual({text, value: 0.5, problem: ''});
  });

  test('is refused with the reason, and stays as it was typed', () => {
    for (const [text, rule, reason] of [
      ['1,234', inMm, /can mean 1\.234 or 1234/],
      ['-', inMm, /not a number/],
      ['', inMm, /Enter a number/],
      ['51', inMm, /^From -50 to 50 mm\.$/],
      ['5 cm', {unit: 'mm', maximum: 49}, /^At most 49 mm\.$/],
      ['-1', {unit: '', minimum: 0}, /^At least 0\.$/],
      ['2.5', {unit: '', isWhole: true}, /^A whole number\.$/],
    ] as const) {
      const typed = typedNumber(text, rule, marks);
      expect(typed).toMatchObject({text, value: Number.NaN});
      expect(typed.problem).toMatch(reason);
    }
  });

  test('an empty field is nothing where that is allowed, and unreadable text never is', () => {
    const rule = {...inMm, isOptional: true};
    expect(typedNumber(' ', rule, marks)).toEqual({text: ' ', value: null, problem: ''});
    expect(typedNumber('x', rule, marks).value).toBeNaN();
  });

  test('bounds are written as the locale writes numbers', () => {
    expect(typedNumber('3', {unit: 'mm', maximum: 2.5}, numberMarksOf('de-DE')).problem).toBe(
      'At most 2,5 mm.',
    );
  });
});

test('steps have no more digits than the number and the step', () => {
  expect(steppedNumber(0.1, 0.2, inMm)).toBe(0.3);
  expect(steppedNumber(1.005, -1, inMm)).toBe(0.005);
  expect(steppedNumber(49.5, 1, inMm)).toBeNull();
});

test('lines that are pasted together never make one number', () => {
  expect(onOneLine('0.5\n')).toBe('0.5');
  expect(onOneLine('0.5\r\n700')).toBe('0.5; 700');
  fc.assert(
    fc.property(
      fc.array(fc.double({noNaN: true, noDefaultInfinity: true}), {minLength: 2, maxLength: 4}),
      (values) => {
        const column = values.map((value) => formatNumber(value, marks)).join('\n');
        expect(typedNumber(onOneLine(column), {unit: 'mm'}, marks).value).toBeNaN();
      },
    ),
  );
});
