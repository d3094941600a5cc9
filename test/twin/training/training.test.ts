import {beforeAll, describe, expect, it} from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../../src/base/random.ts';
import {useTensorBackend} from '../../../src/host/tensor/backend.ts';
import {createOpticsPool} from '../../../src/host/optics/optics-pool.ts';
import {createDigitRegions, regionSamples} from '../../../src/twin/layers/detector.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {createEnergyEngine, plainJob, winnerOf, type EngineSpec} from '../../../src/twin/training/batch.ts';
import {createHeightModel, heightsFrom, heightStepMm} from '../../../src/twin/training/height-model.ts';
import {energyLoss} from '../../../src/twin/training/loss.ts';
import {createTrainingNetwork, type NetworkSpec} from '../../../src/twin/training/network.ts';
import {train, type TrainingCheckpoint, type TrainingSettings} from '../../../src/twin/training/train.ts';

const wavelengthMm = 0.749481145;
const light = {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0} as const;
const network: NetworkSpec = {
  wavelengthMm,
  grid: {count: 40, pitchMm: 0.4},
  gapsMm: [6, 6, 6],
  refractiveIndex: 1.7227,
  extinction: 0.031,
  baseMm: 0.5,
  regions: createDigitRegions(16, 1.6),
  heightStepMm: null,
  pad: 2,
  slotCount: 8,
};
const random = createRandom('training test');
const randomHeights = (): Float32Array => Float32Array.from({length: 1600}, () => random.uniform());

// Bars in two directions at two places: a task that a small network learns in a minute of one core.
const images = {rows: 28, columns: 28, bytes: new Uint8Array(64 * 784), labels: new Uint8Array(64)};
for (let i = 0; i < 64; i++) {
  images.labels[i] = i % 4;
  for (let k = 0; k < 784; k++) {
    const [row, column] = [Math.floor(k / 28), k % 28];
    const along = i % 2 === 0 ? row : column;
    const middle = i % 4 < 2 ? 9 : 18;
    images.bytes[i * 784 + k] = Math.abs(along - middle - ((i >> 2) % 3)) < 3 ? 255 : 0;
  }
}
const object = {
  kind: 'binary-mask',
  imageCount: 28,
  sideMm: 12,
  interpolation: 'bilinear',
  threshold: 0.5,
} as const;
const spec: EngineSpec = {network, object, images};

beforeAll(async () => {
  await useTensorBackend();
});

describe('the way back', () => {
  it('agrees with finite differences of the region energies within 1e-4', () => {
    const net = createTrainingNetwork(network);
    const heights = [randomHeights(), randomHeights()];
    net.setPlateErrors({dxMm: [0.1, -0.2], dyMm: [0.05, 0.1], dzMm: [0, 0.2]});
    const amplitude = Float32Array.from({length: 1600}, () => (random.uniform() > 0.5 ? 1 : 0));
    const weights = Array.from({length: 10}, () => random.normal());
    const energies = new Float32Array(10);
    const value = (): number => {
      net.setHeights(heights);
      net.forward(0, amplitude, energies);
      return weights.reduce((sum, weight, k) => sum + weight * energies[k], 0);
    };
    value();
    net.clearGradients();
    net.backward(0, weights);
    const gradients = heights.map((_, layer) => {
      const into = new Float32Array(1600);
      net.readHeightGradient(layer, into);
      return into;
    });
    heights.forEach((layer, l) => {
      const direction = Float32Array.from({length: 1600}, () => random.normal());
      const start = layer.slice();
      const step = 2e-3;
      const at = (sign: number): number => {
        layer.set(start.map((h, i) => h + sign * step * direction[i]));
        return value();
      };
      const difference = (at(1) - at(-1)) / (2 * step);
      layer.set(start);
      const predicted = gradients[l].reduce((sum, g, i) => sum + g * direction[i], 0);
      // Single precision and the third derivative leave about 5e-5.
      expect(Math.abs(predicted / difference - 1)).toBeLessThan(2e-4);
    });
  });

  it('carries the loss of light and the cross-entropy through TensorFlow.js', () => {
    const energies = [3, 1, 0.5, 2, 4, 1];
    const value = (e: number[]): number =>
      energyLoss(tf.tensor2d(e, [2, 3]), tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]), tf.tensor1d([10, 12]), {
        logitScale: 10,
        efficiencyWeight: 0.5,
        referenceEfficiency: 0.7,
      }).dataSync()[0];
    const variable = tf.variable(tf.tensor2d(energies, [2, 3]));
    const {grads} = tf.variableGrads(() =>
      energyLoss(variable, tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]), tf.tensor1d([10, 12]), {
        logitScale: 10,
        efficiencyWeight: 0.5,
        referenceEfficiency: 0.7,
      }),
    );
    const [gradient] = Object.values(grads);
    gradient.dataSync().forEach((g, i) => {
      const step = 1e-2;
      const shifted = (sign: number): number[] => energies.map((e, k) => (k === i ? e + sign * step : e));
      expect(g).toBeCloseTo((value(shifted(1)) - value(shifted(-1))) / (2 * step), 2);
    });
  });
});

