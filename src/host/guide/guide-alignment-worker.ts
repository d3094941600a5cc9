import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {PlateOptics} from '../../contract/plate-optics.ts';
import {opticsToTry, type AlignmentOutcome} from '../../twin/alignment/align.ts';
import {coarseSearch, convergedRatioOf, findUnexplainedRatio} from '../../twin/alignment/coarse-search.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {modelOf, withPlateOptics, type AlignmentEngine} from '../../twin/alignment/problem.ts';
import {explainedBelowRatio} from '../../twin/alignment/explained.ts';
import {placePlate} from '../../twin/alignment/place-plate.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {alignmentSpecOf, alignPlanes} from '../alignment/align-planes.ts';
import {createAlignmentPool} from '../optics/alignment-pool.ts';
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
  const {planes, start} = request;
  // The same threads compute the planes with the new plate and, behind them, without it.
  const withoutPlate = planesWithoutPlate();
  await using pool = createAlignmentPool(
    alignmentSpecOf({...request, method, planes: [...planes, ...withoutPlate]}),
    request.workerCount === undefined ? {} : {workerCount: request.workerCount},
  );
  say(`whether plate ${request.plate + 1} is there`, 0.02);
  const without = await explainWithout(enginePast(pool, planes.length), withoutPlate);
  const expected = await predict(pool, planes, start);
  if (without.unexplainedRatio <= explainedBelowRatio) {
    const found = await predict(enginePast(pool, planes.length), withoutPlate, without.state);
    return {
      result: null,
      state: start,
      unexplainedRatio: await unexplainedOf(pool, planes, start),
      unexplainedWithoutPlate: without.unexplainedRatio,
      planes: expected.map((own, i) => ({expected: own, found: found[i]})),
    };
  }
  const {result, state, fit} = await align(pool);
  return {
    result,
    state,
    unexplainedRatio: result.after.unexplainedRatio,
    unexplainedWithoutPlate: without.unexplainedRatio,
    planes: planes.map(({values}, i) => {
      const residual = fit.objective.residuals(i, fit.values[i], fit.weighting);
      const variance = fit.weighting.variance[i];
      return {
        expected: expected[i],
        found: values.map((value, k) => value - residual[k] * Math.sqrt(variance[k])),
      };
    }),
  };
}

async function align(engine: AlignmentEngine): Promise<AlignmentOutcome> {
  const {design, illumination, probe, planes, start, parameters, holder} = request;
  const {from, plateOptics} = request.isFrameKnown
    ? await searchPlate(engine)
    : {from: start, plateOptics: undefined};
  const done = request.isFrameKnown ? searchPart : 0;
  return alignPlanes(
    {design, illumination, probe, method, planes},
    {
      engine,
      start: from,
      plateOptics,
      parameters,
      orientation: 'auto',
      // Limits of the holder as standard deviations of a search that begins in the middle.
      ...(request.isFrameKnown
        ? {}
        : {range: {lateralMm: holder.lateralMm / 2, rotationDeg: holder.rotationDeg / 2}}),
      onProgress: ({text, doneRatio}) => say(text, done + (1 - done) * doneRatio),
    },
  );
}

/** The planes that an engine computes after its first `count`, counted from 0. */
function enginePast(engine: AlignmentEngine, count: number): AlignmentEngine {
  const shifted = <Request extends {readonly plane: number}>(requests: readonly Request[]): Request[] =>
    requests.map((own) => ({...own, plane: own.plane + count}));
  return {
    ...engine,
    evaluate: (requests) => engine.evaluate(shifted(requests)),
    vjpHeights: (requests) => engine.vjpHeights(shifted(requests)),
    vjpParameters: (requests) => engine.vjpParameters(shifted(requests)),
  };
}

/** Relative powers of planes with the bench in a state. */
async function predict(
  {evaluate}: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  state: BenchState,
): Promise<Float64Array[]> {
  const values = await evaluate(planes.map((_, plane) => ({state, parameters: [], plane, grain: 'fine'})));
  return values.map(({power}) => power);
}

/** Where the new plate stands, everything else as known; a model of the plates where it is not the design's that shows it. */
async function searchPlate(
  engine: AlignmentEngine,
): Promise<{readonly from: BenchState; readonly plateOptics: PlateOptics | undefined}> {
  const {planes, start, plate, holder, design} = request;
  const models = opticsToTry(undefined, design.file);
  let best: {from: BenchState; plateOptics: PlateOptics; left: number} | undefined;
  for (const plateOptics of models) {
    const own = withPlateOptics(engine, plateOptics);
    const {state: from} = await placePlate(
      own.evaluate,
      planes,
      {start, plate, range: holder},
      {
        onRound: (round) =>
          say(`looking for plate ${plate + 1}, round ${round} of 3`, (searchPart * round) / 4),
      },
    );
    const left = await unexplainedOf(own, planes, from);
    if (!best || left < best.left) best = {from, plateOptics, left};
    if (left < convergedRatioOf(own)) break;
  }
  if (!best) return {from: start, plateOptics: undefined};
  // The fit compares the models itself, the design's first.
  return {from: best.from, plateOptics: best.plateOptics === models[0] ? undefined : best.plateOptics};
}

/** The planes as if the new plate had not stood in the bench. */
function planesWithoutPlate(): MeasuredPlane[] {
  const {planes, start, plate} = request;
  return planes.map((own) => ({
    ...own,
    present: start.plates.map((_, i) => i !== plate && (own.present?.[i] ?? true)),
  }));
}

/** What the bench without the new plate leaves unexplained, the scan's frame where it fits best if it is not known. */
async function explainWithout(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
): Promise<{readonly state: BenchState; readonly unexplainedRatio: number}> {
  const {start, isFrameKnown} = request;
  if (isFrameKnown) return {state: start, unexplainedRatio: await unexplainedOf(engine, planes, start)};
  return await coarseSearch(engine, planes, start, {maximumIterations: 15});
}

function unexplainedOf(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  state: BenchState,
): Promise<number> {
  const indices = planes.map((_, i) => i);
  return findUnexplainedRatio(modelOf(engine, 'coarse'), planes, indices, state);
}
