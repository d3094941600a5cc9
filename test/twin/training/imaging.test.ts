import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {useTensorBackend} from '../../../src/host/tensor/backend.ts';
import {windowSamples} from '../../../src/twin/layers/detector.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {createWantedPicture, type ImagingSystem} from '../../../src/twin/training/image-target.ts';
import {
  createEnergyEngine,
  plainJob,
  type BatchJob,
  type EngineSpec,
} from '../../../src/twin/training/batch.ts';
import {blindnessLoss, imageLoss} from '../../../src/twin/training/loss.ts';
import {createTrainingNetwork} from '../../../src/twin/training/network.ts';
import {energyCountOf} from '../../../src/twin/training/region-reading.ts';
import {reversedEngine, reversedSpec} from '../../../src/twin/training/reversed-engine.ts';
import {lensArrayPhases, rayMatrix, relayFocalLengths} from '../../../src/twin/training/relay-start.ts';

const wavelengthMm = 0.749481145;
const grid = {count: 40, pitchMm: 0.4};
const network = {
  wavelengthMm,
  grid,
  gapsMm: [6, 6, 8],
  refractiveIndex: 1.7227,
  extinction: 0.031,
  baseMm: 0.5,
  regions: [],
  windowMm: 8,
  heightStepMm: null,
  pixel: 'square',
  probe: {kind: 'point'},
  pad: 2,
  slotCount: 1,
} as const;
const random = createRandom('imaging test');

beforeAll(async () => {
  await useTensorBackend();
});

describe('the loss of pictures', () => {
  const loss = {efficiencyWeight: 0.3, referenceEfficiency: 0.1};

  it.each(['mse', 'pearson'] as const)(
    'by %s has the gradient over the heights that finite differences have, through the samples of a window',
    (objective) => {
      const net = createTrainingNetwork(network);
      const count = energyCountOf(network);
      expect([net.regionCount, count]).toEqual([400, 400]);
      const heights = [0, 1].map(() => Float32Array.from({length: 1600}, () => random.uniform()));
      const object = Float32Array.from({length: 1600}, () => (random.uniform() > 0.5 ? 1 : 0));
      const targets = tf.tensor2d(
        Array.from({length: count}, () => random.uniform()),
        [1, count],
      );
      const energies = new Float32Array(count);
      const forward = (): number => {
        net.setHeights(heights);
        return net.forward(0, object, energies);
      };
      const lossOf = (measured: tf.Tensor2D, power: number): tf.Scalar =>
        imageLoss({energies: measured, targets, inputPower: tf.tensor1d([power])}, objective, loss);
      const power = forward();
      const gradient = tf.grad((measured) => lossOf(measured as tf.Tensor2D, power))(
        tf.tensor2d(energies, [1, count]),
      );
      net.clearGradients();
      net.backward(0, gradient.dataSync());
      heights.forEach((layer, l) => {
        const into = new Float32Array(1600);
        net.readHeightGradient(l, into);
        // Along the gradient itself the loss changes most: a part of it that is wrong makes it too long.
        const length = Math.hypot(...into);
        const direction = into.map((g) => (20 * g) / length);
        const start = layer.slice();
        const step = 2e-3;
        const lossAt = (sign: number): number => {
          layer.set(start.map((h, i) => h + sign * step * direction[i]));
          // What entered does not depend on the plates.
          expect(forward()).toBe(power);
          return lossOf(tf.tensor2d(energies.slice(), [1, count]), power).dataSync()[0];
        };
        const difference = (lossAt(1) - lossAt(-1)) / (2 * step);
        layer.set(start);
        const predicted = into.reduce((sum, g, i) => sum + g * direction[i], 0);
        expect(Math.abs(predicted / difference - 1)).toBeLessThan(1e-3);
      });
    },
  );

  it.each(['mse', 'pearson'] as const)('by %s is 0 for the picture itself at any brightness', (objective) => {
    const picture = Array.from({length: 50}, () => random.uniform());
    const of = (values: number[]): number =>
      imageLoss(
        {
          energies: tf.tensor2d(values, [1, 50]),
          targets: tf.tensor2d(picture, [1, 50]),
          inputPower: tf.tensor1d([1]),
        },
        objective,
        {efficiencyWeight: 0, referenceEfficiency: 1},
      ).dataSync()[0];
    expect(of(picture)).toBeCloseTo(0, 5);
    expect(of(picture.map((value) => 7 * value))).toBeCloseTo(0, 5);
    expect(of(picture.toReversed())).toBeGreaterThan(0.1);
    // The mean squared error sees an offset, a correlation does not.
    const lifted = of(picture.map((value) => value + 1));
    if (objective === 'mse') expect(lifted).toBeGreaterThan(0.05);
    else expect(lifted).toBeCloseTo(0, 5);
  });
});

