import {moduleUrl} from '../../base/module-url.ts';
import type {TrainingPlanes} from '../../contract/api/index.ts';
import type {TrainingCurvePoint} from '../../contract/training.ts';
import type {TrainingProgress} from '../../twin/training/train.ts';
import type {GpuRequest} from '../gpu/gpu-port.ts';
import {onThread} from '../threads/run-once.ts';
import type {TrainDesignSettings} from './train-design.ts';

export interface TrainingRequest {
  readonly settings: TrainDesignSettings;
  readonly folder: string;
  /** How it was asked for, kept with the design. */
  readonly command: string;
  readonly workerCount?: number | undefined;
  /** Name of the GPU that computes the steps, where one was offered. */
  readonly gpuName?: string | undefined;
}

/** What a training tells: what it went through, or a sentence that is to be kept. */
export type TrainingNews =
  | {readonly kind: 'behind'; readonly curve: readonly TrainingCurvePoint[]}
  | {readonly kind: 'progress'; readonly progress: TrainingProgress}
  | {readonly kind: 'epoch'; readonly point: TrainingCurvePoint; readonly isBest: boolean}
  | {readonly kind: 'planes'; readonly planes: TrainingPlanes}
  | {readonly kind: 'place'; readonly gpu: string | null; readonly text: string}
  | {readonly kind: 'note'; readonly text: string};

/** What the thread of a training says: its news, and what it asks of a GPU. */
export type TrainingMessage = TrainingNews | {readonly kind: 'gpu'; readonly request: GpuRequest};

/** Longest time that a training which is stopped may take to finish its step, or to write what it is writing. */
const graceMs = 20_000;

/**
 * Trains a design on threads of its own; see `trainDesign`. An abort ends it between two steps, so that design and
 * checkpoint are whole: those of the last epoch.
 */
export const trainApart = onThread<TrainingRequest, TrainingCurvePoint[], TrainingMessage>(
  moduleUrl('./train-worker.ts', import.meta.url),
  'The thread that trains has ended. The design of its last epoch is kept.',
  {graceMs},
);
