import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, test} from 'vitest';
import {createRandom} from '../../src/base/random.ts';
import {createClassRegions} from '../../src/contract/class-regions.ts';
import {materialAt, spectrumProblem} from '../../src/contract/spectrum.ts';
import {wavelengthMmFromHz} from '../../src/contract/units.ts';
import {useTensorBackend} from '../../src/host/tensor/backend.ts';
import {illuminationAt} from '../../src/twin/field/illumination-at.ts';
import {createReadOut, decide} from '../../src/twin/metrics/read-out.ts';
import {computeVerdict} from '../../src/twin/metrics/verdict.ts';
import {energyLoss} from '../../src/twin/training/loss.ts';
import {createTrainingNetwork, type TrainingNetwork} from '../../src/twin/training/network.ts';
import type {NetworkSpec} from '../../src/twin/training/network-spec.ts';
import {createSpectralNetwork, spectralLines} from '../../src/twin/training/spectral-network.ts';

/** Networks that are read at several frequencies. */

const [firstHz, secondHz] = [4e11, 3.5e11];
const resin = {
  refractiveIndex: 1.7227,
  extinction: 0.031,
  dispersion: [{frequencyHz: secondHz, refractiveIndex: 1.74, extinction: 0.025}],
};
const light = {
  kind: 'gaussian-beam',
  radiusMm: 9,
  centerXMm: 0.5,
  centerYMm: -0.3,
  curvatureRadiusMm: 200,
  tiltXDeg: 0,
  tiltYDeg: 0,
} as const;
const {regions} = createClassRegions({sideMm: 16, regionMm: 3, classCount: 4, detection: 'single'});
const spec: NetworkSpec = {
  ...spectralLines(resin, firstHz, [firstHz])[0],
  further: spectralLines(resin, firstHz, [secondHz]),
  grid: {count: 40, pitchMm: 0.4},
  gapsMm: [6, 8, 7],
  baseMm: 0.5,
  regions,
  heightStepMm: null,
  pixel: 'square',
  probe: {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28},
  pad: 2,
  slotCount: 1,
};
const random = createRandom('spectrum test');
const heights = [0, 1].map(() => Float32Array.from({length: 1600}, () => random.uniform()));
const mask = Float32Array.from({length: 1600}, () => (random.uniform() > 0.5 ? 1 : 0));

function energiesOf(network: TrainingNetwork, reliefs: readonly Float32Array[] = heights): Float32Array {
  const energies = new Float32Array(network.regionCount);
  network.setHeights(reliefs);
  network.forward(0, mask, energies);
  return energies;
}

beforeAll(async () => {
  await useTensorBackend();
});

test('a material lies between its points, and keeps the outermost beyond them', () => {
  expect(materialAt(resin, firstHz, secondHz)).toEqual({refractiveIndex: 1.74, extinction: 0.025});
  expect(materialAt(resin, firstHz, firstHz)).toEqual({refractiveIndex: 1.7227, extinction: 0.031});
  const between = materialAt(resin, firstHz, 3.75e11);
  expect(between.refractiveIndex).toBeCloseTo((1.74 + 1.7227) / 2, 12);
  expect(between.extinction).toBeCloseTo(0.028, 12);
  expect(materialAt(resin, firstHz, 1e12)).toEqual(materialAt(resin, firstHz, firstHz));
  expect(materialAt(resin, firstHz, 1e11)).toEqual(materialAt(resin, firstHz, secondHz));
  expect(materialAt({refractiveIndex: 1.5, extinction: 0}, firstHz, secondHz).refractiveIndex).toBe(1.5);
});

test.each([
  [[3.5e11, 4e11], 'binary-mask', 'own'],
  [[4e11, 3.5e11, 3.5e11], 'binary-mask', 'twice'],
  [[4e11, 3.5e11], 'phase', 'phase objects'],
])('a design that is read at %j Hz with a %s is refused', (frequencies, kind, problem) => {
  expect(spectrumProblem(4e11, frequencies, kind)).toContain(problem);
  expect(spectrumProblem(4e11, [4e11, 3.5e11], 'binary-mask')).toBeUndefined();
});

test('a beam at another frequency comes from the same waist', () => {
  // Radius and curvature behind a waist, by the textbook formulas.
  const waistMm = 4.7;
  const distanceMm = 585;
  const at = (hz: number) => {
    const range = (Math.PI * waistMm ** 2) / wavelengthMmFromHz(hz);
    return {
      radiusMm: waistMm * Math.hypot(1, distanceMm / range),
      curvatureRadiusMm: distanceMm * (1 + (range / distanceMm) ** 2),
    };
  };
  const moved = illuminationAt({...light, ...at(firstHz)}, firstHz, secondHz);
  if (moved.kind !== 'gaussian-beam') throw new Error('The kind of the light has changed.');
  expect(moved.radiusMm).toBeCloseTo(at(secondHz).radiusMm, 9);
  expect(moved.curvatureRadiusMm).toBeCloseTo(at(secondHz).curvatureRadiusMm, 6);
  expect(moved.centerXMm).toBe(light.centerXMm);
  const flat = {...light, curvatureRadiusMm: null};
  expect(illuminationAt(flat, firstHz, secondHz)).toEqual(flat);
});

