import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {comparePlanes, type ComparedPlane} from '../../../src/host/compare/compare-planes.ts';
import {noRegistration} from '../../../src/twin/metrics/index.ts';

const plane = (
  side: number,
  stepMm: number,
  value: (xMm: number, yMm: number, cell: number) => number,
): ComparedPlane => {
  const half = ((side - 1) / 2) * stepMm;
  return {
    frame: {rows: side, columns: side, xMm: [-half, half], yMm: [-half, half]},
    values: Float64Array.from({length: side * side}, (_, cell) =>
      value((cell % side) * stepMm - half, Math.floor(cell / side) * stepMm - half, cell),
    ),
    registration: noRegistration,
  };
};
const bump = (x: number, y: number): number => 0.1 + Math.exp(-((x - 2) ** 2 + (y + 1) ** 2) / 18);
const regions = [-5, 5].map((centerXMm, i) => ({
  label: String(i),
  centerXMm,
  centerYMm: 0,
  widthMm: 4,
  heightMm: 4,
}));

test('a plane is equal to itself whatever its gain, with intervals that say so', () => {
  const compared = comparePlanes(
    plane(25, 1, bump),
    plane(25, 1, (x, y) => 7 * bump(x, y)),
    regions,
  );
  expect(compared.isResampled).toBe(false);
  expect(compared.pearson.value).toBeCloseTo(1, 12);
  expect(compared.pearson.low).toBeCloseTo(1, 9);
  expect(compared.nrmse.value).toBeCloseTo(0, 9);
  expect(compared.shareError.value).toBeCloseTo(0, 12);
  expect(compared.sharesA?.[1]).toBeGreaterThan(0.5);
});

test('intervals hold the value, widen with noise, and are the same each time', () => {
  const noisy = (amount: number) => {
    const random = createRandom('noise');
    return comparePlanes(
      plane(25, 1, bump),
      plane(25, 1, (x, y) => bump(x, y) + amount * random.normal()),
      regions,
    );
  };
  const [little, much] = [noisy(0.02), noisy(0.2)];
  for (const compared of [little, much])
    for (const {value, low, high} of [compared.pearson, compared.nrmse]) {
      expect(low).toBeLessThan(value ?? NaN);
      expect(high).toBeGreaterThan(value ?? NaN);
    }
  const width = ({low, high}: {low: number | null; high: number | null}): number =>
    (high ?? NaN) - (low ?? NaN);
  expect(width(much.pearson)).toBeGreaterThan(3 * width(little.pearson));
  expect(noisy(0.2).pearson).toEqual(much.pearson);
});

test('a plane on another grid is read at the cells of the first, and nowhere beyond its edge', () => {
  const fine = plane(41, 0.5, (x, y) => 5 + x + 2 * y);
  const coarse = plane(25, 1, (x, y) => 5 + x + 2 * y + 30);
  const compared = comparePlanes(coarse, {...fine, values: fine.values.map((value) => value + 30)}, []);
  expect(compared.isResampled).toBe(true);
  expect(compared.commonCells).toHaveLength(21 * 21);
  expect(compared.pearson.value).toBeCloseTo(1, 9);
  expect(compared.nrmse.value).toBeCloseTo(0, 9);
  expect(compared.sharesA).toBeNull();
  expect(compared.shareError).toEqual({value: null, low: null, high: null});
});

test('holes of either plane are left out; planes without anything in common are refused', () => {
  const holed = plane(9, 1, (x, y, cell) => (cell % 2 === 0 ? NaN : bump(x, y)));
  expect(comparePlanes(plane(9, 1, bump), holed, []).commonCells).toHaveLength(40);
  const apart = plane(9, 1, bump);
  expect(() => comparePlanes(apart, {...apart, frame: {...apart.frame, xMm: [100, 108]}}, [])).toThrow(
    '0 cells in common',
  );
  expect(() =>
    comparePlanes(
      apart,
      plane(9, 1, () => 0),
      [],
    ),
  ).toThrow('no signal');
});
