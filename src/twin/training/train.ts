import * as tf from '@tensorflow/tfjs-core';
import {createRandom, shuffled, type Random} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {Augmentation} from './augment.ts';
import {winnerOf, type BatchJob, type EnergyEngine, type LabelledImages} from './batch.ts';
import {heightsFrom, type HeightModel} from './height-model.ts';
import {energyLoss, type LossSettings} from './loss.ts';

/** How a network is trained. Lengths in mm; everything random comes from `seed`. */
export interface TrainingSettings {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's rate at the start and at the end of a half cosine, in radians of phase. */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly augmentation: Augmentation;
  /** Vaccination: each batch draws every plate's lateral and axial error uniformly from +- these. */
  readonly lateralErrorMm: number;
  readonly axialErrorMm: number;
  /** Share of the batches that are lit by a random Gaussian beam instead of the design's illumination. */
  readonly beamShare: number;
  readonly illumination: Illumination;
  readonly loss: LossSettings;
  /**
   * Share that a running average of the parameters keeps at each step; the average is what is printed. 0 prints the
   * last parameters themselves. Averages over the end of a training generalise better (Izmailov et al. 2018).
   */
  readonly averageDecay: number;
}

/** The state of a training between two batches, as plain data: stored, it goes on as if it had not stopped. */
export interface TrainingCheckpoint {
  readonly step: number;
  readonly parameters: readonly Float32Array[];
  /** Running average of the parameters. */
  readonly averages: readonly Float32Array[];
  /** Adam's first and second moments, one pair a layer. */
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
}

export interface TrainingProgress {
  readonly step: number;
  readonly stepCount: number;
  readonly epoch: number;
  /** Mean over the steps since the last report. */
  readonly loss: number;
  readonly accuracy: number;
}

export interface TrainingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly resume?: TrainingCheckpoint | undefined;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called after each epoch; validates, stores, and may be slow. */
  readonly onEpoch?: (epoch: number, checkpoint: TrainingCheckpoint) => Promise<void>;
  /** Lets the event loop run between batches. */
  readonly breathe: () => Promise<void>;
}

/** Steps between two reports; one comes at the end of each epoch too, whose curve is made of them. */
const reportedSteps = 25;

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8};

/**
 * Trains the relief of all plates by Adam on the region energies. The optics is one differentiable operation for
 * TensorFlow.js, whose gradient is our own way back. Quantised heights are rounded on the way forward and passed
 * straight through on the way back. Returns the last state. Throws the signal's reason when aborted.
 */
