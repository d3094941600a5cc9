import {marginOf, plainJob, winnerOf} from '../../twin/training/batch.ts';
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
  {settings, model}: TrainedDesign,
  checkpoint: TrainingCheckpoint,
): Validation {
  pool.setHeights(checkpoint.averages.map((values) => heightsFrom(model, values)));
  let right = 0;
  let [efficiency, margin] = [0, 0];
  const indices = digits.validationIndices;
  for (let first = 0; first < indices.length; first += 200) {
    const part = indices.slice(first, first + 200);
    const {energies, inputPower} = pool.forward(plainJob(part, settings.illumination));
    part.forEach((index, i) => {
      if (winnerOf(energies, i, pool.regionCount) === digits.images.labels[index]) right += 1;
      margin += marginOf(energies, i, {regionCount: pool.regionCount, label: digits.images.labels[index]});
      let sum = 0;
      for (let k = 0; k < pool.regionCount; k++) sum += energies[i * pool.regionCount + k];
      efficiency += sum / inputPower[i];
    });
  }
  return {
    validationAccuracy: right / indices.length,
    efficiency: efficiency / indices.length,
    meanMargin: margin / indices.length,
  };
}
