import {fashionFiles} from './fashion-files.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from './training.ts';

export type TrainingPreset = 'digits' | 'fashion' | 'lens';

const presets: Readonly<Record<TrainingPreset, Partial<TrainingSettingsData>>> = {
  digits: {},
  fashion: {
    name: 'fashion',
    task: 'classes',
    objectKind: 'phase',
    phaseTurns: 0.5,
    data: fashionFiles,
  },
  lens: {
    name: 'lens',
    task: 'imaging',
    count: 300,
    pitchMm: 0.3,
    gapMm: 4,
    outputGapMm: 7,
    objectKind: 'grey-amplitude',
    objectSideMm: 42,
    scanStepMm: null,
    trainingCount: 2000,
    validationCount: 40,
    batchSize: 4,
    epochs: 5,
  },
};

/**
 * Settings of the networks of Lin et al. 2018 as `twin train --task` begins them (its options say where they are from):
 * digits; fashion products as phase objects, with the files of Debian's package; an imaging lens.
 */
export function presetSettings(preset: TrainingPreset): TrainingSettingsData {
  const basis = trainingSettingsSchema.parse(presets[preset]);
  if (preset !== 'lens') return basis;
  return {
    ...basis,
    imaging: {...basis.imaging, windowMm: 42, startLensMm: 4.8},
    augmentation: {...basis.augmentation, shiftPixels: 10, rotationDeg: 180, elasticPixels: 0},
    loss: {...basis.loss, efficiencyWeight: 0.02},
  };
}
