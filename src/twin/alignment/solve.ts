import type {PlaneValues} from './evaluate-plane.ts';
import {limitStep, priorSystem, promisedDecrease, solveDamped, withinRange} from './damped-step.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective, type Comparison, type Objective, type Weighting} from './objective.ts';
import {moveState, readParameter, type Parameter} from './parameters.ts';
import type {BenchState} from './state.ts';

/** Computes planes, wherever that is done. */
export interface PlaneModel {
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

/** Derivatives serve the curvature of the cost until a parameter has moved by this part of its `scale` since. */
const sameCurvature = 1.5;

/** What a stage fits: measured planes, and the model that predicts them. */
export interface StagePlanes {
  readonly model: PlaneModel;
  readonly planes: readonly MeasuredPlane[];
  /** `planes[i]` is what the model calls plane `indices[i]`. */
  readonly indices: readonly number[];
}

/**
 * Levenberg-Marquardt with the derivatives of the propagation: the gradient of the cost is exact at every step, by one
 * way back through the stack; the curvature is J^T W J with derivatives that are made anew when the bench has moved.
 * Variances are set anew after each accepted step and held while a step is judged.
 */
export async function runStage(
  {model: {evaluate, vjp}, planes, indices}: StagePlanes,
  parameters: readonly Parameter[],
  start: BenchState,
  options: StageOptions,
): Promise<StageResult> {
  const objective = createObjective(planes, options.comparison);
  const count = parameters.length;
  const pointCount = planes.reduce((sum, {values}) => sum + values.length, 0);
  const tolerance = options.tolerance ?? 0.05;
  let state = start;
  let values = await evaluate(state, parameters, indices);
  let derivedAt = start;
  let damping = 1e-3;
  let isConverged = false;
  let iteration = 0;
  let weighting = objective.weigh(values, count);
  let system = assembleAll(objective, values, weighting);
  for (; iteration < options.maximumIterations; iteration++) {
    options.signal?.throwIfAborted();
    const prior = priorSystem(state, parameters);
    const cost = system.cost + prior.cost;
    let isMoved = false;
    let gainRatio = 1;
    const from = state;
    const held = weighting;
    const judge = async (change: Float64Array) => {
      const next = moveState(from, parameters, change);
      const own = await evaluate(next, [], indices);
      options.signal?.throwIfAborted();
      return {
        state: next,
        values: own,
        cost: costOf(objective, own, held) + priorSystem(next, parameters).cost,
      };
    };
    for (let trial = 0; trial < 8; trial++) {
      const step = solveDamped(system, prior, parameters, damping);
      if (!step) {
        damping = Math.max(damping * 10, 1e-6);
        continue;
      }
      const limited = withinRange(
        state,
        parameters,
        limitStep(step, parameters, options.longestStep),
        options.mostPriorSigmas,
      );
      const promised = promisedDecrease(system, prior, limited);
      if (promised < Math.max(tolerance, (options.relativeTolerance ?? 0) * cost)) {
        isConverged = true;
        break;
      }
      let next = await judge(limited);
      if (next.cost < cost) {
        gainRatio = (cost - next.cost) / promised;
        damping = gainRatio > 0.7 ? Math.max(damping / 10, 1e-9) : gainRatio > 0.3 ? damping : damping * 4;
        for (let times = 2; gainRatio > shortGain && times <= mostTimes; times *= 2) {
          const longer = limited.map((change) => times * change);
          const further = await judge(withinRange(from, parameters, longer, options.mostPriorSigmas));
          if (further.cost >= next.cost) break;
          next = further;
        }
        state = next.state;
        const moved = next.values;
        values = values.map((old, i) => ({power: moved[i].power, derivatives: old.derivatives}));
        isMoved = true;
        break;
      }
      damping = Math.max(damping, 1e-4) * 8;
    }
    if (isConverged || !isMoved) break;
    if (gainRatio < 0.3 || distance(state, derivedAt, parameters) > sameCurvature) {
      values = await evaluate(state, parameters, indices);
      derivedAt = state;
    }
    weighting = objective.weigh(values, count);
    system = assembleAll(objective, values, weighting);
    if (derivedAt !== state) {
      const weights = values.map((plane, i) => objective.vjpWeights(i, plane, weighting));
      system = {...system, gradient: sumOf(await vjp(state, parameters, indices, weights), count)};
    }
    options.onIteration?.({
      iteration: iteration + 1,
      chiSquared: system.cost / Math.max(1, pointCount - count),
      modelErrorRatio: weighting.modelErrorRatio,
    });
  }
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

/** How far the parameter that moved furthest is from where it was, in units of its `scale`. */
const distance = (a: BenchState, b: BenchState, parameters: readonly Parameter[]): number =>
  Math.max(
    ...parameters.map(
      (parameter) => Math.abs(readParameter(a, parameter) - readParameter(b, parameter)) / parameter.scale,
    ),
  );

function sumOf(parts: readonly Float64Array[], size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const part of parts) for (let i = 0; i < size; i++) sum[i] += part[i];
  return sum;
}

interface WholeSystem {
  readonly normal: Float64Array;
  readonly gradient: Float64Array;
  readonly cost: number;
  readonly gains: readonly number[];
  readonly backgrounds: readonly number[];
}

function assembleAll(
  objective: Objective,
  values: readonly PlaneValues[],
  weighting: Weighting,
): WholeSystem {
  const parts = values.map((plane, i) => objective.assemble(i, plane, weighting));
  const size = parts[0].gradient.length;
  const normal = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (const part of parts) {
    for (let i = 0; i < normal.length; i++) normal[i] += part.normal[i];
    for (let i = 0; i < size; i++) gradient[i] += part.gradient[i];
  }
  return {
    normal,
    gradient,
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    gains: parts.map(({gain}) => gain),
    backgrounds: parts.map(({background}) => background),
  };
}

function costOf(objective: Objective, values: readonly PlaneValues[], weighting: Weighting): number {
  return values.reduce(
    (sum, {power}, i) => sum + objective.assemble(i, {power, derivatives: []}, weighting).cost,
    0,
  );
}
