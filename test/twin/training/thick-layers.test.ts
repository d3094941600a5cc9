import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import {regionSamples} from '../../../src/twin/layers/detector.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
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

it('carries light as the twin does', () => {
  const network = createTrainingNetwork(spec);
  const heights = [values(total), values(total)];
  network.setHeights(heights);
  const energies = new Float32Array(network.regionCount);
  const inputPower = network.forward(1, object, energies);
  const system = createOpticalSystem(
    {
      wavelengthMm: 0.75,
      grid,
      illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
      plates: heights.map((own, i) => ({
        relief: {grid, values: own},
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
  const mask = {grid, re: Float64Array.from(object), im: new Float64Array(total)};
  const {re, im} = system.propagate(mask);
  regionSamples(spec.regions, grid).forEach((samples, k) => {
    let sum = 0;
    for (const i of samples) sum += re[i] ** 2 + im[i] ** 2;
    expect(energies[k] / (sum * grid.pitchMm ** 2)).toBeCloseTo(1, 3);
  });
  expect(inputPower).toBeCloseTo(system.inputPower(mask), 3);
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
