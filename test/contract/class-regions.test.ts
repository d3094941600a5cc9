import {expect, test} from 'vitest';
import {createClassRegions} from '../../src/contract/class-regions.ts';
import {createDigitRegions} from '../../src/contract/digit-regions.ts';
import {readOutProblem} from '../../src/contract/read-out.ts';

test('ten classes of one region each lie as published, others on a lattice from the top left', () => {
  const base = {sideMm: 80, regionMm: 8, detection: 'single'} as const;
  expect(createClassRegions({...base, classCount: 10})).toEqual({regions: createDigitRegions(80, 8)});
  const {regions, readOut} = createClassRegions({...base, classCount: 6});
  expect(readOut).toBeUndefined();
  expect(regions.map(({label, centerXMm, centerYMm}) => [label, centerXMm, centerYMm])).toEqual([
    ['0', -26.666667, 20],
    ['1', 0, 20],
    ['2', 26.666667, 20],
    ['3', -26.666667, -20],
    ['4', 0, -20],
    ['5', 26.666667, -20],
  ]);
});

test('a differential read-out has two regions a class, side by side, none overlapping', () => {
  const {regions, readOut} = createClassRegions({
    sideMm: 80,
    regionMm: 8,
    detection: 'differential',
    classCount: 10,
  });
  expect(regions).toHaveLength(20);
  expect(readOut && readOutProblem(readOut, regions.length)).toBeUndefined();
  regions.forEach((a, i) => {
    expect(Math.max(Math.abs(a.centerXMm), Math.abs(a.centerYMm)) + 4).toBeLessThanOrEqual(40);
    regions.slice(i + 1).forEach((b) => {
      const apart = Math.max(Math.abs(a.centerXMm - b.centerXMm), Math.abs(a.centerYMm - b.centerYMm));
      expect(apart).toBeGreaterThanOrEqual(8);
    });
  });
});
