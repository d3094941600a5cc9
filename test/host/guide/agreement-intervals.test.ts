import {expect, test} from 'vitest';
import {bootstrapInterval, intervalsOf} from '../../../src/host/guide/agreement-intervals.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('the interval of a mean is about two standard errors to each side, the same at every call', () => {
  const values = Array.from({length: 40}, (_, i) => 0.9 + 0.01 * Math.sin(7 * i));
  const spread = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / values.length);
  const interval = bootstrapInterval(values, mean);
  expect(interval?.value).toBeCloseTo(mean(values), 12);
  expect(mean(values) - (interval?.low ?? 0)).toBeGreaterThan(1.6 * spread);
  expect(mean(values) - (interval?.low ?? 0)).toBeLessThan(2.4 * spread);
  expect((interval?.high ?? 0) - mean(values)).toBeLessThan(2.4 * spread);
  expect(bootstrapInterval(values, mean)).toEqual(interval);
});

test('one plane has no interval, and a figure that a plane does not have is left out', () => {
  expect(bootstrapInterval([0.9], mean)).toBeNull();
  const planes = [
    {correlation: 0.9, shareError: null, isMatch: null},
    {correlation: 0.8, shareError: 0.02, isMatch: true},
  ];
  expect(intervalsOf(planes)).toMatchObject({'share error': null, match: null});
  expect(intervalsOf(planes).correlation?.value).toBeCloseTo(0.85, 12);
});

test('matches have the Wilson interval', () => {
  const planes = Array.from({length: 50}, (_, i) => ({correlation: 1, shareError: 0, isMatch: i < 44}));
  const {match} = intervalsOf(planes);
  expect(match?.value).toBe(0.88);
  expect(match?.low).toBeCloseTo(0.762, 2);
  expect(match?.high).toBeCloseTo(0.944, 2);
});
