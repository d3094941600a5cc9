import {createClassRegions, regionsPerClassOf} from './class-regions.ts';
import {largestDenseInput} from './read-out.ts';
import type {TrainingCurvePoint, TrainingSettingsData} from './training.ts';
import {wavelengthMmFromHz} from './units.ts';

/** What of a training's settings decides where its parts are. */
export type TrainingGeometry = Pick<
  TrainingSettingsData,
  | 'frequencyHz'
  | 'count'
  | 'pitchMm'
  | 'layerCount'
  | 'gapMm'
  | 'regionMm'
  | 'objectSideMm'
  | 'refractiveIndex'
  | 'baseMm'
  | 'scanStepMm'
  | 'detection'
  | 'classCount'
  | 'task'
  | 'outputGapMm'
  | 'imaging'
  | 'neurons'
  | 'maskLevels'
  | 'objectKind'
  | 'furtherFrequenciesHz'
  | 'readOut'
  | 'loss'
>;

/** Highest relief of a plate: one turn of phase, mm; masks by themselves have none. */
export const reliefMm = ({frequencyHz, refractiveIndex, neurons}: ReliefGeometry): number =>
  neurons === 'amplitude' ? 0 : wavelengthMmFromHz(frequencyHz) / (refractiveIndex - 1);

type ReliefGeometry = Pick<TrainingGeometry, 'frequencyHz' | 'refractiveIndex' | 'neurons'>;

/**
 * Why a network of this geometry cannot be trained or built, a sentence each that says what to change; empty where it
 * can. Numbers are taken as their schema has let them through.
 */
export function geometryProblems(geometry: TrainingGeometry): string[] {
  const {count, pitchMm, baseMm, regionMm, objectSideMm, scanStepMm} = geometry;
  const gapMm = Math.min(geometry.gapMm, geometry.outputGapMm ?? geometry.gapMm);
  const frequenciesHz = [geometry.frequencyHz, ...geometry.furtherFrequenciesHz];
  const wavelengthMm = wavelengthMmFromHz(Math.max(...frequenciesHz));
  const thicknessMm = baseMm + reliefMm(geometry);
  const problems: string[] = [];
  if (count % 4 !== 0)
    problems.push(
      `The side of the plates has ${count} samples, which is not divisible by 4; take ${4 * Math.max(1, Math.round(count / 4))}.`,
    );
  if (pitchMm > wavelengthMm)
    problems.push(
      `The pitch of ${text(pitchMm)} mm is above the wavelength of ${text(wavelengthMm)} mm: the plates would diffract into several orders. Take at most ${text(wavelengthMm)} mm, better half of it.`,
    );
  problems.push(...maskProblems(geometry));
  if (thicknessMm >= gapMm)
    problems.push(
      `The plates touch: base and relief are up to ${text(thicknessMm)} mm thick and the parts stand ${text(gapMm)} mm apart. Widen the gap.`,
    );
  if (objectSideMm > count * pitchMm)
    problems.push(
      `The object is ${text(objectSideMm)} mm wide and the plates ${text(count * pitchMm)} mm. Make the object smaller or the plates larger.`,
    );
  problems.push(...spectrumProblems(geometry));
  if (geometry.task === 'imaging') return [...problems, ...imagingProblems(geometry)];
  if (geometry.imaging.targets !== null)
    problems.push('Pictures that are wanted belong to the task imaging. Learn that, or name no targets.');
  if (scanStepMm !== null && scanStepMm > regionMm)
    problems.push(
      `The scan's step of ${text(scanStepMm)} mm is larger than a region of ${text(regionMm)} mm, so that a region may hold no point. Take a smaller step or larger regions.`,
    );
  return [...problems, ...readOutProblems(geometry), ...regionProblems(geometry)];
}

/** Why a read-out cannot be trained with the plates. */
function readOutProblems(geometry: TrainingGeometry): string[] {
  if (geometry.detection !== 'dense') return [];
  const problems: string[] = [];
  const inputCount =
    geometry.classCount * regionsPerClassOf(geometry) * (1 + geometry.furtherFrequenciesHz.length);
  if (inputCount > largestDenseInput)
    problems.push(
      `The read-out would have ${inputCount} inputs, more than ${largestDenseInput}. Take one region a class, fewer classes or fewer frequencies.`,
    );
  if (geometry.loss.marginWeight > 0)
    problems.push(
      'The outputs of a dense read-out have no largest value, so that a weight of their mean margin has no end. Set that weight to 0.',
    );
  return problems;
}

/** Why masks cannot be made of metal, or trained. */
function maskProblems({
  neurons,
  maskLevels,
  pitchMm,
  frequencyHz,
  furtherFrequenciesHz,
  imaging,
  task,
}: TrainingGeometry): string[] {
  if (neurons === 'phase') return [];
  const problems: string[] = [];
  const halfMm = wavelengthMmFromHz(Math.min(frequencyHz, ...furtherFrequenciesHz)) / 2;
  if (maskLevels === 2 && pitchMm < halfMm - toleranceMm)
    problems.push(
      `The pitch of ${text(pitchMm)} mm is below half a wavelength (${text(halfMm)} mm): openings of one pixel in metal are cut off and pass much less light than their area. Take a pitch of at least ${text(Math.ceil(halfMm * 1000) / 1000)} mm, or phase neurons.`,
    );
  if (task === 'imaging' && imaging.startLensMm !== null && neurons === 'amplitude')
    problems.push(
      'Masks have no relief that could begin as lenses. Take complex neurons, or begin with flat plates.',
    );
  return problems;
}

