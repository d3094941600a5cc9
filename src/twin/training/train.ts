import {countOf, pluralOf} from '../../base/count-text.ts';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {BatchJob, EnergyEngine} from './batch.ts';
import {drawJob} from './draw-batch.ts';
import {plateFrom, startParameters, toParameters, type NeuronModel} from './neurons.ts';
import {createTrained, type AdamCourse, type AllVariables} from './trained-variables.ts';
import type {TrainingGoal} from './training-goal.ts';
import {unmoved, type TrainingCheckpoint, type TrainingSettings} from './training-settings.ts';

/** Where a training is; `accuracy` is the part of images whose winner is right, 0..1, or of pictures their correlation. */
export interface TrainingProgress {
  readonly step: number;
  readonly stepCount: number;
  readonly epoch: number;
  readonly epochCount: number;
  /** Mean over the steps since the last report. */
  readonly loss: number;
  readonly accuracy: number;
  /** Mean of the share of the true region minus the largest other one; 0 of pictures. */
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

/** What a training turns into energies, how its parameters become plates, and what is wanted of the energies. */
export interface TrainedOptics {
  readonly engine: EnergyEngine;
  readonly model: NeuronModel;
  readonly goal: TrainingGoal;
  /** Of the same plates lit from behind (`reversedEngine`), where that is a part of the goal. */
  readonly behind?: EnergyEngine | undefined;
}

/**
 * Trains the relief of all plates, and a dense read-out where the goal has one, by Adam on the region energies of these of
 * the engine's images. The optics is one differentiable operation for TensorFlow.js, whose gradient is our own way back. Quantised heights are rounded on the way forward and passed
 * straight through on the way back. Returns the last state. Throws the signal's reason when aborted.
 */
export async function train(
  indices: ArrayLike<number>,
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
  const {engine, goal} = optics;
  const variables = variablesOf(optics, settings, resume);
  const score = createScore(goal, settings.batchSize);
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
      const hasLevels = step >= settings.levelsFromRatio * stepCount;
      const rates = learningRates(settings, step / stepCount);
      const done = stepOnce(job, optics, {variables, step, ...rates, hasLevels});
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

/** Flat plates and the read-out that the goal begins with, or what a checkpoint holds. */
function variablesOf(
  {engine, model, goal}: TrainedOptics,
  settings: TrainingSettings,
  resume: TrainingCheckpoint | undefined,
): AllVariables {
  const flat = startParameters(model, settings);
  const plates = resume ?? unmoved(Array.from({length: engine.layerCount}, () => flat));
  const {readOutStart} = goal;
  return createTrained(plates, readOutStart && (resume?.readOut ?? unmoved([readOutStart])));
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

/** From the first rate to the final one along half a cosine; `doneRatio` 0..1. That of a read-out falls alike. */
function learningRates(
  {learningRate: from, finalLearningRate: to, readOut}: TrainingSettings,
  doneRatio: number,
): Pick<Step, 'rate' | 'readOutRate'> {
  const cosine = (1 + Math.cos(Math.PI * doneRatio)) / 2;
  const rate = to + (from - to) * cosine;
  return {rate, readOutRate: ((readOut?.learningRate ?? 0) * rate) / from};
}

/** Loss and accuracy over the steps since they were last asked for. */
function createScore(goal: TrainingGoal, batchSize: number) {
  let [lossSum, rightSum, marginSum, imageCount] = [0, 0, 0, 0];
  return {
    add(job: BatchJob, {loss, energies}: StepResult): void {
      lossSum += loss;
      imageCount += job.indices.length;
      const {right, margin} = goal.judge(job, energies);
      rightSum += right;
      marginSum += margin;
    },
    take(): Pick<TrainingProgress, 'loss' | 'accuracy' | 'meanMargin'> {
      const taken = {
        loss: lossSum / (imageCount / batchSize),
        accuracy: rightSum / imageCount,
        meanMargin: marginSum / imageCount,
      };
      [lossSum, rightSum, marginSum, imageCount] = [0, 0, 0, 0];
      return taken;
    },
  };
}

interface StepResult {
  readonly loss: number;
  readonly energies: Float32Array;
}

interface Step extends AdamCourse {
  readonly variables: AllVariables;
  readonly readOutRate: number;
  /** Whether heights are rounded to the levels already. */
  readonly hasLevels: boolean;
}

/** One step of Adam on one batch. Throws `twin/invalid` when the loss is no number any more. */
function stepOnce(
  job: BatchJob,
  optics: TrainedOptics,
  {variables: {plates, readOut}, step, rate, readOutRate, hasLevels}: Step,
): StepResult {
  const {regionCount} = optics.engine;
  const batch = job.indices.length;
  let measured: Float32Array = new Float32Array(0);
  const result = tf.tidy(() => {
    const energiesOf = differentiableOptics(job, optics, {
      hasLevels,
      onEnergies: (energies) => {
        measured = energies;
      },
    });
    const {value, grads} = tf.variableGrads(() => {
      const out = energiesOf(...plates.rows) as tf.Tensor2D;
      const energies = tf.slice2d(out, [0, 0], [batch, regionCount]);
      const power = tf.squeeze<tf.Tensor1D>(tf.slice2d(out, [0, regionCount], [batch, 1]), [1]);
      const loss = optics.goal.loss(job, {energies, inputPower: power}, readOut?.rows[0]);
      const behind = lossBehind(job, optics, {hasLevels, layers: plates.rows});
      return behind ? tf.add(loss, behind) : loss;
    }, [...plates.rows, ...(readOut?.rows ?? [])]);
    plates.step(grads, {rate, step});
    readOut?.step(grads, {rate: readOutRate, step});
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

/** Loss of the light from behind; undefined where that is no part of the goal. */
function lossBehind(
  job: BatchJob,
  {behind, model, goal}: TrainedOptics,
  {hasLevels, layers}: {readonly hasLevels: boolean; readonly layers: readonly tf.Variable[]},
): tf.Scalar | undefined {
  if (behind === undefined || goal.lossBehind === undefined) return undefined;
  const out = differentiableOptics(job, {engine: behind, model}, {hasLevels})(...layers) as tf.Tensor2D;
  return goal.lossBehind(job, {
    energies: tf.slice2d(out, [0, 0], [job.indices.length, behind.regionCount]),
  });
}

/**
 * The optics as one operation of TensorFlow.js: from the layers' parameters (rad) to the energy of every region and,
 * in a last column, the power that came in; one row an image.
 */
function differentiableOptics(
  job: BatchJob,
  {engine, model}: Pick<TrainedOptics, 'engine' | 'model'>,
  {
    hasLevels,
    onEnergies,
  }: {readonly hasLevels: boolean; readonly onEnergies?: (energies: Float32Array) => void},
) {
  const batch = job.indices.length;
  const {regionCount} = engine;
  // tf.customGrad types its inputs as Tensor only, hence the casts at this one border.
  return tf.customGrad((...inputs: unknown[]) => {
    const layers = inputs.slice(0, engine.layerCount) as tf.Tensor1D[];
    const parameters = layers.map((layer) => Float32Array.from(layer.dataSync<'float32'>()));
    engine.setHeights(parameters.map((own) => plateFrom(model, own, hasLevels)));
    const out = engine.forward(job);
    onEnergies?.(out.energies);
    const withPower = new Float32Array(batch * (regionCount + 1));
    for (let i = 0; i < batch; i++) {
      withPower.set(out.energies.subarray(i * regionCount, (i + 1) * regionCount), i * (regionCount + 1));
      withPower[i * (regionCount + 1) + regionCount] = out.inputPower[i];
    }
    return {
      value: tf.tensor2d(withPower, [batch, regionCount + 1]),
      gradFunc: (dy: tf.Tensor) => {
        const byEnergy = tf.slice(dy, [0, 0], [batch, regionCount]).dataSync<'float32'>();
        return engine.backward(Float32Array.from(byEnergy)).map((gradient, layer) => {
          toParameters(model, parameters[layer], gradient);
          return tf.tensor1d(gradient);
        });
      },
    };
  });
}
