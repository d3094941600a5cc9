import {describe, expect, test} from 'vitest';
import {positionMm} from '../../../src/contract/optics.ts';
import {sumOf} from '../../../src/twin/metrics/regions.ts';
import {
  barContrast,
  createBarTarget,
  smallestLineMm,
  type PicturePoints,
} from '../../../src/twin/metrics/bar-contrast.ts';

const grid = {count: 300, pitchMm: 0.3};
const wavelengthMm = 0.7495;

/** The points of a raster over the target, with the powers that `powerAt` gives to its samples. */
function rasterOf(
  stepMm: number,
  offsetMm: number,
  powerAt: (row: number, column: number) => number,
): PicturePoints {
  const count = Math.floor(42 / stepMm);
  const places = Array.from({length: count}, (_, i) => (i - (count - 1) / 2) * stepMm + offsetMm);
  const sampleOf = (mm: number): number => Math.round(mm / grid.pitchMm + (grid.count - 1) / 2);
  return {
    xMm: places.flatMap(() => places),
    yMm: places.flatMap((y) => places.map(() => y)),
    powers: places.flatMap((y) => places.map((x) => powerAt(sampleOf(y), sampleOf(x)))),
  };
}

describe.each(['x', 'y'] as const)('bars across %s', (across) => {
  const {plane, patches} = createBarTarget(grid, 42, {wavelengthMm, across});

  test('have the widths that are named, inside of the object', () => {
    expect(patches.map(({lineMm}) => lineMm)).toEqual([3.6, 3, 2.4, 2.1, 1.8, 1.5, 1.2, 0.9, 0.6]);
    const lit = sumOf(plane.values) * grid.pitchMm ** 2;
    const expected = patches.reduce(
      (sum, {lineMm, barCount, lowMm, highMm}) => sum + barCount * lineMm * (highMm - lowMm),
      0,
    );
    expect(lit).toBeCloseTo(expected, 6);
    const reach = patches.flatMap(({startMm, lowMm, highMm}) => [startMm, lowMm, highMm].map(Math.abs));
    expect(Math.max(...reach)).toBeLessThanOrEqual(21);
    plane.values.forEach((value, i) => {
      const [x, y] = [positionMm(grid, i % 300), positionMm(grid, Math.floor(i / 300))];
      if (value > 0) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(21);
    });
  });

  test('have contrast 1 where they are shown, 0 in even light and -1 where bars are dark', () => {
    const at = (value: (bright: number) => number) => (row: number, column: number) =>
      value(plane.values[row * grid.count + column] ?? 0);
    for (const patch of patches) {
      // The points of its own samples: a scan of 1 mm sees the middle of the finest bars but rarely.
      const contrastOf = (value: (bright: number) => number): number =>
        barContrast(patch, rasterOf(0.3, 0, at(value))) ?? NaN;
      expect(contrastOf((bright) => bright)).toBeCloseTo(1, 10);
      expect(contrastOf(() => 0.7)).toBeCloseTo(0, 10);
      expect(contrastOf((bright) => 1 - bright)).toBeCloseTo(-1, 10);
      expect(contrastOf((bright) => 1 + bright)).toBeCloseTo(1 / 3, 10);
    }
  });

  test('of 1.2 mm and wider are judged alike by a scan of 1 mm, wherever it has its points', () => {
    const value = (row: number, column: number): number => 1 + (plane.values[row * grid.count + column] ?? 0);
    for (const patch of patches.filter(({lineMm}) => lineMm >= 1.2))
      for (const offsetMm of [-0.4, -0.15, 0.1, 0.35])
        expect(barContrast(patch, rasterOf(1, offsetMm, value))).toBeCloseTo(1 / 3, 1);
  });
});

test('a contrast needs points on bars and between them', () => {
  const [patch] = createBarTarget(grid, 42, {wavelengthMm, across: 'x'}).patches;
  expect(barContrast(patch, {xMm: [], yMm: [], powers: []})).toBeNull();
  const middle = (patch.lowMm + patch.highMm) / 2;
  expect(
    barContrast(patch, {xMm: [patch.startMm + patch.lineMm / 2], yMm: [middle], powers: [1]}),
  ).toBeNull();
});

test('the smallest line is resolved with all wider ones', () => {
  const bars = [3, 2, 1.5, 1].map((lineMm, i) => ({lineMm, contrast: [0.8, 0.4, 0.1, 0.5][i]}));
  expect(smallestLineMm(bars)).toBe(2);
  expect(smallestLineMm(bars.toReversed())).toBe(2);
  expect(smallestLineMm(bars.slice(2))).toBeNull();
});
