import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {PlateOptics} from '../../../src/contract/plate-optics.ts';
import {edgesOn, PixelFilter, type PixelEdges} from '../../../src/twin/layers/pixel-filter.ts';
import {createOpticalSystem, intensityOf} from '../../../src/twin/layers/system.ts';

const wavelengthMm = 0.7495;
const pixels = {count: 12, pitchMm: 0.4};
const noise = (seed: string, count: number): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({length: count}, () => random.normal());
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

describe('square pixels at samples', () => {
  it.each([
    ['two samples a pixel', {count: 32, pitchMm: 0.2}],
    ['one', {count: 16, pitchMm: 0.4}],
    ['pixels as fine as samples', {count: 12, pitchMm: 0.4}],
    ['a grid that sees only the middle', {count: 8, pitchMm: 0.2}],
  ])('are gathered by the adjoint of how they are spread: %s', (_, samples) => {
    const filter = new PixelFilter(pixels, samples, wavelengthMm);
    const [values, weights] = [noise('pixels', 144), noise('samples', samples.count ** 2)];
    expect(dot(filter.spread(values), weights)).toBeCloseTo(dot(values, filter.gather(weights)), 9);
  });

  it('keep an even plate even, and their sum', () => {
    const samples = {count: 48, pitchMm: 0.2};
    const filter = new PixelFilter(pixels, samples, wavelengthMm);
    const even = filter.spread(new Float64Array(144).fill(1));
    expect(even[24 * 48 + 24]).toBeCloseTo(1, 3);
    const values = noise('sum', 144).map(Math.abs);
    const sum = filter.spread(values).reduce((total, value) => total + value, 0);
    expect(sum / 4 / values.reduce((total, value) => total + value, 0)).toBeCloseTo(1, 3);
  });

  it('are band-limited where samples are finer than a third of the wavelength', () => {
    expect(edgesOn({count: 1, pitchMm: 0.2}, wavelengthMm)).toBe('band-limited');
    expect(edgesOn({count: 1, pitchMm: 0.4}, wavelengthMm)).toBe('sampled');
  });
});

describe('two samples a pixel', () => {
  const grid = {count: 20, pitchMm: 0.4};
  const plates = [1, 2].map((number) => {
    const random = createRandom(`print ${number}`);
    const values = Float64Array.from({length: 400}, () => 0.065 * random.integer(16));
    return {
      relief: {grid, values},
      extent: {lowestMm: 0, highestMm: 0.975},
      baseMm: 0.5,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      zMm: 10 * number,
    };
  });
  /** Mean power over each pixel of the output plane. */
  const powersOf = (oversample: number, edges: PixelEdges, plateOptics: PlateOptics): Float64Array => {
    const system = createOpticalSystem(
      {
        wavelengthMm,
        grid,
        illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
        plates,
        plateOptics,
        outputZMm: 30,
      },
      {method: 'rs', oversample, edges, precision: 'single'},
    );
    const side = grid.count * oversample;
    const out = new Float64Array(400);
    intensityOf(system.propagate(null)).forEach((power, i) => {
      const [row, column] = [Math.floor(i / side), i % side];
      out[20 * Math.floor(row / oversample) + Math.floor(column / oversample)] += power / oversample ** 2;
    });
    return out;
  };
  const difference = (a: Float64Array, b: Float64Array): number =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / dot(b, b));

  it.each<[string, PlateOptics, number, number]>([
    ['thin', {kind: 'thin'}, 0.02, 0.08],
    ['thick', {kind: 'thick', sliceCount: 8}, 0.08, 0.14],
  ])(
    'predict what six points a pixel do, where they see band-limited pixels (%s)',
    (_, plateOptics, most, least) => {
      const fine = powersOf(6, 'sampled', plateOptics);
      expect(difference(powersOf(2, 'band-limited', plateOptics), fine)).toBeLessThan(most);
      expect(difference(powersOf(2, 'sampled', plateOptics), fine)).toBeGreaterThan(least);
    },
  );
});
