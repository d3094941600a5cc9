import {BenchError} from '../../contract/errors.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {chooseTestDigits, testDigitsById, type TestDigit} from '../campaign/digits.ts';

/** Always the same ones, so that what was computed for a design can be kept. */
const probeDigitSeed = 1;
const classCount = 10;

/** One digit of each class: what is chosen among when nothing else is said. */
export const defaultProbeDigits = (design: DesignFile): TestDigit[] =>
  chooseTestDigits(classCount, probeDigitSeed, design);

/** Those of the first `count` digits that are not among the default ones. */
export const moreProbeDigits = (count: number, design: DesignFile): TestDigit[] =>
  chooseTestDigits(Math.max(count, classCount), probeDigitSeed, design).slice(classCount);

/**
 * Digits by class (`5`) or by id (`mnist:5:5654`); the default ones without any. Throws `plan/invalid` for a name that
 * is none.
 */
export function probeDigitsFrom(names: readonly string[], design: DesignFile): TestDigit[] {
  const defaultDigits = defaultProbeDigits(design);
  if (names.length === 0) return defaultDigits;
  return [...new Set(names)].map((name) => {
    if (name.startsWith('mnist:')) return testDigitsById([name], design)[0];
    const digit = defaultDigits.find(({label}) => label === name);
    if (digit) return digit;
    throw new BenchError(
      'plan/invalid',
      `There is no digit "${name}": give classes (0 to 9) or ids as mnist:5:5654. Nothing was started.`,
    );
  });
}
