import {energiesAt, judge, plainJob, readOutOf, type EnergyEngine} from '../../twin/training/batch.ts';
import {wantedOf} from '../../twin/training/training-goal.ts';
import {computePearson} from '../../twin/metrics/agreement.ts';
import {comparePictures} from '../../twin/metrics/image-quality.ts';
import {sumOf} from '../../twin/metrics/regions.ts';
import {plateFrom} from '../../twin/training/neurons.ts';
import {scannedCountOf} from '../../twin/training/region-reading.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {MnistDigits} from '../data/mnist.ts';
import type {OpticsPool} from '../optics/optics-pool.ts';
import type {Validation} from './training-curve.ts';
import type {TrainedDesign} from './write-trained.ts';

/** Images that are looked at together: pictures have many energies. */
const [classPart, picturePart] = [200, 20];

/** Accuracy, efficiency and margin on the digits kept from training, as printed and as they are. */
export function validate(
  {pool, behind}: ValidatedOptics,
  digits: MnistDigits,
  design: TrainedDesign,
  checkpoint: TrainingCheckpoint,
): Validation {
  const {settings, spec, model, pictures} = design;
  pool.setHeights(checkpoint.averages.map((values) => plateFrom(model, values)));
  if (pictures) {
    behind?.setHeights(checkpoint.averages.map((values) => plateFrom(model, values)));
    return validatePictures({pool, behind}, digits.validationIndices, settings, pictures);
  }
  const readOut = readOutOf(spec);
  let right = 0;
  let [efficiency, margin] = [0, 0];
  const indices = digits.validationIndices;
  for (let first = 0; first < indices.length; first += classPart) {
    const part = indices.slice(first, first + classPart);
    const {energies, inputPower} = pool.forward(plainJob(part, settings.illumination));
    part.forEach((index, i) => {
      const label = digits.images.labels[index];
      const own = energiesAt(energies, i, pool.regionCount).subarray(0, scannedCountOf(spec.network));
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

/** What a training is validated through; `behind` as in a training. */
interface ValidatedOptics {
  readonly pool: OpticsPool;
  readonly behind: EnergyEngine | undefined;
}

/** Likeness of the pictures with those wanted, and the light in them. */
function validatePictures(
  {pool, behind}: ValidatedOptics,
  indices: readonly number[],
  {illumination}: TrainedDesign['settings'],
  pictures: NonNullable<TrainedDesign['pictures']>,
): Validation {
  let [ssim, psnrDb, pearson, efficiency, behindPearson] = [0, 0, 0, 0, 0];
  for (let first = 0; first < indices.length; first += picturePart) {
    const job = plainJob(indices.slice(first, first + picturePart), illumination);
    const {energies, inputPower} = pool.forward(job);
    const fromBehind = behind?.forward(job).energies;
    wantedOf(job, pictures.of, pictures.wanted).forEach((ideal, i) => {
      if (fromBehind) behindPearson += computePearson(energiesAt(fromBehind, i, ideal.length), ideal) ?? 0;
      const own = energiesAt(energies, i, pool.regionCount);
      const likeness = comparePictures(own, ideal);
      ssim += likeness.ssim;
      psnrDb += likeness.psnrDb;
      pearson += likeness.pearson;
      efficiency += sumOf(own) / inputPower[i];
    });
  }
  const count = indices.length;
  return {
    validationAccuracy: ssim / count,
    psnrDb: psnrDb / count,
    pearson: pearson / count,
    ...(behind && {behindPearson: behindPearson / count}),
    efficiency: efficiency / count,
  };
}
