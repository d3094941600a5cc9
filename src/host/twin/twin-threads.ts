import {moduleUrl} from '../../base/module-url.ts';
import type {TwinImages} from '../../contract/api/index.ts';
import type {MeasuredLoss} from '../../contract/measurement.ts';
import type {ReadOutResult} from '../../contract/read-out-training.ts';
import type {ToleranceStudy} from '../../contract/tolerance.ts';
import type {Classification} from '../../contract/training.ts';
import {runOnce, type OnceHooks} from '../threads/run-once.ts';
import type {MeasureOptions} from './measure.ts';
import type {ReadOutRequest} from './train-read-out.ts';
import type {ToleranceNews, ToleranceOptions} from './tolerance.ts';
import type {PredictedIntensity, PredictRequest, PropagatedField, PropagateRequest} from './plane-jobs.ts';

/** As `predictIntensity`, on a thread of its own; an abort ends it. */
export const predictApart = (request: PredictRequest, signal?: AbortSignal): Promise<PredictedIntensity> =>
  runOnce<never, PredictedIntensity>(
    moduleUrl('./predict-worker.ts', import.meta.url),
    request,
    'The thread that predicts has ended. Nothing was computed.',
    {signal},
  );

/** As `propagateField`, on a thread of its own; an abort ends it. */
export const propagateApart = (request: PropagateRequest, signal?: AbortSignal): Promise<PropagatedField> =>
  runOnce<never, PropagatedField>(
    moduleUrl('./propagate-worker.ts', import.meta.url),
    request,
    'The thread that propagates has ended. Nothing was computed.',
    {signal},
  );

export interface ClassifyRequest {
  readonly designFolder: string;
  readonly images: TwinImages;
  readonly isIdeal: boolean;
  readonly limit?: number | undefined;
  readonly workerCount?: number | undefined;
}

export interface ClassifyProgress {
  readonly done: number;
  readonly total: number;
}

export interface ClassifiedImages {
  readonly designName: string;
  readonly classification: Classification;
}

/** Runs a design over a set of images on threads of its own; see `classify`. An abort ends them. */
export const classifyApart = (
  request: ClassifyRequest,
  hooks: OnceHooks<ClassifyProgress>,
): Promise<ClassifiedImages> =>
  runOnce(
    moduleUrl('./classify-worker.ts', import.meta.url),
    request,
    'The thread that classifies has ended. Nothing was computed.',
    hooks,
  );

/** What a training of a read-out tells: how far it is, or a sentence. */
export type ReadOutNews =
  | {readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string}
  | {readonly kind: 'note'; readonly text: string};

/** Trains a read-out on threads of its own; see `trainReadOut`. An abort ends them, and nothing is written. */
export const readOutApart = (
  request: ReadOutRequest,
  hooks: OnceHooks<ReadOutNews>,
): Promise<ReadOutResult> =>
  runOnce(
    moduleUrl('./read-out-worker.ts', import.meta.url),
    request,
    'The thread that trains a read-out has ended. Nothing was written.',
    hooks,
  );

export interface MeasureRequest extends Pick<
  MeasureOptions,
  'designFolder' | 'model' | 'benchCount' | 'seed' | 'workerCount'
> {
  readonly images: TwinImages;
  /** Only the first so many images. */
  readonly limit: number;
}

export interface MeasuredImages {
  readonly designName: string;
  readonly count: number;
  readonly losses: readonly MeasuredLoss[];
}

/** Measures a design on drawn benches on threads of its own; see `measureLosses`. An abort ends them. */
export const measureApart = (
  request: MeasureRequest,
  hooks: OnceHooks<ClassifyProgress>,
): Promise<MeasuredImages> =>
  runOnce(
    moduleUrl('./measure-worker.ts', import.meta.url),
    request,
    'The thread that measures a design has ended. Nothing was computed.',
    hooks,
  );

export interface ToleranceRequest extends Pick<
  ToleranceOptions,
  'designFolder' | 'model' | 'settings' | 'workerCount'
> {
  readonly images: TwinImages;
}

/** Studies the tolerances of a design on threads of its own; see `studyTolerances`. An abort ends them. */
export const toleranceApart = (
  request: ToleranceRequest,
  hooks: OnceHooks<ToleranceNews>,
): Promise<ToleranceStudy> =>
  runOnce(
    moduleUrl('./tolerance-worker.ts', import.meta.url),
    request,
    'The thread that studies tolerances has ended. Nothing was computed.',
    hooks,
  );
