import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {median, upperMedian} from '../../src/base/median.ts';

test('half of the numbers lie on either side of a median, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: -1000, max: 1000}), {minLength: 1}), (values) => {
      const before = [...values];
      const [middle, upper] = [median(values), upperMedian(values)];
      expect(values).toEqual(before);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values).toContain(upper);
      expect(upper).toBeGreaterThanOrEqual(middle);
      if (values.length % 2 === 1) expect(upper).toBe(middle);
    }),
  );
});

test('of an even count a median is the mean of the two in the middle, and one of them where it must be', () => {
  expect(median([4, 1, 10, 2])).toBe(3);
  expect(upperMedian(Float32Array.of(4, 1, 10, 2))).toBe(4);
  expect(median([])).toBeNaN();
  expect(upperMedian([])).toBeNaN();
});
