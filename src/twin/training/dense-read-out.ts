import * as tf from '@tensorflow/tfjs-core';
import {createRandom, shuffled} from '../../base/random.ts';
import {crossEntropy, drawnWeight, forwardDense, type DenseLayers} from './dense-layers.ts';
import {applyAdam} from './trained-variables.ts';

/** Shares of regions with the class of each image. */
export interface LabelledShares {
  /** (image, region), row-major. */
  readonly shares: Float32Array;
  readonly regionCount: number;
  readonly labels: Uint8Array;
}

export interface DenseTraining {
  readonly seed: number;
  readonly hiddenCounts: readonly number[];
  readonly classCount: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

export interface DenseTrainingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Lets the event loop run between epochs. */
  readonly breathe: () => Promise<void>;
}

/**
 * Trains a dense read-out on shares: softmax cross-entropy, Adam with a rate that falls to 0 along half a cosine. Inputs
 * are standardised for the training, and the first layer then takes that into its weights. Returns its layers. Throws the
 * signal's reason when aborted.
 */
export async function trainDenseReadOut(
  samples: LabelledShares,
  training: DenseTraining,
  {signal, onEpoch, breathe}: DenseTrainingOptions,
): Promise<DenseLayers> {
  const {epochs, batchSize, learningRate, seed} = training;
  const scale = standardOf(samples);
  const inputs = standardised(samples, scale);
  const variables = createLayers(samples.regionCount, training);
  const all = variables.flatMap(({weights, bias}) => [weights, bias]);
  const moments = all.map((one) => [tf.variable(tf.zerosLike(one)), tf.variable(tf.zerosLike(one))] as const);
  const count = samples.labels.length;
  const stepCount = epochs * Math.ceil(count / batchSize);
  let step = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = shuffled(
        Array.from({length: count}, (_, i) => i),
        createRandom(`${seed}/${epoch}`),
      );
      let lossSum = 0;
      for (let first = 0; first < count; first += batchSize) {
        signal?.throwIfAborted();
        const chosen = order.slice(first, first + batchSize);
        const rate = (learningRate * (1 + Math.cos((Math.PI * step) / stepCount))) / 2;
        lossSum +=
          chosen.length *
          stepOnce(batchOf(samples, inputs, chosen), variables, (gradients) =>
            all.forEach((one, i) => applyAdam(one, moments[i], gradients[one.name], {rate, step})),
          );
        step++;
      }
      onEpoch?.(epoch + 1, lossSum / count);
      await breathe();
    }
    return variables.map((layer, i) => readLayer(layer, i === 0 ? scale : undefined));
  } finally {
    tf.dispose([...all, ...moments.flat()]);
  }
}

interface LayerVariables {
  /** (inputs, outputs). */
  readonly weights: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** Weights drawn for rectified units (He et al. 2015). */
function createLayers(
  regionCount: number,
  {hiddenCounts, classCount, seed}: DenseTraining,
): readonly LayerVariables[] {
  const random = createRandom(`${seed}/weights`);
  const sizes = [regionCount, ...hiddenCounts, classCount];
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    const drawn = Float32Array.from({length: inputs * outputs}, () => drawnWeight(random, inputs));
    return {
      weights: tf.variable(tf.tensor2d(drawn, [inputs, outputs]), true, `dense-${i}-weights`),
      bias: tf.variable(tf.zeros<tf.Rank.R1>([outputs]), true, `dense-${i}-bias`),
    };
  });
}

interface Batch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly regionCount: number;
}

function batchOf(
  {labels, regionCount}: LabelledShares,
  inputs: Float32Array,
  chosen: readonly number[],
): Batch {
  const own = new Float32Array(chosen.length * regionCount);
  chosen.forEach((index, i) =>
    own.set(inputs.subarray(index * regionCount, (index + 1) * regionCount), i * regionCount),
  );
  return {inputs: own, labels: Int32Array.from(chosen, (index) => labels[index]), regionCount};
}

function stepOnce(
  {inputs, labels, regionCount}: Batch,
  layers: readonly LayerVariables[],
  apply: (gradients: tf.NamedTensorMap) => void,
): number {
  const value = tf.tidy(() => {
    const given = tf.tensor2d(inputs, [labels.length, regionCount]);
    const classCount = layers[layers.length - 1].bias.shape[0];
    const wanted = tf.oneHot(tf.tensor1d(labels, 'int32'), classCount);
    const {value: loss, grads} = tf.variableGrads(() => crossEntropy(forwardDense(given, layers), wanted));
    apply(grads);
    return loss;
  });
  const [loss] = value.dataSync<'float32'>();
  value.dispose();
  return loss;
}

interface Standard {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

function standardOf({shares, regionCount, labels}: LabelledShares): Standard {
  const means = new Float64Array(regionCount);
  const squares = new Float64Array(regionCount);
  shares.forEach((share, i) => {
    means[i % regionCount] += share / labels.length;
    squares[i % regionCount] += share ** 2 / labels.length;
  });
  // A region that never changes says nothing: its input stays 0.
  return {means, deviations: squares.map((own, k) => Math.sqrt(Math.max(0, own - means[k] ** 2)) || 1)};
}

const standardised = ({shares, regionCount}: LabelledShares, {means, deviations}: Standard): Float32Array =>
  shares.map((share, i) => (share - means[i % regionCount]) / deviations[i % regionCount]);

/** A layer as a design holds it; for the first one the standardisation goes into weights and bias. */
function readLayer({weights, bias}: LayerVariables, scale: Standard | undefined): DenseLayers[number] {
  const [inputCount, outputCount] = weights.shape;
  const [own, offsets] = [weights.dataSync<'float32'>(), bias.dataSync<'float32'>()];
  const rows = Array.from({length: outputCount}, (_, j) =>
    Array.from({length: inputCount}, (_value, i) => own[i * outputCount + j] / (scale?.deviations[i] ?? 1)),
  );
  return {
    weights: rows,
    bias: rows.map((row, j) =>
      row.reduce((sum, weight, i) => sum - weight * (scale?.means[i] ?? 0), offsets[j]),
    ),
  };
}
