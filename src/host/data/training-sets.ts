import type {TrainingSettingsData} from '../../contract/training.ts';
import {readTrainingDigits, type TrainingDigits} from './training-digits.ts';
import {readTrainingPictures} from './training-pictures.ts';

/** What a training learns from, and what is kept from it. Throws `file/not-found` or `file/invalid` for files that do not fit. */
export const readTrainingSets = (settings: TrainingSettingsData): Promise<TrainingDigits> =>
  settings.task === 'imaging' ? readTrainingPictures(settings) : readTrainingDigits(settings);
