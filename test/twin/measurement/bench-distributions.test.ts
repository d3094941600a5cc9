import {expect, test} from 'vitest';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';
import {
  benchesTogether,
  distributionOf,
  matchRateOf,
  quantile,
} from '../../../src/twin/measurement/bench-distributions.ts';

test('a histogram holds every value, those on an edge in the bin above and the last edge in the last bin', () => {
  const edges = Array.from({length: 21}, (_, i) => i / 20);
  const {counts, mean, p50} = distributionOf([0, 0.7, 0.7, 0.95, 1], edges);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect([counts[0], counts[14], counts[19]]).toEqual([1, 2, 2]);
  expect(mean).toBeCloseTo(0.67, 12);
  expect(p50).toBe(0.7);
  expect(() => distributionOf([1.2], edges)).toThrow(RangeError);
});

test('quantiles lie straight between neighbours', () => {
  expect(quantile([0, 1, 2, 3, 4], 0.05)).toBeCloseTo(0.2, 12);
  expect(quantile([7], 0.95)).toBe(7);
});

test('images of benches that differ as a whole are worth less than as many independent ones', () => {
  // All of a bench or none: 4 benches of 10 are worth about 4 images.
  const clustered = matchRateOf([1, 1, 0, 1], 10);
  expect(clustered.rate).toBe(0.75);
  expect(clustered.count).toBe(40);
  expect(clustered.effectiveCount).toBeCloseTo(3, 12);
  const even = matchRateOf([0.7, 0.8, 0.75, 0.75], 20);
  expect(even.effectiveCount).toBe(80);
  expect(even.high - even.low).toBeLessThan(clustered.high - clustered.low);
  expect(matchRateOf([1, 1], 5)).toMatchObject({rate: 1, effectiveCount: 10, high: 1});
});

test('benches are counted by class and by prediction', () => {
  const read = (energies: number[], predictedWinner: number, label: number) => ({
    measured: {energies, inputPower: 10},
    predictedWinner,
    label,
  });
  const {accuracy, match, meanMargin, matchRate} = benchesTogether(
    [
      [read([3, 1], 0, 0), read([1, 3], 1, 0)],
      [read([3, 1], 1, 0), read([1, 3], 0, 0)],
    ],
    createReadOut({regions: [{label: 'a'}, {label: 'b'}]}),
  );
  expect(accuracy.values).toEqual([0.5, 0.5]);
  expect(match.values).toEqual([1, 0]);
  expect(meanMargin.values).toEqual([0, 0]);
  expect(matchRate.rate).toBe(0.5);
});
