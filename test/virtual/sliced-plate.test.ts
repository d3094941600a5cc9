import {expect, it} from 'vitest';
import {positionMm, type RealPlane} from '../../src/contract/optics.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import {OpticalChain, type ChainPlate} from '../../src/virtual/optics-chain.ts';
import {chainModel, randomRelief, relativeDifference, resin} from './chain-fixture.ts';

const grid = {count: 40, pitchMm: 0.4};
const flat: RealPlane = {grid, values: new Float64Array(grid.count ** 2).fill(0.65)};
/** Smooth hills of 8 mm period. */
const hills = (heightMm: number): RealPlane => ({
  grid: {count: 80, pitchMm: 0.2},
  values: Float64Array.from({length: 6400}, (_, i) => {
    const [x, y] = [
      positionMm({count: 80, pitchMm: 0.2}, i % 80),
      positionMm({count: 80, pitchMm: 0.2}, Math.floor(i / 80)),
    ];
    return (heightMm / 2) * (1 + Math.cos((2 * Math.PI * x) / 8) * Math.cos((2 * Math.PI * y) / 8));
  }),
});
/** Light behind a plate under a beam that does not reach its edge. */
const behind = (plate: Pick<ChainPlate, 'relief' | 'placement' | 'reliefFaces' | 'tilt'>, sliceMm?: number) =>
  new OpticalChain(
    chainModel([{...resin, zMm: 10, ...plate}], {
      sliceMm,
      outputZMm: 20,
      illumination: {
        kind: 'gaussian-beam',
        radiusMm: 2.5,
        centerXMm: 0,
        centerYMm: 0,
        curvatureRadiusMm: 600,
        tiltXDeg: 0,
        tiltYDeg: 0,
      },
    }),
  ).propagate(null);

it('is free propagation with the phase and loss of the slab where the relief is flat', () => {
  expect(relativeDifference(behind({relief: flat}, 0.1), behind({relief: flat}))).toBeLessThan(1e-4);
});

it('comes to the thin plate as a smooth relief gets low', () => {
  const error = (heightMm: number): number =>
    relativeDifference(behind({relief: hills(heightMm)}, 0.05), behind({relief: hills(heightMm)}));
  const [low, middle, high] = [0.1, 0.3, 0.9].map(error);
  expect(low).toBeLessThan(1e-3);
  // The way inside grows with the height and so does the phase gradient that bends the light on it.
  expect(middle / low).toBeGreaterThan(4);
  expect(high / middle).toBeGreaterThan(4);
});

it('has converged at slices of 0.1 mm, far from the thin plate of a printed relief', () => {
  const relief = randomRelief(grid, 'print');
  const fine = behind({relief}, 0.025);
  expect(relativeDifference(behind({relief}, 0.1), fine)).toBeLessThan(0.05);
  expect(relativeDifference(behind({relief}), fine)).toBeGreaterThan(0.3);
  // A single slice is the thin plate.
  expect(relativeDifference(behind({relief}, 2), behind({relief}))).toBeLessThan(1e-6);
});

it('knows which way the relief faces, and that a plate turned over faces the other way', () => {
  const relief = randomRelief(grid, 'faces');
  const towardsSource = behind({relief, reliefFaces: 'source'}, 0.1);
  expect(relativeDifference(behind({relief, reliefFaces: 'detector'}, 0.1), towardsSource)).toBeGreaterThan(
    0.1,
  );
  const mirrored: RealPlane = {
    grid,
    values: relief.values.map((_, i) => relief.values[Math.floor(i / 40) * 40 + 39 - (i % 40)]),
  };
  const turnedOver = behind({relief: mirrored, placement: {...noPlacement, flipX: true}}, 0.1);
  expect(relativeDifference(turnedOver, towardsSource)).toBeLessThan(1e-6);
});

it('goes with a tilt: a flat plate leaves the light as it is', () => {
  const tilted = behind({relief: flat, tilt: {tiltXDeg: 1, tiltYDeg: -1}}, 0.1);
  expect(relativeDifference(tilted, behind({relief: flat}))).toBeLessThan(3e-3);
});
