import {solvePositive} from '../metrics/symmetric-matrix.ts';
import {fineModel, unlessDesigned, type AlignTask} from './align-task.ts';
import {priorSystem, promisedDecrease, solveDamped} from './damped-step.ts';
import {knownParameter} from './defaults.ts';
import type {ErrorBars} from './error-bars.ts';
import {explainedBelowRatio} from './explained.ts';
import type {FoundFit} from './find-fit.ts';
import {fitPlanes, unexplainedBy} from './fit-planes.ts';
import {isTiltQuantity, readParameter, type Parameter} from './parameters.ts';
import {modelOf} from './problem.ts';
import {assembleAll, sumOf} from './whole-system.ts';

/**
 * A score below so many times what chance leaves is not worth a fit with tilts, which takes three times as long. Upright plates
 * whose prints are rough score as chance has it (9 for ten tilts), tilts of 0.1 degrees more than ten times as much.
 */
const worthFitting = 2;

/** A fit with what it was made for, and its error bars. */
export interface BarredFit {
  readonly task: AlignTask;
  readonly found: FoundFit;
  readonly errorBars: ErrorBars;
}

/**
 * Plates that lean look like upright ones that are shifted, and no error bar of a fit without tilts knows of it
 * (docs/alignment.md). So a converged fit is asked whether tilts would explain the planes better than chance does, by the
 * score test (Rao 1948) with the gradient of the fine grid and the curvature of the coarse one; where they may, the planes are fitted
 * with tilts, and these are kept where they differ from upright by more than their error bars leave to chance. Answers
 * with the fit that was given otherwise. Error bars are computed of the fit that is kept, of both where tilts turn out to be chance.
 */
export async function freeShownTilts(
  task: AlignTask,
  found: FoundFit,
  barsOf: (task: AlignTask, found: FoundFit) => Promise<ErrorBars>,
): Promise<BarredFit> {
  const leaning = await fitWithTilts(task, found);
  if (leaning) {
    const errorBars = await barsOf(leaning.task, leaning.found);
    const chance = chiSquaredAbove(leaning.tiltCount);
    if (distanceFromUpright(leaning.task, leaning.found, errorBars) >= chance)
      return {task: leaning.task, found: leaning.found, errorBars};
  }
  return {task, found, errorBars: await barsOf(task, found)};
}

/** A fit with the tilts that were open, where they may explain more than chance does; undefined otherwise. */
async function fitWithTilts(task: AlignTask, found: FoundFit) {
  const tilts = task.options.tilts === 'as-shown' ? openTilts(task) : [];
  if (tilts.length === 0 || !isExplained(found)) return undefined;
  task.report('fit', 'tilts of the plates', 0.87);
  if ((await scoreOf(task, found, tilts)) < worthFitting * chiSquaredAbove(tilts.length)) return undefined;
  const {problem} = task;
  const wider: AlignTask = {
    ...task,
    problem: {...problem, parameters: [...problem.parameters, ...tilts]},
  };
  const {fit, arrangement} = found;
  const from = {state: fit.stage.state, unexplainedRatio: unexplainedBy(fit), isConverged: true};
  const leaning: FoundFit = {...found, fit: await fitPlanes(wider, from, arrangement)};
  return {task: wider, found: leaning, tiltCount: tilts.length};
}

const isExplained = ({fit}: FoundFit): boolean =>
  fit.stage.isConverged && unexplainedBy(fit) < explainedBelowRatio;

/** Tilts of the plates whose shifts are looked for and whose tilts are not. */
function openTilts({problem: {parameters, start}}: AlignTask): Parameter[] {
  const names = new Set(parameters.map(({name}) => name));
  return start.plates.flatMap((_, plate) => {
    const place = `plate${plate + 1}`;
    if (!names.has(`${place}.dx`) || !names.has(`${place}.dy`)) return [];
    return [`${place}.tiltX`, `${place}.tiltY`]
      .filter((name) => !names.has(name))
      .map((name) => knownParameter(name, start));
  });
}

/** By how much the cost would fall if the tilts were free; chi squared with as many degrees of freedom where nothing leans. */
async function scoreOf(
  task: AlignTask,
  {fit, arrangement}: FoundFit,
  tilts: readonly Parameter[],
): Promise<number> {
  const {stage, planes} = fit;
  const {state, objective, values, weighting} = stage;
  const parameters = [...task.problem.parameters, ...tilts];
  const indices = planes.map((_, i) => i);
  const weights = values.map((plane, i) => objective.vjpWeights(i, plane, weighting));
  const fine = fineModel(task, arrangement);
  const gradient = sumOf(await fine.vjp(state, parameters, indices, weights), parameters.length);
  const coarse = modelOf(task.engine, 'coarse', unlessDesigned(arrangement));
  const rough = await coarse.evaluate(state, parameters, indices);
  const curved = values.map(({power}, i) => ({power, derivatives: rough[i].derivatives}));
  const system = {normal: assembleAll(objective, curved, weighting).normal, gradient};
  const prior = priorSystem(state, parameters);
  const step = solveDamped(system, prior, parameters, 0);
  return step ? promisedDecrease(system, prior, step) : 0;
}

/** Squared distance of the tilts that were found from none, in units of their error bars; 0 where these are not known. */
function distanceFromUpright({problem}: AlignTask, {fit}: FoundFit, {covariance}: ErrorBars): number {
  const {parameters, start} = problem;
  const size = parameters.length;
  const at = parameters.flatMap(({target}, i) =>
    target.part === 'plate' && isTiltQuantity(target.quantity) ? [i] : [],
  );
  if (!covariance) return 0;
  const own = Float64Array.from(at.flatMap((p) => at.map((q) => covariance[p * size + q])));
  const lean = Float64Array.from(
    at,
    (i) => readParameter(fit.stage.state, parameters[i]) - readParameter(start, parameters[i]),
  );
  const solved = solvePositive(own, lean);
  return solved ? solved.reduce((sum, value, i) => sum + value * lean[i], 0) : 0;
}

/** What chi squared of so many degrees of freedom exceeds once in a thousand times (Wilson and Hilferty 1931). */
function chiSquaredAbove(degrees: number): number {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + 3.09 * Math.sqrt(part)) ** 3;
}
