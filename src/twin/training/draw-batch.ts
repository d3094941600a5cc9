import type {Random} from '../../base/random.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {BatchJob} from './batch.ts';
import type {TrainingSettings} from './training-settings.ts';

/** A batch of images with the errors and the light drawn for it. */
export function drawJob(
  indices: readonly number[],
  settings: TrainingSettings,
  random: Random,
  layerCount: number,
): BatchJob {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const errors = (limit: number): number[] => Array.from({length: layerCount}, () => within(limit));
  const isVaccinated = settings.lateralErrorMm > 0 || settings.axialErrorMm > 0;
  return {
    indices: [...indices],
    seeds: Array.from({length: settings.batchSize}, () => random.integer(2 ** 31)),
    augmentation: settings.augmentation,
    plateErrors: isVaccinated
      ? {
          dxMm: errors(settings.lateralErrorMm),
          dyMm: errors(settings.lateralErrorMm),
          dzMm: errors(settings.axialErrorMm),
        }
      : null,
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
    scan:
      settings.scanStepMm === null
        ? null
        : {
            stepMm: settings.scanStepMm,
            offsetXMm: settings.scanStepMm * random.uniform(),
            offsetYMm: settings.scanStepMm * random.uniform(),
          },
  };
}

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
