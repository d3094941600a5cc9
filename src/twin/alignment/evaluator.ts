import {arrangeObject, arrangePlates, asDesigned, orientPoint, type Arrangement} from './arrangement.ts';
import {
  createPlaneEvaluator,
  type PlaneEvaluator,
  type PlaneSetting,
  type PlaneValues,
} from './evaluate-plane.ts';
import type {Parameter} from './parameters.ts';
import {withPrints, type PrintHeights} from './print-heights.ts';
import type {StackSpec} from './stack-spec.ts';
import {createStack, type Stack} from './stack.ts';
import type {BenchState} from './state.ts';

/** fine: two samples a pixel side, what results are made of; coarse: one, a sixth of the time, to search with. */
export type Grain = 'fine' | 'coarse';

/** Pixels of all plates together. */
export const heightCountOf = ({stack}: EvaluationSpec): number =>
  stack.plates.reduce((sum, {relief}) => sum + relief.values.length, 0);

/**
 * What an evaluator is made for: the stack (its sampling comes with each request) and the planes that can be asked
 * for.
 */
export interface EvaluationSpec {
  readonly stack: Omit<StackSpec, 'oversample'>;
  readonly settings: readonly PlaneSetting[];
}

/** One plane of an experiment to be predicted for a state, with its derivatives by `parameters`. */
export interface EvaluationRequest {
  readonly state: BenchState;
  readonly parameters: readonly Parameter[];
  /** Index of the setting. */
  readonly plane: number;
  readonly grain: Grain;
  readonly arrangement?: Arrangement | undefined;
  /** Height errors of the prints; none without them. */
  readonly prints?: PrintHeights | undefined;
}

/** Weighted sums of the powers of one plane whose derivatives by the plates' heights are asked for. */
export interface HeightVjpRequest {
  readonly state: BenchState;
  readonly plane: number;
  readonly arrangement?: Arrangement | undefined;
  /** fine unless given. */
  readonly grain?: Grain | undefined;
  readonly prints?: PrintHeights | undefined;
  /** For each sum, the weight of each point's power. */
  readonly weights: readonly Float64Array[];
}

/** As an evaluation, for the derivative by each parameter of one weighted sum of the powers. */
export interface ParameterVjpRequest extends EvaluationRequest {
  /** Weight of each point's power. */
  readonly weights: Float64Array;
}

/** Predicts the planes of one experiment and the derivatives of their powers (vjp: vector-Jacobian product). */
export interface Evaluator {
  evaluate(request: EvaluationRequest): PlaneValues;
  /** For each sum, its derivative by the height of every pixel of every plate, per mm. */
  vjpHeights(request: HeightVjpRequest): Float32Array[];
  /** Derivative of the weighted sum by each parameter. */
  vjpParameters(request: ParameterVjpRequest): Float64Array;
}

interface Bench {
  readonly stack: Stack;
  readonly evaluator: PlaneEvaluator;
  key: string;
}

/** Evaluates planes of one experiment, keeping what it has prepared. */
export function createEvaluator({stack: spec, settings}: EvaluationSpec): Evaluator {
  const benches = new Map<Grain, Bench>();
  const right = asDesigned(spec.plates.length);
  const keyOf = ({plates}: Arrangement, prints: PrintHeights | undefined): string =>
    `${JSON.stringify(plates)} ${prints?.id ?? ''}`;
  const benchOf = (grain: Grain): Bench => {
    let bench = benches.get(grain);
    if (!bench) {
      const stack = createStack({...spec, oversample: grain === 'fine' ? 2 : 1});
      bench = {stack, evaluator: createPlaneEvaluator(stack, spec.probe), key: keyOf(right, undefined)};
      benches.set(grain, bench);
    }
    return bench;
  };
  const prepare = (grain: Grain, arrangement: Arrangement, prints?: PrintHeights): PlaneEvaluator => {
    const bench = benchOf(grain);
    const key = keyOf(arrangement, prints);
    if (bench.key !== key) {
      bench.stack.setPlates(withPrints(arrangePlates(spec.plates, arrangement), prints));
      bench.key = key;
    }
    return bench.evaluator;
  };
  return {
    evaluate: ({state, parameters, plane, grain, arrangement = right, prints}) =>
      prepare(grain, arrangement, prints).evaluate(
        state,
        arrangeSetting(settings[plane], arrangement),
        parameters,
      ),
    vjpParameters: ({state, parameters, plane, grain, arrangement = right, prints, weights}) =>
      prepare(grain, arrangement, prints).vjpParameters(
        state,
        arrangeSetting(settings[plane], arrangement),
        parameters,
        weights,
      ),
    vjpHeights: ({state, plane, grain = 'fine', arrangement = right, prints, weights}) =>
      prepare(grain, arrangement, prints).vjpHeights(
        state,
        arrangeSetting(settings[plane], arrangement),
        weights,
      ),
  };
}

function arrangeSetting(setting: PlaneSetting, arrangement: Arrangement): PlaneSetting {
  if (arrangement.object === 0 && arrangement.scan === 0) return setting;
  const xMm = new Float64Array(setting.xMm.length);
  const yMm = new Float64Array(setting.xMm.length);
  for (let i = 0; i < xMm.length; i++)
    [xMm[i], yMm[i]] = orientPoint(setting.xMm[i], setting.yMm[i], arrangement.scan);
  return {...setting, object: arrangeObject(setting.object, arrangement), xMm, yMm};
}
