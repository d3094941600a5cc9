import type {PlaneValues} from './evaluate-plane.ts';
import {limitStep, priorSystem, promisedDecrease, solveDamped, withinRange} from './damped-step.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective, type Comparison, type Objective, type Weighting} from './objective.ts';
import {moveState, readParameter, type Parameter} from './parameters.ts';
import type {BenchState} from './state.ts';
import {assembleAll, costOf, sumOf, type WholeSystem} from './whole-system.ts';

/** Computes planes, wherever that is done. */
export interface PlaneModel {
  /**
   * As `evaluate`, with derivatives near enough for the curvature of the cost, not for its gradient, in a sixth of the time;
   * undefined where those of `evaluate` serve for both.
   */
  readonly evaluateRoughly?: PlaneModel['evaluate'] | undefined;
  /** Powers, and derivatives by each of `parameters`. */
  readonly evaluate: (
    state: BenchState,
    parameters: readonly Parameter[],
    planes: readonly number[],
  ) => Promise<PlaneValues[]>;
  /** For each plane, the derivatives of a weighted sum of its powers: a tenth of the time of all derivatives. */
  readonly vjp: (
    state: BenchState,
    parameters: readonly Parameter[],
    planes: readonly number[],
    weights: readonly Float64Array[],
  ) => Promise<Float64Array[]>;
}

/** How planes are compared in one stage of a fit, and when the stage ends. */
export interface StageOptions {
  readonly comparison: Comparison;
  readonly maximumIterations: number;
  /** Longest step of one iteration in units of each parameter's `scale`; nothing without it. */
  readonly longestStep?: number | undefined;
  /** Ends when the next step promises to lower the cost by less than this. */
  readonly tolerance?: number;
  /** The same as a part of the cost. */
  readonly relativeTolerance?: number;
  /** No parameter with a prior goes further from its mean than this times the prior's sigma. */
  readonly mostPriorSigmas?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (iteration: StageIteration) => void;
}

/** One iteration of a stage, for a progress display; `modelErrorRatio` as in `Weighting`. */
export interface StageIteration {
  readonly iteration: number;
  /** Cost over the degrees of freedom, with the weights of this iteration. */
  readonly chiSquared: number;
  readonly modelErrorRatio: number;
}

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
 * A step that gained more than this times what it promised was too short: far off, residuals make the curvature look
 * larger than it is. It is doubled as long as the cost falls, up to so many times.
 */
const shortGain = 1.4;
const mostTimes = 16;

/**
 * Derivatives serve the curvature of the cost until a parameter has moved by this part of its `scale` since; longer
 * where steps still gain about what they promise.
 */
const sameCurvature = 1.5;
const likeCurvature = 5;
const isAsPromised = (gainRatio: number): boolean => gainRatio > 0.6 && gainRatio < shortGain;

/** What a stage fits: measured planes, and the model that predicts them. */
export interface StagePlanes {
  readonly model: PlaneModel;
  readonly planes: readonly MeasuredPlane[];
  /** `planes[i]` is what the model calls plane `indices[i]`. */
  readonly indices: readonly number[];
}

/** What every step of a stage needs. */
interface Stage extends StagePlanes {
  readonly objective: Objective;
  readonly parameters: readonly Parameter[];
  readonly options: StageOptions;
}

/** A state with its predictions, their weights and the normal equations there. */
interface StagePoint {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
  readonly weighting: Weighting;
  readonly system: WholeSystem;
}

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
  const {model, planes, indices} = stagePlanes;
  const objective = createObjective(planes, options.comparison);
  const stage: Stage = {...stagePlanes, objective, parameters, options};
  const pointCount = planes.reduce((sum, {values}) => sum + values.length, 0);
  const derivedPoint = async (state: BenchState): Promise<StagePoint> => {
    const evaluate = model.evaluateRoughly ?? model.evaluate;
    const derived = pointAt(stage, state, await evaluate(state, parameters, indices));
    return model.evaluateRoughly ? await withExactGradient(stage, derived) : derived;
  };
  let point = await derivedPoint(start);
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
      point = await derivedPoint(derivedAt);
    } else
      point = await withExactGradient(
        stage,
        pointAt(stage, step.state, withPower(point.values, step.values)),
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
  if (!model.evaluateRoughly) return stage;
  const {state, objective, weighting} = stage;
  const values = withPower(await model.evaluate(state, parameters, indices), stage.values);
  return {...stage, values, normal: assembleAll(objective, values, weighting).normal};
}

