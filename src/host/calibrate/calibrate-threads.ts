import {moduleUrl} from '../../base/module-url.ts';
import type {CalibrateOffers} from '../../contract/calibrate-offers.ts';
import type {ReadOutCurveData, ReadOutStudyData} from '../../contract/read-out-calibration.ts';
import type {Classification} from '../../contract/training.ts';
import {onThread} from '../threads/run-once.ts';
import type {StudyNews} from '../twin/study-news.ts';
import type {FitHeightsOutput, FitHeightsProgress, FitHeightsRequest} from './as-built-fit-protocol.ts';
import type {ClassifyAsBuiltRequest} from './classify-as-built-protocol.ts';
import type {LearnReadOutThreadRequest} from './learn-read-out-protocol.ts';
import type {OffersRequest} from './offers.ts';
import type {ReadOutCurveRequest} from './read-out-curve-protocol.ts';
import type {ReprintNews, ReprintOutput, ReprintRequest} from './reprint-protocol.ts';

/** Longest time that a training which is stopped may take to finish its step, or to write what it is writing. */
const graceMs = 20_000;

/** Fits heights as printed on threads of their own; see `fitHeights`. */
export const fitHeightsApart = onThread<FitHeightsRequest, FitHeightsOutput, FitHeightsProgress>(
  moduleUrl('./as-built-fit-worker.ts', import.meta.url),
  'The thread that fits heights has ended. Stored points are safe, and nothing was recorded.',
);

/** Designs a plate again on threads of its own; see `reprintPlate`. An abort ends it between two steps. */
export const reprintApart = onThread<ReprintRequest, ReprintOutput, ReprintNews>(
  moduleUrl('./reprint-worker.ts', import.meta.url),
  'The thread that designs a plate again has ended. Its last checkpoint is kept.',
  {graceMs},
);

/** Calibrates a read-out on a thread of its own; see `learnReadOut`. */
export const learnReadOutApart = onThread<LearnReadOutThreadRequest, ReadOutStudyData>(
  moduleUrl('./learn-read-out-worker.ts', import.meta.url),
  'The thread that calibrates a read-out has ended. Nothing was changed.',
);

/** Foretells how many objects a read-out has to be learnt from, on threads of its own. An abort ends them. */
export const readOutCurveApart = onThread<ReadOutCurveRequest, ReadOutCurveData, StudyNews>(
  moduleUrl('./read-out-curve-worker.ts', import.meta.url),
  'The thread that foretells how many objects are needed has ended.',
);

/** Foretells what each way of calibrating gains on threads of its own; see `offerCalibrations`. */
export const offersApart = onThread<
  OffersRequest & {readonly databasePath: string; readonly asBuiltUid: string},
  CalibrateOffers,
  StudyNews
>(
  moduleUrl('./offers-worker.ts', import.meta.url),
  'The thread that compares ways of calibrating has ended.',
);

/** Runs a network as it was built over a set of images on threads of its own. An abort ends them. */
export const classifyAsBuiltApart = onThread<
  ClassifyAsBuiltRequest,
  Classification,
  {readonly done: number; readonly total: number}
>(
  moduleUrl('./classify-as-built-worker.ts', import.meta.url),
  'The thread that classifies has ended. Nothing was computed.',
);
