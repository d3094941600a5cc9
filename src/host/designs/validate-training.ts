import type {Illumination} from '../../contract/illumination.ts';
import {
  energiesAt,
  judge,
  plainJob,
  readOutOf,
  type EnergyEngine,
  type EngineSpec,
} from '../../twin/training/batch.ts';
import {wantedOf} from '../../twin/training/training-goal.ts';
import {computePearson} from '../../twin/metrics/agreement.ts';
import {comparePictures} from '../../twin/metrics/image-quality.ts';
import {isLit, type ReadOut} from '../../twin/metrics/read-out.ts';
import {computePlaneShares, sumOf} from '../../twin/metrics/regions.ts';
import {plateFrom} from '../../twin/training/neurons.ts';
import {scannedCountOf, type ScanGrid} from '../../twin/training/region-reading.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {MnistDigits} from '../data/mnist.ts';
import type {OpticsPool} from '../optics/optics-pool.ts';
import type {Validation} from './training-curve.ts';
import {specAt} from './trained-read-out.ts';
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
  const {illumination} = settings;
  const {accuracy, efficiency, meanMargin} = judgeClasses(pool, digits.validationIndices, {
    spec: specAt(spec, checkpoint),
    illumination,
  });
  return {validationAccuracy: accuracy, efficiency, meanMargin};
}

/** What images say of plates. */
export interface ClassScore {
  /** Part of them that are right, read at every sample. */
  readonly accuracy: number;
  readonly efficiency: number;
  readonly meanMargin: number;
  /** RMS difference between a region's share at the points of the scans and at every sample; 0 without scans. */
  readonly scanChange: number;
}

/** How images are judged. */
export interface ClassJudging {
  readonly spec: EngineSpec;
  readonly illumination: Illumination;
  /** Scan of each part of the images, drawn one by one; the pool has to read every sample too (`isReadWholeToo`). */
  readonly nextScan?: () => ScanGrid;
  /** Images that are looked at together, and share a scan. */
  readonly partSize?: number;
}

/** Judges images as they are through the plates that the pool holds. */
export function judgeClasses(
  pool: OpticsPool,
  indices: readonly number[],
  {spec, illumination, nextScan, partSize = classPart}: ClassJudging,
): ClassScore {
  const readOut = readOutOf(spec);
  const count = scannedCountOf(spec.network);
  let [right, efficiency, margin, squares] = [0, 0, 0, 0];
  for (let first = 0; first < indices.length; first += partSize) {
    const part = indices.slice(first, first + partSize);
    const {energies, inputPower} = pool.forward({
      ...plainJob(part, illumination),
      scan: nextScan?.() ?? null,
    });
    part.forEach((index, i) => {
      const label = spec.images.labels[index];
      const read = energiesAt(energies, i, pool.regionCount);
      // Read twice, the energies of every sample come last; read once, they are all that there is.
      const own = read.subarray(read.length - count);
      const judged = judge(readOut, own, label);
      if (judged.winner === label) right += 1;
      margin += judged.margin;
      efficiency += sumOf(own) / inputPower[i];
      if (nextScan) squares += shareChange(readOut, read.subarray(0, count), own);
    });
  }
  return {
    accuracy: right / indices.length,
    efficiency: efficiency / indices.length,
    meanMargin: margin / indices.length,
    scanChange: Math.sqrt(squares / indices.length),
  };
}

/** Mean squared difference of the shares that two readings give; 0 without light in a plane. */
function shareChange(readOut: ReadOut, scanned: ArrayLike<number>, whole: ArrayLike<number>): number {
  if (!(isLit(readOut, scanned) && isLit(readOut, whole))) return 0;
  const shares = computePlaneShares(whole, readOut.planeCount);
  const changes = computePlaneShares(scanned, readOut.planeCount).map((share, k) => (share - shares[k]) ** 2);
  return sumOf(changes) / changes.length;
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
