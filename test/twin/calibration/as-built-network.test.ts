import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {
  createAsBuiltNetwork,
  noDraw,
  type AsBuiltDraw,
  type AsBuiltSpec,
} from '../../../src/twin/calibration/as-built-network.ts';
import {classLoss} from '../../../src/twin/calibration/class-loss.ts';
import {plateHeightsOf, printableHeights} from '../../../src/twin/calibration/plate-heights.ts';
import {beginPlate, drawBench, trainPlate} from '../../../src/twin/calibration/plate-training.ts';
import type {PlateModel} from '../../../src/twin/layers/plate.ts';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';
import {judge} from '../../../src/twin/training/batch.ts';

const grid = {count: 24, pitchMm: 0.4};
const wavelengthMm = 0.75;
const regions = [-2.4, 0, 2.4].map((centerXMm, i) => ({
  label: String(i),
  centerXMm,
  centerYMm: 0,
  widthMm: 2,
  heightMm: 4,
}));
const readOut = createReadOut({regions});
const plates = [0, 1].map((place): PlateModel => {
  const random = createRandom(`relief ${place}`);
  return {
    relief: {grid, values: Float64Array.from({length: 576}, () => 0.9 * random.uniform())},
    baseMm: 0.3,
    refractiveIndex: 1.72,
    extinction: 0.03,
    zMm: 6 * (place + 1),
  };
});
const light = {
  kind: 'gaussian-beam',
  radiusMm: 4,
  centerXMm: 0,
  centerYMm: 0,
  curvatureRadiusMm: 200,
  tiltXDeg: 0,
  tiltYDeg: 0,
} as const;
const found = designedState(plates, light);
const spec: AsBuiltSpec = {
  stack: {
    wavelengthMm,
    grid,
    oversample: 1,
    method: 'asm',
    plates,
    outputZMm: 18,
    probe: {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28},
  },
  state: {
    ...found,
    plates: found.plates.map((plate, i) => ({
      ...plate,
      dxMm: 0.3 - 0.5 * i,
      dyMm: 0.1,
      dzMm: 0.2,
      rotationDeg: 1,
    })),
  },
  regions,
  scanStepMm: 0.5,
};
const drawn: AsBuiltDraw = {
  scanOffset: [0.2, -0.3],
  plate: {dxMm: 0.05, dyMm: -0.1, dzMm: 0.1, rotationDeg: 0.3},
  print: {rmsMm: 0.02, correlationMm: 0.5, seed: 'print'},
};

/** A window in one of three places. */
const object = (label: number) => ({
  grid,
  re: Float64Array.from({length: 576}, (_, i) => {
    const [row, column] = [Math.floor(i / 24), i % 24];
    return Math.abs(row - 12) < 6 && Math.abs(column - 6 - 6 * label) < 4 ? 1 : 0;
  }),
  im: new Float64Array(576),
});

describe('a network as it was built', () => {
  const network = createAsBuiltNetwork(spec);

  it.each([0, 1])(
    'has the gradient of the loss by the heights of plate %i, shifted, turned and printed',
    (place) => {
      const heights = Float32Array.from(plates[place].relief.values);
      const lossOf = (own: Float32Array): number => {
        network.prepare({place, heightsMm: own}, drawn);
        return classLoss(readOut, network.energiesOf(object(1)), 1, {logitScale: 10, efficiencyWeight: 0.1})
          .loss;
      };
      network.prepare({place, heightsMm: heights}, drawn);
      const {heights: gradient} = network.gradientOf(
        object(1),
        (energies) => classLoss(readOut, energies, 1, {logitScale: 10, efficiencyWeight: 0.1}).gradient,
      );
      const random = createRandom('direction');
      const direction = Float32Array.from(heights, () => random.normal());
      const along = gradient.reduce((sum, own, i) => sum + own * direction[i], 0);
      const step = 2e-4;
      const moved = (sign: number): number =>
        lossOf(heights.map((own, i) => own + sign * step * direction[i]));
      const difference = (moved(1) - moved(-1)) / (2 * step);
      expect(Math.abs(along - difference)).toBeLessThan(0.02 * Math.abs(difference) + 1e-3);
    },
  );

  it('is the network that was built where no plate is changed and nothing is drawn', () => {
    network.prepare({place: 1, heightsMm: null}, noDraw);
    const asBuilt = network.energiesOf(object(0));
    network.prepare({place: 0, heightsMm: Float32Array.from(plates[0].relief.values)}, noDraw);
    network.energiesOf(object(0)).forEach((energy, k) => expect(energy).toBeCloseTo(asBuilt[k], 5));
    network.prepare({place: 0, heightsMm: null}, drawn);
    expect(Math.abs(network.energiesOf(object(0))[0] / asBuilt[0] - 1)).toBeGreaterThan(1e-3);
  });

  it('is made to tell its objects by one plate, and goes on from a checkpoint as if it had not stopped', async () => {
    const place = 1;
    const heights = plateHeightsOf(wavelengthMm, 1.72, {count: 16, maximumMm: 0.975});
    const engine = async ({heightsMm, draw, indices}: Parameters<Parameters<typeof trainPlate>[0]>[0]) => {
      network.prepare({place, heightsMm}, draw);
      const sum = new Float32Array(576);
      let [loss, right, margin] = [0, 0, 0];
      for (const label of indices) {
        const own = network.gradientOf(object(label), (energies) => {
          const found = classLoss(readOut, energies, label, {logitScale: 20, efficiencyWeight: 0});
          loss += found.loss;
          return found.gradient;
        });
        const judged = judge(readOut, own.energies, label);
        margin += judged.margin;
        if (judged.winner === label) right += 1;
        own.heights.forEach((value, i) => (sum[i] += value / indices.length));
      }
      return {loss, right, margin, heights: sum};
    };
    const settings = {
      seed: 1,
      steps: 24,
      batchSize: 3,
      learningRate: 0.2,
      finalLearningRate: 0.02,
      levelsFromRatio: 0.5,
      errors: {lateralMm: 0.02, axialMm: 0.02, rotationDeg: 0.05, print: {rmsMm: 0, correlationMm: 0.5}},
    };
    const start = beginPlate(heights, plates[place].relief.values);
    const what = {place, heights, objectCount: 3, start};
    const losses: number[] = [];
    let kept = start;
    const half = await trainPlate(engine, what, settings, {
      onStep: ({step, loss}, checkpoint) => {
        losses.push(loss);
        if (step === 12) kept = checkpoint;
      },
    });
    let resumed = 0;
    const again = await trainPlate(engine, {...what, start: kept}, settings, {onStep: () => void resumed++});
    expect(resumed).toBe(12);
    expect(again.phases).toEqual(half.phases);
    const meanOf = (values: readonly number[]): number =>
      values.reduce((sum, own) => sum + own, 0) / values.length;
    expect(meanOf(losses.slice(-6))).toBeLessThan(0.7 * meanOf(losses.slice(0, 6)));
    const made = printableHeights(heights, half.phases, true);
    made.forEach((height) =>
      expect(Math.abs(height / 0.065 - Math.round(height / 0.065))).toBeLessThan(1e-4),
    );
  });
});

