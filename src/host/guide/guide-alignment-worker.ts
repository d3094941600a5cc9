import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {AlignmentOutcome} from '../../twin/alignment/align.ts';
import {coarseSearch, findUnexplainedRatio} from '../../twin/alignment/coarse-search.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {modelOf} from '../../twin/alignment/problem.ts';
import {explainedBelowRatio} from '../../twin/alignment/describe.ts';
import {placePlate} from '../../twin/alignment/place-plate.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {alignmentSpecOf, alignPlanes} from '../alignment/align-planes.ts';
import {createAlignedPredictor} from '../campaign/prediction.ts';
import {asDesigned} from '../../twin/alignment/arrangement.ts';
import {createAlignmentPool, type AlignmentPool} from '../optics/alignment-pool.ts';
import type {
  GuideAlignmentMessage,
  GuideAlignmentOutput,
  GuideAlignmentRequest,
} from './guide-alignment-protocol.ts';

// Entry of the thread that finds one more plate of a guided alignment; it leads the threads that compute and ends when
// it has answered.
const request = workerData as GuideAlignmentRequest;
const method = 'rs';

const report = (message: GuideAlignmentMessage): void => parentPort?.postMessage(message);
const say = (text: string, doneRatio: number): void =>
  report({kind: 'progress', progress: {text, doneRatio}});

/** Of the whole, how far the search for the plate alone takes. */
const searchPart = 0.4;

try {
  report({kind: 'done', output: await findPlate()});
} catch (error) {
  report({kind: 'failed', error: benchErrorFrom(error).toJSON()});
}

async function findPlate(): Promise<GuideAlignmentOutput> {
  const {design, probe, start} = request;
  const predictor = createAlignedPredictor(design, probe);
  const predict = (state: BenchState, planes: readonly MeasuredPlane[]): Float64Array[] =>
    planes.map(({object, xMm, yMm, present}) =>
      predictor.predict(
        {state, arrangement: asDesigned(state.plates.length), method},
        {object, xMm: Float64Array.from(xMm), yMm: Float64Array.from(yMm), present},
      ),
    );
  say(`whether plate ${request.plate + 1} is there`, 0.02);
  const without = await withoutPlate();
  const expected = predict(start, request.planes);
  if (without.unexplainedRatio <= explainedBelowRatio) {
    const found = predict(without.state, without.planes);
    return {
      result: null,
      state: start,
      unexplainedRatio: await unexplainedAt(start),
      unexplainedWithoutPlate: without.unexplainedRatio,
      planes: expected.map((own, i) => ({expected: own, found: found[i]})),
    };
  }
  const {result, state, fit} = await align();
  return {
    result,
    state,
    unexplainedRatio: result.after.unexplainedRatio,
    unexplainedWithoutPlate: without.unexplainedRatio,
    planes: request.planes.map(({values}, i) => {
      const residual = fit.objective.residuals(i, fit.values[i], fit.weighting);
      const variance = fit.weighting.variance[i];
      return {
        expected: expected[i],
        found: values.map((value, k) => value - residual[k] * Math.sqrt(variance[k])),
      };
    }),
  };
}

async function align(): Promise<AlignmentOutcome> {
  const {design, illumination, probe, planes, start, parameters, holder, workerCount} = request;
  const from = request.isFrameKnown ? await searchPlate() : start;
  const done = request.isFrameKnown ? searchPart : 0;
  return alignPlanes(
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
      onProgress: ({text, doneRatio}) => say(text, done + (1 - done) * doneRatio),
    },
  );
}

function poolFor(planes: readonly MeasuredPlane[]): AlignmentPool {
  const {workerCount} = request;
  return createAlignmentPool(
    alignmentSpecOf({...request, method, planes}),
    workerCount === undefined ? {} : {workerCount},
  );
}

/** Where the new plate stands, everything else as known. */
async function searchPlate(): Promise<BenchState> {
  const {planes, start, plate, holder} = request;
  await using pool = poolFor(planes);
  const {state} = await placePlate(
    pool.evaluate,
    planes,
    {start, plate, range: holder},
    {
      onRound: (round) =>
        say(`looking for plate ${plate + 1}, round ${round} of 3`, (searchPart * round) / 4),
    },
  );
  return state;
}

/** The bench without the new plate: what it leaves unexplained, the scan's frame where it fits best if it is not known. */
async function withoutPlate(): Promise<{
  readonly planes: readonly MeasuredPlane[];
  readonly state: BenchState;
  readonly unexplainedRatio: number;
}> {
  const {start, plate, isFrameKnown} = request;
  const planes = request.planes.map((own) => ({
    ...own,
    present: start.plates.map((_, i) => i !== plate && (own.present?.[i] ?? true)),
  }));
  await using pool = poolFor(planes);
  if (isFrameKnown) return {planes, state: start, unexplainedRatio: await unexplainedOf(pool, planes, start)};
  const {state, unexplainedRatio} = await coarseSearch(pool, planes, start, {maximumIterations: 15});
  return {planes, state, unexplainedRatio};
}

async function unexplainedAt(state: BenchState): Promise<number> {
  await using pool = poolFor(request.planes);
  return await unexplainedOf(pool, request.planes, state);
}

function unexplainedOf(
  pool: AlignmentPool,
  planes: readonly MeasuredPlane[],
  state: BenchState,
): Promise<number> {
  const indices = planes.map((_, i) => i);
  return findUnexplainedRatio(modelOf(pool, 'coarse'), planes, indices, state);
}
