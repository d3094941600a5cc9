import {createClassRegions} from '../../contract/class-regions.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {objectValueOf, type EngineSpec} from '../../twin/training/batch.ts';
import {heightStepMm, type HeightModel} from '../../twin/training/height-model.ts';
import type {MnistDigits} from '../data/mnist.ts';

/** Network, objects and images that the settings of a training stand for. */
export function engineSpec(
  settings: TrainingSettingsData,
  digits: MnistDigits,
  model: HeightModel,
): EngineSpec {
  const sideMm = settings.count * settings.pitchMm;
  const {regions, readOut} = createClassRegions({...settings, sideMm});
  return {
    network: {
      wavelengthMm: wavelengthMmFromHz(settings.frequencyHz),
      grid: model.grid,
      gapsMm: Array.from({length: settings.layerCount + 1}, () => settings.gapMm),
      refractiveIndex: settings.refractiveIndex,
      extinction: settings.extinction,
      baseMm: settings.baseMm,
      regions,
      heightStepMm: tableStepMm(model),
      pixel: settings.pixel,
      probe: settings.probe,
      objectValue: objectValueOf(settings.objectKind),
      pad: settings.pad,
      slotCount: settings.batchSize,
    },
    object: {
      kind: settings.objectKind,
      imageCount: digits.images.rows,
      sideMm: settings.objectSideMm,
      interpolation: 'bilinear',
      threshold: 0.5,
    },
    images: digits.images,
    ...(readOut && {readOut}),
  };
}

/** Step of the table of transmissions: levels are whole multiples of it, and so fine that heights between are exact. */
const tableStepMm = (model: HeightModel): number | null => {
  const stepMm = heightStepMm(model);
  return stepMm === null ? null : stepMm / Math.max(1, Math.round(4096 / (model.levelCount ?? 1)));
};
