import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../base/random.ts';
import type {ImagingSettings} from '../../contract/imaging.ts';
import {computePearson} from '../metrics/agreement.ts';
import type {ReadOut} from '../metrics/read-out.ts';
import {energiesAt, imageAt, judge, type BatchJob, type LabelledImages} from './batch.ts';
import type {WantedPicture} from './image-target.ts';
import {blindnessLoss, energyLoss, imageLoss, type BatchTensors, type LossSettings} from './loss.ts';

/** What a training wants of the energies that a batch is read as. */
export interface TrainingGoal {
  /** Called within a tidy of TensorFlow.js. */
  loss(job: BatchJob, measured: Pick<BatchTensors, 'energies' | 'inputPower'>): tf.Scalar;
  /** Loss of what is read in front when objects behind are lit from behind; only for a training with an engine for it. */
  readonly lossBehind?: (job: BatchJob, measured: Pick<BatchTensors, 'energies'>) => tf.Scalar;
  /** Judges the energies of a batch, (image, region) row-major: sums over its images. */
  judge(job: BatchJob, energies: Float32Array): BatchScore;
}

/** Of pictures: `right` is their correlation with those wanted, and there is no margin (0). */
export interface BatchScore {
  readonly right: number;
  readonly margin: number;
}

/** The energies of an image's own class are wanted to win. `regionCount` says how many of them a scan has read. */
export function createClassGoal(
  {labels, readOut, regionCount}: ClassGoal,
  settings: LossSettings,
): TrainingGoal {
  return {
    loss(job, {energies: all, inputPower}) {
      const own = job.indices.map((index) => labels[index]);
      const oneHot = tf.oneHot(tf.tensor1d(own, 'int32'), readOut.labels.length) as tf.Tensor2D;
      const part = (first: number): tf.Tensor2D =>
        tf.slice2d(all, [0, first], [job.indices.length, regionCount]);
      const isReadTwice = all.shape[1] > regionCount;
      return energyLoss(
        {
          energies: part(0),
          wholeEnergies: isReadTwice ? part(regionCount) : undefined,
          labels: oneHot,
          inputPower,
        },
        settings,
        readOut,
      );
    },
    judge({indices}, energies) {
      let [right, margin] = [0, 0];
      const readCount = energies.length / indices.length;
      indices.forEach((index, i) => {
        const scanned = energiesAt(energies, i, readCount).subarray(0, regionCount);
        const judged = judge(readOut, scanned, labels[index]);
        margin += judged.margin;
        if (judged.winner === labels[index]) right += 1;
      });
      return {right, margin};
    },
  };
}

interface ClassGoal {
  readonly labels: Uint8Array;
  readonly readOut: ReadOut;
  readonly regionCount: number;
}

/** The energies of an image's window are wanted to be a picture: one of `pictures`, which lie in the order of the images. */
export function createImageGoal(
  pictures: LabelledImages,
  wanted: WantedPicture,
  settings: LossSettings & Pick<ImagingSettings, 'objective' | 'behindWeight'>,
): TrainingGoal {
  let last: {readonly job: BatchJob; readonly targets: readonly Float32Array[]} | undefined;
  const targetsOf = (job: BatchJob): readonly Float32Array[] => {
    if (last?.job !== job) last = {job, targets: wantedOf(job, pictures, wanted)};
    return last.targets;
  };
  const tensorOf = (job: BatchJob, [batch, count]: [number, number]): tf.Tensor2D => {
    const values = new Float32Array(batch * count);
    targetsOf(job).forEach((target, i) => values.set(target, i * count));
    return tf.tensor2d(values, [batch, count]);
  };
  return {
    loss: (job, measured) =>
      imageLoss({...measured, targets: tensorOf(job, measured.energies.shape)}, settings.objective, settings),
    // At a magnification of 1 or -1 an object shows the same picture from either side.
    lossBehind: (job, {energies}) =>
      tf.mul(blindnessLoss({energies, targets: tensorOf(job, energies.shape)}), settings.behindWeight),
    judge(job, energies) {
      let right = 0;
      targetsOf(job).forEach((target, i) => {
        right += computePearson(energiesAt(energies, i, target.length), target) ?? 0;
      });
      return {right, margin: 0};
    },
  };
}

/** The pictures that are wanted of a batch, changed as its objects are. */
export const wantedOf = (
  {indices, seeds, augmentation}: BatchJob,
  pictures: LabelledImages,
  wanted: WantedPicture,
): Float32Array[] =>
  indices.map((index, i) =>
    wanted(imageAt(pictures, index), {change: augmentation, random: createRandom(seeds[i])}),
  );
