import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  beamPowers,
  fitBeamProfile,
  propagateBeam,
  updateBeamShape,
} from '../../../src/twin/alignment/beam-profile.ts';
import {createIllumination} from '../../../src/twin/field/illumination.ts';
import {positionMm} from '../../../src/contract/optics.ts';
import {createPropagator} from '../../../src/twin/propagation/propagator.ts';

const wavelengthMm = 0.749481145;
const distanceMm = 180;

const places = (halfMm: number, stepMm: number): {xMm: Float64Array; yMm: Float64Array} => {
  const side = Math.floor((2 * halfMm) / stepMm) + 1;
  return {
    xMm: Float64Array.from({length: side ** 2}, (_, i) => (i % side) * stepMm - halfMm),
    yMm: Float64Array.from({length: side ** 2}, (_, i) => Math.floor(i / side) * stepMm - halfMm),
  };
};

test('finds centre, radius and brightness of a Gaussian beam that travelled by the closed formula', () => {
  const at = propagateBeam(
    {narrownessPerMm2: 1 / 30 ** 2, curvaturePerMm: 1 / 600},
    distanceMm,
    wavelengthMm,
  );
  // w^2 (1 + z / R)^2 + (lambda z / (pi w))^2 by hand.
  expect(at.radiusMm).toBeCloseTo(Math.hypot(30 * (1 + 180 / 600), (wavelengthMm * 180) / (Math.PI * 30)), 9);
  const {xMm, yMm} = places(32, 4);
  const values = beamPowers({centerXMm: 2.5, centerYMm: -1.25, radiusMm: at.radiusMm, peak: 3e-3}, xMm, yMm);
  const found = fitBeamProfile({xMm, yMm, values});
  expect(found.centerXMm).toBeCloseTo(2.5, 5);
  expect(found.centerYMm).toBeCloseTo(-1.25, 5);
  expect(found.radiusMm).toBeCloseTo(at.radiusMm, 4);
  expect(found.peak).toBeCloseTo(3e-3, 8);
  expect(found.residualRatio).toBeLessThan(1e-6);
});

test('the closed formula is what the propagation of the twin itself does', () => {
  // Narrow enough for the grid's edge to see nothing of it.
  const grid = {count: 240, pitchMm: 0.5};
  const light = createIllumination(
    {
      kind: 'gaussian-beam',
      radiusMm: 14,
      centerXMm: 3,
      centerYMm: -2,
      curvatureRadiusMm: 500,
      tiltXDeg: 0,
      tiltYDeg: 0,
    },
    grid,
    wavelengthMm,
  );
  const propagator = createPropagator(grid, wavelengthMm, {method: 'asm', pad: 2});
  const {re, im} = propagator.forward(propagator.prepare(distanceMm), light);
  const inner: number[] = [];
  for (let row = 20; row < 220; row += 8)
    for (let column = 20; column < 220; column += 8) inner.push(row * grid.count + column);
  const found = fitBeamProfile({
    xMm: inner.map((i) => positionMm(grid, i % grid.count)),
    yMm: inner.map((i) => positionMm(grid, Math.floor(i / grid.count))),
    values: inner.map((i) => re[i] ** 2 + im[i] ** 2),
  });
  const expected = propagateBeam(
    {narrownessPerMm2: 1 / 14 ** 2, curvaturePerMm: 1 / 500},
    distanceMm,
    wavelengthMm,
  );
  // Paraxial formula against the exact propagation: a few parts in ten thousand at these angles.
  expect(Math.abs(found.radiusMm / expected.radiusMm - 1)).toBeLessThan(1e-3);
  expect(found.centerXMm).toBeCloseTo(3, 2);
  expect(found.centerYMm).toBeCloseTo(-2, 2);
  expect(found.residualRatio).toBeLessThan(3e-3);
});

test('error bars cover what noise and rings do to the fit', () => {
  const {xMm, yMm} = places(32, 4);
  const truth = {centerXMm: -1, centerYMm: 2, radiusMm: 38, peak: 1};
  let inside = 0;
  const tries = 40;
  for (let seed = 0; seed < tries; seed++) {
    const random = createRandom(`beam ${seed}`);
    const phase = 6 * random.uniform();
    const values = beamPowers(truth, xMm, yMm).map(
      (value, i) =>
        value * (1 + 0.02 * Math.cos(Math.hypot(xMm[i], yMm[i]) / 3 + phase)) + 0.01 * random.normal(),
    );
    const found = fitBeamProfile({xMm, yMm, values});
    expect(Math.abs(found.centerXMm - truth.centerXMm)).toBeLessThan(1);
    if (Math.abs(found.radiusMm - truth.radiusMm) < 2 * found.radiusSigmaMm) inside++;
    expect(found.residualRatio).toBeLessThan(0.06);
  }
  expect(inside).toBeGreaterThan(0.7 * tries);
});

test('what is no beam leaves a large residual, and an even plane is refused', () => {
  const {xMm, yMm} = places(32, 4);
  const random = createRandom('speckle');
  const values = Float64Array.from(xMm, () => random.normal() ** 2 + random.normal() ** 2);
  expect(fitBeamProfile({xMm, yMm, values}).residualRatio).toBeGreaterThan(0.4);
  expect(() => fitBeamProfile({xMm, yMm, values: xMm.map(() => 0)})).toThrow(/No beam can be seen/);
});

test('one radius moves width and curvature along one direction and leaves the other as it was known', () => {
  const known = {
    narrownessPerMm2: 1 / 900,
    curvaturePerMm: 1 / 600,
    narrownessSigmaPerMm2: 1e-3,
    curvatureSigmaPerMm: 2e-3,
  };
  const measured = {radiusMm: 44, sigmaMm: 0.4, distanceMm, wavelengthMm};
  const found = updateBeamShape(known, measured);
  // What was measured is met within its error bar.
  expect(Math.abs(propagateBeam(found, distanceMm, wavelengthMm).radiusMm - 44)).toBeLessThan(0.4);
  expect(found.narrownessPerMm2).toBeLessThan(known.narrownessPerMm2);
  expect(found.curvaturePerMm).toBeGreaterThan(known.curvaturePerMm);
  expect(found.narrownessSigmaPerMm2).toBeLessThan(known.narrownessSigmaPerMm2);
  expect(found.curvatureSigmaPerMm).toBeLessThan(known.curvatureSigmaPerMm);
  // A radius that says nothing changes nothing.
  const vague = updateBeamShape(known, {...measured, sigmaMm: 1e6});
  expect(vague.narrownessPerMm2).toBeCloseTo(known.narrownessPerMm2, 8);
  expect(vague.narrownessSigmaPerMm2).toBeCloseTo(1e-3, 8);
});
