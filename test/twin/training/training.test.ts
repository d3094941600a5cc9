import {beforeAll, describe, expect, it} from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../../src/base/random.ts';
import {useTensorBackend} from '../../../src/host/tensor/backend.ts';
import {createOpticsPool} from '../../../src/host/optics/optics-pool.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import {regionSamples} from '../../../src/twin/layers/detector.ts';
import {filterByMode} from '../../../src/twin/layers/probe.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {computeRegionEnergies, computeScanWeights, computeShares} from '../../../src/twin/metrics/regions.ts';
import {readRegions} from '../../../src/twin/training/region-reading.ts';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {
  createEnergyEngine,
  energiesAt,
  judge,
  plainJob,
  readOutOf,
  type BatchEnergies,
  type BatchJob,
  type EngineSpec,
} from '../../../src/twin/training/batch.ts';
import {createHeightModel, heightsFrom, heightStepMm} from '../../../src/twin/training/height-model.ts';
import {energyLoss, type LossSettings} from '../../../src/twin/training/loss.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
import type {NetworkSpec} from '../../../src/twin/training/network-spec.ts';
import {createClassGoal, type TrainingGoal} from '../../../src/twin/training/training-goal.ts';
import {train} from '../../../src/twin/training/train.ts';
import type {TrainingCheckpoint, TrainingSettings} from '../../../src/twin/training/training-settings.ts';

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
  pixel: 'point',
  probe: {kind: 'point'},
  pad: 2,
  slotCount: 8,
};
const probe = {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28} as const;
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
const readOut = readOutOf(spec);

beforeAll(async () => {
  await useTensorBackend();
});

