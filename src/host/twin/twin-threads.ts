import type {PlateOptics} from '../../contract/plate-optics.ts';
import {moduleUrl} from '../../base/module-url.ts';
import type {TwinImages, TwinPictures} from '../../contract/api/index.ts';
import type {MeasuredLoss} from '../../contract/measurement.ts';
import type {ReadOutResult} from '../../contract/read-out-training.ts';
import type {ToleranceStudy} from '../../contract/tolerance.ts';
import type {TradeOffStudy} from '../../contract/trade-off.ts';
import type {Classification} from '../../contract/training.ts';
import {onThread} from '../threads/run-once.ts';
import type {EvaluatedImages, ImageQualityOptions} from './image-quality.ts';
import type {MeasureOptions} from './measure.ts';
import type {ReadOutRequest} from './train-read-out.ts';
import type {StudyNews} from './study-news.ts';
import type {ToleranceOptions} from './tolerance.ts';
import type {TradeOffRequest} from './trade-off.ts';
import type {PredictedIntensity, PredictRequest, PropagatedField, PropagateRequest} from './plane-jobs.ts';

/** As `predictIntensity`, on a thread of its own; an abort ends it. */
export const predictApart = onThread<PredictRequest, PredictedIntensity>(
  moduleUrl('./predict-worker.ts', import.meta.url),
  'The thread that predicts has ended. Nothing was computed.',
);

/** As `propagateField`, on a thread of its own; an abort ends it. */
export const propagateApart = onThread<PropagateRequest, PropagatedField>(
  moduleUrl('./propagate-worker.ts', import.meta.url),
  'The thread that propagates has ended. Nothing was computed.',
);

export interface ClassifyRequest {
  readonly designFolder: string;
  readonly images: TwinImages;
  readonly isIdeal: boolean;
  /** How the plates act on light; as the design says unless given. */
  readonly plateOptics?: PlateOptics | undefined;
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
export const classifyApart = onThread<ClassifyRequest, ClassifiedImages, ClassifyProgress>(
  moduleUrl('./classify-worker.ts', import.meta.url),
  'The thread that classifies has ended. Nothing was computed.',
);

/** What a training of a read-out tells: how far it is, or a sentence. */
export type ReadOutNews =
  | {readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string}
  | {readonly kind: 'note'; readonly text: string};

/** Trains a read-out on threads of its own; see `trainReadOut`. An abort ends them, and nothing is written. */
export const readOutApart = onThread<ReadOutRequest, ReadOutResult, ReadOutNews>(
  moduleUrl('./read-out-worker.ts', import.meta.url),
  'The thread that trains a read-out has ended. Nothing was written.',
);

export interface MeasureRequest extends Pick<
  MeasureOptions,
  'designFolder' | 'model' | 'benchCount' | 'seed' | 'workerCount'
> {
  readonly images: TwinImages;
  /** Only the first so many images. */
  readonly limit: number;
  readonly isTogether: boolean;
}

export interface MeasuredImages {
  readonly designName: string;
  readonly count: number;
  readonly losses: readonly MeasuredLoss[];
}

/** Measures a design on drawn benches on threads of its own; see `measureLosses`. An abort ends them. */
export const measureApart = onThread<MeasureRequest, MeasuredImages, ClassifyProgress>(
  moduleUrl('./measure-worker.ts', import.meta.url),
  'The thread that measures a design has ended. Nothing was computed.',
);

export interface ImageRequest extends Pick<
  ImageQualityOptions,
  'designFolder' | 'model' | 'found' | 'benchCount' | 'seed' | 'workerCount'
> {
  readonly images: TwinPictures;
  /** Only the first so many objects. */
  readonly limit: number;
}

export interface ImageAnswer extends EvaluatedImages {
  readonly designName: string;
}

/** Evaluates the images of a design on threads of its own; see `evaluateImages`. An abort ends them. */
export const imageApart = onThread<ImageRequest, ImageAnswer, ClassifyProgress>(
  moduleUrl('./image-worker.ts', import.meta.url),
  'The thread that evaluates the images of a design has ended. Nothing was computed.',
);

export interface ToleranceRequest extends Pick<
  ToleranceOptions,
  'designFolder' | 'model' | 'settings' | 'workerCount'
> {
  readonly images: TwinImages;
}

/** Studies the tolerances of a design on threads of its own; see `studyTolerances`. An abort ends them. */
export const toleranceApart = onThread<ToleranceRequest, ToleranceStudy, StudyNews>(
  moduleUrl('./tolerance-worker.ts', import.meta.url),
  'The thread that studies tolerances has ended. Nothing was computed.',
);

/** Trains a design on with several values of a weight on threads of its own; see `studyTradeOff`. An abort ends them. */
export const tradeOffApart = onThread<TradeOffRequest, TradeOffStudy, StudyNews>(
  moduleUrl('./trade-off-worker.ts', import.meta.url),
  'The thread that studies a trade-off has ended. Nothing was written.',
);