function pointAt(
  {objective, parameters}: Stage,
  state: BenchState,
  values: readonly PlaneValues[],
): StagePoint {
  const weighting = objective.weigh(values, parameters.length);
  return {state, values, weighting, system: assembleAll(objective, values, weighting)};
}

/** New powers with the derivatives of before. */
const withPower = (derived: readonly PlaneValues[], moved: readonly PlaneValues[]): PlaneValues[] =>
  derived.map(({derivatives}, i) => ({power: moved[i].power, derivatives}));

/** A point whose derivatives are those of another state, with the gradient of its own. */
async function withExactGradient(
  {model, objective, parameters, indices}: Stage,
  {state, values, weighting, system}: StagePoint,
): Promise<StagePoint> {
  const weights = values.map((plane, i) => objective.vjpWeights(i, plane, weighting));
  const gradient = sumOf(await model.vjp(state, parameters, indices, weights), parameters.length);
  return {state, values, weighting, system: {...system, gradient}};
}

/** A state that was tried, with its predictions (without derivatives) and its cost by the weights held. */
interface Trial {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
  readonly cost: number;
}

/** A step that lowers the cost; `gainRatio` is by how much, over what the curvature promised. */
interface Step extends Trial {
  readonly gainRatio: number;
  /** For the next step. */
  readonly damping: number;
}

/**
 * Looks for a step that lowers the cost, damped more and more. `converged`: the next step promises too little; `none`:
 * no step lowers the cost.
 */
async function findStep(
  stage: Stage,
  point: StagePoint,
  firstDamping: number,
): Promise<Step | 'converged' | 'none'> {
  const {parameters, options} = stage;
  const {state, system} = point;
  const prior = priorSystem(state, parameters);
  const cost = system.cost + prior.cost;
  const least = Math.max(options.tolerance ?? 0.05, (options.relativeTolerance ?? 0) * cost);
  let damping = firstDamping;
  for (let trial = 0; trial < 8; trial++) {
    const solved = solveDamped(system, prior, parameters, damping);
    if (!solved) {
      damping = Math.max(damping * 10, 1e-6);
      continue;
    }
    const limited = limitStep(solved, parameters, options.longestStep);
    const change = withinRange(state, parameters, limited, options.mostPriorSigmas);
    const promised = promisedDecrease(system, prior, change);
    if (promised < least) return 'converged';
    const next = await tryChange(stage, point, change);
    if (next.cost < cost) {
      const gainRatio = (cost - next.cost) / promised;
      const furthest = gainRatio > shortGain ? await lengthen(stage, point, change, next) : next;
      return {...furthest, gainRatio, damping: nextDamping(damping, gainRatio)};
    }
    damping = Math.max(damping, 1e-4) * 8;
  }
  return 'none';
}

const nextDamping = (damping: number, gainRatio: number): number =>
  gainRatio > 0.7 ? Math.max(damping / 10, 1e-9) : gainRatio > 0.3 ? damping : damping * 4;

async function tryChange(
  {model, indices, objective, parameters, options}: Stage,
  {state: from, weighting}: StagePoint,
  change: Float64Array,
): Promise<Trial> {
  const state = moveState(from, parameters, change);
  const values = await model.evaluate(state, [], indices);
  options.signal?.throwIfAborted();
  const cost = costOf(objective, values, weighting) + priorSystem(state, parameters).cost;
  return {state, values, cost};
}

/** Doubles a step that was too short (see `shortGain`) as long as the cost falls. */
async function lengthen(
  stage: Stage,
  point: StagePoint,
  change: Float64Array,
  reached: Trial,
): Promise<Trial> {
  const {parameters, options} = stage;
  let best = reached;
  for (let times = 2; times <= mostTimes; times *= 2) {
    const longer = change.map((part) => times * part);
    const within = withinRange(point.state, parameters, longer, options.mostPriorSigmas);
    const further = await tryChange(stage, point, within);
    if (further.cost >= best.cost) break;
    best = further;
  }
  return best;
}

/** How far the parameter that moved furthest is from where it was, in units of its `scale`. */
const distance = (a: BenchState, b: BenchState, parameters: readonly Parameter[]): number =>
  Math.max(
    ...parameters.map(
      (parameter) => Math.abs(readParameter(a, parameter) - readParameter(b, parameter)) / parameter.scale,
    ),
  );
