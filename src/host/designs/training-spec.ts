import {createClassRegions} from '../../contract/class-regions.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import type {EngineSpec} from '../../twin/training/batch.ts';
import type {NeuronModel} from '../../twin/training/neurons.ts';
import {createWantedPicture, type WantedPicture} from '../../twin/training/image-target.ts';
import {trainedOptics, trainedWindowOf} from '../../twin/training/trained-optics.ts';
import type {MnistDigits} from '../data/mnist.ts';
import {startReadOut} from './trained-read-out.ts';

/** Network, objects and images that the settings of a training stand for. */
export function engineSpec(
  settings: TrainingSettingsData,
  {images}: MnistDigits,
  model: NeuronModel,
): EngineSpec {
  const sideMm = settings.count * settings.pitchMm;
  const {readOut = startReadOut(settings)} = trainedWindowOf(settings)
    ? {}
    : createClassRegions({...settings, sideMm});
  return {
    ...trainedOptics(settings, model, images.rows),
    images,
    ...(readOut && {readOut}),
    ...(settings.furtherFrequenciesHz.length > 0 && {
      frequenciesHz: [settings.frequencyHz, ...settings.furtherFrequenciesHz],
    }),
  };
}

/** The pictures that a training wants of its objects; undefined for classes. */
export function wantedPictureOf(settings: TrainingSettingsData, spec: EngineSpec): WantedPicture | undefined {
  const window = trainedWindowOf(settings);
  const {grid, wavelengthMm} = spec.network;
  return (
    window &&
    createWantedPicture({
      grid,
      object: spec.object,
      window,
      illumination: settings.illumination,
      wavelengthMm,
    })
  );
}
