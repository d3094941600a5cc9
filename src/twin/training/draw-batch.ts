import type {Random} from '../../base/random.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {BatchJob} from './batch.ts';
import type {PlateErrors} from './gap-spectra.ts';
import type {ScanGrid} from './region-reading.ts';
import type {TrainingSettings} from './training-settings.ts';

/** A batch of images with the errors and the light drawn for it. */
export function drawJob(
  indices: readonly number[],
  settings: TrainingSettings,
  random: Random,
  layerCount: number,
): BatchJob {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const isVaccinated = settings.lateralErrorMm > 0 || settings.axialErrorMm > 0;
  return {
    indices: [...indices],
    seeds: Array.from({length: settings.batchSize}, () => random.integer(2 ** 31)),
    augmentation: settings.augmentation,
    plateErrors: isVaccinated ? drawPlateErrors(settings, layerCount, random) : null,
    illumination:
      random.uniform() < settings.beamShare
        ? {
            kind: 'gaussian-beam',
            radiusMm: 25 + 35 * random.uniform(),
            centerXMm: within(3),
            centerYMm: within(3),
            // Uniform in the wavefront's bend: from flat to the 500 mm of a close horn.
            curvatureRadiusMm: 500 / Math.max(random.uniform(), 1e-3),
            tiltXDeg: 0,
            tiltYDeg: 0,
          }
        : drawnLight(settings, random),
    scan: drawScan(settings.scanStepMm, random),
  };
}

/** Where each plate stands against its place, uniform within the errors of a training. */
export function drawPlateErrors(
  {lateralErrorMm, axialErrorMm}: Pick<TrainingSettings, 'lateralErrorMm' | 'axialErrorMm'>,
  layerCount: number,
  random: Random,
): PlateErrors {
  const errors = (limit: number): number[] =>
    Array.from({length: layerCount}, () => (2 * random.uniform() - 1) * limit);
  return {dxMm: errors(lateralErrorMm), dyMm: errors(lateralErrorMm), dzMm: errors(axialErrorMm)};
}

/** A scan whose offset is drawn; null reads every sample. */
export const drawScan = (stepMm: number | null, random: Random): ScanGrid | null =>
  stepMm === null
    ? null
    : {stepMm, offsetXMm: stepMm * random.uniform(), offsetYMm: stepMm * random.uniform()};

/** The design's light as a bench may have it. */
function drawnLight({illumination, illuminationErrors}: TrainingSettings, random: Random): Illumination {
  if (illumination.kind !== 'gaussian-beam') return illumination;
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const {radiusRatio, centerMm, curvatureRatio} = illuminationErrors;
  const radius = illumination.curvatureRadiusMm;
  return {
    ...illumination,
    radiusMm: illumination.radiusMm * (1 + within(radiusRatio)),
    centerXMm: illumination.centerXMm + within(centerMm),
    centerYMm: illumination.centerYMm + within(centerMm),
    curvatureRadiusMm: radius === null ? null : radius / (1 + within(curvatureRatio)),
  };
}
