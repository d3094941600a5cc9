import {trainingSettingsSchema, type TrainingSettingsData} from '../../contract/training.ts';

const defaults = trainingSettingsSchema.parse({});

/**
 * Settings of a training with those that nothing of it asks for at their defaults: two trainings go the same way exactly
 * where these are the same.
 */
export function settingsInEffect(settings: TrainingSettingsData): TrainingSettingsData {
  const {detection, task, objectKind, neurons} = settings;
  const {readOut, imaging, phaseTurns, maskLevels} = defaults;
  return {
    ...settings,
    ...(detection === 'dense' ? {} : {readOut}),
    ...(task === 'imaging' ? {} : {imaging}),
    ...(objectKind === 'phase' ? {} : {phaseTurns}),
    ...(neurons === 'phase' ? {maskLevels} : {}),
  };
}
