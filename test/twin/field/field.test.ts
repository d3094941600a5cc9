import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {Grid} from '../../../src/contract/optics.ts';
import {createIllumination} from '../../../src/twin/field/illumination.ts';
import {interpolateField, rotateField} from '../../../src/twin/field/interpolation.ts';
import {createObject, enlargeImage} from '../../../src/twin/field/object.ts';
import {sampleProbe} from '../../../src/twin/layers/probe.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import {regionSamples} from '../../../src/twin/layers/detector.ts';
import {augmentedObject, noAugmentation} from '../../../src/twin/training/augment.ts';

const grid = {count: 64, pitchMm: 0.4};

describe('objects', () => {
  const image = {rows: 4, columns: 4, bytes: new Uint8Array(16)};
  image.bytes[0] = 255; // top left
  image.bytes[7] = 200; // second row, right

  it('put the top row of an image at the largest y and its left column at the smallest x', () => {
    const values = enlargeImage(image, {count: 4, pitchMm: 1}, 4, 'nearest');
    expect(values[3 * 4 + 0]).toBe(1);
    expect(values[2 * 4 + 3]).toBeCloseTo(200 / 255, 12);
    expect(values.filter((v) => v !== 0)).toHaveLength(2);
  });

  it('keep their physical size: 4 pixels of 1.6 mm on samples of 0.4 mm', () => {
    const full = {rows: 4, columns: 4, bytes: new Uint8Array(16).fill(255)};
    for (const interpolation of ['nearest', 'bilinear'] as const) {
      const object = {
        kind: 'binary-mask',
        imageCount: 4,
        sideMm: 6.4,
        interpolation,
        threshold: 0.5,
      } as const;
      const open = createObject(full, grid, object).re.filter((v) => v === 1).length;
      // Bilinear edges fall to a half at the rim itself; the corners are rounded off by at most a sample each.
      expect(open).toBeGreaterThanOrEqual(16 * 16 - 12);
      expect(open).toBeLessThanOrEqual(16 * 16);
    }
  });

  it('as phase pass all the light', () => {
    const object = {
      kind: 'phase',
      imageCount: 4,
      sideMm: 6.4,
      interpolation: 'nearest',
      threshold: 0.5,
    } as const;
    const {re, im} = createObject(image, grid, object);
    expect(re.every((value, i) => Math.abs(Math.hypot(value, im[i]) - 1) < 1e-12)).toBe(true);
  });

  it('as half a turn of phase turn the sign of the light where they are white, in a training too', () => {
    const white = {rows: 4, columns: 4, bytes: new Uint8Array(16).fill(255)};
    const object = {
      kind: 'phase',
      imageCount: 4,
      sideMm: 6.4,
      interpolation: 'bilinear',
      threshold: 0.5,
      phaseTurns: 0.5,
    } as const;
    const {re} = createObject(white, grid, object);
    const middle = 32 * 64 + 32;
    expect(re[middle]).toBeCloseTo(-1, 12);
    expect(re[0]).toBe(1);
    const turns = new Float32Array(64 * 64);
    augmentedObject(
      white,
      {grid, object},
      {change: noAugmentation, random: createRandom('phase object')},
      turns,
    );
    turns.forEach((value, i) => expect(Math.cos(2 * Math.PI * value)).toBeCloseTo(re[i], 5));
  });
});

describe('band-limited interpolation', () => {
  it('follows plane waves within the stated error', () => {
    const highest = 1 / (2 * grid.pitchMm);
    for (const [part, tolerance] of [
      [0.1, 1e-3],
      [0.6, 1e-3],
      [0.75, 5e-3],
    ]) {
      const [fx, fy] = [part * highest, -part * highest];
      const wave = (x: number, y: number): [number, number] => {
        const phase = 2 * Math.PI * (fx * x + fy * y);
        return [Math.cos(phase), Math.sin(phase)];
      };
      const re = new Float64Array(64 * 64);
      const im = new Float64Array(64 * 64);
      for (let i = 0; i < re.length; i++) {
        [re[i], im[i]] = wave(((i % 64) - 31.5) * 0.4, (Math.floor(i / 64) - 31.5) * 0.4);
      }
      const x = [0.05, 1.234, -3.3, 5.01];
      const y = [0.15, -2.71, 4.444, -0.02];
      const got = interpolateField({grid, re, im}, x, y);
      x.forEach((_, i) => {
        const [a, b] = wave(x[i], y[i]);
        expect(Math.hypot(got.re[i] - a, got.im[i] - b)).toBeLessThan(tolerance);
      });
    }
  });

  it('turns a field the way of the convention, from x to y', () => {
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 2,
      curvatureRadiusMm: null,
      tiltXDeg: 0,
      tiltYDeg: 0,
    } as const;
    const onX = createIllumination({...beam, centerXMm: 6, centerYMm: 0}, grid, 0.75);
    // A grid turned by +90 degrees has its own -y axis along the bench's +x.
    const turned = rotateField(onX, Math.PI / 2);
    const largest = turned.re.indexOf(Math.max(...turned.re));
    expect(((largest % 64) - 31.5) * 0.4).toBeCloseTo(0, 0);
    expect((Math.floor(largest / 64) - 31.5) * 0.4).toBeCloseTo(-6, 0);
  });
});