describe('the way back', () => {
  it.each([
    ['read by a scan', false, 10],
    ['read by a scan and at every sample', true, 20],
  ] as const)('agrees with finite differences of the energies %s within 1e-4', (_, isReadWholeToo, count) => {
    const net = createTrainingNetwork({...network, pixel: 'square', probe, isReadWholeToo});
    const heights = [randomHeights(), randomHeights()];
    net.setPlateErrors({dxMm: [0.1, -0.2], dyMm: [0.05, 0.1], dzMm: [0, 0.2]});
    const amplitude = Float32Array.from({length: 1600}, () => (random.uniform() > 0.5 ? 1 : 0));
    const weights = Array.from({length: count}, () => random.normal());
    const energies = new Float32Array(count);
    net.setScan({stepMm: 1, offsetXMm: 0.3, offsetYMm: 0.7});
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

  const classes = [
    {label: 'a', positive: 0, negative: 2},
    {label: 'b', positive: 3, negative: 1},
  ];
  it.each([
    ['logits of the largest energy', 'largest', undefined, [0, 0]],
    ['logits of shares', 'share', undefined, [0, 0]],
    ['differential scores', 'share', {kind: 'differential', classes}, [0, 0]],
    ['the mean margin of shares', 'share', undefined, [0, 0.7]],
    ['the mean margin of differential scores', 'share', {kind: 'differential', classes}, [0, 0.7]],
    ['what the places of a scan change', 'share', undefined, [0.6, 0]],
  ] as const)('carries the loss of light and %s through TensorFlow.js', (_, logits, readOut, weights) => {
    const energies = [3, 1, 0.5, 2, 4, 1, 2.5, 0.7];
    const [smoothnessWeight, marginWeight] = weights;
    // Not a multiple of the energies, so that the shares differ.
    const wholeOf = (energy: tf.Tensor2D): tf.Tensor2D => tf.add(tf.square(energy), 1);
    const classCount = readOut ? 2 : 4;
    const labels = readOut ? [1, 0, 0, 1] : [1, 0, 0, 0, 0, 1, 0, 0];
    const loss = {
      logits,
      logitScale: 4,
      smoothnessWeight,
      marginWeight,
      efficiencyWeight: 0.5,
      referenceEfficiency: 0.7,
    };
    const lossOf = (energy: tf.Tensor2D): tf.Scalar =>
      energyLoss(
        {
          energies: energy,
          wholeEnergies: smoothnessWeight > 0 ? wholeOf(energy) : undefined,
          labels: tf.tensor2d(labels, [2, classCount]),
          inputPower: tf.tensor1d([10, 12]),
        },
        loss,
        {planeCount: 1, settings: readOut && {...readOut, classes: [...readOut.classes]}},
      );
    const value = (e: number[]): number => lossOf(tf.tensor2d(e, [2, 4])).dataSync()[0];
    const variable = tf.variable(tf.tensor2d(energies, [2, 4]));
    const {grads} = tf.variableGrads(() => lossOf(variable));
    const [gradient] = Object.values(grads);
    gradient.dataSync().forEach((g, i) => {
      const step = 1e-2;
      const shifted = (sign: number): number[] => energies.map((e, k) => (k === i ? e + sign * step : e));
      expect(g).toBeCloseTo((value(shifted(1)) - value(shifted(-1))) / (2 * step), 2);
    });
  });

  it('counts the margin and what a scan changes in units of logits', () => {
    const lossOf = (changed: Partial<LossSettings>): number =>
      energyLoss(
        {
          energies: tf.tensor2d([[3, 1, 1]]),
          wholeEnergies: tf.tensor2d([[2, 1, 1]]),
          labels: tf.tensor2d([[1, 0, 0]]),
          inputPower: tf.tensor1d([10]),
        },
        {...settings.loss, logits: 'share', logitScale: 5, efficiencyWeight: 0, ...changed},
      ).dataSync()[0];
    const plain = lossOf({});
    // Shares 0.6, 0.2, 0.2 at the points of the scan, and 0.5, 0.25, 0.25 at every sample.
    expect(plain - lossOf({marginWeight: 0.5})).toBeCloseTo(0.5 * 5 * 0.4, 5);
    expect(lossOf({smoothnessWeight: 2}) - plain).toBeCloseTo(2 * 25 * (0.1 ** 2 + 2 * 0.05 ** 2), 5);
  });
});

describe('the training network', () => {
  it('shows an object of phase as the optical system of the twin does', () => {
    const net = createTrainingNetwork({...network, objectValue: 'phase-turns'});
    net.setHeights([randomHeights(), randomHeights()].map((heights) => heights.fill(0)));
    const turns = Float32Array.from({length: 1600}, (_, i) => ((i % 40) * Math.floor(i / 40)) / 1600);
    const energies = new Float32Array(10);
    const power = net.forward(0, turns, energies);
    const plates = [6, 12].map((zMm) => ({
      relief: {grid: network.grid, values: new Float64Array(1600)},
      baseMm: 0.5,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      zMm,
    }));
    const system = createOpticalSystem(
      {wavelengthMm, grid: network.grid, illumination: light, plates, outputZMm: 18},
      {method: 'asm', pad: 2},
    );
    const out = system.propagate({
      grid: network.grid,
      re: Float64Array.from(turns, (turn) => Math.cos(2 * Math.PI * turn)),
      im: Float64Array.from(turns, (turn) => Math.sin(2 * Math.PI * turn)),
    });
    const indices = regionSamples(network.regions, network.grid);
    indices.forEach((index, k) => {
      const expected = index.reduce((sum, i) => sum + (out.re[i] ** 2 + out.im[i] ** 2) * 0.16, 0);
      expect(Math.abs(energies[k] / expected - 1)).toBeLessThan(1e-3);
    });
    // Light of amplitude 1 over 40 x 40 samples of 0.4 mm.
    expect(power).toBeCloseTo(256, 3);
  });

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

describe('what is measured', () => {
  const heights = [randomHeights(), randomHeights()].map((layer) => layer.map((h) => h / 2));
  const amplitude = Float32Array.from({length: 1600}, (_, i) =>
    (((i % 40) >> 2) + Math.floor(i / 160)) % 3 === 0 ? 1 : 0,
  );
  const energiesOf = (spec: NetworkSpec): Float32Array => {
    const net = createTrainingNetwork(spec);
    net.setHeights(heights);
    const energies = new Float32Array(10);
    net.forward(0, amplitude, energies);
    return energies;
  };
  /** The same bench by the twin, whose plates have square pixels of `oversample` samples a side. */
  const planeOf = (oversample: number): ComplexPlane =>
    createOpticalSystem(
      {
        wavelengthMm,
        grid: network.grid,
        illumination: light,
        outputZMm: 18,
        plates: heights.map((values, i) => ({
          relief: {grid: network.grid, values},
          baseMm: 0.5,
          refractiveIndex: 1.7227,
          extinction: 0.031,
          zMm: 6 * (i + 1),
        })),
      },
      {method: 'asm', pad: 2, oversample},
    ).propagate({grid: network.grid, re: Float64Array.from(amplitude), im: new Float64Array(1600)});
  const sumsOf = ({grid, re, im}: ComplexPlane): number[] =>
    regionSamples(network.regions, grid).map(
      (samples) => samples.reduce((sum, i) => sum + re[i] ** 2 + im[i] ** 2, 0) * grid.pitchMm ** 2,
    );
  const shareError = (energies: ArrayLike<number>, truth: ArrayLike<number>): number => {
    const [a, b] = [computeShares(energies), computeShares(truth)];
    return Math.sqrt(a.reduce((sum, share, k) => sum + (share - b[k]) ** 2, 0) / a.length);
  };

  it('by a waveguide is what the probe of the twin reads', () => {
    const truth = sumsOf(filterByMode(planeOf(1), wavelengthMm, probe));
    energiesOf({...network, probe}).forEach((energy, k) =>
      expect(Math.abs(energy / truth[k] - 1)).toBeLessThan(0.01),
    );
  });

  it('comes nearer to plates of square pixels when pixels radiate as squares', () => {
    const truth = sumsOf(planeOf(8));
    const point = shareError(energiesOf(network), truth);
    const square = shareError(energiesOf({...network, pixel: 'square'}), truth);
    expect(square).toBeLessThan(0.7 * point);
  });

  it('by a scan is the sum that a measured plane of the same points gives', () => {
    // Points on every second sample, a sample of the grid at the middle of a cell.
    const scan = {stepMm: 0.8, offsetXMm: 0.2, offsetYMm: -0.2};
    const values = Float64Array.from({length: 1600}, () => random.uniform());
    const steps = Array.from({length: 21}, (_, i) => (i - 10) * scan.stepMm);
    const at = steps.flatMap((y) => steps.map((x) => ({xMm: x + scan.offsetXMm, yMm: y + scan.offsetYMm})));
    const inside = at.filter(({xMm, yMm}) => Math.abs(xMm) < 8 && Math.abs(yMm) < 8);
    const sampleOf = (mm: number): number => Math.round(mm / 0.4 + 19.5);
    const measured = computeRegionEnergies(
      computeScanWeights(
        {
          xMm: inside.map(({xMm}) => xMm),
          yMm: inside.map(({yMm}) => yMm),
          cellWidthMm: scan.stepMm,
          cellHeightMm: scan.stepMm,
        },
        network.regions,
      ),
      inside.map(({xMm, yMm}) => values[sampleOf(yMm) * 40 + sampleOf(xMm)]),
    );
    readRegions(network.regions, network.grid, scan).forEach(({index, areaMm2}, k) => {
      const sum = index.reduce((total, i, j) => total + areaMm2[j] * values[i], 0);
      expect(sum).toBeCloseTo(measured[k], 5);
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
  loss: {
    logits: 'largest',
    logitScale: 10,
    smoothnessWeight: 0,
    marginWeight: 0,
    efficiencyWeight: 0.3,
    referenceEfficiency: 0.1,
  },
  illuminationErrors: {radiusRatio: 0.1, centerMm: 1, curvatureRatio: 0.1},
  scanStepMm: 1,
  startPhaseRad: 1.2,
  levelsFromRatio: 0.5,
};
const goalOf = (own: TrainingSettings): TrainingGoal =>
  createClassGoal({labels: images.labels, readOut, regionCount: network.regions.length}, own.loss);
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
    const between: TrainingCheckpoint[] = [];
    const whole = await train(trainingIndices, {engine, model, goal: goalOf(settings)}, settings, {
      breathe,
      onEpoch: async (_, checkpoint) => void kept.push(checkpoint),
      onCheckpoint: async (checkpoint) => void between.push(checkpoint),
      checkpointSteps: 3,
    });
    // 8 steps an epoch: what an epoch's end keeps is not kept twice.
    expect(between.map(({step}) => step)).toEqual([3, 6, 9, 12, 15, 18, 21]);
    for (const resume of [kept[0], between[3]]) {
      const resumed = await train(trainingIndices, {engine, model, goal: goalOf(settings)}, settings, {
        breathe,
        resume,
      });
      resumed.parameters.forEach((layer, i) => expect(layer).toEqual(whole.parameters[i]));
      resumed.averages.forEach((layer, i) => expect(layer).toEqual(whole.averages[i]));
    }

    engine.setHeights(whole.parameters.map((values) => heightsFrom(model, values)));
    const {energies} = engine.forward(plainJob(trainingIndices, light));
    const right = trainingIndices.filter(
      (i) => judge(readOut, energiesAt(energies, i, 10), images.labels[i]).winner === images.labels[i],
    ).length;
    // Ten regions for four classes: chance is 10 %.
    expect(right / 64).toBeGreaterThan(0.8);
  });

  it('makes the energy of a region depend less on the places of the scan, where that has a weight', async () => {
    const changeOf = async (smoothnessWeight: number): Promise<number> => {
      const twice: EngineSpec = {...spec, network: {...network, isReadWholeToo: true}};
      const engine = createEnergyEngine(twice, createTrainingNetwork(twice.network));
      const own = {...settings, loss: {...settings.loss, logits: 'share' as const, smoothnessWeight}};
      const done = await train(trainingIndices, {engine, model, goal: goalOf(own)}, own, {breathe});
      engine.setHeights(done.parameters.map((values) => heightsFrom(model, values)));
      let sum = 0;
      for (const offsetXMm of [0, 0.25, 0.5, 0.75]) {
        const scan = {stepMm: 1, offsetXMm, offsetYMm: 0.4};
        const {energies} = engine.forward({...plainJob(trainingIndices.slice(0, 8), light), scan});
        for (let i = 0; i < 8; i++) {
          const whole = computeShares(energiesAt(energies, i, 20).subarray(10));
          computeShares(energiesAt(energies, i, 20).subarray(0, 10)).forEach(
            (share, k) => (sum += (share - whole[k]) ** 2),
          );
        }
      }
      return Math.sqrt(sum / 32);
    };
    expect(await changeOf(3)).toBeLessThan(0.7 * (await changeOf(0)));
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

  it('draws the light of each step around the nominal beam, and the places of the scan', async () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const jobs: BatchJob[] = [];
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 30,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: 600,
      tiltXDeg: 0,
      tiltYDeg: 0,
    } as const;
    const forward = (job: BatchJob): BatchEnergies => {
      jobs.push(job);
      return engine.forward(job);
    };
    await train(
      trainingIndices,
      {engine: {...engine, forward}, model, goal: goalOf(settings)},
      {...settings, epochs: 1, beamShare: 0, illumination: beam},
      {breathe},
    );
    expect(jobs).toHaveLength(8);
    const radii = jobs.map(({illumination}) =>
      illumination.kind === 'gaussian-beam' ? illumination.radiusMm : 0,
    );
    expect(new Set(radii).size).toBe(8);
    radii.forEach((radius) => expect(Math.abs(radius / 30 - 1)).toBeLessThanOrEqual(0.1));
    expect(new Set(jobs.map(({scan}) => scan?.offsetXMm)).size).toBe(8);
  });

  it('stops where it is told to, with its last step kept', async () => {
    const engine = createEnergyEngine(spec, createTrainingNetwork(network));
    const abort = new AbortController();
    const steps: number[] = [];
    const running = train(trainingIndices, {engine, model, goal: goalOf(settings)}, settings, {
      signal: abort.signal,
      breathe: async () => abort.abort(new Error('enough')),
      onCheckpoint: async ({step}) => void steps.push(step),
    });
    await expect(running).rejects.toThrow('enough');
    // What was done is kept.
    expect(steps).toEqual([1]);
  });
});