export async function train(
  images: LabelledImages,
  trainingIndices: ArrayLike<number>,
  engine: EnergyEngine,
  model: HeightModel,
  settings: TrainingSettings,
  {signal, resume, onProgress, onEpoch, breathe}: TrainingOptions,
): Promise<TrainingCheckpoint> {
  const stepsPerEpoch = Math.floor(trainingIndices.length / settings.batchSize);
  if (stepsPerEpoch < 1) {
    throw new BenchError(
      'twin/invalid',
      `${trainingIndices.length} images do not fill one batch of ${settings.batchSize}.`,
    );
  }
  const stepCount = stepsPerEpoch * settings.epochs;
  const total = model.grid.count ** 2;
  const zeros = (): Float32Array[] => Array.from({length: engine.layerCount}, () => new Float32Array(total));
  const state = {
    parameters: resume ? resume.parameters.map((p) => p.slice()) : zeros(),
    averages: resume ? resume.averages.map((p) => p.slice()) : zeros(),
    firstMoments: resume ? resume.firstMoments.map((p) => p.slice()) : zeros(),
    secondMoments: resume ? resume.secondMoments.map((p) => p.slice()) : zeros(),
  };
  const variables = state.parameters.map((values, i) =>
    tf.variable(tf.tensor1d(values), true, `layer-${i + 1}`),
  );
  const moments = [state.firstMoments, state.secondMoments].map((set) =>
    set.map((m) => tf.variable(tf.tensor1d(m))),
  );
  const averages = state.averages.map((values) => tf.variable(tf.tensor1d(values)));
  let [lossSum, rightCount, imageCount] = [0, 0, 0];
  let order: number[] = [];
  let orderedEpoch = -1;
  const snapshot = (step: number): TrainingCheckpoint => ({
    step,
    parameters: variables.map((v) => v.dataSync<'float32'>().slice()),
    averages: averages.map((v) => v.dataSync<'float32'>().slice()),
    firstMoments: moments[0].map((v) => v.dataSync<'float32'>().slice()),
    secondMoments: moments[1].map((v) => v.dataSync<'float32'>().slice()),
  });

  try {
    for (let step = resume?.step ?? 0; step < stepCount; step++) {
      signal?.throwIfAborted();
      const epoch = Math.floor(step / stepsPerEpoch);
      if (epoch !== orderedEpoch) {
        order = shuffled(trainingIndices, createRandom(`${settings.seed}/epoch/${epoch}`));
        orderedEpoch = epoch;
      }
      // Each step draws from its own generator, so that a resumed training sees what an unbroken one would have.
      const random = createRandom(`${settings.seed}/step/${step}`);
      const job = drawJob(order, step, stepsPerEpoch, settings, random, engine.layerCount);
      const {loss, energies} = stepOnce(
        images,
        job,
        engine,
        model,
        settings,
        variables,
        moments,
        step,
        stepCount,
      );
      variables.forEach((variable, i) => updateAverage(averages[i], variable, settings.averageDecay));
      lossSum += loss;
      imageCount += job.indices.length;
      rightCount += job.indices.filter(
        (index, i) => winnerOf(energies, i, engine.regionCount) === images.labels[index],
      ).length;
      const isEpochOver = (step + 1) % stepsPerEpoch === 0;
      if ((step + 1) % reportedSteps === 0 || isEpochOver) {
        onProgress?.({
          step: step + 1,
          stepCount,
          epoch,
          loss: lossSum / (imageCount / settings.batchSize),
          accuracy: rightCount / imageCount,
        });
        [lossSum, rightCount, imageCount] = [0, 0, 0];
      }
      if (isEpochOver) await onEpoch?.(epoch + 1, snapshot(step + 1));
      await breathe();
    }
    return snapshot(stepCount);
  } finally {
    tf.dispose([...variables, ...averages, ...moments.flat()]);
  }
}

/** The batch's images in the epoch's own order, and the errors and light drawn for it. */
function drawJob(
  order: readonly number[],
  step: number,
  stepsPerEpoch: number,
  settings: TrainingSettings,
  random: Random,
  layerCount: number,
): BatchJob {
  const first = (step % stepsPerEpoch) * settings.batchSize;
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const errors = (limit: number): number[] => Array.from({length: layerCount}, () => within(limit));
  const isVaccinated = settings.lateralErrorMm > 0 || settings.axialErrorMm > 0;
  return {
    indices: order.slice(first, first + settings.batchSize),
    seeds: Array.from({length: settings.batchSize}, () => random.integer(2 ** 31)),
    augmentation: settings.augmentation,
    plateErrors: isVaccinated
      ? {
          dxMm: errors(settings.lateralErrorMm),
          dyMm: errors(settings.lateralErrorMm),
          dzMm: errors(settings.axialErrorMm),
        }
      : null,
    illumination:
      random.uniform() < settings.beamShare
        ? {
            kind: 'gaussian-beam',
            radiusMm: 25 + 35 * random.uniform(),
            centerXMm: within(3),
            centerYMm: within(3),
            // Uniform in the wavefront's bend: from flat to the 500 mm of a close horn.
            curvatureRadiusMm: 500 / Math.max(random.uniform(), 1e-3),
            tiltXDeg: 0,
            tiltYDeg: 0,
          }
        : settings.illumination,
  };
}

