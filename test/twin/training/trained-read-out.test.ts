import {beforeAll, describe, expect, it} from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../../src/base/random.ts';
import {createClassRegions} from '../../../src/contract/class-regions.ts';
import type {ReadOutSettings} from '../../../src/contract/read-out.ts';
import {useTensorBackend} from '../../../src/host/tensor/backend.ts';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';
import {findWinner} from '../../../src/twin/metrics/regions.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {createEnergyEngine, plainJob, type EngineSpec} from '../../../src/twin/training/batch.ts';
import {createHeightModel, heightsFrom} from '../../../src/twin/training/height-model.ts';
import {energyLoss, type LossSettings} from '../../../src/twin/training/loss.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
import type {NetworkSpec} from '../../../src/twin/training/network-spec.ts';
import {layersFrom, parametersFrom, sizesOf} from '../../../src/twin/training/read-out-parameters.ts';
import {
  canWiden,
  classEnergiesOf,
  startLayers,
  widenLayers,
} from '../../../src/twin/training/read-out-start.ts';
import {train} from '../../../src/twin/training/train.ts';
import {createDenseGoal} from '../../../src/twin/training/training-goal.ts';
import type {TrainingCheckpoint, TrainingSettings} from '../../../src/twin/training/training-settings.ts';

const random = createRandom('trained read-out');
const loss: LossSettings = {
  logits: 'share',
  logitScale: 12,
  smoothnessWeight: 0,
  marginWeight: 0,
  efficiencyWeight: 0.3,
  referenceEfficiency: 0.1,
};
const detector = createClassRegions({sideMm: 16, regionMm: 2, classCount: 4, detection: 'differential'});
const classes = classEnergiesOf(detector);
const sizes = [8, 24, 4];
const layers = startLayers(classes, sizes, {logitScale: 12, seed: 3});
const denseOf = (own: typeof layers): ReadOutSettings => ({
  kind: 'dense',
  labels: ['0', '1', '2', '3'],
  layers: own,
});

/** Energies as trained plates give them: some regions bright, some dark, none without light. */
const drawnEnergies = (count: number): number[] =>
  Array.from({length: count}, () => Math.exp(0.7 * random.normal()));

beforeAll(async () => {
  await useTensorBackend();
});

describe('a read-out that begins a training', () => {
  const agreement = (own: typeof layers, other = createReadOut(detector)): number => {
    const dense = createReadOut({regions: detector.regions, readOut: denseOf(own)});
    const draws = Array.from({length: 500}, () => drawnEnergies(8));
    return (
      draws.filter((one) => findWinner(dense.scoresOf(one)) === findWinner(other.scoresOf(one))).length / 500
    );
  };
  const started = (hidden: readonly number[]): typeof layers =>
    startLayers(classes, [8, ...hidden, 4], {logitScale: 12, seed: 3});

  it('decides as differential detection does, the better the more units it has', () => {
    expect(agreement(started([]))).toBeGreaterThan(0.75);
    expect(agreement(started([4]))).toBeGreaterThan(0.75);
    expect(agreement(started([16]))).toBeGreaterThan(0.85);
    expect(agreement(started([32]))).toBeGreaterThan(0.95);
    expect(agreement(started([32, 6, 5]))).toBeGreaterThan(0.95);
  });

  it('decides exactly as the largest share does', () => {
    const single = {regions: detector.regions};
    const classesOfRegions = classEnergiesOf(single);
    for (const hidden of [[], [8], [20], [9, 8]]) {
      const own = startLayers(classesOfRegions, [8, ...hidden, 8], {logitScale: 12, seed: 3});
      const labels = single.regions.map(({label}) => label);
      const dense = createReadOut({...single, readOut: {kind: 'dense', labels, layers: own}});
      for (let i = 0; i < 50; i++) {
        const energies = drawnEnergies(8);
        const sum = energies.reduce((total, energy) => total + energy, 0);
        const scores = dense.scoresOf(energies);
        energies.forEach((energy, k) =>
          expect(scores[k] - scores[0]).toBeCloseTo((12 * (energy - energies[0])) / sum, 9),
        );
      }
    }
  });

  it('is drawn by the seed where it has fewer units than that takes', () => {
    const small = started([3]);
    expect(small).toEqual(started([3]));
    expect(small).not.toEqual(startLayers(classes, [8, 3, 4], {logitScale: 12, seed: 4}));
    expect(sizesOf(small)).toEqual([8, 3, 4]);
  });

  it('stays the same function with more units', () => {
    const wide = widenLayers(layers, [8, 40, 4], createRandom('wide'));
    const [before, after] = [layers, wide].map((own) =>
      createReadOut({regions: detector.regions, readOut: denseOf(own)}),
    );
    const energies = drawnEnergies(8);
    after.scoresOf(energies).forEach((score, k) => {
      expect(score).toBeCloseTo(before.scoresOf(energies)[k], 9);
    });
    expect(canWiden(sizesOf(layers), [8, 23, 4])).toBe(false);
    expect(() => widenLayers(layers, [8, 23, 4], random)).toThrow(RangeError);
  });

  it('comes back from the numbers that are trained', () => {
    const back = layersFrom(parametersFrom(layers), sizes);
    layers.forEach(({weights, bias}, i) => {
      weights.flat().forEach((weight, k) => expect(back[i].weights.flat()[k]).toBeCloseTo(weight, 4));
      bias.forEach((own, k) => expect(back[i].bias[k]).toBeCloseTo(own, 4));
    });
  });
});

