import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {computeOverlapArea} from '../../../src/twin/metrics/overlap.ts';
import {
  computeEfficiency,
  computeEnergySigmas,
  computePlaneWeights,
  computeRegionEnergies,
  computeScanWeights,
  computeShares,
  computeStrayRatio,
  estimateCellMm,
  findWinner,
} from '../../../src/twin/metrics/regions.ts';
import {decide} from '../../../src/twin/metrics/read-out.ts';
import {computeShareSigmas} from '../../../src/twin/metrics/region-errors.ts';
import {digitRegions, gridPoints} from './speckle.ts';

const oneMmCells = {cellWidthMm: 1, cellHeightMm: 1};
const square = {label: '0', centerXMm: 1.3, centerYMm: -0.7, widthMm: 4.8, heightMm: 4.8};

describe('computeOverlapArea', () => {
  it('is the whole small rectangle inside and nothing outside, turned or not', () => {
    for (const rotationRad of [0, 0.3]) {
      const at = (xMm: number) => ({xMm, yMm: 0.2, widthMm: 1, heightMm: 0.5, rotationRad});
      expect(computeOverlapArea(at(0), 4, 4)).toBeCloseTo(0.5, 12);
      expect(computeOverlapArea(at(9), 4, 4)).toBe(0);
    }
  });

  it('gives the octagon of a square turned by 45 degrees on itself', () => {
    const area = computeOverlapArea(
      {xMm: 0, yMm: 0, widthMm: 1, heightMm: 1, rotationRad: Math.PI / 4},
      1,
      1,
    );
    expect(area).toBeCloseTo(2 * (Math.SQRT2 - 1), 12);
  });
});

describe('energies of regions', () => {
  it('integrates a 4.8 mm square on a 1 mm grid by area, wherever the square lies', () => {
    const points = gridPoints(20, 1);
    const weights = computeScanWeights({...points, ...oneMmCells}, [square]);
    expect(weights[0]?.coverageRatio).toBeCloseTo(1, 12);
    // A plane I = 2 + 0.1 x has the mean 2 + 0.1 xc over the square; cells cut at the edge err by little.
    const values = points.xMm.map((x) => 2 + 0.1 * x);
    const energy = computeRegionEnergies(weights, values)[0];
    expect(energy / (4.8 * 4.8)).toBeCloseTo(2 + 0.1 * 1.3, 2);
  });

  it('agrees between a regular plane and the same samples as scan points', () => {
    const count = 41;
    const points = gridPoints(40, 1);
    const random = createRandom('plane');
    const values = points.xMm.map(() => random.uniform());
    const regions = digitRegions();
    const fromPlane = computeRegionEnergies(computePlaneWeights({count, pitchMm: 1}, regions), values);
    const fromScan = computeRegionEnergies(computeScanWeights({...points, ...oneMmCells}, regions), values);
    fromPlane.forEach((energy, k) => expect(energy).toBeCloseTo(fromScan[k], 9));
  });

  it('covers regions fully under a turned scan', () => {
    const points = gridPoints(50, 1);
    const turn = (2 * Math.PI) / 180;
    const xMm = points.xMm.map((x, i) => x * Math.cos(turn) - points.yMm[i] * Math.sin(turn));
    const yMm = points.yMm.map((y, i) => points.xMm[i] * Math.sin(turn) + y * Math.cos(turn));
    for (const {coverageRatio} of computeScanWeights(
      {xMm, yMm, ...oneMmCells, rotationDeg: 2},
      digitRegions(),
    ))
      expect(coverageRatio).toBeCloseTo(1, 9);
  });

  it('refuses a region without points and values that are no numbers', () => {
    const weights = computeScanWeights({xMm: [50], yMm: [50], ...oneMmCells}, [square]);
    expect(() => computeRegionEnergies(weights, [1])).toThrow('No point was measured');
    const inside = computeScanWeights({xMm: [1], yMm: [0], ...oneMmCells}, [square]);
    expect(() => computeRegionEnergies(inside, [NaN])).toThrow('no number');
  });
});

