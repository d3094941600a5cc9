import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
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

/** A field of 3 in the middle that falls off to nothing and turns its phase on the way, in many noisy readings. */
function fieldScan(sigma: number, isComplex: boolean): {scan: RawScan; power: Float64Array} {
  const size = 4000;
  const random = createRandom(7);
  const list = (value: (i: number) => number): Float64Array =>
    Float64Array.from({length: size}, (_, i) => value(i));
  const field = list((i) => 3 * Math.exp(-((i / size) ** 2) * 6));
  const phase = (i: number): number => (isComplex ? (20 * i) / size : 0);
  return {
    scan: {
      xMm: list((i) => i),
      yMm: list(() => 0),
      real: list((i) => 0.5 + field[i] * Math.cos(phase(i)) + sigma * random.normal()),
      ...(isComplex && {imaginary: list((i) => field[i] * Math.sin(phase(i)) + sigma * random.normal())}),
      timeS: list((i) => i),
      proportionalTo: 'field',
    },
    power: field.map((value) => value ** 2),
  };
}

test.each([
  ['real', false],
  ['complex', true],
])('of a %s field the square is compared, without the power that noise adds', (_, isComplex) => {
  const sigma = 0.4;
  const {scan: noisy, power} = fieldScan(sigma, isComplex);
  const random = createRandom(8);
  const readings = (level: number): number[] =>
    Array.from({length: 2000}, () => level + sigma * random.normal());
  const {values, sigma: sigmas} = processScan({
    scan: noisy,
    dark: {real: readings(0.5), ...(isComplex && {imaginary: readings(0)})},
  });
  const errors = values.map((value, i) => value - power[i]);
  const mean = (list: Float64Array): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  // Squaring alone would add sigma^2 for each part: 0.16 or 0.32 where the mean errs by 0.02.
  expect(Math.abs(mean(errors))).toBeLessThan(0.05);
  // What the values are said to err by is what they err by in the light; in the dark it is an upper bound.
  const ratioOf = (from: number, to: number): number =>
    Math.sqrt(
      mean(errors.slice(from, to).map((error) => error ** 2)) /
        mean(sigmas.slice(from, to).map((own) => own ** 2)),
    );
  expect(Math.abs(ratioOf(0, 1000) - 1)).toBeLessThan(0.1);
  expect(ratioOf(3000, 4000)).toBeGreaterThan(0.4);
  expect(ratioOf(3000, 4000)).toBeLessThan(1);
  // The same readings of a power are not squared.
  expect(
    processScan({scan: {...noisy, proportionalTo: 'power'}, dark: {real: [0.5], imaginary: [0]}}).values[0],
  ).toBeLessThan(5);
});
