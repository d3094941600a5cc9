import * as tf from '@tensorflow/tfjs-core';
import type {ImagingSettings} from '../../contract/imaging.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';
import type {ReadOut} from '../metrics/read-out.ts';
import {crossEntropy, forwardDense} from './dense-layers.ts';
import {denseTensors, trainedInputs, type DenseSizes} from './read-out-parameters.ts';

/** What is wanted of the region energies besides the right winner. */
export interface LossSettings {
  /**
   * Of what logits are made: `largest`, e_k / max_j e_j (Mengu et al. 2020, with a scale of 10), is content with a
   * runner-up at a fixed part of the winner; `share`, e_k / sum_j e_j, asks for a margin in shares, which is what a
   * bench's errors are measured in. Scores of a differential read-out are logits by themselves.
   */
  readonly logits: 'largest' | 'share';
  /** Logits are this times what `logits` says. */
  readonly logitScale: number;
  /**
   * Weight of what the places of the scan change: squared difference between the share that the points of the scan give
   * a region and that of its every sample, in units of logits, summed over the regions and averaged over the batch.
   */
  readonly smoothnessWeight: number;
  /** Weight of the mean margin, in units of logits: what is gained where a digit is right already. */
  readonly marginWeight: number;
  /** Weight of the loss of light: -ln(efficiency / referenceEfficiency), averaged over the batch. */
  readonly efficiencyWeight: number;
  /** Efficiency that counts as full: what the plates pass when nothing is absorbed unevenly. */
  readonly referenceEfficiency: number;
}

/** What a batch's loss is made of. */
export interface BatchTensors {
  /** (batch, regions). */
  readonly energies: tf.Tensor2D;
  /** The same read at every sample, where that was asked for. */
  readonly wholeEnergies?: tf.Tensor2D | undefined;
  /** (batch, classes), one-hot. */
  readonly labels: tf.Tensor2D;
  /** (batch). */
  readonly inputPower: tf.Tensor1D;
}

/**
 * Softmax cross-entropy on the scores of the classes, less the weighted mean margin, plus the weighted change by the
 * places of the scan and the efficiency term, of several planes that of their mean loss of light. Returns a scalar.
 */
export function energyLoss(
  {energies, wholeEnergies, labels, inputPower}: BatchTensors,
  settings: LossSettings,
  readOut: LossReadOut = {planeCount: 1},
): tf.Scalar {
  const {planeCount} = readOut;
  return tf.tidy(() => {
    const logits = logitsOf(energies, settings, readOut);
    readOut.dense?.onLogits?.(logits);
    let loss = readOut.dense ? crossEntropy(logits, labels) : boundedCrossEntropy(logits, labels);
    if (settings.marginWeight > 0)
      loss = tf.sub(loss, tf.mul(meanMargin(logits, labels), settings.marginWeight));
    if (wholeEnergies !== undefined) {
      const change = tf.mul(
        tf.sub(planeSharesOf(energies, planeCount), planeSharesOf(wholeEnergies, planeCount)),
        settings.logitScale,
      );
      loss = tf.add(loss, tf.mul(tf.mean(tf.sum(tf.square(change), 1)), settings.smoothnessWeight));
    }
    return withDarkness(loss, {energies, inputPower}, {...settings, planeCount});
  });
}

