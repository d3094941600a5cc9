import type {TrainingSettingsData} from '../../contract/training.ts';
import {readTrainingSets} from '../data/training-sets.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {TrainingDataFacts} from './check-training-data.ts';

// Entry of the thread that reads images for `checkTrainingData`.
await serveOnce<TrainingSettingsData, TrainingDataFacts>(async (settings) => {
  const {images} = await readTrainingSets(settings);
  const {rows, columns, labels} = images;
  return {imageCount: labels.length, rows, columns};
});
