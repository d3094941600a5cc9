import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  expectedMatch,
  lossAt,
  sizeFor,
  suggestSizes,
  tightenedLoss,
} from '../../../src/twin/measurement/tolerance-curves.ts';

test('some tens of planes tell the match that thousands of images would show', () => {
  // Margins even on 0..0.2, each measured as 0.9 of it with a normal error of 0.02: lost are those below about 0.009.
  const random = createRandom('margins');
  const pair = () => {
    const predicted = 0.2 * random.uniform();
    return {predicted, measured: 0.9 * predicted + 0.02 * random.normal()};
  };
  const truth = Array.from({length: 40_000}, pair);
  const lost = truth.filter(({measured}) => measured <= 0).length / truth.length;
  const sample = Array.from({length: 64}, pair);
  const margins = Array.from({length: 200}, (_, i) => (0.2 * (i + 0.5)) / 200);
  expect(lost).toBeGreaterThan(0.03);
  expect(Math.abs(1 - expectedMatch(margins, sample) - lost)).toBeLessThan(0.012);
  expect(expectedMatch([0.1, 0.2], [{predicted: 0.1, measured: 0.1}])).toBe(1);
});

test('a curve is read both ways, straight from nothing to the largest size that was tried', () => {
  const curve = {sizes: [1, 2, 4], losses: [0.1, 0.1, 0.3]};
  expect(lossAt(curve, 0.5)).toBeCloseTo(0.05, 12);
  expect(lossAt(curve, 3)).toBeCloseTo(0.2, 12);
  expect(lossAt(curve, 9)).toBe(0.3);
  expect(sizeFor(curve, 0.05)).toBeCloseTo(0.5, 12);
  // On the flat part the largest size counts.
  expect(sizeFor(curve, 0.1)).toBeCloseTo(2, 12);
  expect(sizeFor(curve, 1)).toBe(4);
});

test('errors share what may be lost in quadrature, and one that cannot use its share leaves the rest', () => {
  const straight = {sizes: [1], losses: [0.1]};
  // Three equal ones: each 0.03 / sqrt 3.
  suggestSizes([straight, straight, straight], 0.03).forEach((size) =>
    expect(size).toBeCloseTo(0.3 / Math.sqrt(3), 9),
  );
  const harmless = {sizes: [1], losses: [0.01]};
  const [first, second] = suggestSizes([straight, harmless], 0.03);
  expect(second).toBe(1);
  expect(first).toBeCloseTo(Math.sqrt(0.03 ** 2 - 0.01 ** 2) / 0.1, 9);
  expect(suggestSizes([harmless, harmless], 0.5)).toEqual([1, 1]);
});

test('tolerances are tightened by what was lost too much, within bounds', () => {
  expect(tightenedLoss(0.03, 0.03, 0.06)).toBeCloseTo(0.0135, 12);
  expect(tightenedLoss(0.03, 0.03, 0.031)).toBeCloseTo(0.024, 12);
  expect(tightenedLoss(0.03, 0.03, 0.5)).toBeCloseTo(0.0075, 12);
});