function spectrumProblems({
  frequencyHz,
  furtherFrequenciesHz,
  detection,
  task,
  objectKind,
}: TrainingGeometry): string[] {
  const isSpectral = detection === 'spectral';
  if (furtherFrequenciesHz.length === 0)
    return isSpectral
      ? [
          'A class that is read by its light at two frequencies needs a second one. Name one further frequency, or read another way.',
        ]
      : [];
  const problems: string[] = [];
  if (new Set([frequencyHz, ...furtherFrequenciesHz]).size <= furtherFrequenciesHz.length)
    problems.push('A frequency is named twice. Name each once.');
  if (isSpectral && furtherFrequenciesHz.length > 1)
    problems.push(
      'A class is read by its light at two frequencies. Name one further frequency, or let the mean share of all win.',
    );
  if (detection === 'differential')
    problems.push(
      'Two regions a class are read at one frequency. At two, read one region a class at both, or name no further frequencies.',
    );
  if (task === 'imaging')
    problems.push('Pictures are read at one frequency. Name no further frequencies for them.');
  if (objectKind === 'phase')
    problems.push(
      'What a phase object does at another frequency depends on its material, which is not known here. Show masks or grey amplitudes, or name no further frequencies.',
    );
  return problems;
}

function imagingProblems({count, pitchMm, objectSideMm, scanStepMm, imaging}: TrainingGeometry): string[] {
  const {windowMm, magnification, images, targets, startLensMm, behindWeight} = imaging;
  const sideMm = count * pitchMm;
  const imageMm = objectSideMm * Math.abs(magnification);
  const problems: string[] = [];
  if (windowMm > sideMm + toleranceMm)
    problems.push(
      `The window of ${text(windowMm)} mm leaves the plane, which is ${text(sideMm)} mm wide. Make it smaller or the plates larger.`,
    );
  if (windowMm < smallestWindow * pitchMm)
    problems.push(
      `The window of ${text(windowMm)} mm has fewer than ${smallestWindow} samples of ${text(pitchMm)} mm along a side. Make it larger.`,
    );
  if (imageMm > windowMm + toleranceMm)
    problems.push(
      `The image of an object of ${text(objectSideMm)} mm is ${text(imageMm)} mm wide and the window ${text(windowMm)} mm. Make the object smaller or the window larger.`,
    );
  if (scanStepMm !== null)
    problems.push(
      'An image is read at every sample: a training on pictures has no step of a scan. Set it to 0.',
    );
  if (startLensMm !== null && magnification !== 1)
    problems.push(
      'Plates that begin as lenses image upright at unit magnification. Set the magnification to 1, or begin with flat plates.',
    );
  if (behindWeight > 0 && (Math.abs(magnification) !== 1 || targets !== null))
    problems.push(
      'A design that images one way only shows its objects as large as they are. Set the magnification to 1 or -1 and name no targets, or leave the weight of light from behind at 0.',
    );
  if (targets !== null && images === null)
    problems.push(
      'Pictures that are wanted need the objects that they belong to. Name the file of the images too.',
    );
  return problems;
}

/** Samples along a side of a window: what structural similarity is computed over. */
const smallestWindow = 11;

function regionProblems(geometry: TrainingGeometry): string[] {
  const {count, pitchMm, regionMm} = geometry;
  const sideMm = count * pitchMm;
  const {regions} = createClassRegions({...geometry, sideMm});
  const beyond = regions.filter(
    ({centerXMm, centerYMm}) =>
      Math.max(Math.abs(centerXMm), Math.abs(centerYMm)) + regionMm / 2 > sideMm / 2 + toleranceMm,
  );
  if (beyond.length > 0)
    return [
      `Regions of ${text(regionMm)} mm leave the plane, which is ${text(sideMm)} mm wide. Make them smaller or the plates larger.`,
    ];
  for (const [i, a] of regions.entries())
    for (const b of regions.slice(i + 1)) {
      const apartMm = Math.max(Math.abs(a.centerXMm - b.centerXMm), Math.abs(a.centerYMm - b.centerYMm));
      if (apartMm < regionMm - toleranceMm)
        return [
          `The regions overlap: they are ${text(regionMm)} mm wide and "${a.label}" and "${b.label}" stand ${text(apartMm)} mm apart. Make them smaller or the plates larger.`,
        ];
    }
  if (regionMm < pitchMm)
    return [
      `A region of ${text(regionMm)} mm is smaller than a sample of ${text(pitchMm)} mm and may hold none. Make the regions larger.`,
    ];
  return [];
}

/** Places are rounded to a nanometre. */
const toleranceMm = 1e-5;

const text = (value: number): string => String(Number(value.toPrecision(4)));

/**
 * The best epoch of a curve: highest validation accuracy, of equal ones that with the larger margin, then the earlier.
 * Undefined for an empty curve.
 */
export const bestEpochOf = (curve: readonly TrainingCurvePoint[]): TrainingCurvePoint | undefined =>
  curve.reduce<TrainingCurvePoint | undefined>(
    (best, point) => (best === undefined || isBetter(point, best) ? point : best),
    undefined,
  );

function isBetter(point: TrainingCurvePoint, than: TrainingCurvePoint): boolean {
  if (point.validationAccuracy !== than.validationAccuracy)
    return point.validationAccuracy > than.validationAccuracy;
  return (point.meanMargin ?? -1) > (than.meanMargin ?? -1);
}

/** Whether a training with this curve ends here: all epochs are done, or `stopAfterEpochs` without a better one. */
export function isTrained(
  curve: readonly TrainingCurvePoint[],
  {epochs, stopAfterEpochs}: Pick<TrainingSettingsData, 'epochs' | 'stopAfterEpochs'>,
): boolean {
  if (curve.length >= epochs) return true;
  const best = bestEpochOf(curve);
  return stopAfterEpochs > 0 && best !== undefined && curve.length - best.epoch >= stopAfterEpochs;
}
