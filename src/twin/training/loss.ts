import * as tf from '@tensorflow/tfjs-core';
import type {ReadOutSettings} from '../../contract/read-out.ts';

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
  /** Weight of the loss of light: -ln(efficiency / referenceEfficiency), averaged over the batch. */
  readonly efficiencyWeight: number;
  /** Efficiency that counts as full: what the plates pass when nothing is absorbed unevenly. */
  readonly referenceEfficiency: number;
}

/** What a batch's loss is made of. */
export interface BatchTensors {
  /** (batch, regions). */
  readonly energies: tf.Tensor2D;
  /** (batch, classes), one-hot. */
  readonly labels: tf.Tensor2D;
  /** (batch). */
  readonly inputPower: tf.Tensor1D;
}

/** Softmax cross-entropy on the scores of the classes plus the efficiency term. Returns a scalar. */
export function energyLoss(
  {energies, labels, inputPower}: BatchTensors,
  settings: LossSettings,
  readOut?: ReadOutSettings,
): tf.Scalar {
  return tf.tidy(() => {
    const logits = tf.mul(scoresOf(energies, settings.logits, readOut), settings.logitScale);
    const logNorm = tf.log(tf.sum(tf.exp(logits), 1));
    const trueLogit = tf.sum(tf.mul(logits, labels), 1);
    const crossEntropy = tf.mean(tf.sub(logNorm, trueLogit));
    const efficiency = tf.div(tf.sum(energies, 1), inputPower);
    const darkness = tf.neg(tf.mean(tf.log(tf.div(efficiency, settings.referenceEfficiency))));
    return tf.add(crossEntropy, tf.mul(darkness, settings.efficiencyWeight));
  });
}

/** Scores (batch, classes) as metrics/read-out.ts defines them; a dense read-out is trained by itself, on shares. */
function scoresOf(
  energies: tf.Tensor2D,
  kind: LossSettings['logits'],
  readOut: ReadOutSettings | undefined,
): tf.Tensor {
  if (readOut?.kind === 'differential') {
    const pick = (sign: 'positive' | 'negative'): tf.Tensor =>
      tf.matMul(energies, selection(readOut.classes, energies.shape[1], sign));
    const [positive, negative] = [pick('positive'), pick('negative')];
    return tf.div(tf.sub(positive, negative), tf.add(positive, negative));
  }
  const measure = kind === 'share' ? tf.sum(energies, 1, true) : tf.max(energies, 1, true);
  return tf.div(energies, measure);
}

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