describe('the training network', () => {
  it('is the same bench as the optical system of the twin', () => {
    const net = createTrainingNetwork(network);
    const heights = [randomHeights(), randomHeights()];
    net.setHeights(heights);
    net.setPlateErrors({dxMm: [0.13, -0.2], dyMm: [0, 0.1], dzMm: [0, 0]});
    const amplitude = Float32Array.from({length: 1600}, (_, i) => (i % 40 > 15 ? 1 : 0));
    const energies = new Float32Array(10);
    net.forward(0, amplitude, energies);
    const plates = heights.map((values, i) => ({
      relief: {grid: network.grid, values},
      baseMm: 0.5,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      zMm: 6 * (i + 1),
      placement: {dxMm: i === 0 ? 0.13 : -0.2, dyMm: i === 0 ? 0 : 0.1},
    }));
    const system = createOpticalSystem(
      {wavelengthMm, grid: network.grid, illumination: light, plates, outputZMm: 18},
      {method: 'asm', pad: 2},
    );
    const {re, im} = system.propagate({
      grid: network.grid,
      re: Float64Array.from(amplitude),
      im: new Float64Array(1600),
    });
    regionSamples(network.regions, network.grid).forEach((samples, k) => {
      const truth = samples.reduce((sum, i) => sum + re[i] ** 2 + im[i] ** 2, 0) * 0.16;
      expect(Math.abs(energies[k] / truth - 1)).toBeLessThan(1e-3);
    });
  });
});

describe('heights', () => {
  const model = createHeightModel(
    {count: 2, pitchMm: 0.4},
    {wavelengthMm, refractiveIndex: 1.7227},
    {parametrisation: 'phase', levelCount: 16},
  );

  it('wrap at one turn of phase and lie on 16 levels', () => {
    const turn = 2 * Math.PI;
    const heights = heightsFrom(model, [0, turn, -turn / 16, 0.999 * turn]);
    const step = heightStepMm(model) as number;
    expect(step * 16).toBeCloseTo(wavelengthMm / 0.7227, 12);
    expect(heights[0]).toBe(0);
    expect(heights[1]).toBe(0);
    expect(heights[2]).toBeCloseTo(15 * step, 6);
    expect(heights[3]).toBe(0);
  });

  it('as heights stay between 0 and the highest level', () => {
    const held = heightsFrom({...model, parametrisation: 'height'}, [-1, 100]);
    expect(held[0]).toBe(0);
    expect(held[1]).toBeCloseTo(15 * (heightStepMm(model) as number), 6);
  });
});

const settings: TrainingSettings = {
  seed: 5,
  epochs: 3,
  batchSize: 8,
  learningRate: 0.1,
  finalLearningRate: 0.02,
  averageDecay: 0.5,
  augmentation: {...noAugmentation, shiftPixels: 1},
  lateralErrorMm: 0.1,
  axialErrorMm: 0.1,
  beamShare: 0.2,
  illumination: light,
  loss: {logitScale: 10, efficiencyWeight: 0.3, referenceEfficiency: 0.1},
};
const trainingIndices = Array.from({length: 64}, (_, i) => i);
const breathe = (): Promise<void> => Promise.resolve();

describe('training', () => {
  const model = createHeightModel(
    network.grid,
    {wavelengthMm, refractiveIndex: 1.7227},
    {parametrisation: 'phase', levelCount: 16},
  );

  it('learns, and goes on from a checkpoint as if it had not stopped', async () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const kept: TrainingCheckpoint[] = [];
    const whole = await train({images, indices: trainingIndices}, {engine, model}, settings, {
      breathe,
      onEpoch: async (_, checkpoint) => void kept.push(checkpoint),
    });
    const resumed = await train({images, indices: trainingIndices}, {engine, model}, settings, {
      breathe,
      resume: kept[0],
    });
    resumed.parameters.forEach((layer, i) => expect(layer).toEqual(whole.parameters[i]));
    resumed.averages.forEach((layer, i) => expect(layer).toEqual(whole.averages[i]));

    engine.setHeights(whole.parameters.map((values) => heightsFrom(model, values)));
    const {energies} = engine.forward(plainJob(trainingIndices, light));
    const right = trainingIndices.filter((i) => winnerOf(energies, i, 10) === images.labels[i]).length;
    // Ten regions for four classes: chance is 10 %.
    expect(right / 64).toBeGreaterThan(0.8);
  });

  it('gives the same energies and gradients on threads as on one', async () => {
    const single = createEnergyEngine(spec, createTrainingNetwork(network));
    await using pool = createOpticsPool(spec, {maximumBatch: 8, workerCount: 2});
    const heights = [randomHeights(), randomHeights()];
    const job = plainJob([3, 8, 21, 40, 63], light);
    const dE = Float32Array.from({length: 50}, () => random.normal());
    const [a, b] = [single, pool].map((engine) => {
      engine.setHeights(heights);
      return {...engine.forward(job), gradients: engine.backward(dE)};
    });
    expect(b.energies).toEqual(a.energies);
    expect(b.inputPower).toEqual(a.inputPower);
    a.gradients.forEach((layer, l) => {
      const size = Math.max(...layer.map(Math.abs));
      layer.forEach((g, i) => expect(Math.abs(g - b.gradients[l][i])).toBeLessThan(1e-4 * size));
    });
  });

  it('stops where it is told to', async () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const abort = new AbortController();
    const running = train({images, indices: trainingIndices}, {engine, model}, settings, {
      signal: abort.signal,
      breathe: async () => abort.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});
