import {energiesAt, judge, plainJob, readOutOf} from '../../twin/training/batch.ts';
import {sumOf} from '../../twin/metrics/regions.ts';
import {heightsFrom} from '../../twin/training/height-model.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {MnistDigits} from '../data/mnist.ts';
import type {OpticsPool} from '../optics/optics-pool.ts';
import type {Validation} from './training-curve.ts';
import type {TrainedDesign} from './write-trained.ts';

/** Accuracy, efficiency and margin on the digits kept from training, as printed and as they are. */
export function validate(
  pool: OpticsPool,
  digits: MnistDigits,
  {settings, spec, model}: TrainedDesign,
  checkpoint: TrainingCheckpoint,
): Validation {
  pool.setHeights(checkpoint.averages.map((values) => heightsFrom(model, values)));
  const readOut = readOutOf(spec);
  let right = 0;
  let [efficiency, margin] = [0, 0];
  const indices = digits.validationIndices;
  for (let first = 0; first < indices.length; first += 200) {
    const part = indices.slice(first, first + 200);
    const {energies, inputPower} = pool.forward(plainJob(part, settings.illumination));
    part.forEach((index, i) => {
      const label = digits.images.labels[index];
      const own = energiesAt(energies, i, pool.regionCount);
      const judged = judge(readOut, own, label);
      if (judged.winner === label) right += 1;
      margin += judged.margin;
      efficiency += sumOf(own) / inputPower[i];
    });
  }
  return {
    validationAccuracy: right / indices.length,
    efficiency: efficiency / indices.length,
    meanMargin: margin / indices.length,
  };
}
