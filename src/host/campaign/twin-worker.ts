import {workerData} from 'node:worker_threads';
import {computeDesignPoints} from '../../twin/metrics/index.ts';
import {fitBench} from './bench-fit.ts';
import {
  createAlignedPredictor,
  createPredictor,
  type AlignedPredictor,
  type Predictor,
} from './prediction.ts';
import {computeFields} from '../twin/fields.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import type {TwinJobs, TwinSpec} from './twin-protocol.ts';

// Entry of the thread that predicts and fits, so that the loop that serves the instruments is never held up.
const {design, probe} = workerData as TwinSpec;
let predictor: Predictor | undefined;
let alignedPredictor: AlignedPredictor | undefined;

serveJobs<TwinJobs>({
  fit: ({illumination, planes}) => fitBench(design, {illumination, probe}, planes),
  predict({object, illumination, frame, xMm, yMm}) {
    predictor ??= createPredictor(design, probe);
    return predictor.reader(object, illumination)(computeDesignPoints(xMm, yMm, frame));
  },
  predictAligned: ({object, xMm, yMm, ...bench}) =>
    (alignedPredictor ??= createAlignedPredictor(design, probe)).predict(bench, {object, xMm, yMm}),
  fields: (request) => computeFields(design, request),
});
