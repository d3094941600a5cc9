import {createRandom, type Random} from '../../base/random.ts';
import type {AsBuiltDraw} from './as-built-network.ts';
import {printableHeights, type PlateHeights} from './plate-heights.ts';

/** What a batch of objects says of a plate: sums over the objects, and the mean gradient by its heights, per mm. */
export interface BatchGradient {
  readonly loss: number;
  readonly right: number;
  readonly margin: number;
  readonly heights: Float32Array;
}

/** Computes what a plate does to a batch of objects, behind everything else as it was built. */
export type GradientEngine = (job: {
  readonly place: number;
  readonly heightsMm: Float32Array;
  readonly draw: AsBuiltDraw;
  /** Objects of the training set. */
  readonly indices: readonly number[];
}) => Promise<BatchGradient>;

/** How far a new plate may be off, one standard deviation each. */
export interface NewPlateErrors {
  readonly lateralMm: number;
  readonly axialMm: number;
  readonly rotationDeg: number;
  readonly print: {readonly rmsMm: number; readonly correlationMm: number};
  /** What is not known of the heights of the other plates; nothing unless given. */
  readonly unknown?: {readonly rmsMm: number; readonly correlationMm: number} | undefined;
}

/** How one plate is trained. Everything random comes from `seed`. */
export interface PlateTrainingSettings {
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  /** Adam's rate at the start and at the end of a half cosine, radians of phase. */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  /** Part of the steps, 0..1, from which on heights are rounded to what can be printed. */
  readonly levelsFromRatio: number;
  readonly errors: NewPlateErrors;
}

/** A training between two steps, as plain data: stored, it goes on as if it had not stopped. */
export interface PlateCheckpoint {
  readonly step: number;
  /** Phases of the relief, rad. */
  readonly phases: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

/** How a training stands after a step: means over its objects. */
export interface PlateTrainingReport {
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly margin: number;
}

/** Which plate is trained, how its heights are made, with how many objects to draw from, and where it begins. */
export interface PlateToTrain {
  readonly place: number;
  readonly heights: PlateHeights;
  readonly objectCount: number;
  readonly start: PlateCheckpoint;
}

export interface PlateTrainingHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?:
    | ((report: PlateTrainingReport, checkpoint: PlateCheckpoint) => Promise<void> | void)
    | undefined;
}

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8};

/** Where a training begins: with these heights, mm. */
export function beginPlate(heights: PlateHeights, heightsMm: ArrayLike<number>): PlateCheckpoint {
  const phases = Float32Array.from(heightsMm, (height) => height / heights.mmPerRad);
  const zeros = (): Float32Array => new Float32Array(phases.length);
  return {step: 0, phases, firstMoments: zeros(), secondMoments: zeros()};
}

/**
 * Trains the relief of one plate by Adam with the measurement in the loop: where the new plate stands, how it is printed and
 * where the scan's points lie are drawn for each batch. Objects are drawn from `objectCount`. Resolves with the state after
 * the last step; an abort ends it between two steps.
 */
export async function trainPlate(
  engine: GradientEngine,
  {place, heights, objectCount, start}: PlateToTrain,
  settings: PlateTrainingSettings,
  {signal, onStep}: PlateTrainingHooks = {},
): Promise<PlateCheckpoint> {
  let at = start;
  while (at.step < settings.steps) {
    signal?.throwIfAborted();
    const {draw, ...job} = jobOfStep(at, {heights, objectCount}, settings);
    const batch = await engine({place, ...job, draw: drawBench(draw, settings.errors)});
    signal?.throwIfAborted();
    at = stepOf(at, batch.heights, heights.mmPerRad, settings);
    await onStep?.(reportOf(at, batch, settings), at);
  }
  return at;
}

/** What a step of a training shows to which objects. */
export function jobOfStep(
  {step, phases}: PlateCheckpoint,
  {heights, objectCount}: Pick<PlateToTrain, 'heights' | 'objectCount'>,
  {seed, steps, batchSize, levelsFromRatio}: Omit<PlateTrainingSettings, 'errors'>,
): {readonly heightsMm: Float32Array; readonly indices: readonly number[]; readonly draw: Random} {
  const random = createRandom(`${seed}/plate training/${step}`);
  const draw = random.fork('bench');
  return {
    heightsMm: printableHeights(heights, phases, step >= levelsFromRatio * steps),
    indices: Array.from({length: batchSize}, () => random.integer(objectCount)),
    draw,
  };
}

/** How a training stands after a step. */
export const reportOf = (
  {step}: PlateCheckpoint,
  {loss, right, margin}: Omit<BatchGradient, 'heights'>,
  {batchSize}: Pick<PlateTrainingSettings, 'batchSize'>,
): PlateTrainingReport => ({
  step,
  loss: loss / batchSize,
  accuracy: right / batchSize,
  margin: margin / batchSize,
});

/** Draws where the scan's points lie, where a new plate will stand, how its print will be and what is not known of the others. */
export function drawBench(
  random: Random,
  {lateralMm, axialMm, rotationDeg, print, unknown}: NewPlateErrors,
): AsBuiltDraw {
  const seed = (): string => String(random.integer(2 ** 31));
  return {
    scanOffset: [random.uniform() - 0.5, random.uniform() - 0.5],
    plate: {
      dxMm: lateralMm * random.normal(),
      dyMm: lateralMm * random.normal(),
      dzMm: axialMm * random.normal(),
      rotationDeg: rotationDeg * random.normal(),
    },
    print: print.rmsMm > 0 ? {...print, seed: seed()} : null,
    unknown: unknown !== undefined && unknown.rmsMm > 0 ? {...unknown, seed: seed()} : null,
  };
}

/** Adam (Kingma and Ba 2015); what was rounded is passed straight through. */
export function stepOf(
  {step, phases, firstMoments, secondMoments}: PlateCheckpoint,
  byHeight: Float32Array,
  mmPerRad: number,
  {
    steps,
    learningRate,
    finalLearningRate,
  }: Pick<PlateTrainingSettings, 'steps' | 'learningRate' | 'finalLearningRate'>,
): PlateCheckpoint {
  const part = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  const rate = finalLearningRate + (learningRate - finalLearningRate) * part;
  const corrected = rate * (Math.sqrt(1 - adam.beta2 ** (step + 1)) / (1 - adam.beta1 ** (step + 1)));
  const [m, v, p] = [firstMoments.slice(), secondMoments.slice(), phases.slice()];
  for (let i = 0; i < p.length; i++) {
    const g = byHeight[i] * mmPerRad;
    m[i] = adam.beta1 * m[i] + (1 - adam.beta1) * g;
    v[i] = adam.beta2 * v[i] + (1 - adam.beta2) * g * g;
    p[i] -= (corrected * m[i]) / (Math.sqrt(v[i]) + adam.epsilon);
  }
  return {step: step + 1, phases: p, firstMoments: m, secondMoments: v};
}
