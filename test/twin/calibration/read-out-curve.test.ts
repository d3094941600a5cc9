import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {wilsonInterval} from '../../../src/base/wilson.ts';
import {readOutCurve, type BenchSamples} from '../../../src/twin/calibration/read-out-curve.ts';
import type {ReadOutSample} from '../../../src/twin/calibration/read-out-fit.ts';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';

const readOut = createReadOut({regions: ['a', 'b', 'c'].map((label) => ({label}))});

/** A bench whose regions have these gains: objects whose own region is brighter by 0.3. */
function bench(gains: readonly number[], seed: number): BenchSamples {
  const random = createRandom(seed);
  const samples = (count: number): ReadOutSample[] =>
    Array.from({length: count}, (_, i) => {
      const label = i % gains.length;
      return {
        label,
        energies: gains.map((gain, k) => gain * (1 + (k === label ? 0.3 : 0) + 0.05 * random.normal())),
      };
    });
  return {learned: samples(30), test: samples(60)};
}

it('counts the tests of all benches together, and names what a bench gains at least and at most', () => {
  const [uneven, even] = [bench([1.5, 1, 0.8], 1), bench([1, 1, 1], 2)];
  const {before, points, neededCount} = readOutCurve(readOut, [uneven, even], 1);
  expect(before.count).toBe(120);
  expect(points.map(({count}) => count)).toEqual([10, 20, 30]);
  for (const {after, gains} of points) {
    const {low, high} = wilsonInterval(after.successes, 120);
    expect(after).toMatchObject({count: 120, low, high});
    // One bench gains much, on the other nothing is to be gained.
    expect(gains[0]).toBeLessThan(0.05);
    expect(gains[1]).toBeGreaterThan(0.15);
  }
  expect(points[2].after.successes).toBeGreaterThan(before.successes + 10);
  const best = Math.max(...points.map(({after}) => after.ratio ?? 0));
  expect(neededCount).toBe(points.find(({after}) => (after.ratio ?? 0) >= best - 0.01)?.count);
});

it('needs no objects where nothing is gained', () => {
  expect(readOutCurve(readOut, [bench([1, 1, 1], 3)], 1).neededCount).toBeNull();
});