describe('what is not known of the plates that were built', () => {
  const network = createAsBuiltNetwork(spec);
  const unknown = {rmsMm: 0.05, correlationMm: 0.5, seed: 'unknown'};
  const energiesOf = (heightsMm: Float32Array | null, place: number, draw: AsBuiltDraw): number[] => {
    network.prepare({place, heightsMm}, draw);
    return Array.from(network.energiesOf(object(1)));
  };

  it('is drawn for every plate but the new one, the same for the same draw', () => {
    const known = energiesOf(null, 0, noDraw);
    const drawnOnce = energiesOf(null, 0, {...noDraw, unknown});
    expect(drawnOnce).not.toEqual(known);
    expect(energiesOf(null, 0, {...noDraw, unknown})).toEqual(drawnOnce);
    expect(energiesOf(null, 1, {...noDraw, unknown})).toEqual(drawnOnce);
    // With the heights that it has, the new plate is known: other energies come out than where it is not.
    const own = Float32Array.from(plates[1].relief.values);
    const newPlate = energiesOf(own, 1, {...noDraw, unknown});
    expect(newPlate).not.toEqual(drawnOnce);
    expect(newPlate).not.toEqual(known);
  });

  it('is part of a drawn bench where it is given', () => {
    const errors = {lateralMm: 0, axialMm: 0, rotationDeg: 0, print: {rmsMm: 0, correlationMm: 0.5}};
    expect(drawBench(createRandom(1), errors).unknown).toBeNull();
    const drawnBench = drawBench(createRandom(1), {...errors, unknown: {rmsMm: 0.03, correlationMm: 0.5}});
    expect(drawnBench.unknown).toMatchObject({rmsMm: 0.03, correlationMm: 0.5});
  });
});

describe('heights of a plate that is trained', () => {
  it('wraps phases into one turn, and takes the nearer of the highest level and a whole turn', () => {
    const heights = plateHeightsOf(wavelengthMm, 1.75, {count: 4, maximumMm: 0.75});
    const turn = 2 * Math.PI;
    const made = (phases: number[], isRounded: boolean): number[] =>
      Array.from(printableHeights(heights, phases, isRounded), (height) => Math.round(1e5 * height) / 1e5);
    expect(made([0.25 * turn, 1.25 * turn, -0.5 * turn], false)).toEqual([0.25, 0.25, 0.5]);
    expect(made([0.3 * turn, 0.86 * turn, 0.9 * turn], true)).toEqual([0.25, 0.75, 0]);
  });

  it('draws a bench within what it was told', () => {
    const errors = {lateralMm: 0, axialMm: 0, rotationDeg: 0, print: {rmsMm: 0, correlationMm: 0.5}};
    const {scanOffset, plate, print} = drawBench(createRandom(1), errors);
    expect(Object.values(plate).map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(print).toBeNull();
    scanOffset.forEach((part) => expect(Math.abs(part)).toBeLessThanOrEqual(0.5));
  });
});
