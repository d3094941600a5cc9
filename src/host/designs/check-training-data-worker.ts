import type {TrainingSettingsData} from '../../contract/training.ts';
import {readTrainingSets} from '../data/training-sets.ts';
import {serveOnce} from '../threads/serve-once.ts';

// Entry of the thread that reads images for `checkTrainingData`.
await serveOnce(async (settings: TrainingSettingsData) => {
  const {images} = await readTrainingSets(settings);
  return {imageCount: images.labels.length};
});
