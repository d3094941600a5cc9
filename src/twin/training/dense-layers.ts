import * as tf from '@tensorflow/tfjs-core';
import type {Random} from '../../base/random.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';

/** Layers of a dense read-out as a design holds them, on shares of the regions. */
export type DenseLayers = Extract<ReadOutSettings, {kind: 'dense'}>['layers'];

/** A layer in TensorFlow.js. */
export interface DenseTensors {
  /** (inputs, outputs). */
  readonly weights: tf.Tensor2D;
  /** (outputs). */
  readonly bias: tf.Tensor1D;
}

/** Outputs (batch, classes) of inputs (batch, inputs); between layers stands max(0, x). */
export function forwardDense(inputs: tf.Tensor2D, layers: readonly DenseTensors[]): tf.Tensor2D {
  return layers.reduce<tf.Tensor2D>((state, {weights, bias}, i) => {
    const output = tf.add<tf.Tensor2D>(tf.matMul(state, weights), bias);
    return i < layers.length - 1 ? tf.relu(output) : output;
  }, inputs);
}

/** Mean of ln(sum exp l) - l_true, with the largest logit taken out so that nothing overflows. */
export function crossEntropy(logits: tf.Tensor2D, wanted: tf.Tensor): tf.Scalar {
  const lifted = tf.sub(logits, tf.max(logits, 1, true));
  const logNorm = tf.log(tf.sum(tf.exp(lifted), 1));
  return tf.mean(tf.sub(logNorm, tf.sum(tf.mul(lifted, wanted), 1)));
}

/** Weight of a layer of so many inputs, drawn for rectified units (He et al. 2015). */
export const drawnWeight = (random: Random, inputCount: number): number =>
  random.normal() * Math.sqrt(2 / inputCount);
