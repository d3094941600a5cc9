import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import {explainedLackRatio} from '../../twin/alignment/describe.ts';
import {placePlate} from '../../twin/alignment/place-plate.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {alignmentSpecOf, alignPlanes} from '../alignment/align-planes.ts';
import {createAlignedPredictor} from '../campaign/prediction.ts';
import {asDesigned} from '../../twin/alignment/arrangement.ts';
import {createAlignmentPool} from './alignment-pool.ts';
import type {
  GuideAlignmentMessage,
  GuideAlignmentOutput,
  GuideAlignmentRequest,
} from './guide-alignment-protocol.ts';

// Entry of the thread that finds one more plate of a guided alignment; it leads the threads that compute and ends when
// it has answered.
const request = workerData as GuideAlignmentRequest;
const method = 'rs';

const tell = (message: GuideAlignmentMessage): void => parentPort?.postMessage(message);
const say = (text: string, doneRatio: number): void => tell({kind: 'progress', progress: {text, doneRatio}});

/** Of the whole, how far the search for the plate alone takes. */
const searchPart = 0.4;

try {
  tell({kind: 'done', output: await findPlate()});
} catch (error) {
  tell({kind: 'failed', error: benchErrorFrom(error).toJSON()});
}

async function findPlate(): Promise<GuideAlignmentOutput> {
  const {design, illumination, probe, planes, start, parameters, plate, holder, workerCount} = request;
  const from = request.isFrameKnown ? await searchPlate() : start;
  const done = request.isFrameKnown ? searchPart : 0;
  const outcome = await alignPlanes(
    {design, illumination, probe, method, planes},
    {
      start: from,
      parameters,
      orientation: 'auto',
      workerCount,
      // Limits of the holder as standard deviations of a search that begins in the middle.
      ...(request.isFrameKnown
        ? {}
        : {range: {lateralMm: holder.lateralMm / 2, rotationDeg: holder.rotationDeg / 2}}),
      onProgress: ({text, doneRatio}) => say(text, done + (1 - done) * 0.95 * doneRatio),
    },
  );
  say('what was expected', 0.97);
  const predictor = createAlignedPredictor(design, probe);
  const {result, state, fit} = outcome;
  const isExplained = result.after.lackRatio <= explainedLackRatio;
  return {
    result,
    state,
    lackWithoutPlate: isExplained ? null : await lackWithout(plate),
    planes: planes.map(({object, xMm, yMm, present, values}, i) => {
      const residual = fit.objective.residuals(i, fit.values[i], fit.weighting);
      const variance = fit.weighting.variance[i];
      return {
        expected: predictor.predict(
          {state: start, arrangement: asDesigned(start.plates.length), method},
          {object, xMm: Float64Array.from(xMm), yMm: Float64Array.from(yMm), present},
        ),
        found: values.map((value, k) => value - residual[k] * Math.sqrt(variance[k])),
      };
    }),
  };
}

/** Where the new plate stands, everything else as known. */
async function searchPlate(): Promise<BenchState> {
  const {planes, start, plate, holder, workerCount} = request;
  await using pool = createAlignmentPool(
    alignmentSpecOf({...request, method}),
    workerCount === undefined ? {} : {workerCount},
  );
  const {state} = await placePlate(pool.evaluate, planes, start, plate, holder, {
    onRound: (round) =>
      say(`looking for plate ${plate + 1}, round ${round} of 3`, (searchPart * (round - 1)) / 3),
  });
  return state;
}

/** What is left unexplained when the plate that should be new is not there at all. */
async function lackWithout(plate: number): Promise<number> {
  const {design, illumination, probe, planes, start, parameters, workerCount} = request;
  say(`whether plate ${plate + 1} is there`, 0.98);
  const {result} = await alignPlanes(
    {
      design,
      illumination,
      probe,
      method,
      planes: planes.map((own) => ({...own, present: own.present?.map((is, i) => is && i !== plate)})),
    },
    {
      start,
      parameters: parameters.filter(({target}) => target.part === 'frame' || target.part === 'beam'),
      orientation: 'never',
      workerCount,
    },
  );
  return result.after.lackRatio;
}