describe('shares', () => {
  const energies = fc.array(fc.double({min: 0, max: 1e6, noNaN: true}), {minLength: 2, maxLength: 12});

  it('sum to one and do not know the brightness', () => {
    fc.assert(
      fc.property(energies, fc.double({min: 1e-3, max: 1e3, noNaN: true}), (list, gain) => {
        fc.pre(list.some((energy) => energy > 1e-6));
        const shares = computeShares(list);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const brighter = computeShares(list.map((energy) => energy * gain));
        shares.forEach((share, k) => expect(brighter[k]).toBeCloseTo(share, 9));
        // Energies closer than the rounding of the division are equal as shares.
        const strongest = Math.max(...list);
        expect(Math.abs(list[findWinner(shares)] - strongest)).toBeLessThanOrEqual(1e-12 * strongest);
      }),
    );
  });

  it('have no meaning without energy', () => {
    expect(() => computeShares([0, 0])).toThrow('no energy');
    expect(decide([0.2, 0.5, 0.3]).margin).toBeCloseTo(0.2, 12);
    expect(computeEfficiency([1, 2], 12)).toBe(0.25);
  });

  it('have the scatter that error propagation says (Monte Carlo)', () => {
    const points = gridPoints(44, 1);
    const regions = digitRegions();
    const weights = computeScanWeights({...points, ...oneMmCells}, regions);
    const areaMm2 = regions.map(({widthMm, heightMm}) => widthMm * heightMm);
    const truth = points.xMm.map((x, i) => 1 + 0.02 * x + 0.01 * points.yMm[i]);
    const sigma = truth.map(() => 0.3);
    const clean = computeRegionEnergies(weights, truth);
    const offsetSigma = 0.05;
    const expected = computeShareSigmas(clean, [
      {cause: 'noise', independent: computeEnergySigmas(weights, sigma)},
      {cause: 'dark', together: [areaMm2.map((area) => area * offsetSigma)]},
    ]);
    const random = createRandom('shares');
    const rounds = 800;
    const square = new Float64Array(10);
    const mean = computeShares(clean);
    for (let round = 0; round < rounds; round++) {
      const offset = offsetSigma * random.normal();
      const shares = computeShares(
        computeRegionEnergies(
          weights,
          truth.map((value) => value + 0.3 * random.normal() + offset),
        ),
      );
      shares.forEach((share, k) => (square[k] += (share - mean[k]) ** 2 / rounds));
    }
    // The scatter of a standard deviation from 800 rounds is 2.5 %; 10 % is four times that.
    expected.forEach((value, k) => expect(Math.sqrt(square[k]) / value).toBeCloseTo(1, 0.5));
  });
});

describe('computeStrayRatio', () => {
  it('is the part of the light outside the regions, and unknown without field around them', () => {
    const points = gridPoints(20, 1);
    const weights = computeScanWeights({...points, ...oneMmCells}, [square]);
    const values = points.xMm.map(() => 1);
    const energies = computeRegionEnergies(weights, values);
    expect(computeStrayRatio(energies, weights, values, 1)).toBeCloseTo(1 - (4.8 * 4.8) / 441, 9);
    expect(computeStrayRatio(energies, weights, values.slice(0, 20), 1)).toBeNull();
  });
});

describe('estimateCellMm', () => {
  it('finds the steps of a grid whose positions scatter by the stage', () => {
    const random = createRandom('cells');
    const points = gridPoints(20, 1);
    const jitter = (value: number): number => value + 0.01 * (random.uniform() - 0.5);
    const cell = estimateCellMm(points.xMm.map(jitter), points.yMm.map(jitter));
    expect(cell.widthMm).toBeCloseTo(1, 1);
    expect(cell.heightMm).toBeCloseTo(1, 1);
  });

  it('finds the step inside regions that were sampled alone', () => {
    const points = digitRegions().flatMap(({centerXMm, centerYMm}) =>
      [-1.92, -0.96, 0, 0.96, 1.92].flatMap((dy) =>
        [-1.92, -0.96, 0, 0.96, 1.92].map((dx) => [centerXMm + dx, centerYMm + dy] as const),
      ),
    );
    const cell = estimateCellMm(
      points.map(([x]) => x),
      points.map(([, y]) => y),
    );
    expect(cell.widthMm).toBeCloseTo(0.96, 9);
    expect(cell.heightMm).toBeCloseTo(0.96, 9);
  });
});
