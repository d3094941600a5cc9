import * as tf from '@tensorflow/tfjs-core';

/** What is wanted of the region energies besides the right winner. */
export interface LossSettings {
  /**
   * Of what logits are made: `largest`, e_k / max_j e_j (Mengu et al. 2020, with a scale of 10), is content with a
   * runner-up at a fixed part of the winner; `share`, e_k / sum_j e_j, asks for a margin in shares, which is what a
   * bench's errors are measured in.
   */
  readonly logits: 'largest' | 'share';
  /** Logits are this times what `logits` says. */
  readonly logitScale: number;
  /** Weight of the loss of light: -ln(efficiency / referenceEfficiency), averaged over the batch. */
  readonly efficiencyWeight: number;
  /** Efficiency that counts as full: what the plates pass when nothing is absorbed unevenly. */
  readonly referenceEfficiency: number;
}

/**
 * Softmax cross-entropy on region energies plus the efficiency term.
 * energies: (batch, regions); labels: (batch, regions) one-hot; inputPower: (batch). Returns a scalar.
 */
export function energyLoss(
  energies: tf.Tensor2D,
  labels: tf.Tensor2D,
  inputPower: tf.Tensor1D,
  settings: LossSettings,
): tf.Scalar {
  return tf.tidy(() => {
    const measure = settings.logits === 'share' ? tf.sum(energies, 1, true) : tf.max(energies, 1, true);
    const logits = tf.mul(tf.div(energies, measure), settings.logitScale);
    const logNorm = tf.log(tf.sum(tf.exp(logits), 1));
    const trueLogit = tf.sum(tf.mul(logits, labels), 1);
    const crossEntropy = tf.mean(tf.sub(logNorm, trueLogit));
    const efficiency = tf.div(tf.sum(energies, 1), inputPower);
    const darkness = tf.neg(tf.mean(tf.log(tf.div(efficiency, settings.referenceEfficiency))));
    return tf.add(crossEntropy, tf.mul(darkness, settings.efficiencyWeight));
  });
}
