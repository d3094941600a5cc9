import {countOf, pluralOf} from '../../base/count-text.ts';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import {energiesAt, judge, type BatchJob, type EnergyEngine, type LabelledImages} from './batch.ts';
import {drawJob} from './draw-batch.ts';
import {heightsFrom, type HeightModel} from './height-model.ts';
import {energyLoss} from './loss.ts';
import type {ReadOut} from '../metrics/read-out.ts';
import {applyAdam, createVariables, type TrainedVariables} from './trained-variables.ts';
import type {TrainingCheckpoint, TrainingSettings} from './training-settings.ts';

/** Where a training is; `accuracy` is the part of images whose winner is right, 0..1. */
export interface TrainingProgress {
  readonly step: number;
  readonly stepCount: number;
  readonly epoch: number;
  readonly epochCount: number;
  /** Mean over the steps since the last report. */
  readonly loss: number;
  readonly accuracy: number;
  /** Mean of the share of the true region minus the largest other one. */
  readonly meanMargin: number;
}

/** How a training is followed, stopped and continued from a checkpoint. */
export interface TrainingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly resume?: TrainingCheckpoint | undefined;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called every `checkpointSteps` steps within an epoch, and when it is stopped: what is stored then is gone on from. */
  readonly onCheckpoint?: (checkpoint: TrainingCheckpoint) => Promise<void>;
  readonly checkpointSteps?: number;
  /** Called after each epoch; validates, stores, and may be slow. */
  readonly onEpoch?: (epoch: number, checkpoint: TrainingCheckpoint) => Promise<void>;
  /** Asked after each epoch; true ends the training there. */
  readonly isEnough?: () => boolean;
  /** Lets the event loop run between batches. */
  readonly breathe: () => Promise<void>;
}

/** Steps between two reports; one comes at the end of each epoch too, whose curve is made of them. */
const reportedSteps = 25;

/** Steps between two checkpoints within an epoch: about two minutes of 200 x 200 pixels on two cores. */
const defaultCheckpointSteps = 500;

/** What a training learns from: these of the images. */
export interface TrainingImages {
  readonly images: LabelledImages;
  readonly indices: ArrayLike<number>;
}

/** What a training turns into energies, and how its parameters become heights. */
export interface TrainedOptics {
  readonly engine: EnergyEngine;
  readonly model: HeightModel;
  /** How classes are read from the engine's regions. */
  readonly readOut: ReadOut;
}

/**
 * Trains the relief of all plates by Adam on the region energies. The optics is one differentiable operation for
 * TensorFlow.js, whose gradient is our own way back. Quantised heights are rounded on the way forward and passed
 * straight through on the way back. Returns the last state. Throws the signal's reason when aborted.
 */
export async function train(
  {images, indices}: TrainingImages,
  optics: TrainedOptics,
  settings: TrainingSettings,
  {
    signal,
    resume,
    onProgress,
    onEpoch,
    onCheckpoint,
    checkpointSteps = defaultCheckpointSteps,
    isEnough,
    breathe,
  }: TrainingOptions,
): Promise<TrainingCheckpoint> {
  const stepsPerEpoch = Math.floor(indices.length / settings.batchSize);
  if (stepsPerEpoch < 1) {
    throw new BenchError(
      'twin/invalid',
      `${countOf(indices.length, 'image')} ${pluralOf(indices.length, 'does', 'do')} not fill one batch of ${settings.batchSize}.`,
    );
  }
  const stepCount = stepsPerEpoch * settings.epochs;
  const {engine, model} = optics;
  const variables = createVariables(engine.layerCount, model.grid.count ** 2, settings.startPhaseRad, resume);
  const score = createScore(images, optics, settings.batchSize);
  const orderOf = epochOrder(indices, settings.seed);
  try {
    for (let step = resume?.step ?? 0; step < stepCount; step++) {
      if (signal?.aborted === true) {
        await onCheckpoint?.(variables.snapshot(step));
        throw signal.reason;
      }
      const epoch = Math.floor(step / stepsPerEpoch);
      const first = (step % stepsPerEpoch) * settings.batchSize;
      // Each step draws from its own generator, so that a resumed training sees what an unbroken one would have.
      const random = createRandom(`${settings.seed}/step/${step}`);
      const chosen = orderOf(epoch).slice(first, first + settings.batchSize);
      const job = drawJob(chosen, settings, random, engine.layerCount);
      const rate = learningRate(settings, step / stepCount);
      const hasLevels = step >= settings.levelsFromRatio * stepCount;
      const done = stepOnce(images, job, optics, {settings, variables, step, rate, hasLevels});
      variables.average(settings.averageDecay);
      score.add(job, done);
      const isEpochOver = (step + 1) % stepsPerEpoch === 0;
      if ((step + 1) % reportedSteps === 0 || isEpochOver)
        onProgress?.({step: step + 1, stepCount, epoch, epochCount: settings.epochs, ...score.take()});
      if (isEpochOver) {
        await onEpoch?.(epoch + 1, variables.snapshot(step + 1));
        if (isEnough?.() === true) return variables.snapshot(step + 1);
      } else if ((step + 1) % checkpointSteps === 0) await onCheckpoint?.(variables.snapshot(step + 1));
      await breathe();
    }
    return variables.snapshot(stepCount);
  } finally {
    variables.dispose();
  }
}

/** Order of the images in an epoch, drawn once for each. */
function epochOrder(indices: ArrayLike<number>, seed: number | string): (epoch: number) => readonly number[] {
  let order: readonly number[] = [];
  let orderedEpoch = -1;
  return (epoch) => {
    if (epoch !== orderedEpoch) order = shuffled(indices, createRandom(`${seed}/epoch/${epoch}`));
    orderedEpoch = epoch;
    return order;
  };
}