describe('the loss of a dense read-out', () => {
  const parameters = parametersFrom(layers).map((value) => value + 0.1 * random.normal());
  const energies = Float32Array.from(drawnEnergies(16));
  const lossOf = (
    energy: tf.Tensor2D,
    own: tf.Tensor1D,
    onLogits?: (logits: tf.Tensor2D) => void,
  ): tf.Scalar =>
    energyLoss(
      {
        energies: energy,
        labels: tf.tensor2d([0, 1, 0, 0, 0, 0, 0, 1], [2, 4]),
        inputPower: tf.tensor1d([30, 40]),
      },
      loss,
      {planeCount: 1, dense: {parameters: own, sizes, ...(onLogits && {onLogits})}},
    );
  const value = (e: Float32Array, p: Float32Array): number =>
    tf.tidy(() => lossOf(tf.tensor2d(e, [2, 8]), tf.tensor1d(p)).dataSync()[0]);
  const changed = (values: Float32Array, i: number, by: number): Float32Array =>
    values.map((own, k) => (k === i ? own + by : own));

  it('has the gradient by energies and by every weight that finite differences have', () => {
    const [e, p] = [tf.variable(tf.tensor2d(energies, [2, 8])), tf.variable(tf.tensor1d(parameters))];
    const {grads} = tf.variableGrads(() => lossOf(e, p));
    const step = 2e-3;
    const byEnergies = grads[e.name].dataSync();
    energies.forEach((_, i) => {
      const [up, down] = [1, -1].map((sign) => value(changed(energies, i, sign * step), parameters));
      expect(byEnergies[i]).toBeCloseTo((up - down) / (2 * step), 2);
    });
    const byWeights = grads[p.name].dataSync();
    parameters.forEach((_, i) => {
      const [up, down] = [1, -1].map((sign) => value(energies, changed(parameters, i, sign * step)));
      expect(byWeights[i]).toBeCloseTo((up - down) / (2 * step), 2);
    });
    expect(Math.max(...byWeights.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('is made of the scores that the design with these weights has', () => {
    const readOut = createReadOut({
      regions: detector.regions,
      readOut: denseOf(layersFrom(parameters, sizes)),
    });
    let logits: number[] = [];
    lossOf(tf.tensor2d(energies, [2, 8]), tf.tensor1d(parameters), (own) => {
      logits = [...own.dataSync()];
    });
    const scores = [0, 8].flatMap((from) => [...readOut.scoresOf(energies.slice(from, from + 8))]);
    scores.forEach((score, k) => expect(logits[k]).toBeCloseTo(score, 3));
  });
});

describe('plates and dense read-out', () => {
  const wavelengthMm = 0.749481145;
  const light = {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0} as const;
  const network: NetworkSpec = {
    wavelengthMm,
    grid: {count: 32, pitchMm: 0.4},
    gapsMm: [6, 6, 6],
    refractiveIndex: 1.7227,
    extinction: 0.031,
    baseMm: 0.5,
    regions: createClassRegions({sideMm: 12.8, regionMm: 2, classCount: 4, detection: 'differential'})
      .regions,
    heightStepMm: null,
    pixel: 'point',
    probe: {kind: 'point'},
    pad: 1.5,
    slotCount: 8,
  };
  const images = {rows: 14, columns: 14, bytes: new Uint8Array(32 * 196), labels: new Uint8Array(32)};
  for (let i = 0; i < 32; i++) {
    images.labels[i] = i % 4;
    for (let k = 0; k < 196; k++) {
      const along = i % 2 === 0 ? Math.floor(k / 14) : k % 14;
      const middle = (i % 4 < 2 ? 4 : 9) + ((i >> 2) % 2);
      images.bytes[i * 196 + k] = Math.abs(along - middle) < 2 ? 255 : 0;
    }
  }
  const object = {
    kind: 'binary-mask',
    imageCount: 14,
    sideMm: 11,
    interpolation: 'bilinear',
    threshold: 0.5,
  } as const;
  const spec: EngineSpec = {network, object, images, readOut: denseOf(layers)};
  const goalOf = () =>
    createDenseGoal(
      {
        labels: images.labels,
        readOut: createReadOut({regions: network.regions, readOut: denseOf(layers)}),
        regionCount: 8,
      },
      {sizes, start: parametersFrom(layers)},
      loss,
    );
  const settings: TrainingSettings = {
    seed: 1,
    epochs: 6,
    batchSize: 8,
    learningRate: 0.1,
    finalLearningRate: 0.05,
    averageDecay: 0.5,
    augmentation: noAugmentation,
    lateralErrorMm: 0,
    axialErrorMm: 0,
    beamShare: 0,
    illumination: light,
    loss,
    illuminationErrors: {radiusRatio: 0, centerMm: 0, curvatureRatio: 0},
    scanStepMm: null,
    startPhaseRad: 1.2,
    levelsFromRatio: 1,
    readOut: {learningRate: 0.01},
  };
  const model = createHeightModel(
    network.grid,
    {wavelengthMm, refractiveIndex: 1.7227},
    {parametrisation: 'phase', levelCount: 16},
  );
  const indices = Array.from({length: 32}, (_, i) => i);
  const breathe = (): Promise<void> => Promise.resolve();

  it('have the gradient by the heights that finite differences of the loss through the read-out have', () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const goal = goalOf();
    const job = plainJob([0, 1, 2, 3], light);
    const heights = [0, 1].map(() => Float32Array.from({length: 1024}, () => random.uniform()));
    const own = tf.tensor1d(parametersFrom(layers));
    const measured = () => {
      engine.setHeights(heights);
      const {energies, inputPower} = engine.forward(job);
      return {energies: tf.tensor2d(energies, [4, 8]), inputPower: tf.tensor1d(inputPower)};
    };
    const value = (): number => tf.tidy(() => goal.loss(job, measured(), own).dataSync()[0]);
    const {energies, inputPower} = measured();
    const byEnergies = tf.grad((e) => goal.loss(job, {energies: tf.reshape(e, [4, 8]), inputPower}, own))(
      energies,
    );
    const gradients = engine.backward(Float32Array.from(byEnergies.dataSync<'float32'>()));
    heights.forEach((layer, l) => {
      const direction = Float32Array.from(gradients[l], (g) => g + 0.2 * random.normal());
      const norm = Math.hypot(...direction);
      const start = layer.slice();
      const at = (by: number): number => {
        layer.set(start.map((height, i) => height + (by * direction[i]) / norm));
        return value();
      };
      const difference = (at(0.02) - at(-0.02)) / 0.04;
      layer.set(start);
      const predicted = gradients[l].reduce((sum, g, i) => sum + (g * direction[i]) / norm, 0);
      expect(Math.abs(predicted / difference - 1)).toBeLessThan(5e-3);
    });
  });

  it('learn together, and go on from a checkpoint as if they had not stopped', async () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const kept: TrainingCheckpoint[] = [];
    const accuracies: number[] = [];
    const whole = await train(indices, {engine, model, goal: goalOf()}, settings, {
      breathe,
      onProgress: ({accuracy}) => void accuracies.push(accuracy),
      onEpoch: async (_, checkpoint) => void kept.push(checkpoint),
    });
    const begun = parametersFrom(layers);
    const moved = whole.readOut!.parameters[0].filter((weight, i) => Math.abs(weight - begun[i]) > 1e-3);
    expect(moved.length).toBeGreaterThan(begun.length / 2);
    expect(whole.readOut!.averages[0]).not.toEqual(whole.readOut!.parameters[0]);
    expect(accuracies.at(-1)).toBeGreaterThan(0.9);
    const resumed = await train(indices, {engine, model, goal: goalOf()}, settings, {
      breathe,
      resume: kept[2],
    });
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.readOut).toEqual(whole.readOut);

    engine.setHeights(whole.parameters.map((values) => heightsFrom(model, values, null)));
    const {energies} = engine.forward(plainJob(indices, light));
    const trained = createReadOut({
      regions: network.regions,
      readOut: denseOf(layersFrom(whole.readOut!.parameters[0], sizes)),
    });
    const right = indices.filter(
      (i) => findWinner(trained.scoresOf(energies.slice(8 * i, 8 * i + 8))) === images.labels[i],
    );
    expect(right.length).toBeGreaterThan(28);
  });
});
