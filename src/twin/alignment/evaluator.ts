import {plateOpticsText, type PlateOptics} from '../../contract/plate-optics.ts';
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
  /** How the plates act on light; as the stack says unless given. */
  readonly plateOptics?: PlateOptics | undefined;
}

/** Weighted sums of the powers of one plane whose derivatives by the plates' heights are asked for. */
export interface HeightVjpRequest {
  readonly state: BenchState;
  readonly plane: number;
  readonly arrangement?: Arrangement | undefined;
  /** fine unless given. */
  readonly grain?: Grain | undefined;
  readonly prints?: PrintHeights | undefined;
  readonly plateOptics?: PlateOptics | undefined;
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
  const benches = new Map<string, Bench>();
  const right = asDesigned(spec.plates.length);
  const keyOf = ({plates}: Arrangement, prints: PrintHeights | undefined): string =>
    `${JSON.stringify(plates)} ${prints?.id ?? ''}`;
  const benchOf = (grain: Grain, plateOptics = spec.plateOptics): Bench => {
    const name = `${grain} ${plateOpticsText(plateOptics)}`;
    let bench = benches.get(name);
    if (!bench) {
      const stack = createStack({
        ...spec,
        plateOptics: grain === 'fine' ? plateOptics : coarsely(plateOptics),
        oversample: grain === 'fine' ? 2 : 1,
      });
      bench = {stack, evaluator: createPlaneEvaluator(stack, spec.probe), key: keyOf(right, undefined)};
      benches.set(name, bench);
    }
    return bench;
  };
  const prepare = ({
    grain = 'fine',
    arrangement = right,
    prints,
    plateOptics,
  }: Pick<HeightVjpRequest, 'grain' | 'arrangement' | 'prints' | 'plateOptics'>): PlaneEvaluator => {
    const bench = benchOf(grain, plateOptics);
    const key = keyOf(arrangement, prints);
    if (bench.key !== key) {
      bench.stack.setPlates(withPrints(arrangePlates(spec.plates, arrangement), prints));
      bench.key = key;
    }
    return bench.evaluator;
  };
  return {
    evaluate: (request) =>
      prepare(request).evaluate(request.state, settingOf(settings, request), request.parameters),
    vjpParameters: (request) =>
      prepare(request).vjpParameters(
        request.state,
        settingOf(settings, request),
        request.parameters,
        request.weights,
      ),
    vjpHeights: (request) =>
      prepare(request).vjpHeights(request.state, settingOf(settings, request), request.weights),
  };
}

/** Half as many slices, as the coarse grid errs by more than these do. */
const coarsely = (plateOptics: PlateOptics | undefined): PlateOptics | undefined =>
  plateOptics?.kind === 'thick'
    ? {...plateOptics, sliceCount: Math.ceil(plateOptics.sliceCount / 2)}
    : plateOptics;

/** The setting of a request's plane, seen as its arrangement has it. */
function settingOf(
  settings: readonly PlaneSetting[],
  {plane, arrangement}: Pick<EvaluationRequest, 'plane' | 'arrangement'>,
): PlaneSetting {
  const setting = settings[plane];
  if (!arrangement) return setting;
  if (arrangement.object === 0 && arrangement.scan === 0) return setting;
  const xMm = new Float64Array(setting.xMm.length);
  const yMm = new Float64Array(setting.xMm.length);
  for (let i = 0; i < xMm.length; i++)
    [xMm[i], yMm[i]] = orientPoint(setting.xMm[i], setting.yMm[i], arrangement.scan);
  return {...setting, object: arrangeObject(setting.object, arrangement), xMm, yMm};
}
