import {moduleUrl} from '../../base/module-url.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {onThread} from '../threads/run-once.ts';

/** What a training would learn from: how many images of which size. */
export interface TrainingDataFacts {
  readonly imageCount: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Reads what a training would learn from, on a thread of its own, and says how many images that are. Throws
 * `file/not-found` or `file/invalid` for files that do not fit, so that nothing of the training is begun.
 */
export const checkTrainingData = onThread<TrainingSettingsData, TrainingDataFacts>(
  moduleUrl('./check-training-data-worker.ts', import.meta.url),
  'The thread that reads the images has ended. Nothing was started.',
);
