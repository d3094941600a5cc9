import {expect, test} from 'vitest';
import {processScan, rowsOf, wholeRowsOf, type RawScan} from '../../../src/host/compare/process-scan.ts';

const count = 12;
const column = (value: (i: number) => number): Float64Array =>
  Float64Array.from({length: count}, (_, i) => value(i));
const scan = {
  xMm: column((i) => i),
  yMm: column(() => 0),
  real: column((i) => 1 + Math.sin(i)),
  imaginary: column((i) => 0.01 * Math.cos(3 * i)),
  timeS: column((i) => i),
} satisfies RawScan;
const dark = {real: [0.1, 0.11, 0.09], imaginary: [0, 0.01, -0.01]};

/** The scan with rows that are damaged in the store. */
const damagedAt = (...rows: readonly number[]): RawScan => {
  const without = (values: Float64Array): Float64Array =>
    values.map((value, i) => (rows.includes(i) ? NaN : value));
  return {
    xMm: without(scan.xMm),
    yMm: without(scan.yMm),
    real: without(scan.real),
    imaginary: without(scan.imaginary),
    timeS: without(scan.timeS),
  };
};

test('a damaged point has no value afterwards, and the others are as if it had not been taken', () => {
  const damaged = damagedAt(0, 5, 11);
  const whole = wholeRowsOf(damaged);
  expect(whole).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
  const processed = processScan({scan: damaged, dark});
  const others = processScan({scan: rowsOf(scan, whole), dark});
  expect(processed.values).toHaveLength(count);
  for (const row of [0, 5, 11])
    for (const values of [processed.values, processed.sigma, processed.driftSigma, processed.xMm])
      expect(values[row]).toBeNaN();
  expect(whole.map((row) => processed.values[row])).toEqual([...others.values]);
  expect(whole.map((row) => processed.sigma[row])).toEqual([...others.sigma]);
  expect(processed.treatment).toEqual(others.treatment);
});

test('a point that lacks one number only is a mistake, and refused', () => {
  const broken = {...scan, imaginary: scan.imaginary.map((value, i) => (i === 3 ? NaN : value))};
  expect(() => processScan({scan: broken, dark})).toThrow(/Point 4 of a scan has no number in imaginary/);
});