describe('a network of two wavelengths', () => {
  it('is read as two networks of one wavelength each', () => {
    const both = createSpectralNetwork(spec);
    both.setIllumination(light);
    const all = energiesOf(both);
    const [line] = spectralLines(resin, firstHz, [secondHz]);
    const singles = [
      {own: spec, seen: light},
      {own: {...spec, ...line}, seen: illuminationAt(light, firstHz, secondHz)},
    ].map(({own, seen}) => {
      const network = createTrainingNetwork({...own, further: []});
      network.setIllumination(seen);
      return Array.from(energiesOf(network));
    });
    expect(Array.from(all)).toEqual(singles.flat());
  });

  it('gives what every sample reads behind what the scan reads, each of both wavelengths', () => {
    const scan = {stepMm: 1, offsetXMm: 0.3, offsetYMm: 0.7};
    const read = (isReadWholeToo: boolean, scanned: typeof scan | null): number[] => {
      const network = createSpectralNetwork({...spec, isReadWholeToo});
      network.setIllumination(light);
      network.setScan(scanned);
      return Array.from(energiesOf(network));
    };
    expect(read(true, scan)).toEqual([...read(false, scan), ...read(false, null)]);
  });

  it('shows at its second wavelength what plates show that are as much smaller as the first is shorter', () => {
    const both = createSpectralNetwork(spec);
    both.setIllumination(light);
    const second = energiesOf(both).slice(regions.length);
    // Diffraction knows lengths in wavelengths only.
    const scale = secondHz / firstHz;
    const {refractiveIndex, extinction} = materialAt(resin, firstHz, secondHz);
    const moved = illuminationAt(light, firstHz, secondHz);
    if (moved.kind !== 'gaussian-beam' || moved.curvatureRadiusMm === null)
      throw new Error('The light is flat.');
    const small = createTrainingNetwork({
      ...spec,
      further: [],
      refractiveIndex,
      extinction,
      grid: {count: 40, pitchMm: 0.4 * scale},
      gapsMm: spec.gapsMm.map((gap) => gap * scale),
      baseMm: 0.5 * scale,
      probe: {kind: 'mode', mode: 'te10', widthMm: 0.56 * scale, heightMm: 0.28 * scale},
      regions: regions.map(({label, ...lengths}) => ({
        label,
        centerXMm: lengths.centerXMm * scale,
        centerYMm: lengths.centerYMm * scale,
        widthMm: lengths.widthMm * scale,
        heightMm: lengths.heightMm * scale,
      })),
    });
    small.setIllumination({
      ...moved,
      radiusMm: moved.radiusMm * scale,
      curvatureRadiusMm: moved.curvatureRadiusMm * scale,
      centerXMm: moved.centerXMm * scale,
      centerYMm: moved.centerYMm * scale,
    });
    const reliefs = heights.map((layer) => layer.map((height) => height * scale));
    energiesOf(small, reliefs).forEach((energy, k) =>
      expect(energy / (second[k] * scale ** 2)).toBeCloseTo(1, 3),
    );
  });

  it('carries the gradients of both wavelengths into one height map', () => {
    const network = createSpectralNetwork({...spec, isReadWholeToo: true});
    network.setIllumination(light);
    network.setScan({stepMm: 1, offsetXMm: 0.3, offsetYMm: 0.7});
    network.setPlateErrors({dxMm: [0.1, -0.2], dyMm: [0.05, 0.1], dzMm: [0, 0.2]});
    const weights = Array.from({length: network.regionCount}, () => random.normal());
    const value = (reliefs: readonly Float32Array[]): number =>
      energiesOf(network, reliefs).reduce((sum, energy, k) => sum + weights[k] * energy, 0);
    value(heights);
    network.clearGradients();
    network.backward(0, weights);
    const gradients = heights.map((_, layer) => {
      const into = new Float32Array(1600);
      network.readHeightGradient(layer, into);
      return into;
    });
    heights.forEach((_, l) => {
      // Along the gradient itself, where terms do not cancel each other; its size is 1 in the root mean square.
      const size = Math.sqrt(gradients[l].reduce((sum, g) => sum + g * g, 0) / 1600);
      const direction = gradients[l].map((g) => g / size);
      const step = 5e-4;
      const at = (sign: number): number =>
        value(heights.map((own, k) => (k === l ? own.map((h, i) => h + sign * step * direction[i]) : own)));
      const difference = (at(1) - at(-1)) / (2 * step);
      const predicted = gradients[l].reduce((sum, g, i) => sum + g * direction[i], 0);
      expect(Math.abs(predicted / difference - 1)).toBeLessThan(5e-4);
    });
  });
});

