import {fineModel, type AlignTask} from './align-task.ts';
import type {Arrangement} from './arrangement.ts';
import {findBadLines, withoutPoints, type BadLines} from './bad-lines.ts';
import type {CoarseSearchResult} from './coarse-search.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {runStage, withOwnDerivatives, type StageResult} from './solve.ts';
import type {BenchState} from './state.ts';

/** More iterations than a converged bench ever needed. */
const mostIterations = 25;
/** From a start that explains nothing no fit leads anywhere; it is made for the figures of the result alone. */
const hopelessIterations = 3;
const hopelessUnexplainedRatio = 1;
/** How often lines that disagree are looked for anew: those of a fit that was not there yet are good ones afterwards. */
const mostLineRounds = 3;

/** A maximum likelihood fit on the fine grid. */
export interface PlaneFit {
  readonly stage: StageResult;
  /** Without the points that were left out. */
  readonly planes: readonly MeasuredPlane[];
  readonly bad: readonly BadLines[];
}

/**
 * Fits all planes from where the search ended, leaves out lines that disagree, and looks at all of them again with
 * what was found without them.
 */
export async function fitPlanes(
  task: AlignTask,
  {state, unexplainedRatio}: CoarseSearchResult,
  arrangement: Arrangement,
): Promise<PlaneFit> {
  const {planes: all, parameters} = task.problem;
  task.report('fit', 'derivatives of every plane', 0.5);
  const maximumIterations = unexplainedRatio < hopelessUnexplainedRatio ? mostIterations : hopelessIterations;
  const fit = (planes: readonly MeasuredPlane[], from: BenchState): Promise<StageResult> =>
    fitOnce(task, planes, from, {arrangement, maximumIterations});
  const none = all.map((): BadLines => ({texts: [], points: []}));
  let found: PlaneFit = {stage: await fit(all, state), planes: all, bad: none};
  for (let round = 0; round < mostLineRounds; round++) {
    const bad = findBadLines(all, judgedOn(all, found.stage, parameters.length));
    if (countPoints(bad) === countPoints(found.bad)) break;
    const planes = withoutPoints(all, bad);
    found = {stage: await fit(planes, found.stage.state), planes, bad};
  }
  const model = fineModel(task, arrangement);
  const indices = all.map((_, i) => i);
  const stage = await withOwnDerivatives({model, planes: found.planes, indices}, parameters, found.stage);
  return {...found, stage};
}

/** Part of the field's power that a fit does not explain. */
export const unexplainedBy = ({stage}: PlaneFit): number => stage.weighting.modelErrorRatio;

function fitOnce(
  task: AlignTask,
  planes: readonly MeasuredPlane[],
  from: BenchState,
  {arrangement, maximumIterations}: {readonly arrangement: Arrangement; readonly maximumIterations: number},
): Promise<StageResult> {
  const indices = planes.map((_, i) => i);
  return runStage({model: fineModel(task, arrangement), planes, indices}, task.problem.parameters, from, {
    comparison: {kind: 'likelihood'},
    maximumIterations,
    longestStep: 10,
    signal: task.options.signal,
    onIteration: ({iteration, modelErrorRatio}) =>
      task.report('fit', `iteration ${iteration}`, Math.min(0.5 + 0.08 * iteration, 0.85), modelErrorRatio),
  });
}

/** A fit judged by the variances of `planes`: all points, also those that it left out. */
function judgedOn(planes: readonly MeasuredPlane[], stage: StageResult, parameterCount: number): StageResult {
  const objective = createObjective(planes, {kind: 'likelihood'});
  return {...stage, objective, weighting: objective.weigh(stage.values, parameterCount)};
}

const countPoints = (bad: readonly BadLines[]): number =>
  bad.reduce((sum, {points}) => sum + points.length, 0);
