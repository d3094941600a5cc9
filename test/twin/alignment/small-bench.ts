import {createRandom} from '../../../src/base/random.ts';
import type {Probe} from '../../../src/contract/illumination.ts';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import type {PlateOptics} from '../../../src/contract/plate-optics.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {createEvaluator, heightCountOf, type EvaluationSpec} from '../../../src/twin/alignment/evaluator.ts';
import type {PlaneSetting} from '../../../src/twin/alignment/evaluate-plane.ts';
import {noiseSigma, type MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import type {AlignmentEngine} from '../../../src/twin/alignment/problem.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import type {PlateModel} from '../../../src/twin/layers/plate.ts';

/** A bench small enough for tests: two plates of 40 x 40 pixels, 16 mm a side, 10 mm apart. */
export const wavelengthMm = 0.7495;
export const grid = {count: 40, pitchMm: 0.4};
export const outputZMm = 30;
export const probe: Probe = {kind: 'aperture', shape: 'rectangle', widthMm: 0.6, heightMm: 0.6};

export const plates: readonly PlateModel[] = [1, 2].map((number) => {
  const random = createRandom(`plate ${number}`);
  return {
    relief: {grid, values: Float64Array.from({length: 1600}, () => 0.065 * random.integer(16))},
    baseMm: 0.5,
    refractiveIndex: 1.7227,
    extinction: 0.031,
    zMm: 10 * number,
  };
});

export const illumination = {
  kind: 'gaussian-beam',
  radiusMm: 8,
  centerXMm: 0.3,
  centerYMm: -0.2,
  curvatureRadiusMm: 200,
  tiltXDeg: 0,
  tiltYDeg: 0,
} as const;

/** Masks of a few open squares, different for each number. */
export function createMask(number: number): ComplexPlane {
  const random = createRandom(`mask ${number}`);
  const re = Float64Array.from({length: 100}, () => (random.uniform() < 0.35 ? 1 : 0));
  return {grid: {count: 10, pitchMm: 0.8}, re, im: new Float64Array(100)};
}

const side = 15;
export const xMm = Float64Array.from({length: side * side}, (_, i) => (i % side) - (side - 1) / 2);
export const yMm = Float64Array.from({length: side * side}, (_, i) => Math.floor(i / side) - (side - 1) / 2);

export const createSettings = (count: number): PlaneSetting[] =>
  Array.from({length: count}, (_, i) => ({object: createMask(i), xMm, yMm}));

export const specOf = (
  settings: readonly PlaneSetting[],
  own: Probe = probe,
  plateOptics?: PlateOptics,
): EvaluationSpec => ({
  stack: {wavelengthMm, grid, method: 'rs', plates, plateOptics, outputZMm, probe: own},
  settings,
});

export const designed: BenchState = designedState(plates, illumination);

/** A bench whose parts are off by some tenths of a millimetre and of a degree. */
export function displaced(seed: number, size = 1): BenchState {
  const random = createRandom(`displaced ${seed}`);
  return {
    ...designed,
    plates: designed.plates.map((plate) => ({
      ...plate,
      dxMm: 0.15 * size * random.normal(),
      dyMm: 0.15 * size * random.normal(),
      dzMm: 0.1 * size * random.normal(),
      rotationDeg: 0.4 * size * random.normal(),
    })),
    frame: {
      dxMm: 0.2 * size * random.normal(),
      dyMm: 0.2 * size * random.normal(),
      rotationDeg: 0.3 * size * random.normal(),
      dzMm: 0,
      scale: 1,
    },
  };
}

/** The estimator's engine in this thread. */
export function createEngine(settings: readonly PlaneSetting[]): AlignmentEngine {
  const evaluator = createEvaluator(specOf(settings));
  return {
    heightCount: heightCountOf(specOf(settings)),
    evaluate: (requests) => Promise.resolve(requests.map((request) => evaluator.evaluate(request))),
    vjpParameters: (requests) => Promise.resolve(requests.map((request) => evaluator.vjpParameters(request))),
    vjpHeights: (requests) => Promise.resolve(requests.map((request) => evaluator.vjpHeights(request))),
  };
}

/** Planes as a noisy detector would measure them behind a bench in `state`. */
export function measurePlanes(
  settings: readonly PlaneSetting[],
  state: BenchState,
  seed: number,
  [additive, multiplicative]: readonly [number, number] = [0.003, 0.005],
  plateOptics?: PlateOptics,
): MeasuredPlane[] {
  const evaluator = createEvaluator(specOf(settings, probe, plateOptics));
  const random = createRandom(`noise ${seed}`);
  return settings.map((setting, plane) => {
    const {power} = evaluator.evaluate({state, parameters: [], plane, grain: 'fine'});
    const maximum = Math.max(...power);
    const values = power.map(
      (value) => value + Math.hypot(additive * maximum, multiplicative * value) * random.normal(),
    );
    return {...setting, label: `mask ${plane}`, values, sigma: noiseSigma(values, additive, multiplicative)};
  });
}
