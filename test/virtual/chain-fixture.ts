import {createRandom} from '../../src/base/random.ts';
import type {ComplexPlane, Grid, RealPlane} from '../../src/contract/optics.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import type {ChainModel, ChainPlate} from '../../src/virtual/optics-chain.ts';

export const wavelengthMm = 0.7495;

/** A relief of independent heights 0..1 mm. */
export function randomRelief(grid: Grid, seed: string): RealPlane {
  const random = createRandom(seed);
  return {grid, values: Float64Array.from({length: grid.count ** 2}, () => random.uniform())};
}

export const resin = {baseMm: 0.5, refractiveIndex: 1.7227, extinction: 0.031} as const;

/** A bench of 16 mm with one gap of 30 mm before, between and behind its plates. */
export const chainModel = (plates: readonly ChainPlate[], more: Partial<ChainModel> = {}): ChainModel => ({
  wavelengthMm,
  grid: {count: 80, pitchMm: 0.2},
  illumination: {
    kind: 'gaussian-beam',
    radiusMm: 4,
    centerXMm: 0.5,
    centerYMm: -0.5,
    curvatureRadiusMm: 600,
    tiltXDeg: 0,
    tiltYDeg: 0,
  },
  objectPlacement: noPlacement,
  plates,
  outputZMm: 30 * (plates.length + 1),
  ...more,
});

/** Norm of the difference of two fields over the norm of the second. */
export function relativeDifference(a: ComplexPlane, b: ComplexPlane): number {
  let [difference, total] = [0, 0];
  for (let i = 0; i < b.re.length; i++) {
    difference += (a.re[i] - b.re[i]) ** 2 + (a.im[i] - b.im[i]) ** 2;
    total += b.re[i] ** 2 + b.im[i] ** 2;
  }
  return Math.sqrt(difference / total);
}
