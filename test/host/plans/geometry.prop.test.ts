import fc from 'fast-check';
import {expect, test} from 'vitest';
import {gridGeometry, lineGeometry, regionsGeometry} from '../../../src/host/plans/geometry.ts';

const gridSpec = fc.record({
  centerMm: fc.record({xMm: fc.integer({min: -50, max: 50}), yMm: fc.integer({min: -50, max: 50})}),
  widthMm: fc.double({min: 0.1, max: 20, noNaN: true}),
  heightMm: fc.double({min: 0.1, max: 20, noNaN: true}),
  stepMm: fc.double({min: 0.2, max: 5, noNaN: true}),
  order: fc.constantFrom('snake' as const, 'one-way' as const),
});

test('a grid visits every cell exactly once, within its width and height', () => {
  fc.assert(
    fc.property(gridSpec, (spec) => {
      const grid = gridGeometry(spec);
      const seen = new Uint8Array(grid.count);
      for (let index = 0; index < grid.count; index++) {
        const point = grid.pointAt(index);
        const cell = grid.cellOf(point);
        seen[cell] = (seen[cell] ?? 0) + 1;
        expect(Math.abs(point.xMm - spec.centerMm.xMm)).toBeLessThanOrEqual(
          spec.widthMm / 2 + 1e-5 * spec.stepMm,
        );
        expect(Math.abs(point.yMm - spec.centerMm.yMm)).toBeLessThanOrEqual(
          spec.heightMm / 2 + 1e-5 * spec.stepMm,
        );
      }
      expect(seen.every((count) => count === 1)).toBe(true);
    }),
    {numRuns: 60},
  );
});

test('neighbours in a snake are neighbours in space, one step apart', () => {
  fc.assert(
    fc.property(gridSpec, (spec) => {
      const grid = gridGeometry({...spec, order: 'snake'});
      for (let index = 1; index < grid.count; index++) {
        const [before, after] = [grid.pointAt(index - 1), grid.pointAt(index)];
        const apart = Math.abs(before.xMm - after.xMm) + Math.abs(before.yMm - after.yMm);
        expect(Math.abs(apart - spec.stepMm)).toBeLessThan(1e-9);
      }
    }),
    {numRuns: 60},
  );
});

test('row 0 is the smallest y, column 0 the smallest x, and the middle is the centre', () => {
  const grid = gridGeometry({
    centerMm: {xMm: 1, yMm: 2},
    widthMm: 0.3,
    heightMm: 0.2,
    stepMm: 0.1,
    order: 'one-way',
  });
  // 0.3 / 0.1 is a little less than 3 in floating point; the fourth column must not be lost.
  expect([grid.rows, grid.columns]).toEqual([3, 4]);
  expect(grid.pointAt(0)).toMatchObject({row: 0, column: 0});
  expect(grid.pointAt(0).xMm).toBeCloseTo(0.85, 12);
  expect(grid.pointAt(0).yMm).toBeCloseTo(1.9, 12);
  expect(grid.pointAt(4)).toMatchObject({row: 1, column: 0});
});

test('a line never passes its end and keeps its direction', () => {
  fc.assert(
    fc.property(
      fc.integer({min: -100, max: 100}),
      fc.integer({min: -100, max: 100}),
      fc.double({min: 0.05, max: 10, noNaN: true}),
      (startMm, stopMm, stepMm) => {
        const line = lineGeometry(startMm, stopMm, stepMm);
        const last = line.positionMm(line.count - 1);
        expect(line.positionMm(0)).toBe(startMm);
        expect(Math.abs(last - startMm)).toBeLessThanOrEqual(Math.abs(stopMm - startMm) + 1e-5 * stepMm);
        expect(Math.abs(stopMm - last)).toBeLessThan(stepMm);
      },
    ),
    {numRuns: 100},
  );
});

test('region points lie inside their region and their areas add up to it', () => {
  const regions = [
    {label: '0', centerXMm: -5, centerYMm: 3, widthMm: 4, heightMm: 2},
    {label: '1', centerXMm: 5, centerYMm: -3, widthMm: 3, heightMm: 3},
  ];
  const geometry = regionsGeometry(regions, 4);
  const areas = [0, 0];
  for (let index = 0; index < geometry.count; index++) {
    const point = geometry.pointAt(index);
    const region = regions[point.regionIndex];
    expect(Math.abs(point.xMm - (region?.centerXMm ?? NaN))).toBeLessThan((region?.widthMm ?? NaN) / 2);
    expect(Math.abs(point.yMm - (region?.centerYMm ?? NaN))).toBeLessThan((region?.heightMm ?? NaN) / 2);
    areas[point.regionIndex] = (areas[point.regionIndex] ?? 0) + point.areaMm2;
  }
  expect(areas[0]).toBeCloseTo(8, 10);
  expect(areas[1]).toBeCloseTo(9, 10);
});
