import type {PlaneValues} from './evaluate-plane.ts';
import {findStep, shortGain} from './find-step.ts';
import {createObjective, type Objective, type Weighting} from './objective.ts';
import {readParameter, type Parameter} from './parameters.ts';
import type {Stage, StageOptions, StagePlanes, StagePoint} from './stage.ts';
import type {BenchState} from './state.ts';
import {assembleAll, sumOf} from './whole-system.ts';

/**
 * Where a stage ended, with the predictions and weights there. `gains` and `backgrounds` have one value per plane;
 * `normal` is square and row-major, in the order of the parameters.
 */
export interface StageResult {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
  readonly weighting: Weighting;
  readonly objective: Objective;
  /** J^T W J of the planes alone, without priors, at `state` (or a step so small that it is the same). */
  readonly normal: Float64Array;
  readonly cost: number;
  readonly gains: readonly number[];
  readonly backgrounds: readonly number[];
  readonly isConverged: boolean;
  readonly iterationCount: number;
}

/**
 * Derivatives serve the curvature of the cost until a parameter has moved by this part of its `scale` since; longer
 * where steps still gain about what they promise.
 */
const sameCurvature = 1.5;
const likeCurvature = 5;
const isAsPromised = (gainRatio: number): boolean => gainRatio > 0.6 && gainRatio < shortGain;

/**
 * Levenberg-Marquardt with the derivatives of the propagation: the gradient of the cost is exact at every step, by one
 * way back through the stack; the curvature is J^T W J with derivatives that are made anew when the bench has moved.
 * Variances are set anew after each accepted step and held while a step is judged.
 */
export async function runStage(
  stagePlanes: StagePlanes,
  parameters: readonly Parameter[],
  start: BenchState,
  options: StageOptions,
): Promise<StageResult> {
  const {planes} = stagePlanes;
  const objective = createObjective(planes, options.comparison);
  const stage: Stage = {...stagePlanes, objective, parameters, options};
  const pointCount = planes.reduce((sum, {values}) => sum + values.length, 0);
  let point = await derivedPoint(stage, start);
  let derivedAt = start;
  let damping = 1e-3;
  let isConverged = false;
  let iteration = 0;
  for (; iteration < options.maximumIterations; iteration++) {
    options.signal?.throwIfAborted();
    const step = await findStep(stage, point, damping);
    isConverged = step === 'converged';
    if (step === 'converged' || step === 'none') break;
    damping = step.damping;
    const reach = isAsPromised(step.gainRatio) ? likeCurvature : sameCurvature;
    if (step.gainRatio < 0.3 || distance(step.state, derivedAt, parameters) > reach) {
      derivedAt = step.state;
      point = await derivedPoint(stage, derivedAt, step.values);
    } else
      point = await withExactGradient(
        stage,
        pointAt(stage, step.state, withPower(point.values, step.values), step.curvatureRatio),
      );
    options.onIteration?.({
      iteration: iteration + 1,
      chiSquared: point.system.cost / Math.max(1, pointCount - parameters.length),
      modelErrorRatio: point.weighting.modelErrorRatio,
    });
  }
  const {state, values, weighting, system} = point;
  return {
    state,
    values,
    weighting,
    objective,
    normal: system.normal,
    cost: system.cost,
    gains: system.gains,
    backgrounds: system.backgrounds,
    isConverged,
    iterationCount: iteration,
  };
}

/** A stage of a model with rough derivatives, with its normal equations by those of the model itself. */
export async function withOwnDerivatives(
  {model, indices}: StagePlanes,
  parameters: readonly Parameter[],
  stage: StageResult,
): Promise<StageResult> {
  if (!model.roughDerivatives) return stage;
  const {state, objective, weighting} = stage;
  const values = withPower(await model.evaluate(state, parameters, indices), stage.values);
  return {...stage, values, normal: assembleAll(objective, values, weighting).normal};
}

/** A point with derivatives of its own; `known` are its powers, where they are. */
async function derivedPoint(
  stage: Stage,
  state: BenchState,
  known?: readonly PlaneValues[],
): Promise<StagePoint> {
  const {model, parameters, indices} = stage;
  if (!model.roughDerivatives) return pointAt(stage, state, await model.evaluate(state, parameters, indices));
  const powers = known ?? (await model.evaluate(state, [], indices));
  const derived = await model.roughDerivatives(state, parameters, indices);
  return await withExactGradient(stage, pointAt(stage, state, withPower(derived, powers)));
}

function pointAt(
  {objective, parameters}: Stage,
  state: BenchState,
  values: readonly PlaneValues[],
  curvatureRatio = 1,
): StagePoint {
  const weighting = objective.weigh(values, parameters.length);
  return {state, values, weighting, system: assembleAll(objective, values, weighting), curvatureRatio};
}

/** New powers with the derivatives of before. */
const withPower = (derived: readonly PlaneValues[], moved: readonly PlaneValues[]): PlaneValues[] =>
  derived.map(({derivatives}, i) => ({power: moved[i].power, derivatives}));

/** A point whose derivatives are those of another state, with the gradient of its own. */
async function withExactGradient(
  {model, objective, parameters, indices}: Stage,
  point: StagePoint,
): Promise<StagePoint> {
  const {state, values, weighting, system} = point;
  const weights = values.map((plane, i) => objective.vjpWeights(i, plane, weighting));
  const gradient = sumOf(await model.vjp(state, parameters, indices, weights), parameters.length);
  return {...point, system: {...system, gradient}};
}

/** How far the parameter that moved furthest is from where it was, in units of its `scale`. */
const distance = (a: BenchState, b: BenchState, parameters: readonly Parameter[]): number =>
  Math.max(
    ...parameters.map(
      (parameter) => Math.abs(readParameter(a, parameter) - readParameter(b, parameter)) / parameter.scale,
    ),
  );
