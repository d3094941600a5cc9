import * as tf from '@tensorflow/tfjs-core';
import type {DenseLayers, DenseTensors} from './dense-layers.ts';

/**
 * A dense read-out that is trained with the plates is one row of numbers: layer after layer, the weights of its first
 * output, of its second, ..., then its biases. Its inputs are the shares (of n inputs all together 1) as n * share - 1,
 * which are 0 on average and about 1 wide, as weights drawn by `drawnWeight` want them.
 */

/** Numbers of inputs, of units of each hidden layer, and of classes. */
export type DenseSizes = readonly number[];

const pairsOf = (sizes: DenseSizes): (readonly [inputs: number, outputs: number])[] =>
  sizes.slice(1).map((outputs, i) => [sizes[i], outputs]);

/** Sizes of a read-out that a design has. */
export const sizesOf = (layers: DenseLayers): DenseSizes => [
  layers[0].weights[0].length,
  ...layers.map(({bias}) => bias.length),
];

/** The layers of a row of numbers, for tensors of `trainedInputs`. */
export function denseTensors(parameters: tf.Tensor1D, sizes: DenseSizes): DenseTensors[] {
  let at = 0;
  return pairsOf(sizes).map(([inputs, outputs]) => {
    const rows = tf.slice1d(parameters, at, inputs * outputs);
    const bias = tf.slice1d(parameters, at + inputs * outputs, outputs);
    at += (inputs + 1) * outputs;
    return {weights: tf.transpose(tf.reshape<tf.Rank.R2>(rows, [outputs, inputs])), bias};
  });
}

/** What a read-out in training gets of shares (batch, inputs) that sum to 1. */
export const trainedInputs = (shares: tf.Tensor2D): tf.Tensor2D => tf.sub(tf.mul(shares, shares.shape[1]), 1);

/** Layers on shares, as a design holds them, of a row of numbers. */
export function layersFrom(parameters: ArrayLike<number>, sizes: DenseSizes): DenseLayers {
  let at = 0;
  const take = (count: number): number[] => Array.from({length: count}, () => parameters[at++]);
  return pairsOf(sizes).map(([inputs, outputs], i) => {
    const weights = Array.from({length: outputs}, () => take(inputs));
    const bias = take(outputs);
    if (i > 0) return {weights, bias};
    return {
      weights: weights.map((row) => row.map((weight) => weight * inputs)),
      bias: bias.map((own, j) => own - sumOf(weights[j])),
    };
  });
}

/** The row of numbers of layers on shares: the way back of `layersFrom`. */
export function parametersFrom(layers: DenseLayers): Float32Array {
  const values = layers.flatMap(({weights, bias}, i) => {
    if (i > 0) return [...weights.flat(), ...bias];
    const inputs = weights[0].length;
    return [
      ...weights.flat().map((weight) => weight / inputs),
      ...bias.map((own, j) => own + sumOf(weights[j]) / inputs),
    ];
  });
  return Float32Array.from(values);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
