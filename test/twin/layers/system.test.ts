import {describe, expect, it} from 'vitest';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import type {Placement} from '../../../src/contract/placement.ts';
import {
  createOpticalSystem,
  intensityOf,
  propagateSystem,
  type OpticalModel,
} from '../../../src/twin/layers/system.ts';
import {directSum, pointsOf, relativeError} from '../direct-sum.ts';

const wavelengthMm = 0.749481145;
const [count, pitchMm] = [24, 0.4];
const grid = {count, pitchMm};
const [refractiveIndex, extinction, baseMm] = [1.7227, 0.031, 0.5];

/** A plate without any symmetry, so that a flip or a wrong order shows. */
const relief = (phase: number): Float64Array =>
  Float64Array.from({length: count * count}, (_, i) => {
    const [row, column] = [Math.floor(i / count), i % count];
    return 0.5 + 0.4 * Math.sin(0.5 * column + phase) * Math.cos(0.35 * row) + 0.003 * column;
  });
const object: ComplexPlane = {
  grid,
  re: Float64Array.from({length: count * count}, (_, i) =>
    i % count > 8 && Math.floor(i / count) < 14 ? 1 : 0,
  ),
  im: new Float64Array(count * count),
};
const plateAt = (zMm: number, phase: number, placement: Partial<Placement> = {}) => ({
  relief: {grid, values: relief(phase)},
  baseMm,
  refractiveIndex,
  extinction,
  zMm,
  placement,
});
const model = (placements: Partial<Placement>[], output: Partial<Placement> = {}): OpticalModel => ({
  wavelengthMm,
  grid,
  illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
  object,
  plates: [plateAt(10, 0, placements[0]), plateAt(20, 1, placements[1])],
  outputZMm: 30,
  placement: {output},
});

/** The bench written out as double sums between the true places of all (sub-)pixels. */
function truth(placements: Partial<Placement>[], output: Partial<Placement>, oversample: number) {
  const [n, p] = [count * oversample, pitchMm / oversample];
  const pixel = (i: number): number =>
    Math.floor(Math.floor(i / n) / oversample) * count + Math.floor((i % n) / oversample);
  const at = (place: Partial<Placement>) =>
    pointsOf(n, p, place.dxMm ?? 0, place.dyMm ?? 0, place.rotationDeg ?? 0);
  const places = [at({}), at(placements[0]), at(placements[1]), at(output)];
  const z = [0, 10 + (placements[0].dzMm ?? 0), 20 + (placements[1].dzMm ?? 0), 30 + (output.dzMm ?? 0)];
  let re = Float64Array.from({length: n * n}, (_, i) => object.re[pixel(i)]);
  let im = new Float64Array(n * n);
  for (let part = 1; part < 4; part++) {
    const sum = directSum(
      {...places[part - 1], re, im},
      places[part],
      z[part] - z[part - 1],
      wavelengthMm,
      p * p,
    );
    if (part === 3) return sum;
    const heights = relief(part - 1);
    re = Float64Array.from(sum.re);
    im = Float64Array.from(sum.im);
    for (let i = 0; i < n * n; i++) {
      let [row, column] = [Math.floor(pixel(i) / count), pixel(i) % count];
      if (placements[part - 1].flipX) column = count - 1 - column;
      if (placements[part - 1].flipY) row = count - 1 - row;
      const h = baseMm + heights[row * count + column];
      const a = Math.exp((-2 * Math.PI * extinction * h) / wavelengthMm);
      const phase = (2 * Math.PI * (refractiveIndex - 1) * h) / wavelengthMm;
      const [tr, ti] = [a * Math.cos(phase), a * Math.sin(phase)];
      [re[i], im[i]] = [re[i] * tr - im[i] * ti, re[i] * ti + im[i] * tr];
    }
  }
  throw new Error('unreachable');
}

describe('a bench of plates', () => {
  it('equals the double sums when every part stands as designed', () => {
    expect(
      relativeError(propagateSystem(model([{}, {}]), {method: 'rs'}), truth([{}, {}], {}, 1)),
    ).toBeLessThan(1e-12);
  });

  it('places shifted, flipped and axially displaced plates exactly', () => {
    const placements = [
      {dxMm: 0.13, dyMm: -0.21, dzMm: 0.3, flipX: true},
      {dxMm: -0.3, dyMm: 0.05, dzMm: -0.2, flipY: true},
    ];
    const output = {dxMm: 0.7, dyMm: -0.9, dzMm: 0.1};
    const field = propagateSystem(model(placements, output), {method: 'rs'});
    expect(relativeError(field, truth(placements, output, 1))).toBeLessThan(1e-12);
  });

  // The rotated samples are interpolated: error as stated in docs/decisions/0007-placement.md.
  it.each([
    [1, 6e-3],
    [2, 1e-3],
  ])('places rotated plates, %d samples a pixel, to %d', (oversample, tolerance) => {
    const placements = [
      {dxMm: 0.13, rotationDeg: 0.8},
      {dyMm: 0.05, rotationDeg: -0.5},
    ];
    const output = {dxMm: 0.2, rotationDeg: 0.3};
    const field = propagateSystem(model(placements, output), {method: 'rs', oversample, edges: 'sampled'});
    expect(relativeError(field, truth(placements, output, oversample))).toBeLessThan(tolerance);
  });

  it('a rotation that is ignored would be seen: the same bench unrotated is far off', () => {
    const placements = [{rotationDeg: 0.8}, {rotationDeg: -0.5}];
    expect(
      relativeError(propagateSystem(model([{}, {}]), {method: 'rs'}), truth(placements, {}, 1)),
    ).toBeGreaterThan(0.04);
  });

  it('moves with all its parts: a common shift changes nothing under a plane wave', () => {
    const shift = {dxMm: 0.33, dyMm: -0.17};
    const moved = {...model([shift, shift], shift), placement: {object: shift, output: shift}};
    const field = propagateSystem(moved, {method: 'rs'});
    expect(relativeError(field, propagateSystem(model([{}, {}]), {method: 'rs'}))).toBeLessThan(1e-12);
  });

  it('finds the Gaussian beam where the source placement puts it', () => {
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 2,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: null,
    } as const;
    const base = {...model([{}, {}]), illumination: {...beam, tiltXDeg: 0, tiltYDeg: 0}, object: null};
    const moved = {...base, placement: {source: {dxMm: 1, dyMm: -0.5}}};
    const direct = {...base, illumination: {...base.illumination, centerXMm: 1, centerYMm: -0.5}};
    const options = {method: 'asm'} as const;
    expect(relativeError(propagateSystem(moved, options), propagateSystem(direct, options))).toBeLessThan(
      1e-12,
    );
  });

  it('refuses plates out of order', () => {
    expect(() => propagateSystem(model([{dzMm: 12}, {}]), {method: 'rs'})).toThrow(
      /Plate 2 stands at z = 20 mm/,
    );
  });

  it('stops between planes when it is aborted', () => {
    const abort = new AbortController();
    const system = createOpticalSystem(model([{}, {}]), {
      method: 'rs',
      signal: abort.signal,
      onPlane: () => abort.abort(new Error('enough')),
    });
    expect(() => system.propagate(object)).toThrow('enough');
  });

  it('never makes power: what leaves is less than what enters', () => {
    const system = createOpticalSystem(model([{}, {}]), {method: 'asm'});
    const out = intensityOf(system.propagate(object)).reduce((sum, value) => sum + value, 0) * pitchMm ** 2;
    expect(out).toBeGreaterThan(0);
    expect(out).toBeLessThan(system.inputPower(object));
  });
});