/** Cross-entropy of logits that cannot overflow: scores are within -1..1. */
const boundedCrossEntropy = (logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar =>
  tf.mean(tf.sub(tf.log(tf.sum(tf.exp(logits), 1)), tf.sum(tf.mul(logits, labels), 1)));

/** Mean of the true class's logit minus the largest other one. */
function meanMargin(logits: tf.Tensor, labels: tf.Tensor2D): tf.Tensor {
  // Far below every logit, so that the true class is never its own rival.
  const others = tf.sub(logits, tf.mul(labels, 1e6));
  return tf.mean(tf.sub(tf.sum(tf.mul(logits, labels), 1), tf.max(others, 1)));
}

/** Shares of the regions in their own plane, as the energies lie. */
function planeSharesOf(energies: tf.Tensor2D, planeCount: number): tf.Tensor2D {
  const planes = planesOf(energies, planeCount);
  return tf.reshape<tf.Rank.R2>(tf.div(planes, tf.sum(planes, 2, true)), energies.shape);
}

/** What the loss of a batch of pictures is made of. */
export interface ImageTensors extends Pick<BatchTensors, 'energies' | 'inputPower'> {
  /** (batch, samples of the window): the pictures wanted, in any unit. */
  readonly targets: tf.Tensor2D;
}

/**
 * How far measured pictures are from those wanted, averaged over the batch, plus the efficiency term; neither depends on
 * the brightness of either. `mse` is min over a of mean (a e - t)^2 / mean t^2 = 1 - (e.t)^2 / (e.e t.t), 0..1;
 * `pearson` is 1 - r of e and t, 0..2. Returns a scalar.
 */
export function imageLoss(
  {energies, targets, inputPower}: ImageTensors,
  objective: ImagingSettings['objective'],
  settings: Pick<LossSettings, 'efficiencyWeight' | 'referenceEfficiency'>,
): tf.Scalar {
  return tf.tidy(() => {
    const likeness =
      objective === 'mse' ? tf.square(cosineOf(energies, targets)) : correlationOf(energies, targets);
    return withDarkness(tf.sub(1, tf.mean(likeness)), {energies, inputPower}, settings);
  });
}

/** Mean squared correlation of pictures with what they should not show, 0..1. Returns a scalar. */
export const blindnessLoss = ({energies, targets}: Omit<ImageTensors, 'inputPower'>): tf.Scalar =>
  tf.tidy(() => tf.mean(tf.square(correlationOf(energies, targets))));

const correlationOf = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor =>
  cosineOf(tf.sub(a, tf.mean(a, 1, true)), tf.sub(b, tf.mean(b, 1, true)));

/** Of each row of one with that of the other. */
const cosineOf = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor =>
  tf.div(tf.sum(tf.mul(a, b), 1), tf.sqrt(tf.mul(tf.sum(tf.square(a), 1), tf.sum(tf.square(b), 1))));

/** A loss plus the weighted loss of light. */
function withDarkness(
  loss: tf.Tensor,
  {energies, inputPower}: Pick<BatchTensors, 'energies' | 'inputPower'>,
  {
    efficiencyWeight,
    referenceEfficiency,
    planeCount = 1,
  }: Pick<LossSettings, 'efficiencyWeight' | 'referenceEfficiency'> & {readonly planeCount?: number},
): tf.Scalar {
  // Of the power that came in, each frequency has an equal part.
  const own = tf.mul(tf.sum(planesOf(energies, planeCount), 2), planeCount);
  const efficiency = tf.div(own, tf.expandDims(inputPower, 1));
  const darkness = tf.neg(tf.mean(tf.log(tf.div(efficiency, referenceEfficiency))));
  return tf.add(loss, tf.mul(darkness, efficiencyWeight));
}

/** How classes are read from energies in the loss. */
export interface LossReadOut extends Pick<ReadOut, 'settings' | 'planeCount'> {
  /** Of a dense read-out that is trained with the plates, instead of `settings`. */
  readonly dense?: TrainedReadOut;
}

/** A dense read-out as it is in a step. */
export interface TrainedReadOut {
  readonly parameters: tf.Tensor1D;
  readonly sizes: DenseSizes;
  /** Gets the logits (batch, classes) that the loss is made of. */
  readonly onLogits?: (logits: tf.Tensor2D) => void;
}

/** Logits (batch, classes): outputs of a dense read-out, else the scores times the scale. */
function logitsOf(energies: tf.Tensor2D, settings: LossSettings, readOut: LossReadOut): tf.Tensor2D {
  const {dense, planeCount} = readOut;
  if (dense === undefined) return tf.mul(scoresOf(energies, settings.logits, readOut), settings.logitScale);
  const shares = tf.div<tf.Tensor2D>(planeSharesOf(energies, planeCount), planeCount);
  return forwardDense(trainedInputs(shares), denseTensors(dense.parameters, dense.sizes));
}

/** Scores (batch, classes) as metrics/read-out.ts defines them. */
function scoresOf(
  energies: tf.Tensor2D,
  kind: LossSettings['logits'],
  {settings: readOut, planeCount}: Pick<ReadOut, 'settings' | 'planeCount'>,
): tf.Tensor {
  const planes = planesOf(energies, planeCount);
  if (readOut?.kind === 'differential') {
    const flat = planeCount === 1 ? energies : planeSharesOf(energies, planeCount);
    const pick = (sign: 'positive' | 'negative'): tf.Tensor =>
      tf.matMul(flat, selection(readOut.classes, energies.shape[1], sign));
    const [positive, negative] = [pick('positive'), pick('negative')];
    return tf.div(tf.sub(positive, negative), tf.add(positive, negative));
  }
  const measure = kind === 'share' ? tf.sum(planes, 2, true) : tf.max(planes, 2, true);
  return tf.mean(tf.div(planes, measure), 1);
}

/** Energies as (batch, planes, regions). */
const planesOf = (energies: tf.Tensor2D, planeCount: number): tf.Tensor3D =>
  tf.reshape(energies, [energies.shape[0], planeCount, energies.shape[1] / planeCount]);

/** Matrix (regions, classes) that picks one region of each class; tfjs has a gradient for its product everywhere. */
function selection(
  classes: Extract<ReadOutSettings, {kind: 'differential'}>['classes'],
  regionCount: number,
  sign: 'positive' | 'negative',
): tf.Tensor2D {
  const values = new Float32Array(regionCount * classes.length);
  classes.forEach((one, k) => (values[one[sign] * classes.length + k] = 1));
  return tf.tensor2d(values, [regionCount, classes.length]);
}
