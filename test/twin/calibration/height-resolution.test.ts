import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {compareHeights} from '../../../src/twin/calibration/height-resolution.ts';
import {heightNoise} from '../../../src/twin/layers/print-roughness.ts';

const grid = {count: 32, pitchMm: 0.4};

it('says which periods of heights are found, and how far off a height is', () => {
  const random = createRandom(3);
  const truth = Float64Array.from({length: 1024}, () => 0.05 * random.normal());
  const nothing = compareHeights(grid, truth, new Float64Array(1024));
  expect(nothing.errorMm).toBeCloseTo(0.05, 2);
  expect(nothing.resolutionMm).toBeNull();
  const all = compareHeights(grid, truth, truth);
  expect(all.errorMm).toBe(0);
  all.recovered.forEach(({part}) => expect(part).toBeCloseTo(1, 9));
  expect(all.resolutionMm).toBeLessThan(0.8);
  // Long waves alone are found: a smooth part of the heights, which the fine ones are added to.
  const smooth = heightNoise(grid, {rmsMm: 0.05, correlationMm: 3}, 'smooth').values;
  const both = truth.map((value, i) => value + smooth[i]);
  const part = compareHeights(grid, both, smooth);
  expect(part.recovered[0].part).toBeGreaterThan(0.8);
  expect(part.recovered.at(-1)?.part).toBeLessThan(0.05);
  expect(part.resolutionMm).toBeGreaterThan(1.5);
});
