import {expect, test} from 'vitest';
import {computeReadingNoise} from '../../../src/host/guide/reference-step.ts';

const finestOf = (reference: number): number => reference / 2 ** 16;

test('readings that are all alike, dark and light, have the noise of a fine converter and not that of the signal', () => {
  const dark = new Float64Array(20).fill(1.9e-6);
  const light = new Float64Array(30).fill(9.7e-3);
  expect(computeReadingNoise({dark, light, darkSigma: 0, reference: 9.7e-3})).toBeCloseTo(
    finestOf(9.7e-3),
    12,
  );
});

test('noise under one step of the range is that of rounding, seen in the dark or in the light', () => {
  const step = 1e-3;
  const still = new Float64Array(10).fill(2 * step);
  const moving = Float64Array.from([0, step, step, 0, 3 * step]);
  const expected = step / Math.sqrt(12);
  const light = Float64Array.from(moving, (value) => 0.5 + value);
  expect(computeReadingNoise({dark: still, light, darkSigma: 0, reference: 0.5})).toBeCloseTo(expected, 9);
  expect(computeReadingNoise({dark: moving, light: still, darkSigma: null, reference: 0.5})).toBeCloseTo(
    expected,
    9,
  );
});

test('noise that shows in the dark counts as it is', () => {
  const dark = Float64Array.from([1e-4, -1e-4, 2e-4, -2e-4]);
  const light = Float64Array.from([0.1, 0.1001]);
  expect(computeReadingNoise({dark, light, darkSigma: 2e-4, reference: 0.1})).toBe(2e-4);
});
