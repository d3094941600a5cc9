/**
 * Thick plates against Rayleigh and Sommerfeld's integral summed point by point, in air and in the plate's own material; fields
 * are the same all along y, so that sources are lines. Nothing of the twin's propagation is used for what is expected.
 */
import {expect, it} from 'vitest';
import type {ComplexPlane, Grid} from '../../../src/contract/optics.ts';
import type {PlateModel} from '../../../src/twin/layers/plate.ts';
import {createThickPass} from '../../../src/twin/layers/plate-passes.ts';
import {createThickMedium} from '../../../src/twin/layers/thick-medium.ts';

const wavelengthMm = 0.75;
const waveNumber = (2 * Math.PI) / wavelengthMm;
const refractiveIndex = 1.7227;
const grid: Grid = {count: 96, pitchMm: 0.15};
const sampleMm = (i: number): number => (i - (grid.count - 1) / 2) * grid.pitchMm;
const samples = Array.from({length: grid.count}, (_, i) => sampleMm(i));

interface Point {
  readonly x: number;
  readonly z: number;
}

/** A line source's field: where it is, what it has, the length that it stands for and the direction that it radiates to. */
interface Source extends Point {
  readonly re: number;
  readonly im: number;
  readonly lengthMm: number;
  /** Of the plane that the sources lie in, against z towards -x, rad. */
  readonly tiltRad: number;
}

type Field = readonly (readonly [re: number, im: number])[];

/** Sum of (i k / 2) U cos H1(k r) ds, the integral of the first kind; H1 by its series for large k r (DLMF 10.17.5). */
function integrate(sources: readonly Source[], points: readonly Point[], index: number): Field {
  const k = waveNumber * index;
  return points.map(({x, z}) => {
    let [re, im] = [0, 0];
    for (const source of sources) {
      const [dx, dz] = [x - source.x, z - source.z];
      const r = Math.hypot(dx, dz);
      const kr = k * r;
      const cosine = (dz * Math.cos(source.tiltRad) - dx * Math.sin(source.tiltRad)) / r;
      const size = (k / 2) * cosine * source.lengthMm * Math.sqrt(2 / (Math.PI * kr));
      // i exp(-3 i pi / 4) = exp(-i pi / 4).
      const angle = kr - Math.PI / 4;
      const [p, q] = [1 + 15 / 128 / kr ** 2, 3 / 8 / kr - 315 / 3072 / kr ** 3];
      const [c, s] = [size * Math.cos(angle), size * Math.sin(angle)];
      const [u, v] = [c * p - s * q, c * q + s * p];
      re += source.re * u - source.im * v;
      im += source.re * v + source.im * u;
    }
    return [re, im];
  });
}

/** A plane of sources at z, at places so close that the sum is an integral. */
const stepMm = 0.03;
const places = Array.from({length: 401}, (_, i) => (i - 200) * stepMm);
const planeOf = (z: number, field: (x: number) => readonly [number, number]): Source[] =>
  places.map((x) => ({x, z, re: field(x)[0], im: field(x)[1], lengthMm: stepMm, tiltRad: 0}));

const beam =
  (radiusMm: number, fx: number) =>
  (x: number): readonly [number, number] => {
    const amplitude = Math.exp(-((x / radiusMm) ** 2));
    return [amplitude * Math.cos(2 * Math.PI * fx * x), amplitude * Math.sin(2 * Math.PI * fx * x)];
  };

/** The twin's plate on a field that is the same all along y. */
function behind(plate: PlateModel, field: Field, sliceCount: number): Field {
  const medium = createThickMedium(grid, wavelengthMm, {precision: 'double', guardMm: 0});
  const total = grid.count ** 2;
  const plane: ComplexPlane = {grid, re: new Float64Array(total), im: new Float64Array(total)};
  for (let i = 0; i < total; i++) [plane.re[i], plane.im[i]] = field[i % grid.count];
  const {re, im} = createThickPass(medium, plate, sliceCount)(plane);
  const row = (grid.count / 2) * grid.count;
  return samples.map((_, i) => [re[row + i], im[row + i]]);
}

const plateOf = (heightMm: (x: number) => number, own: Partial<PlateModel> = {}): PlateModel => ({
  relief: {
    grid,
    values: Float64Array.from({length: grid.count ** 2}, (_, i) => heightMm(sampleMm(i % grid.count))),
  },
  baseMm: 0,
  refractiveIndex,
  extinction: 0,
  zMm: 0,
  ...own,
});

