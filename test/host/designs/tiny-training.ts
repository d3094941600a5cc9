import {trainingSettingsSchema, type TrainingSettingsData} from '../../../src/contract/training.ts';

/** A training of a second or two: two plates of 16 x 16, read at every sample and at points as `twin classify` does. */
export const tinyTraining: TrainingSettingsData = trainingSettingsSchema.parse({
  epochs: 2,
  count: 16,
  layerCount: 2,
  gapMm: 10,
  regionMm: 0.8,
  scanStepMm: null,
  objectSideMm: 5,
  probe: {kind: 'point'},
  trainingCount: 32,
  validationCount: 20,
});