describe('the picture that is wanted', () => {
  const system: ImagingSystem = {
    grid,
    wavelengthMm,
    illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
    object: {kind: 'grey-amplitude', imageCount: 8, sideMm: 6.4, interpolation: 'bilinear', threshold: 0.5},
    window: {widthMm: 16, magnification: 1, shows: 'object'},
  };
  const image = {rows: 8, columns: 8, bytes: new Uint8Array(64)};
  // A bright pixel above and to the right of the middle, half as bright below and to the left.
  image.bytes[2 * 8 + 6] = 200;
  image.bytes[5 * 8 + 1] = 100;
  const pictureOf = (changes: Partial<ImagingSystem>): Float32Array =>
    createWantedPicture({...system, ...changes})(image, {change: noAugmentation, random});
  const brightest = (picture: Float32Array): readonly [xMm: number, yMm: number] => {
    const at = picture.indexOf(Math.max(...picture));
    const place = (i: number): number => (i - (Math.sqrt(picture.length) - 1) / 2) * grid.pitchMm;
    return [place(at % Math.sqrt(picture.length)), place(Math.floor(at / Math.sqrt(picture.length)))];
  };

  it('of the object itself is the power behind it, where the magnification puts it', () => {
    const upright = pictureOf({});
    expect(brightest(upright)[0]).toBeCloseTo(2, 0);
    expect(brightest(upright)[1]).toBeCloseTo(1.2, 0);
    // An amplitude of a half lets a quarter of the power pass.
    const lower = Math.max(...upright.slice(0, upright.length / 2));
    expect(lower / Math.max(...upright)).toBeCloseTo(0.25, 5);
    const inverted = pictureOf({window: {...system.window, magnification: -1}});
    expect(inverted).toEqual(upright.toReversed());
    const [xMm, yMm] = brightest(pictureOf({window: {...system.window, magnification: 2}}));
    expect([xMm / brightest(upright)[0], yMm / brightest(upright)[1]].map(Math.round)).toEqual([2, 2]);
  });

  it('is as bright as its object is lit, and another picture is its grey values', () => {
    const beam = {
      kind: 'gaussian-beam',
      radiusMm: 3,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: null,
      tiltXDeg: 0,
      tiltYDeg: 0,
    } as const;
    const [plane, lit] = [pictureOf({}), pictureOf({illumination: beam})];
    const at = plane.indexOf(Math.max(...plane));
    const [xMm, yMm] = brightest(plane);
    expect(lit[at] / plane[at]).toBeCloseTo(Math.exp((-2 * (xMm ** 2 + yMm ** 2)) / 9), 4);
    const picture = pictureOf({illumination: beam, window: {...system.window, shows: 'picture'}});
    expect(Math.max(...picture)).toBeLessThanOrEqual(200 / 255);
    expect(Math.max(...picture.slice(0, picture.length / 2)) / Math.max(...picture)).toBeCloseTo(0.5, 5);
  });

  it('has the samples whose centres lie in the window', () => {
    expect(windowSamples(16, grid)).toEqual({first: 0, count: 40});
    expect(windowSamples(8, grid)).toEqual({first: 10, count: 20});
    expect(windowSamples(8.1, grid)).toEqual({first: 10, count: 20});
    expect(windowSamples(8.5, grid)).toEqual({first: 9, count: 22});
    expect(windowSamples(7.9, grid)).toEqual({first: 10, count: 20});
  });
});

