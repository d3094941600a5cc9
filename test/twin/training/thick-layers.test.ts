import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import {regionSamples} from '../../../src/twin/layers/detector.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {reversedNetwork} from '../../../src/twin/training/reversed-engine.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
import {illuminationSchema, type Illumination} from '../../../src/contract/illumination.ts';
import type {NetworkSpec} from '../../../src/twin/training/network-spec.ts';

const grid = {count: 24, pitchMm: 0.4};
const total = 576;
const extent = {lowestMm: 0, highestMm: 1.04};
const spec: NetworkSpec = {
  wavelengthMm: 0.75,
  grid,
  gapsMm: [6, 6, 6],
  refractiveIndex: 1.7227,
  extinction: 0.031,
  baseMm: 0.5,
  regions: createDigitRegions(9.6, 1.6),
  heightStepMm: null,
  pixel: 'point',
  probe: {kind: 'point'},
  thick: {sliceCount: 3, reliefFaces: 'source', extents: [extent, extent]},
  pad: 2,
  slotCount: 2,
};
const random = createRandom('thick layers');
const values = (size: number): Float32Array => Float32Array.from({length: size}, () => random.uniform());
const object = values(total).map((value) => (value > 0.5 ? 1 : 0));

/** Energies of the regions by the network, and by the twin's own optics through the same plates. */
function energiesOfBoth(
  own: NetworkSpec,
  heights: readonly Float32Array[],
  {light, object}: {readonly light: Illumination; readonly object: Float32Array},
): {network: Float32Array; twin: number[]; inputPower: number; twinInputPower: number} {
  const network = createTrainingNetwork(own);
  network.setHeights(heights);
  network.setIllumination(light);
  const energies = new Float32Array(network.regionCount);
  const inputPower = network.forward(1, object, energies);
  const system = createOpticalSystem(
    {
      wavelengthMm: 0.75,
      grid: own.grid,
      illumination: light,
      plates: heights.map((values, i) => ({
        relief: {grid: own.grid, values},
        baseMm: 0.5,
        refractiveIndex: 1.7227,
        extinction: 0.031,
        zMm: 6 * (i + 1),
        reliefFaces: 'source',
        extent,
      })),
      plateOptics: {kind: 'thick', sliceCount: 3},
      outputZMm: 18,
    },
    {method: 'asm', pad: 2},
  );
  const mask = {grid: own.grid, re: Float64Array.from(object), im: new Float64Array(object.length)};
  const {re, im} = system.propagate(mask);
  const twin = regionSamples(own.regions, own.grid).map((samples) => {
    let sum = 0;
    for (const i of samples) sum += re[i] ** 2 + im[i] ** 2;
    return sum * own.grid.pitchMm ** 2;
  });
  return {network: energies, twin, inputPower, twinInputPower: system.inputPower(mask)};
}

it('carries light as the twin does where the edges of the plates are dark', () => {
  const wide = {count: 48, pitchMm: 0.4};
  // Smooth reliefs, so that a narrow beam stays away from the edges.
  const relief = (turn: number): Float32Array =>
    Float32Array.from({length: 48 * 48}, (_, i) => {
      const [x, y] = [(i % 48) - 23.5, Math.floor(i / 48) - 23.5];
      return 0.5 + 0.3 * Math.sin(x / 4 + turn) * Math.cos(y / 5) + 0.2 * Math.cos(turn + (x + y) / 6);
    });
  const {network, twin, inputPower, twinInputPower} = energiesOfBoth(
    {...spec, grid: wide, regions: createDigitRegions(10, 2)},
    [relief(0.3), relief(1.4)],
    {
      light: illuminationSchema.parse({kind: 'gaussian-beam', radiusMm: 2, curvatureRadiusMm: 100}),
      object: new Float32Array(48 * 48).fill(1),
    },
  );
  const all = twin.reduce((sum, energy) => sum + energy, 0);
  twin.forEach((energy, k) => expect(Math.abs(network[k] - energy) / all).toBeLessThan(2e-4));
  expect(all / twinInputPower).toBeGreaterThan(0.1);
  expect(inputPower).toBeCloseTo(twinInputPower, 3);
});

it('differs from the twin by the light at the edges alone, which the ways beside the gaps do not cut off', () => {
  const regions = createDigitRegions(9.6, 1.6);
  const {network, twin} = energiesOfBoth({...spec, regions}, [values(total), values(total)], {
    light: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
    object,
  });
  const shares = [Array.from(network), twin].map((energies) => {
    const all = energies.reduce((sum, energy) => sum + energy, 0);
    return energies.map((energy) => energy / all);
  });
  const rms = Math.hypot(...shares[0].map((share, k) => share - shares[1][k])) / Math.sqrt(10);
  // A quarter of these plates of 24 x 24 is edge; plates of 200 x 200 differ by 0.0002 (docs/thick-plates.md).
  expect(rms).toBeLessThan(0.02);
});

it('lets as much light through backwards as forwards, point for point', () => {
  const own = {...spec, windowMm: 9.6, regions: [], gapsMm: [6, 5, 7]};
  const heights = [values(total), values(total)];
  const point = (at: number): Float32Array => new Float32Array(total).with(at, 1);
  const [p, q] = [24 * 7 + 5, 24 * 14 + 13];
  const network = createTrainingNetwork(own);
  network.setHeights(heights);
  const behind = createTrainingNetwork(reversedNetwork(own));
  behind.setHeights(heights.toReversed());
  const [onwards, back] = [new Float32Array(total), new Float32Array(total)];
  network.forward(0, point(p), onwards);
  behind.forward(0, point(q), back);
  expect(onwards[q]).toBeGreaterThan(0);
  expect(back[p] / onwards[q]).toBeCloseTo(1, 4);
});

it.each([
  ['heights of phase neurons', undefined, [30, 170, 301, 575]],
  ['heights and openings of complex neurons', 'complex', [30, 301, 576 + 30, 576 + 300]],
] as const)('gives the slopes by %s, as finite differences do', (_, neurons, places) => {
  const own = {...spec, ...(neurons && {neurons})};
  const network = createTrainingNetwork(own);
  const made = [0, 1].map(() => values(neurons ? 2 * total : total));
  const energies = new Float32Array(network.regionCount);
  const weights = Float32Array.from(energies, (__, i) => Math.cos(i + 1));
  const lossOf = (plates: readonly Float32Array[]): number => {
    network.setHeights(plates);
    network.forward(0, object, energies);
    return energies.reduce((sum, energy, i) => sum + weights[i] * energy, 0);
  };
  lossOf(made);
  network.clearGradients();
  network.backward(0, weights);
  const gradients = made.map((plate, layer) => {
    const into = new Float32Array(plate.length);
    network.readHeightGradient(layer, into);
    return into;
  });
  // A step against rounding in single precision, on many pixels that keep their slice.
  for (const [layer, gradient] of gradients.entries()) {
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const place of places) {
      const step = 4e-3;
      const moved = [step, -step].map((change) =>
        lossOf(made.map((plate, i) => (i === layer ? plate.with(place, plate[place] + change) : plate))),
      );
      const difference = (moved[0] - moved[1]) / (2 * step);
      expect(Math.abs(difference - gradient[place]), `${layer} ${place}`).toBeLessThan(0.02 * largest);
    }
  }
});
