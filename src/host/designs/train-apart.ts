import {moduleUrl} from '../../base/module-url.ts';
import type {TrainingPlanes} from '../../contract/api/index.ts';
import type {TrainingCurvePoint} from '../../contract/training.ts';
import type {TrainingProgress} from '../../twin/training/train.ts';
import {onThread} from '../threads/run-once.ts';
import type {TrainDesignSettings} from './train-design.ts';

export interface TrainingRequest {
  readonly settings: TrainDesignSettings;
  readonly folder: string;
  /** How it was asked for, kept with the design. */
  readonly command: string;
  readonly workerCount?: number | undefined;
}

/** What a training tells: what it went through, or a sentence that is to be kept. */
export type TrainingNews =
  | {readonly kind: 'behind'; readonly curve: readonly TrainingCurvePoint[]}
  | {readonly kind: 'progress'; readonly progress: TrainingProgress}
  | {readonly kind: 'epoch'; readonly point: TrainingCurvePoint; readonly isBest: boolean}
  | {readonly kind: 'planes'; readonly planes: TrainingPlanes}
  | {readonly kind: 'note'; readonly text: string};

/** Longest time that a training which is stopped may take to finish its step, or to write what it is writing. */
const graceMs = 20_000;

/**
 * Trains a design on threads of its own; see `trainDesign`. An abort ends it between two steps, so that design and
 * checkpoint are whole: those of the last epoch.
 */
export const trainApart = onThread<TrainingRequest, TrainingCurvePoint[], TrainingNews>(
  moduleUrl('./train-worker.ts', import.meta.url),
  'The thread that trains has ended. The design of its last epoch is kept.',
  {graceMs},
);