describe('probes', () => {
  const wavelengthMm = 0.749481145;
  const plane = createIllumination({kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0}, grid, wavelengthMm);
  const at = {xMm: [0, 1.03], yMm: [0.2, -0.7]};

  it.each([
    {kind: 'point'},
    {kind: 'aperture', shape: 'rectangle', widthMm: 0.6, heightMm: 0.6},
    {kind: 'aperture', shape: 'disc', widthMm: 1, heightMm: 1},
  ] as const)('read 1 in a plane wave of amplitude 1: %o', (probe) => {
    for (const power of sampleProbe(plane, wavelengthMm, probe, at)) expect(power).toBeCloseTo(1, 3);
  });

  it('as a mode lose what a steep wave loses: the overlap integral times the Huygens factor', () => {
    const fine = {count: 400, pitchMm: 0.1};
    const probe = {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28} as const;
    const tilt = 40;
    const wave = createIllumination({kind: 'plane-wave', tiltXDeg: tilt, tiltYDeg: 0}, fine, wavelengthMm);
    const [power] = sampleProbe(wave, wavelengthMm, probe, {xMm: [0], yMm: [0]});
    // Overlap of exp(i k x sin) with cos(pi x / w), by a fine sum.
    const k = (2 * Math.PI * Math.sin((tilt * Math.PI) / 180)) / wavelengthMm;
    let [overlap, norm] = [0, 0];
    for (let i = 0; i < 10_000; i++) {
      const x = ((i + 0.5) / 10_000 - 0.5) * 0.56;
      overlap += Math.cos(k * x) * Math.cos((Math.PI * x) / 0.56);
      norm += Math.cos((Math.PI * x) / 0.56);
    }
    const huygens = (1 + Math.cos((tilt * Math.PI) / 180)) / 2;
    // The edge of the finite sampled wave costs a little.
    expect(power / ((overlap / norm) * huygens) ** 2).toBeCloseTo(1, 1);
  });

  it('as a mode see a field as it is, whatever was seen before it', () => {
    const probe = {kind: 'mode', mode: 'gaussian', widthMm: 1.2, heightMm: 0.8} as const;
    const read = (own: Grid, tiltXDeg: number) =>
      sampleProbe(
        createIllumination({kind: 'plane-wave', tiltXDeg, tiltYDeg: 0}, own, wavelengthMm),
        wavelengthMm,
        probe,
        at,
      );
    // Of odd side, beside which rows of the kernel have room.
    const odd = {count: 41, pitchMm: 0.2};
    const [first, other] = [read(odd, 0), read(odd, 30)];
    expect(read(odd, 0)).toEqual(first);
    expect(read({count: 40, pitchMm: 0.25}, 0)).not.toEqual(first);
    expect([read(odd, 0), read(odd, 30)]).toEqual([first, other]);
  });
});

describe('detector regions', () => {
  it('lie in rows of 3, 4, 3 with label 0 at the top left, each 12 x 12 samples', () => {
    const regions = createDigitRegions(80, 4.8);
    const samples = regionSamples(regions, {count: 200, pitchMm: 0.4});
    expect(samples.map((s) => s.length)).toEqual(new Array(10).fill(144));
    expect(regions[0]).toMatchObject({centerXMm: -20, centerYMm: 20});
    expect(regions[3]).toMatchObject({centerXMm: -24, centerYMm: 0});
    expect(regions[9]).toMatchObject({centerXMm: 20, centerYMm: -20});
  });
});
