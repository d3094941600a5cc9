import {expect, it} from 'vitest';
import {positionMm} from '../../src/contract/optics.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import {createIllumination} from '../../src/twin/field/illumination.ts';
import {OpticalChain} from '../../src/virtual/optics-chain.ts';
import {chainModel, randomRelief, relativeDifference, resin, wavelengthMm} from './chain-fixture.ts';

const k = (2 * Math.PI) / wavelengthMm;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
interface Source extends Point {
  readonly re: number;
  readonly im: number;
}

/**
 * Rayleigh-Sommerfeld sum of the first kind over samples of a plane of slopes sx, sy:
 * dS (n r) / r^2 (1 / (2 pi r) + 1 / (i lambda)) exp(i k r), dS n = (-sx, -sy, 1) dx dy.
 */
function sumOver(sources: readonly Source[], [sx, sy]: readonly [number, number], at: Point) {
  let [re, im] = [0, 0];
  const area = 0.2 ** 2;
  for (const source of sources) {
    const [dx, dy, dz] = [at.x - source.x, at.y - source.y, at.z - source.z];
    const r = Math.hypot(dx, dy, dz);
    const factor = (area * (dz - sx * dx - sy * dy)) / r ** 2;
    const [near, far] = [factor / (2 * Math.PI * r), factor / wavelengthMm];
    const [c, s] = [Math.cos(k * r), Math.sin(k * r)];
    const [kernelRe, kernelIm] = [near * c + far * s, near * s - far * c];
    re += source.re * kernelRe - source.im * kernelIm;
    im += source.re * kernelIm + source.im * kernelRe;
  }
  return {re, im};
}

it('agrees with sums over the true points of a plate tilted by 3 and -2 degrees', () => {
  const plateGrid = {count: 20, pitchMm: 0.4};
  const relief = randomRelief(plateGrid, 'tilt');
  const tilt = {tiltXDeg: 3, tiltYDeg: -2};
  // The sums take each sample for a point.
  const model = chainModel([{relief, ...resin, zMm: 30, tilt}], {edges: 'sampled'});
  const got = new OpticalChain(model).propagate(null);

  const light = createIllumination(model.illumination, model.grid, wavelengthMm);
  const mm = Array.from({length: 80}, (_, i) => positionMm(model.grid, i));
  const object: Source[] = mm.flatMap((y, row) =>
    mm.map((x, column) => ({x, y, z: 0, re: light.re[row * 80 + column], im: light.im[row * 80 + column]})),
  );
  // Right-handed: a point at +y goes along z for a turn about x, one at +x against it for a turn about y.
  const slopes = [Math.tan((2 * Math.PI) / 180), Math.tan((3 * Math.PI) / 180)] as const;
  const plate: Source[] = [];
  for (let row = 20; row < 60; row++)
    for (let column = 20; column < 60; column++) {
      const [x, y] = [mm[column], mm[row]];
      const at = {x, y, z: 30 + slopes[0] * x + slopes[1] * y};
      const field = sumOver(object, [0, 0], at);
      const height = 0.5 + relief.values[Math.floor((row - 20) / 2) * 20 + Math.floor((column - 20) / 2)];
      const amplitude = Math.exp(-k * 0.031 * height);
      const [c, s] = [Math.cos(k * 0.7227 * height), Math.sin(k * 0.7227 * height)];
      plate.push({
        ...at,
        re: amplitude * (field.re * c - field.im * s),
        im: amplitude * (field.re * s + field.im * c),
      });
    }
  let [difference, total] = [0, 0];
  for (let row = 4; row < 80; row += 6)
    for (let column = 4; column < 80; column += 6) {
      const expected = sumOver(plate, slopes, {x: mm[column], y: mm[row], z: 60});
      const i = row * 80 + column;
      difference += (got.re[i] - expected.re) ** 2 + (got.im[i] - expected.im) ** 2;
      total += expected.re ** 2 + expected.im ** 2;
    }
  expect(Math.sqrt(difference / total)).toBeLessThan(1.5e-3);

  const upright = new OpticalChain({...model, plates: [{relief, ...resin, zMm: 30}]}).propagate(null);
  expect(relativeDifference(upright, got)).toBeGreaterThan(0.03);
});

it('sends the order of a tilted grating where the grating equation says', () => {
  const tiltDeg = 5;
  const periodMm = 2 * wavelengthMm;
  const grid = {count: 200, pitchMm: 0.2};
  const phaseRad = 1;
  const heightMm = (phaseRad * wavelengthMm) / (2 * Math.PI * 0.7227);
  const relief = {
    grid,
    values: Float64Array.from(
      {length: grid.count ** 2},
      (_, i) => heightMm * (1 + Math.sin((2 * Math.PI * positionMm(grid, i % grid.count)) / periodMm)),
    ),
  };
  const orderPerMm = (tiltYDeg: number): number => {
    const chain = new OpticalChain(
      chainModel([{relief, ...resin, extinction: 0, zMm: 15, tilt: {tiltXDeg: 0, tiltYDeg}}], {
        grid,
        outputZMm: 35,
        illumination: {
          kind: 'gaussian-beam',
          radiusMm: 3,
          centerXMm: 0,
          centerYMm: 0,
          curvatureRadiusMm: null,
          tiltXDeg: 0,
          tiltYDeg: 0,
        },
      }),
    );
    // Mean frequency along x of the light that has gone to x > 0 with the first order.
    const {re, im} = chain.propagate(null);
    let [sumRe, sumIm] = [0, 0];
    for (let row = 0; row < grid.count; row++)
      for (let column = 0; column + 1 < grid.count; column++) {
        const x = positionMm(grid, column);
        if (x < 6 || x > 17) continue;
        const at = row * grid.count + column;
        sumRe += re[at] * re[at + 1] + im[at] * im[at + 1];
        sumIm += re[at] * im[at + 1] - im[at] * re[at + 1];
      }
    return Math.atan2(sumIm, sumRe) / (2 * Math.PI * grid.pitchMm);
  };
  /** In the plate's own plane the frequency changes by one over its period, which is longer by 1 / cos(tilt). */
  const expectedPerMm = (deg: number): number => {
    const tilt = (deg * Math.PI) / 180;
    const along = (wavelengthMm / periodMm) * Math.cos(tilt) - Math.sin(tilt);
    return Math.sin(tilt + Math.asin(along)) / wavelengthMm;
  };
  const uprightPerMm = orderPerMm(0);
  // The cut through the beam's cross-section biases the mean a little, and alike for all.
  expect(Math.abs(uprightPerMm * periodMm - 1)).toBeLessThan(6e-3);
  for (const deg of [tiltDeg, -tiltDeg]) {
    const change = orderPerMm(deg) / uprightPerMm;
    expect(Math.abs(change / (expectedPerMm(deg) * periodMm) - 1)).toBeLessThan(2e-3);
  }
  expect(expectedPerMm(tiltDeg) / expectedPerMm(-tiltDeg)).toBeLessThan(0.97);
});

it('leaves light as it is where a tilted plate is flat, but for its phase', () => {
  const relief = {grid: {count: 40, pitchMm: 0.4}, values: new Float64Array(1600).fill(0.3)};
  const plate = {relief, ...resin, extinction: 0, zMm: 30, placement: noPlacement};
  const upright = new OpticalChain(chainModel([plate])).propagate(null);
  const tilted = new OpticalChain(chainModel([{...plate, tilt: {tiltXDeg: 1, tiltYDeg: 2}}])).propagate(null);
  expect(relativeDifference(tilted, upright)).toBeLessThan(2e-3);
});