const spectral = createClassRegions({sideMm: 16, regionMm: 3, classCount: 4, detection: 'spectral'});
const detectors = [
  {name: 'mean shares', detector: {regions, frequenciesHz: [firstHz, secondHz]}},
  {name: 'differences between the frequencies', detector: {...spectral, frequenciesHz: [firstHz, secondHz]}},
  {
    name: 'a dense network',
    detector: {
      regions: regions.slice(0, 2),
      frequenciesHz: [firstHz, secondHz],
      readOut: {
        kind: 'dense' as const,
        labels: ['x', 'y'],
        layers: [
          {
            weights: [
              [1, -2, 0.5, 3],
              [-1, 1, 2, -0.5],
            ],
            bias: [0.1, -0.2],
          },
        ],
      },
    },
  },
];
describe.each(detectors)('$name of two planes', ({detector}) => {
  const readOut = createReadOut(detector);
  const count = 2 * detector.regions.length;
  const energy = fc.double({min: 0.05, max: 10, noNaN: true});

  it('do not depend on the brightness of either plane, and have the derivatives that they say', () => {
    const property = fc.property(
      fc.array(energy, {minLength: count, maxLength: count}),
      energy,
      (energies, brightness) => {
        const scores = readOut.scoresOf(energies);
        const brighter = energies.map((own, i) => (i < count / 2 ? own : own * brightness));
        readOut.scoresOf(brighter).forEach((score, k) => expect(score).toBeCloseTo(scores[k], 9));
        const {values, gradients} = readOut.comparedOf(energies);
        expect(Array.from(values)).toEqual(Array.from(scores));
        const direction = energies.map((_, i) => Math.sin(3 * i + 1));
        const step = 1e-6;
        const at = (sign: number): Float64Array =>
          readOut.scoresOf(energies.map((own, i) => own + sign * step * direction[i]));
        const [low, high] = [at(-1), at(1)];
        gradients.forEach((row, k) => {
          const expected = direction.reduce((sum, own, i) => sum + own * row[i], 0);
          expect((high[k] - low[k]) / (2 * step)).toBeCloseTo(expected, 4);
        });
      },
    );
    fc.assert(property, {numRuns: 100});
  });

  it('need light at both frequencies', () => {
    const dark = Array.from({length: count}, (_, i) => (i < count / 2 ? 1 + i : 0));
    expect(() => readOut.scoresOf(dark)).toThrow('no energy');
    expect(computeVerdict(dark, [], {readOut})).toMatchObject({margin: null, verdict: 'undecided'});
  });
});

test('the class wins whose region is bright at the first frequency and dark at the second', () => {
  const {scoresOf, labels} = createReadOut({...spectral, frequenciesHz: [firstHz, secondHz]});
  const scores = scoresOf([4, 2, 2, 2, 30, 20, 10, 40]);
  expect(labels).toEqual(['0', '1', '2', '3']);
  // Shares 0.4, 0.2, 0.2, 0.2 and 0.3, 0.2, 0.1, 0.4.
  [1 / 7, 0, 1 / 3, -1 / 3].forEach((expected, k) => expect(scores[k]).toBeCloseTo(expected, 12));
  expect(decide(scores).winner).toBe(2);
});

test.each([
  ['mean shares', undefined, 4],
  ['differences', spectral.readOut, 4],
] as const)(
  'the loss of %s of two planes has the gradient that TensorFlow.js says',
  (_, settings, classCount) => {
    const energies = Array.from({length: 16}, (_value, i) => 1 + ((7 * i) % 5) / 2);
    const labels = [1, 0, 0, 0, 0, 0, 1, 0];
    const whole = Array.from({length: 16}, (_value, i) => 1.5 + ((3 * i) % 7) / 3);
    const lossOf = (energy: tf.Tensor2D): tf.Scalar =>
      energyLoss(
        {
          energies: energy,
          wholeEnergies: tf.tensor2d(whole, [2, 8]),
          labels: tf.tensor2d(labels, [2, classCount]),
          inputPower: tf.tensor1d([40, 50]),
        },
        {
          logits: 'share',
          logitScale: 4,
          efficiencyWeight: 0.5,
          referenceEfficiency: 0.7,
          marginWeight: 0.2,
          smoothnessWeight: 0.3,
        },
        {settings, planeCount: 2},
      );
    const value = (e: readonly number[]): number => lossOf(tf.tensor2d([...e], [2, 8])).dataSync()[0];
    const variable = tf.variable(tf.tensor2d(energies, [2, 8]));
    const {grads} = tf.variableGrads(() => lossOf(variable));
    Object.values(grads)[0]
      .dataSync()
      .forEach((gradient, i) => {
        const step = 1e-2;
        const at = (sign: number): number => value(energies.map((e, k) => (k === i ? e + sign * step : e)));
        expect(gradient).toBeCloseTo((at(1) - at(-1)) / (2 * step), 3);
      });
    // The loss of light is that of each plane by itself: all of it at one frequency is worse than half at both.
    const half = value(energies);
    const uneven = value(energies.map((e, i) => (i % 8 < 4 ? 1.9 * e : 0.1 * e)));
    expect(uneven).toBeGreaterThan(half);
  },
);