/** Field from the samples of a plane at z. */
const sourcesAt = (z: number, field: Field): Source[] =>
  samples.map((x, i) => ({x, z, re: field[i][0], im: field[i][1], lengthMm: grid.pitchMm, tiltRad: 0}));
const samplesAt = (z: number): Point[] => samples.map((x) => ({x, z}));

/** What of a field differs but for one common factor (Fresnel's losses are one). */
function differenceOf(a: Field, b: Field): number {
  let [re, im, own, other] = [0, 0, 0, 0];
  a.forEach(([x, y], i) => {
    const [u, v] = b[i];
    re += x * u + y * v;
    im += x * v - y * u;
    own += x * x + y * y;
    other += u * u + v * v;
  });
  return Math.sqrt(Math.max(0, 1 - (re * re + im * im) / (own * other)));
}

it('carries an oblique beam through a slab as the integral in its material does', () => {
  const slabMm = 3;
  const front = planeOf(0, beam(1.6, 0.4));
  const plate = plateOf(() => 0.4, {baseMm: slabMm - 0.4});
  // The reference plane is the flat top.
  const reference = integrate(front, samplesAt(slabMm), 1);
  const exact = integrate(front, samplesAt(slabMm), refractiveIndex);
  expect(differenceOf(behind(plate, reference, 4), exact)).toBeLessThan(1e-6);
  expect(differenceOf(reference, exact)).toBeGreaterThan(0.1);
});

it('comes to the integral behind a thin relief as that gets low', () => {
  const light = planeOf(0, beam(2, 0.1));
  const errorAt = (highestMm: number): number => {
    const heightMm = (x: number): number => highestMm * (0.5 + 0.5 * Math.cos(2 * x));
    const plate = plateOf(heightMm);
    const field = behind(plate, samples.map(beam(2, 0.1)), 4);
    const turned = light.map((source) => {
      const phase = waveNumber * (refractiveIndex - 1) * heightMm(source.x);
      const [c, s] = [Math.cos(phase), Math.sin(phase)];
      return {...source, re: source.re * c - source.im * s, im: source.re * s + source.im * c};
    });
    return differenceOf(integrate(sourcesAt(0, field), samplesAt(4), 1), integrate(turned, samplesAt(4), 1));
  };
  const low = errorAt(0.05);
  expect(low).toBeLessThan(0.001);
  // Nearly with the square of the height; of a whole turn of phase little is left that is alike.
  expect(errorAt(0.1) / low).toBeGreaterThan(2.5);
  expect(errorAt(1)).toBeGreaterThan(0.2);
});

it('carries a beam through a wedge as the integrals in its material and from its slope do', () => {
  const tiltRad = (10 * Math.PI) / 180;
  const [halfMm, baseMm] = [4, 1];
  const highestMm = 2 * halfMm * Math.tan(tiltRad);
  const heightMm = (x: number): number => Math.min(highestMm, Math.max(0, (x + halfMm) * Math.tan(tiltRad)));
  const front = planeOf(0, beam(1.2, 0));
  const referenceMm = baseMm + highestMm / 2;
  const outMm = baseMm + highestMm + 1.5;
  const slope = places.map((x) => ({x, z: baseMm + heightMm(x)}));
  const onSlope = integrate(front, slope, refractiveIndex);
  const exact = integrate(
    slope
      .map((point, i): Source => ({
        ...point,
        re: onSlope[i][0],
        im: onSlope[i][1],
        lengthMm: stepMm / Math.cos(tiltRad),
        tiltRad,
      }))
      .filter(({x}) => Math.abs(x) < halfMm),
    samplesAt(outMm),
    1,
  );
  const incident = integrate(front, samplesAt(referenceMm), 1);
  const out = (sliceCount: number): Field =>
    integrate(
      sourcesAt(referenceMm, behind(plateOf(heightMm, {baseMm}), incident, sliceCount)),
      samplesAt(outMm),
      1,
    );
  const thin = incident.map(([re, im], i): readonly [number, number] => {
    const phase = waveNumber * (refractiveIndex - 1) * heightMm(samples[i]);
    return [re * Math.cos(phase) - im * Math.sin(phase), re * Math.sin(phase) + im * Math.cos(phase)];
  });
  expect(differenceOf(out(4), exact)).toBeLessThan(0.04);
  expect(differenceOf(out(16), exact)).toBeLessThan(0.03);
  expect(differenceOf(integrate(sourcesAt(referenceMm, thin), samplesAt(outMm), 1), exact)).toBeGreaterThan(
    0.045,
  );
});