function stepOnce(
  images: LabelledImages,
  job: BatchJob,
  engine: EnergyEngine,
  model: HeightModel,
  settings: TrainingSettings,
  variables: readonly tf.Variable[],
  moments: readonly tf.Variable[][],
  step: number,
  stepCount: number,
): {loss: number; energies: Float32Array} {
  const batch = job.indices.length;
  let measured: Float32Array = new Float32Array(0);
  const result = tf.tidy(() => {
    const labels = tf.oneHot(
      tf.tensor1d(
        job.indices.map((i) => images.labels[i]),
        'int32',
      ),
      engine.regionCount,
    );
    // tf.customGrad types its inputs as Tensor only, hence the casts at this one border.
    const optics = tf.customGrad((...inputs: unknown[]) => {
      const layers = inputs.slice(0, engine.layerCount) as tf.Tensor1D[];
      engine.setHeights(layers.map((layer) => heightsFrom(model, layer.dataSync<'float32'>())));
      const out = engine.forward(job);
      measured = out.energies;
      const withPower = new Float32Array(batch * (engine.regionCount + 1));
      for (let i = 0; i < batch; i++) {
        withPower.set(
          measured.subarray(i * engine.regionCount, (i + 1) * engine.regionCount),
          i * (engine.regionCount + 1),
        );
        withPower[i * (engine.regionCount + 1) + engine.regionCount] = out.inputPower[i];
      }
      return {
        value: tf.tensor2d(withPower, [batch, engine.regionCount + 1]),
        gradFunc: (dy: tf.Tensor) => {
          const byEnergy = tf.slice(dy, [0, 0], [batch, engine.regionCount]).dataSync<'float32'>();
          return engine.backward(Float32Array.from(byEnergy)).map((gradient) => {
            // From mm to the parameter's radians.
            for (let i = 0; i < gradient.length; i++) gradient[i] *= model.mmPerRad;
            return tf.tensor1d(gradient);
          });
        },
      };
    });
    const {value, grads} = tf.variableGrads(() => {
      const out = optics(...variables);
      const energies = tf.slice2d(out as tf.Tensor2D, [0, 0], [batch, engine.regionCount]);
      const power = tf.squeeze<tf.Tensor1D>(
        tf.slice2d(out as tf.Tensor2D, [0, engine.regionCount], [batch, 1]),
        [1],
      );
      return energyLoss(energies, labels as tf.Tensor2D, power, settings.loss);
    }, [...variables]);
    const cosine = (1 + Math.cos((Math.PI * step) / stepCount)) / 2;
    const rate = settings.finalLearningRate + (settings.learningRate - settings.finalLearningRate) * cosine;
    variables.forEach((variable, i) =>
      applyAdam(variable, moments[0][i], moments[1][i], grads[variable.name], rate, step),
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

/** Adam (Kingma and Ba 2015), with its moments in our hands so that a checkpoint holds them. */
function applyAdam(
  p: tf.Variable,
  m: tf.Variable,
  v: tf.Variable,
  g: tf.Tensor,
  rate: number,
  step: number,
): void {
  tf.tidy(() => {
    m.assign(tf.add(tf.mul(m, adam.beta1), tf.mul(g, 1 - adam.beta1)));
    v.assign(tf.add(tf.mul(v, adam.beta2), tf.mul(tf.square(g), 1 - adam.beta2)));
    const corrected = rate * (Math.sqrt(1 - adam.beta2 ** (step + 1)) / (1 - adam.beta1 ** (step + 1)));
    p.assign(tf.sub(p, tf.mul(tf.div(m, tf.add(tf.sqrt(v), adam.epsilon)), corrected)));
  });
}

function updateAverage(average: tf.Variable, parameter: tf.Variable, decay: number): void {
  tf.tidy(() => average.assign(tf.add(tf.mul(average, decay), tf.mul(parameter, 1 - decay))));
}
