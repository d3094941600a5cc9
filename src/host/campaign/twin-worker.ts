import {workerData} from 'node:worker_threads';
import {stateAt} from '../../twin/alignment/state-at.ts';
import {designAt} from '../../twin/design/at-frequency.ts';
import {printedDesign, type PlateHeightErrors} from '../../twin/design/printed-design.ts';
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
/** By heights and frequency; of measured heights the newest alone, which are hardly ever others. */
const predictors = new Map<string, Predictor>();
const alignedPredictors = new Map<number, AlignedPredictor>();

serveJobs<TwinJobs>({
  fit: ({illumination, planes, heights}) =>
    fitBench(printedDesign(design, heights), {illumination, probe}, planes),
  predict({object, illumination, frame, xMm, yMm, heights, frequencyHz = ownHz}) {
    const predictor = predictorOf(heights, frequencyHz);
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

/** The predictor for plates as they were measured or as designed. Declared, so that it is there while jobs are served. */
function predictorOf(heights: PlateHeightErrors | undefined, frequencyHz: number): Predictor {
  const key = `${heights?.id ?? ''} at ${frequencyHz}`;
  let own = predictors.get(key);
  if (!own) {
    own = createPredictor(designAt(printedDesign(design, heights), frequencyHz), probe);
    if (heights)
      for (const other of predictors.keys())
        if (!other.startsWith(' at ') && !other.startsWith(`${heights.id} at `)) predictors.delete(other);
    predictors.set(key, own);
  }
  return own;
}
