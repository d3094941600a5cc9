import {expect, it} from 'vitest';
import type {RealPlane} from '../../src/contract/optics.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import type {PixelEdges} from '../../src/twin/layers/pixel-filter.ts';
import {createOpticalSystem} from '../../src/twin/layers/system.ts';
import {OpticalChain, type ChainPlate} from '../../src/virtual/optics-chain.ts';
import {chainModel, randomRelief, relativeDifference, resin} from './chain-fixture.ts';

const grid = {count: 40, pitchMm: 0.4};
const flat: RealPlane = {grid, values: new Float64Array(grid.count ** 2).fill(0.65)};
/** Light behind a plate under a beam that does not reach its edge. */
const behind = (
  plate: Pick<ChainPlate, 'relief' | 'placement' | 'reliefFaces' | 'tilt'>,
  sliceMm?: number,
  edges?: PixelEdges,
) =>
  new OpticalChain(
    chainModel([{...resin, zMm: 10, ...plate}], {
      sliceMm,
      edges,
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

it("is the twin's thick plate, in slices of its own", () => {
  const relief = randomRelief(grid, 'print');
  const chain = chainModel([{...resin, zMm: 10, relief}], {outputZMm: 20});
  const twin = createOpticalSystem(
    {...chain, grid, plateOptics: {kind: 'thick', sliceCount: 10}},
    {method: 'rs', oversample: 2},
  ).propagate(null);
  expect(relativeDifference(new OpticalChain({...chain, sliceMm: 0.1}).propagate(null), twin)).toBeLessThan(
    0.01,
  );
});

it('has converged at slices of 0.1 mm, far from the thin plate of a printed relief', () => {
  const relief = randomRelief(grid, 'print');
  // What slices alone do: how finely samples see the pixels is another matter (pixel-filter.test.ts).
  const fine = behind({relief}, 0.025, 'sampled');
  expect(relativeDifference(behind({relief}, 0.1, 'sampled'), fine)).toBeLessThan(0.02);
  expect(relativeDifference(behind({relief}), fine)).toBeGreaterThan(0.3);
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

it('goes with a tilt: a flat plate hardly changes the light', () => {
  const tilted = behind({relief: flat, tilt: {tiltXDeg: 1, tiltYDeg: -1}}, 0.1);
  // A slab of 1.15 mm that is tilted by a degree shifts the light by 8 um.
  expect(relativeDifference(tilted, behind({relief: flat}, 0.1))).toBeLessThan(8e-3);
});
