import {beforeAll, describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import type {NeuronKind} from '../../../src/contract/design-file.ts';
import {createOpticsPool} from '../../../src/host/optics/optics-pool.ts';
import {useTensorBackend} from '../../../src/host/tensor/backend.ts';
import {createOpticalSystem, intensityOf} from '../../../src/twin/layers/system.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {createEnergyEngine, plainJob, readOutOf, type EngineSpec} from '../../../src/twin/training/batch.ts';
import {createHeightModel} from '../../../src/twin/training/height-model.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
import type {NetworkSpec} from '../../../src/twin/training/network-spec.ts';
import {
  joinPlate,
  plateFrom,
  splitPlate,
  startParameters,
  toParameters,
  withStartAngles,
  type NeuronModel,
} from '../../../src/twin/training/neurons.ts';
import {createClassGoal} from '../../../src/twin/training/training-goal.ts';
import {train, type TrainingProgress} from '../../../src/twin/training/train.ts';
import type {TrainingSettings} from '../../../src/twin/training/training-settings.ts';
import {plateValueCount} from '../../../src/twin/training/transmissions.ts';

const wavelengthMm = 0.749481145;
const grid = {count: 40, pitchMm: 0.4};
const pixelCount = 1600;
const light = {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0} as const;
const networkOf = (neurons: NeuronKind): NetworkSpec => ({
  wavelengthMm,
  grid,
  gapsMm: [6, 6, 6],
  refractiveIndex: 1.7227,
  extinction: 0.031,
  baseMm: 0.5,
  regions: createDigitRegions(16, 1.6),
  neurons,
  heightStepMm: null,
  pixel: 'point',
  probe: {kind: 'point'},
  pad: 2,
  slotCount: 8,
});
const modelOf = (neurons: NeuronKind, maskLevelCount: number | null = null): NeuronModel => ({
  ...createHeightModel(
    grid,
    {wavelengthMm, refractiveIndex: 1.7227},
    {parametrisation: 'phase', levelCount: null},
  ),
  neurons,
  maskLevelCount,
});
const settings: TrainingSettings = {
  seed: 3,
  epochs: 15,
  batchSize: 8,
  learningRate: 0.1,
  finalLearningRate: 0.01,
  augmentation: noAugmentation,
  lateralErrorMm: 0,
  axialErrorMm: 0,
  beamShare: 0,
  illumination: light,
  loss: {
    logits: 'share',
    logitScale: 20,
    efficiencyWeight: 0.1,
    referenceEfficiency: 0.1,
    smoothnessWeight: 0,
    marginWeight: 0,
  },
  averageDecay: 0,
  illuminationErrors: {radiusRatio: 0, centerMm: 0, curvatureRatio: 0},
  scanStepMm: null,
  startPhaseRad: 1.2,
  levelsFromRatio: 0.5,
};
const random = createRandom('neurons test');
const valuesOf = (neurons: NeuronKind): Float32Array =>
  Float32Array.from({length: neurons === 'complex' ? 2 * pixelCount : pixelCount}, () => random.uniform());
const amplitude = Float32Array.from({length: pixelCount}, () => (random.uniform() > 0.5 ? 1 : 0));

describe.each(['phase', 'amplitude', 'complex'] as const)('plates of %s neurons', (neurons) => {
  it('have gradients that agree with finite differences of the region energies', () => {
    const net = createTrainingNetwork({...networkOf(neurons), pixel: 'square'});
    const model = modelOf(neurons);
    // Over the parameters themselves: what Adam is given.
    const parameters = [0, 1].map(() => valuesOf(neurons).map((value) => 0.4 + 5 * value));
    const weights = Array.from({length: 10}, () => random.normal());
    const energies = new Float32Array(10);
    const value = (): number => {
      net.setHeights(parameters.map((own) => plateFrom(model, own)));
      net.forward(0, amplitude, energies);
      return weights.reduce((sum, weight, k) => sum + weight * energies[k], 0);
    };
    value();
    net.clearGradients();
    net.backward(0, weights);
    parameters.forEach((own, l) => {
      value();
      const gradient = new Float32Array(plateValueCount(networkOf(neurons)));
      net.readHeightGradient(l, gradient);
      toParameters(model, own, gradient);
      const direction = own.map(() => random.normal());
      const start = own.slice();
      const step = 5e-3;
      const at = (sign: number): number => {
        own.set(start.map((p, i) => p + sign * step * direction[i]));
        return value();
      };
      const difference = (at(1) - at(-1)) / (2 * step);
      own.set(start);
      const predicted = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
      // Single precision and the third derivative leave about 5e-5.
      expect(Math.abs(predicted / difference - 1)).toBeLessThan(5e-4);
    });
  });

  it('send light where the twin’s own propagation sends it', () => {
    const net = createTrainingNetwork(networkOf(neurons));
    const made = [valuesOf(neurons), valuesOf(neurons)];
    net.setHeights(made);
    net.setIllumination(light);
    net.forward(0, amplitude, new Float32Array(10));
    const read = new Float32Array(pixelCount);
    net.readIntensity(0, read);
    const plates = made.map((own, i) => {
      const {heightsMm, transmission} = splitPlate(neurons, own);
      return {
        relief: {grid, values: heightsMm},
        // A mask by itself has no base.
        baseMm: neurons === 'amplitude' ? 0 : 0.5,
        refractiveIndex: 1.7227,
        extinction: 0.031,
        zMm: 6 * (i + 1),
        ...(transmission && {mask: {grid, values: transmission}}),
      };
    });
    const system = createOpticalSystem(
      {wavelengthMm, grid, illumination: light, plates, outputZMm: 18},
      {method: 'asm', pad: 2},
    );
    const object = {grid, re: Float64Array.from(amplitude), im: new Float64Array(pixelCount)};
    const expected = intensityOf(system.propagate(object));
    const largest = Math.max(...expected);
    expect(Math.max(...expected.map((power, i) => Math.abs(power - read[i])))).toBeLessThan(1e-5 * largest);
  });
});

describe('a mask', () => {
  it('is never beyond open and closed, whatever its parameters', () => {
    const parameters = Float32Array.from({length: pixelCount}, () => 20 * random.normal());
    const made = plateFrom(modelOf('amplitude'), parameters);
    expect(Math.min(...made)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...made)).toBeLessThanOrEqual(1);
    expect(Math.max(...made) - Math.min(...made)).toBeGreaterThan(0.99);
  });

  it('has the levels that it can be made with, and the gradient passes through them', () => {
    const parameters = Float32Array.from({length: 2 * pixelCount}, () => 3 * random.uniform());
    const model = modelOf('complex', 2);
    const {heightsMm, transmission = []} = splitPlate('complex', plateFrom(model, parameters));
    expect(new Set(transmission)).toEqual(new Set([0, 1]));
    expect(heightsMm).toEqual(plateFrom(modelOf('phase'), parameters.subarray(0, pixelCount)));
    const gradient = new Float32Array(2 * pixelCount).fill(1);
    toParameters(model, parameters, gradient);
    expect(gradient[0]).toBeCloseTo(model.mmPerRad, 6);
    expect(gradient[pixelCount + 7]).toBeCloseTo(Math.sin(parameters[pixelCount + 7]) / 2, 6);
    expect(new Set(plateFrom(model, parameters, false)).size).toBeGreaterThan(100);
  });

  it('begins half open, where it can go either way', () => {
    const [start] =
      splitPlate(
        'amplitude',
        plateFrom(modelOf('amplitude'), startParameters(modelOf('amplitude'), settings)),
      ).transmission ?? [];
    expect(start).toBeCloseTo(0.75, 6);
    const complex = startParameters(modelOf('complex'), settings);
    expect(complex[0]).toBeCloseTo(1.2, 6);
    expect(complex).toEqual(withStartAngles(new Float32Array(pixelCount).fill(1.2)));
  });

  it('that is open everywhere leaves a plate of phase neurons', () => {
    const heights = valuesOf('phase');
    const [phase, complex] = [
      createTrainingNetwork(networkOf('phase')),
      createTrainingNetwork(networkOf('complex')),
    ];
    phase.setHeights([heights, heights]);
    complex.setHeights([joinPlate(heights), joinPlate(heights)]);
    const [a, b] = [new Float32Array(10), new Float32Array(10)];
    phase.forward(0, amplitude, a);
    complex.forward(0, amplitude, b);
    expect(b).toEqual(a);
  });
});

