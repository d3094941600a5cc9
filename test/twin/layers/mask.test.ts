import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {positionMm, type ComplexPlane, type RealPlane} from '../../../src/contract/optics.ts';
import {plateTransmission} from '../../../src/twin/layers/plate.ts';
import {createOpticalSystem, intensityOf, type OpticalModel} from '../../../src/twin/layers/system.ts';

const wavelengthMm = 0.75;
const grid = {count: 120, pitchMm: 0.4};
const total = grid.count ** 2;
const [radiusMm, zMm, gapMm] = [10, 10, 30];

/** A Gaussian beam through one plate without material, `mask` on it, to a plane 30 mm behind. */
const systemOf = (mask: RealPlane | null, placement?: {readonly flipX: boolean}) => {
  const model: Omit<OpticalModel, 'object'> = {
    wavelengthMm,
    grid,
    illumination: {
      kind: 'gaussian-beam',
      radiusMm,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: null,
      tiltXDeg: 0,
      tiltYDeg: 0,
    },
    plates: [
      {
        relief: {grid, values: new Float64Array(total)},
        baseMm: 0,
        refractiveIndex: 1.7,
        extinction: 0.03,
        zMm,
        ...(mask && {mask}),
        placement,
      },
    ],
    outputZMm: zMm + gapMm,
  };
  const behind: ComplexPlane[] = [];
  const system = createOpticalSystem(model, {
    method: 'rs',
    onPlane: (index, field) => {
      if (index === 1) behind.push(field);
    },
  });
  return {output: system.propagate(null), behind: behind[0]};
};
const powerOf = (field: ComplexPlane): number => intensityOf(field).reduce((sum, power) => sum + power, 0);
const maskOf = (value: (x: number, y: number) => number): RealPlane => ({
  grid,
  values: Float64Array.from({length: total}, (_, i) =>
    value(positionMm(grid, i % grid.count), positionMm(grid, Math.floor(i / grid.count))),
  ),
});
const halfPlane = maskOf((x) => (x > 0 ? 1 : 0));
const at = (xMm: number): number =>
  (grid.count / 2) * grid.count + Math.round(xMm / grid.pitchMm + (grid.count - 1) / 2);

describe('a mask on a plate', () => {
  const open = systemOf(null).output;
  const half = systemOf(halfPlane).output;

  it('and its complement send fields that add up to that of no mask (Babinet)', () => {
    const random = createRandom('babinet');
    const mask = maskOf(() => (random.uniform() < 0.4 ? 1 : 0));
    const complement = {grid, values: mask.values.map((value) => 1 - value)};
    const [a, b] = [systemOf(mask).output, systemOf(complement).output];
    const error = (part: 're' | 'im'): number =>
      Math.max(...open[part].map((value, i) => Math.abs(a[part][i] + b[part][i] - value)));
    expect(error('re')).toBeLessThan(1e-12);
    expect(error('im')).toBeLessThan(1e-12);
  });

  it('that is a half plane throws the shadow of Fresnel’s integral', () => {
    // Ratio of a knife's shadow to the open beam, the paraxial integral along x; the beam has spread a little by 10 mm.
    const bend = (Math.PI * radiusMm ** 2) / wavelengthMm;
    const widthMm = radiusMm * Math.hypot(1, zMm / bend);
    const curvaturePerMm = zMm / (zMm ** 2 + bend ** 2);
    const integral = (x: number, from: number): number => {
      let [re, im] = [0, 0];
      const stepMm = 0.01;
      for (let s = from + stepMm / 2; s < 30; s += stepMm) {
        const phase = (Math.PI / wavelengthMm) * ((x - s) ** 2 / gapMm + curvaturePerMm * s * s);
        const weight = Math.exp(-((s / widthMm) ** 2)) * stepMm;
        re += weight * Math.cos(phase);
        im += weight * Math.sin(phase);
      }
      return re * re + im * im;
    };
    const power = intensityOf(half);
    const whole = intensityOf(open);
    for (const x of [-5, -3, -1, -0.2, 0.2, 1, 2, 3, 4, 5, 6].map((mm) => 0.2 + 0.4 * Math.floor(mm / 0.4))) {
      const expected = integral(x, 0) / integral(x, -30);
      expect(Math.abs(power[at(x)] / whole[at(x)] - expected)).toBeLessThan(0.02);
    }
  });

  it('passes the power of what it lets through, squared, and none of it comes back', () => {
    const before = powerOf(systemOf(null).behind);
    const grey = systemOf(maskOf(() => 0.5));
    expect(powerOf(grey.behind) / before).toBeCloseTo(0.25, 12);
    expect(powerOf(systemOf(halfPlane).behind) / before).toBeCloseTo(0.5, 12);
    expect(powerOf(half)).toBeLessThanOrEqual(powerOf(systemOf(halfPlane).behind));
  });

  it('is turned over with its plate', () => {
    const turned = systemOf(halfPlane, {flipX: true}).output;
    expect(intensityOf(turned)[at(5)]).toBeCloseTo(intensityOf(half)[at(-5)], 12);
  });

  it('is seen pixel by pixel where the calculation is finer than it', () => {
    const coarse = {count: 2, pitchMm: 1};
    const plate = {
      relief: {grid: coarse, values: new Float64Array(4)},
      mask: {grid: coarse, values: Float64Array.of(0, 0.25, 0.5, 1)},
      baseMm: 0,
      refractiveIndex: 1.7,
      extinction: 0,
      zMm: 1,
    };
    const {re} = plateTransmission(plate, {count: 4, pitchMm: 0.5}, wavelengthMm);
    expect([...re]).toEqual([0, 0, 0.25, 0.25, 0, 0, 0.25, 0.25, 0.5, 0.5, 1, 1, 0.5, 0.5, 1, 1]);
  });
});
