import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import {createIllumination} from '../../../src/twin/field/illumination.ts';
import {intensityOf} from '../../../src/twin/layers/system.ts';
import {
  createPropagator,
  propagate,
  type PropagationOptions,
} from '../../../src/twin/propagation/propagator.ts';
import {directSum, innerProduct, pointsOf, relativeError} from '../direct-sum.ts';

const wavelengthMm = 0.749481145;

function randomField(count: number, pitchMm: number, seed: number): ComplexPlane {
  const random = createRandom(seed);
  const values = (): Float64Array => Float64Array.from({length: count * count}, () => random.normal());
  return {grid: {count, pitchMm}, re: values(), im: values()};
}

describe('Rayleigh-Sommerfeld convolution', () => {
  for (const [count, shift] of [
    [16, [0, 0]],
    [21, [0, 0]],
    [18, [0.13, -0.27]],
  ] as const) {
    it(`equals the double sum to rounding for ${count} samples, shift ${shift.join(', ')} mm`, () => {
      const field = randomField(count, 0.4, count);
      const far = propagate(
        field,
        {wavelengthMm, distanceMm: 12, shiftXMm: shift[0], shiftYMm: shift[1]},
        {method: 'rs'},
      );
      const from = {...pointsOf(count, 0.4), re: field.re, im: field.im};
      const truth = directSum(from, pointsOf(count, 0.4, ...shift), 12, wavelengthMm, 0.16);
      expect(relativeError(far, truth)).toBeLessThan(1e-12);
    });
  }

  it('keeps 1e-5 in single precision', () => {
    const field = randomField(20, 0.4, 5);
    const single = propagate(field, {wavelengthMm, distanceMm: 12}, {method: 'rs', precision: 'single'});
    const double = propagate(field, {wavelengthMm, distanceMm: 12}, {method: 'rs'});
    expect(relativeError(single, double)).toBeLessThan(1e-5);
  });

  it('gives the axis of a circular aperture its closed form', () => {
    // On the axis behind a disc of radius a lit by a plane wave: U = e^{ikz} - (z / R) e^{ikR}, R^2 = z^2 + a^2
    // (Osterberg and Smith 1961). Sub-wavelength samples make the staircase edge a small error.
    const [count, pitchMm, radiusMm, z] = [241, 0.1, 10, 30];
    const grid = {count, pitchMm};
    const re = new Float64Array(count * count);
    for (let i = 0; i < re.length; i++) {
      const x = ((i % count) - (count - 1) / 2) * pitchMm;
      const y = (Math.floor(i / count) - (count - 1) / 2) * pitchMm;
      re[i] = Math.hypot(x, y) <= radiusMm ? 1 : 0;
    }
    const far = propagate(
      {grid, re, im: new Float64Array(re.length)},
      {wavelengthMm, distanceMm: z},
      {method: 'rs'},
    );
    const middle = (count * count - 1) / 2;
    const [k, edge] = [(2 * Math.PI) / wavelengthMm, Math.hypot(z, radiusMm)];
    const truth = [
      Math.cos(k * z) - (z / edge) * Math.cos(k * edge),
      Math.sin(k * z) - (z / edge) * Math.sin(k * edge),
    ];
    const size = Math.hypot(...truth);
    expect(Math.hypot(far.re[middle] - truth[0], far.im[middle] - truth[1]) / size).toBeLessThan(0.01);
  });
});