describe('training masks', () => {
  // Bars in two directions at two places.
  const images = {rows: 28, columns: 28, bytes: new Uint8Array(64 * 784), labels: new Uint8Array(64)};
  for (let i = 0; i < 64; i++) {
    images.labels[i] = i % 4;
    for (let k = 0; k < 784; k++) {
      const along = i % 2 === 0 ? Math.floor(k / 28) : k % 28;
      images.bytes[i * 784 + k] = Math.abs(along - (i % 4 < 2 ? 9 : 18) - ((i >> 2) % 3)) < 3 ? 255 : 0;
    }
  }
  const object = {
    kind: 'binary-mask',
    imageCount: 28,
    sideMm: 12,
    interpolation: 'bilinear',
    threshold: 0.5,
  } as const;
  beforeAll(async () => {
    await useTensorBackend();
  });

  it.each(['amplitude', 'complex'] as const)(
    'of %s neurons, open or closed, learns to tell bars apart on threads',
    async (neurons) => {
      const spec: EngineSpec = {network: {...networkOf(neurons), gapsMm: [10, 10, 10]}, object, images};
      const model = modelOf(neurons, 2);
      await using pool = createOpticsPool(spec, {maximumBatch: 64, workerCount: 2});
      const reports: TrainingProgress[] = [];
      const done = await train(
        images.labels.map((_, i) => i),
        {
          engine: pool,
          model,
          goal: createClassGoal(
            {labels: images.labels, readOut: readOutOf(spec), regionCount: 10},
            settings.loss,
          ),
        },
        settings,
        {breathe: () => Promise.resolve(), onProgress: (progress) => void reports.push(progress)},
      );
      expect(reports.at(-1)?.accuracy).toBeGreaterThan(0.9);
      const plates = done.parameters.map((parameters) => plateFrom(model, parameters));
      for (const plate of plates) {
        const {transmission = []} = splitPlate(neurons, plate);
        expect(new Set(transmission)).toEqual(new Set([0, 1]));
      }
      // One thread computes the same as two.
      const engine = createEnergyEngine(spec, createTrainingNetwork(spec.network));
      engine.setHeights(plates);
      pool.setHeights(plates);
      const job = plainJob([0, 1, 2, 3], light);
      expect(engine.forward(job).energies).toEqual(pool.forward(job).energies);
    },
  );
});
