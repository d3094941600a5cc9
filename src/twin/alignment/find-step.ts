import {limitStep, priorSystem, promisedDecrease, solveDamped, withinRange} from './damped-step.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import {moveState} from './parameters.ts';
import type {Stage, StagePoint} from './stage.ts';
import type {BenchState} from './state.ts';
import {costOf} from './whole-system.ts';

/**
 * A step that gained more than this times what it promised was too short. Where it gained far more, residuals far off make the
 * curvature look larger than it is, and it is doubled as long as the cost falls, up to so many times; else the parabola
 * through what it gained says how far to go.
 */
export const shortGain = 1.3;
const farTooShortGain = 1.6;
const mostTimes = 16;

/** By how much what a step gained may change the curvature at once. */
const leastCurvatureRatio = 0.5;
const mostCurvatureRatio = 1.5;

/** A state that was tried, with its predictions (without derivatives) and its cost by the weights held. */
interface Trial {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
  readonly cost: number;
}

/** A step that lowers the cost; `gainRatio` is by how much, over what the curvature promised. */
interface Step extends Trial {
  readonly gainRatio: number;
  /** For the next step, as is the one of StagePoint. */
  readonly damping: number;
  readonly curvatureRatio: number;
}

/**
 * Looks for a step that lowers the cost, damped more and more. `converged`: the next step promises too little; `none`:
 * no step lowers the cost.
 */
export async function findStep(
  stage: Stage,
  point: StagePoint,
  firstDamping: number,
): Promise<Step | 'converged' | 'none'> {
  const {parameters, options} = stage;
  const {state, curvatureRatio} = point;
  const system = {...point.system, normal: point.system.normal.map((value) => curvatureRatio * value)};
  const prior = priorSystem(state, parameters);
  const cost = system.cost + prior.cost;
  const least = Math.max(options.tolerance ?? 0.15, (options.relativeTolerance ?? 0) * cost);
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
      const furthest = await lengthen(stage, point, change, {...next, gainRatio});
      return {
        ...furthest,
        gainRatio,
        damping: nextDamping(damping, gainRatio),
        curvatureRatio: curvatureRatio * curvatureMet(gainRatio),
      };
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

/** Curvature along a step that gained so much of what it promised, over the one that promised it: of a parabola, 2 less the gain. */
const curvatureMet = (gainRatio: number): number =>
  Math.min(mostCurvatureRatio, Math.max(leastCurvatureRatio, 2 - gainRatio));

/** Goes further than a step that was too short (see `shortGain`), where the cost is lower there. */
async function lengthen(
  stage: Stage,
  point: StagePoint,
  change: Float64Array,
  reached: Trial & {readonly gainRatio: number},
): Promise<Trial> {
  const {parameters, options} = stage;
  const {gainRatio} = reached;
  if (gainRatio <= shortGain) return reached;
  const isFarTooShort = gainRatio > farTooShortGain;
  let best: Trial = reached;
  for (let times = isFarTooShort ? 2 : 1 / (2 - gainRatio); times <= mostTimes; times *= 2) {
    const longer = change.map((part) => times * part);
    const within = withinRange(point.state, parameters, longer, options.mostPriorSigmas);
    const further = await tryChange(stage, point, within);
    if (further.cost >= best.cost) break;
    best = further;
    if (!isFarTooShort) break;
  }
  return best;
}
