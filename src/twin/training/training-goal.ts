import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../base/random.ts';
import type {ImagingSettings} from '../../contract/imaging.ts';
import {computePearson} from '../metrics/agreement.ts';
import {marginOfClass, type ReadOut} from '../metrics/read-out.ts';
import {findWinner} from '../metrics/regions.ts';
import {energiesAt, imageAt, judge, type BatchJob, type LabelledImages} from './batch.ts';
import type {WantedPicture} from './image-target.ts';
import {blindnessLoss, energyLoss, imageLoss, type BatchTensors, type LossSettings} from './loss.ts';
import type {DenseSizes} from './read-out-parameters.ts';

/** What a training wants of the energies that a batch is read as. */
export interface TrainingGoal {
  /** Of a dense read-out that is trained with the plates: its numbers as a training begins. */
  readonly readOutStart?: Float32Array;
  /** Called within a tidy of TensorFlow.js; `readOut` are the numbers of the dense read-out, where one is trained. */
  loss(
    job: BatchJob,
    measured: Pick<BatchTensors, 'energies' | 'inputPower'>,
    readOut?: tf.Tensor1D,
  ): tf.Scalar;
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
export function createClassGoal(goal: ClassGoal, settings: LossSettings): TrainingGoal {
  const {labels, readOut, regionCount} = goal;
  return {
    loss: (job, measured) => energyLoss(classTensors(goal, job, measured), settings, readOut),
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

/** The same of classes that a dense read-out tells, which is trained with the plates and begins as `start`. */
export function createDenseGoal(
  goal: ClassGoal,
  {sizes, start}: {readonly sizes: DenseSizes; readonly start: Float32Array},
  settings: LossSettings,
): TrainingGoal {
  const {labels, readOut} = goal;
  const classCount = readOut.labels.length;
  let last: {readonly job: BatchJob; readonly logits: Float32Array} | undefined;
  return {
    readOutStart: start,
    loss(job, measured, parameters = tf.tensor1d(start)) {
      const onLogits = (logits: tf.Tensor2D): void => {
        last = {job, logits: Float32Array.from(logits.dataSync<'float32'>())};
      };
      return energyLoss(classTensors(goal, job, measured), settings, {
        planeCount: readOut.planeCount,
        dense: {parameters, sizes, onLogits},
      });
    },
    // By the read-out as it was when the loss of these energies was computed.
    judge(job) {
      if (last?.job !== job) throw new RangeError('Only the batch of the last loss can be judged.');
      const {logits} = last;
      let [right, margin] = [0, 0];
      job.indices.forEach((index, i) => {
        const scores = energiesAt(logits, i, classCount);
        margin += marginOfClass(scores, labels[index]);
        if (findWinner(scores) === labels[index]) right += 1;
      });
      return {right, margin};
    },
  };
}

/** What the loss of classes is made of: energies of the scan and, where they were read too, those of every sample. */
function classTensors(
  {labels, readOut, regionCount}: ClassGoal,
  {indices}: BatchJob,
  {energies: all, inputPower}: Pick<BatchTensors, 'energies' | 'inputPower'>,
): BatchTensors {
  const own = indices.map((index) => labels[index]);
  const part = (first: number): tf.Tensor2D => tf.slice2d(all, [0, first], [indices.length, regionCount]);
  const isReadTwice = all.shape[1] > regionCount;
  return {
    energies: part(0),
    wholeEnergies: isReadTwice ? part(regionCount) : undefined,
    labels: tf.oneHot(tf.tensor1d(own, 'int32'), readOut.labels.length) as tf.Tensor2D,
    inputPower,
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