describe('angular spectrum', () => {
  it('widens a Gaussian beam as the formula says, in both methods', () => {
    const grid = {count: 200, pitchMm: 0.4};
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 8,
      centerXMm: 1,
      centerYMm: -2,
      curvatureRadiusMm: null,
      tiltXDeg: 0,
      tiltYDeg: 0,
    } as const;
    const field = createIllumination(beam, grid, wavelengthMm);
    const z = 60;
    const rayleighMm = (Math.PI * beam.radiusMm ** 2) / wavelengthMm;
    const radiusMm = beam.radiusMm * Math.sqrt(1 + (z / rayleighMm) ** 2);
    for (const method of ['rs', 'asm'] as const) {
      const intensity = intensityOf(propagate(field, {wavelengthMm, distanceMm: z}, {method}));
      let [sum, meanX, meanY, square] = [0, 0, 0, 0];
      for (let i = 0; i < intensity.length; i++) {
        const x = ((i % 200) - 99.5) * 0.4;
        const y = (Math.floor(i / 200) - 99.5) * 0.4;
        sum += intensity[i];
        meanX += intensity[i] * x;
        meanY += intensity[i] * y;
        square += intensity[i] * ((x - 1) ** 2 + (y + 2) ** 2);
      }
      expect(meanX / sum).toBeCloseTo(1, 2);
      expect(meanY / sum).toBeCloseTo(-2, 2);
      // Intensity exp(-2 r^2 / w^2) has a second moment of w^2 / 2. Paraxial against exact: well below 1 %.
      expect(Math.sqrt((2 * square) / sum) / radiusMm).toBeCloseTo(1, 2);
    }
  });

  it('keeps the power of a field that stays inside', () => {
    const grid = {count: 200, pitchMm: 0.4};
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 8,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: 100,
    } as const;
    const field = createIllumination({...beam, tiltXDeg: 5, tiltYDeg: -3}, grid, wavelengthMm);
    const far = propagate(field, {wavelengthMm, distanceMm: 40}, {method: 'asm'});
    const power = (plane: ComplexPlane): number => intensityOf(plane).reduce((sum, value) => sum + value, 0);
    expect(power(far) / power(field)).toBeCloseTo(1, 5);
  });

  it('agrees with Rayleigh-Sommerfeld on a smooth field', () => {
    const grid = {count: 200, pitchMm: 0.4};
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 15,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: null,
    } as const;
    const field = createIllumination({...beam, tiltXDeg: 0, tiltYDeg: 0}, grid, wavelengthMm);
    const gap = {wavelengthMm, distanceMm: 30};
    const asm = propagate(field, gap, {method: 'asm', pad: 2});
    expect(relativeError(asm, propagate(field, gap, {method: 'rs'}))).toBeLessThan(1e-5);
  });

  it('shifts by whole samples as the samples themselves do', () => {
    const field = randomField(40, 0.4, 9);
    const straight = propagate(field, {wavelengthMm, distanceMm: 20}, {method: 'asm'});
    const shifted = propagate(
      field,
      {wavelengthMm, distanceMm: 20, shiftXMm: 0.8, shiftYMm: -0.4},
      {method: 'asm'},
    );
    // The sample read at (x + 0.8, y - 0.4) is two columns further on and one row back.
    let error = 0;
    for (let row = 5; row < 35; row++) {
      for (let column = 5; column < 35; column++) {
        error = Math.max(
          error,
          Math.abs(shifted.re[row * 40 + column] - straight.re[(row - 1) * 40 + column + 2]),
        );
      }
    }
    expect(error).toBeLessThan(1e-12);
  });
});

describe('adjoint', () => {
  for (const options of [
    {method: 'rs'},
    {method: 'asm', pad: 2},
    {method: 'asm', pad: 1},
    {method: 'asm', pad: 3},
  ] satisfies PropagationOptions[]) {
    it(`passes the dot-product test: ${options.method}, pad ${'pad' in options ? options.pad : '-'}`, () => {
      const grid = {count: 22, pitchMm: 0.4};
      const propagator = createPropagator(grid, wavelengthMm, options);
      const gap = propagator.prepare(9, 0.11, -0.05);
      const [u, v] = [randomField(22, 0.4, 1), randomField(22, 0.4, 2)];
      const left = innerProduct(propagator.forward(gap, u), v);
      const right = innerProduct(u, propagator.adjoint(gap, v));
      expect(left[0]).toBeCloseTo(right[0], 9);
      expect(left[1]).toBeCloseTo(right[1], 9);
    });
  }
});

describe('refusals', () => {
  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a distance of %d mm', (distanceMm) => {
    const field = randomField(8, 0.4, 1);
    expect(() => propagate(field, {wavelengthMm, distanceMm}, {method: 'asm'})).toThrow(/follow each other/);
  });
});