describe('a start from relay lenses', () => {
  it.each([[[4, 4, 4, 4, 4, 7]], [[5, 5, 5, 5]], [[6, 6, 6, 6, 6, 6]]])(
    'images gaps of %j mm upright at unit magnification',
    (gapsMm) => {
      const focalLengthsMm = relayFocalLengths(gapsMm);
      const {a, b} = rayMatrix(
        gapsMm,
        focalLengthsMm.map((f) => 1 / f),
      );
      expect(a).toBeCloseTo(1, 8);
      expect(b).toBeCloseTo(0, 8);
      expect(Math.min(...focalLengthsMm)).toBeGreaterThan(0);
    },
  );

  it('is refused for plates that have no middle', () => {
    expect(() => relayFocalLengths([4, 4, 4])).toThrow(/odd number/);
    expect(() => relayFocalLengths([4, 4])).toThrow(/at least three/);
  });

  it('delays the middle of each lens most', () => {
    const phases = lensArrayPhases(grid, wavelengthMm, {focalLengthMm: 5, lensMm: 4});
    const at = (row: number, column: number): number => phases[row * 40 + column];
    // Lenses are 10 samples wide, one centre lies between samples 19 and 20.
    expect(at(20, 20)).toBeGreaterThan(at(20, 24));
    expect(at(20, 20)).toBeCloseTo(at(20, 30), 5);
    expect(at(12, 24)).toBeCloseTo(at(22, 14), 5);
    const radiusMm = Math.hypot(0.2, 1.8);
    expect(at(20, 24)).toBeCloseTo((-2 * Math.PI * (Math.hypot(5, radiusMm) - 5)) / wavelengthMm, 4);
  });
});

describe('light from behind', () => {
  // Two objects that are open at one sample each: of pixels as large as the samples.
  const [a, b] = [12 * 40 + 31, 25 * 40 + 7];
  const imageOf = (sample: number): Uint8Array => {
    const bytes = new Uint8Array(1600);
    bytes[(39 - Math.floor(sample / 40)) * 40 + (sample % 40)] = 255;
    return bytes;
  };
  const spec: EngineSpec = {
    // A pitch below half a wavelength: a shift by parts of a sample is exact then.
    network: {
      ...network,
      grid: {count: 40, pitchMm: 0.3},
      windowMm: 12,
      gapsMm: [5, 7, 9],
      pixel: 'point',
    },
    object: {kind: 'grey-amplitude', imageCount: 40, sideMm: 12, interpolation: 'bilinear', threshold: 0.5},
    images: {
      rows: 40,
      columns: 40,
      bytes: Uint8Array.from([...imageOf(a), ...imageOf(b)]),
      labels: new Uint8Array(2),
    },
  };
  const back = reversedSpec(spec);
  const front = createEnergyEngine(spec, createTrainingNetwork(spec.network));
  const behind = reversedEngine(createEnergyEngine(back, createTrainingNetwork(back.network)));
  const heights = [0, 1].map(() => Float32Array.from({length: 1600}, () => random.uniform()));
  const plateErrors = {dxMm: [0.13, -0.2], dyMm: [-0.07, 0.3], dzMm: [0.2, -0.1]};
  const jobOf = (index: number): BatchJob => ({
    ...plainJob([index], {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0}),
    plateErrors,
  });

  it('goes from one point to another as light in front comes back, through plates out of place', () => {
    for (const engine of [front, behind]) engine.setHeights(heights);
    const forth = front.forward(jobOf(0)).energies[b];
    const back = behind.forward(jobOf(1)).energies[a];
    expect(forth).toBeGreaterThan(0);
    expect(back / forth).toBeCloseTo(1, 3);
    const elsewhere = behind.forward(jobOf(0)).energies[b];
    expect(Math.abs(elsewhere / forth - 1)).toBeGreaterThan(0.01);
  });

  it('has the gradient of each plate that finite differences have', () => {
    const weights = Float32Array.from({length: 1600}, () => random.normal());
    const value = (): number => {
      behind.setHeights(heights);
      return behind.forward(jobOf(0)).energies.reduce((sum, energy, i) => sum + energy * weights[i], 0);
    };
    value();
    const gradients = behind.backward(weights);
    heights.forEach((layer, l) => {
      const length = Math.hypot(...gradients[l]);
      const start = layer.slice();
      const at = (sign: number): number => {
        layer.set(start.map((h, i) => h + (sign * 0.04 * gradients[l][i]) / length));
        return value();
      };
      const difference = (at(1) - at(-1)) / 0.08;
      layer.set(start);
      expect(Math.abs(difference / length - 1)).toBeLessThan(3e-3);
    });
  });

  it('is blind to an object when nothing of it is told by the picture', () => {
    const of = (energies: number[], targets: number[]): number =>
      blindnessLoss({energies: tf.tensor2d([energies]), targets: tf.tensor2d([targets])}).dataSync()[0];
    expect(of([1, 2, 3, 4], [2, 4, 6, 8])).toBeCloseTo(1, 5);
    expect(of([1, 2, 3, 4], [8, 6, 4, 2])).toBeCloseTo(1, 5);
    expect(of([1, 2, 2, 1], [1, 2, 3, 4])).toBeCloseTo(0, 5);
  });
});