/** From the first rate to the final one along half a cosine; `doneRatio` 0..1. */
function learningRate(
  {learningRate: from, finalLearningRate: to}: TrainingSettings,
  doneRatio: number,
): number {
  const cosine = (1 + Math.cos(Math.PI * doneRatio)) / 2;
  return to + (from - to) * cosine;
}

/** Loss and accuracy over the steps since they were last asked for. */
function createScore(
  {labels}: LabelledImages,
  {engine: {regionCount}, readOut}: TrainedOptics,
  batchSize: number,
) {
  let [lossSum, rightCount, marginSum, imageCount] = [0, 0, 0, 0];
  return {
    add({indices}: BatchJob, {loss, energies}: StepResult): void {
      lossSum += loss;
      imageCount += indices.length;
      indices.forEach((index, i) => {
        const {winner, margin} = judge(readOut, energiesAt(energies, i, regionCount), labels[index]);
        marginSum += margin;
        if (winner === labels[index]) rightCount += 1;
      });
    },
    take(): Pick<TrainingProgress, 'loss' | 'accuracy' | 'meanMargin'> {
      const taken = {
        loss: lossSum / (imageCount / batchSize),
        accuracy: rightCount / imageCount,
        meanMargin: marginSum / imageCount,
      };
      [lossSum, rightCount, marginSum, imageCount] = [0, 0, 0, 0];
      return taken;
    },
  };
}

interface StepResult {
  readonly loss: number;
  readonly energies: Float32Array;
}

interface Step {
  readonly settings: TrainingSettings;
  readonly variables: TrainedVariables;
  /** From 0. */
  readonly step: number;
  readonly rate: number;
  /** Whether heights are rounded to the levels already. */
  readonly hasLevels: boolean;
}

/** One step of Adam on one batch. Throws `twin/invalid` when the loss is no number any more. */
function stepOnce(
  images: LabelledImages,
  job: BatchJob,
  optics: TrainedOptics,
  {settings, variables, step, rate, hasLevels}: Step,
): StepResult {
  const {regionCount} = optics.engine;
  const batch = job.indices.length;
  let measured: Float32Array = new Float32Array(0);
  const result = tf.tidy(() => {
    const labels = tf.oneHot(
      tf.tensor1d(
        job.indices.map((i) => images.labels[i]),
        'int32',
      ),
      optics.readOut.labels.length,
    );
    const energiesOf = differentiableOptics(job, optics, {
      hasLevels,
      onEnergies: (energies) => {
        measured = energies;
      },
    });
    const {value, grads} = tf.variableGrads(() => {
      const out = energiesOf(...variables.layers) as tf.Tensor2D;
      const energies = tf.slice2d(out, [0, 0], [batch, regionCount]);
      const power = tf.squeeze<tf.Tensor1D>(tf.slice2d(out, [0, regionCount], [batch, 1]), [1]);
      const tensors = {energies, labels: labels as tf.Tensor2D, inputPower: power};
      return energyLoss(tensors, settings.loss, optics.readOut.settings);
    }, [...variables.layers]);
    const [first, second] = variables.moments;
    variables.layers.forEach((layer, i) =>
      applyAdam(layer, [first[i], second[i]], grads[layer.name], {rate, step}),
    );
    return value;
  });
  const loss = result.dataSync<'float32'>()[0];
  result.dispose();
  if (!Number.isFinite(loss)) {
    throw new BenchError(
      'twin/invalid',
      `The loss became ${loss} at step ${step}; lower the learning rate. The last checkpoint is kept.`,
    );
  }
  return {loss, energies: measured};
}

/**
 * The optics as one operation of TensorFlow.js: from the layers' parameters (rad) to the energy of every region and,
 * in a last column, the power that came in; one row an image.
 */
function differentiableOptics(
  job: BatchJob,
  {engine, model}: TrainedOptics,
  {
    hasLevels,
    onEnergies,
  }: {readonly hasLevels: boolean; readonly onEnergies: (energies: Float32Array) => void},
) {
  const batch = job.indices.length;
  const {regionCount} = engine;
  // tf.customGrad types its inputs as Tensor only, hence the casts at this one border.
  return tf.customGrad((...inputs: unknown[]) => {
    const layers = inputs.slice(0, engine.layerCount) as tf.Tensor1D[];
    engine.setHeights(
      layers.map((layer) =>
        heightsFrom(model, layer.dataSync<'float32'>(), hasLevels ? model.levelCount : null),
      ),
    );
    const out = engine.forward(job);
    onEnergies(out.energies);
    const withPower = new Float32Array(batch * (regionCount + 1));
    for (let i = 0; i < batch; i++) {
      withPower.set(out.energies.subarray(i * regionCount, (i + 1) * regionCount), i * (regionCount + 1));
      withPower[i * (regionCount + 1) + regionCount] = out.inputPower[i];
    }
    return {
      value: tf.tensor2d(withPower, [batch, regionCount + 1]),
      gradFunc: (dy: tf.Tensor) => {
        const byEnergy = tf.slice(dy, [0, 0], [batch, regionCount]).dataSync<'float32'>();
        return engine.backward(Float32Array.from(byEnergy)).map((gradient) => {
          // From mm to the parameter's radians.
          for (let i = 0; i < gradient.length; i++) gradient[i] *= model.mmPerRad;
          return tf.tensor1d(gradient);
        });
      },
    };
  });
}
