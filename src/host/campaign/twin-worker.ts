import {workerData} from 'node:worker_threads';
import {stateAt} from '../../twin/alignment/state-at.ts';
import {designAt} from '../../twin/design/at-frequency.ts';
import {illuminationAt} from '../../twin/field/illumination-at.ts';
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
const {frequencyHz: ownHz} = design.file;
/** By frequency. */
const predictors = new Map<number, Predictor>();
const alignedPredictors = new Map<number, AlignedPredictor>();

serveJobs<TwinJobs>({
  fit: ({illumination, planes}) => fitBench(design, {illumination, probe}, planes),
  predict({object, illumination, frame, xMm, yMm, frequencyHz = ownHz}) {
    const predictor = predictors.get(frequencyHz) ?? createPredictor(designAt(design, frequencyHz), probe);
    predictors.set(frequencyHz, predictor);
    const light = illuminationAt(illumination, ownHz, frequencyHz);
    return predictor.reader(object, light)(computeDesignPoints(xMm, yMm, frame));
  },
  predictAligned({object, xMm, yMm, frequencyHz = ownHz, state, ...bench}) {
    const predictor =
      alignedPredictors.get(frequencyHz) ?? createAlignedPredictor(designAt(design, frequencyHz), probe);
    alignedPredictors.set(frequencyHz, predictor);
    return predictor.predict({...bench, state: stateAt(state, design.file, frequencyHz)}, {object, xMm, yMm});
  },
  fields: (request) => computeFields(design, request),
});
