import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {createHeightSmoothing} from '../../../src/twin/alignment/height-smoothing.ts';

const count = 48;
const size = count * count;
const smoothing = createHeightSmoothing({correlationMm: 0.8, grid: {count, pitchMm: 0.4}});
const drawn = (seed: string): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({length: 2 * size}, () => random.normal());
};
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, own, i) => sum + own * b[i], 0);

test('heights keep their size and hang together over the length that was asked for, plate by plate', () => {
  const heights = smoothing.apply(drawn('heights'));
  const inside = Array.from({length: 2 * size}, (_, i) => i).filter((i) => {
    const [row, column] = [Math.floor((i % size) / count), i % count];
    return row > 5 && row < count - 8 && column > 5 && column < count - 8;
  });
  const correlationAt = (steps: number): number =>
    inside.reduce((sum, i) => sum + heights[i] * heights[i + steps], 0) / inside.length;
  expect(correlationAt(0)).toBeGreaterThan(0.85);
  expect(correlationAt(0)).toBeLessThan(1.15);
  // 0.8 mm are two pixels.
  expect(correlationAt(2) / correlationAt(0)).toBeCloseTo(Math.exp(-1), 1);
  expect(Math.abs(correlationAt(6))).toBeLessThan(0.1);
  const alone = new Float64Array(2 * size);
  alone[size - 1] = 1;
  expect(
    smoothing
      .apply(alone)
      .subarray(size)
      .every((value) => value === 0),
  ).toBe(true);
});

test('is the adjoint of its adjoint, also at edges', () => {
  const [a, b] = [drawn('a'), drawn('b')];
  expect(dot(smoothing.apply(a), b)).toBeCloseTo(dot(a, smoothing.adjoint(b)), 9);
});
