import type {Arrangement} from './arrangement.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {createParameter, type Parameter} from './parameters.ts';
import {modelOf, type AlignmentEngine} from './problem.ts';
import {runStage} from './solve.ts';
import type {PlaneModel} from './stage.ts';
import type {BenchState} from './state.ts';

/** How far things may be off where the search begins, one standard deviation. */
export interface SearchRange {
  readonly lateralMm: number;
  readonly rotationDeg: number;
}

/** Range that is searched unless another is given: one standard deviation per plate and axis. */
export const defaultSearchRange: SearchRange = {lateralMm: 0.6, rotationDeg: 0.7};

/** Options of the search on the coarse grid; each one is optional. */
export interface CoarseSearchOptions {
  readonly range?: SearchRange | undefined;
  /** Names of what may turn out elsewhere; what is not among them stays where it is. All shifts and turns without it. */
  readonly free?: ReadonlySet<string> | undefined;
  /** The middle of the range; `start` without it. */
  readonly around?: BenchState;
  readonly arrangement?: Arrangement | undefined;
  /** Sequences of blurs to try, mm, until one captures; an empty one begins with the planes as they are. */
  readonly schedules?: readonly (readonly number[])[];
  /** Of a stage that compares point by point. */
  readonly maximumIterations?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (text: string) => void;
}

/** Where the search ended. `isConverged` is true below `convergedRatioOf` the engine. */
export interface CoarseSearchResult {
  readonly state: BenchState;
  /** Part of the field that the coarse model does not explain, as a ratio of powers: 0.05 is good, 1 is nothing. */
  readonly unexplainedRatio: number;
  readonly isConverged: boolean;
  /**
   * Of a search further off that met nothing like the planes: by how much the nearest of all benches that were tried differs from
   * them, blurred, over what everything as designed does.
   */
  readonly nearestRatio?: number | undefined;
}

/** On the coarse grid a converged bench leaves less than this unexplained, wrong minima leave more. */
const usuallyUnexplainedRatio = 0.3;

/** The same for the plates of an engine. */
export const convergedRatioOf = ({
  convergedUnexplainedRatio = usuallyUnexplainedRatio,
}: Pick<AlignmentEngine, 'convergedUnexplainedRatio'>): number => convergedUnexplainedRatio;
/** Above this, the start is too far off for its planes to be compared point by point. */
const nearUnexplainedRatio = 0.25;

/**
 * The search ends at this many standard deviations of its range: with thousands of points the range itself counts for
 * next to nothing against a wrong minimum.
 */
const mostPriorSigmas = 2.5;

/** Straight to the likelihood, whose variances grow with what is not explained: the quickest way, mostly enough. */
export const directly: readonly number[] = [];
/** From planes that are blurred less and less: for what stands further off. */
export const blurredFirst: readonly number[] = [2, 1];

/**
 * Brings plates and frame from anywhere within the search range to where the fine fit leads on its own: the likelihood
 * with variances as large as the residuals, if need be after least squares on square roots of the power that are
 * blurred by less and less. Shifts and turns only; on the coarse grid.
 */
export async function coarseSearch(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  options: CoarseSearchOptions = {},
): Promise<CoarseSearchResult> {
  const {range = defaultSearchRange, arrangement, schedules = [directly], signal, onStep} = options;
  const {maximumIterations = 30, around = start, free} = options;
  const coarse = modelOf(engine, 'coarse', arrangement);
  const indices = planes.map((_, i) => i);
  const present = start.plates.map((_, i) => planes.some((plane) => plane.present?.[i] ?? true));
  const parameters = coarseSearchParameters(around, range, present).filter(
    ({name}) => free?.has(name) ?? true,
  );
  const frameOnly = parameters.filter(({target}) => target.part === 'frame');
  const run = (from: BenchState, blurMm: number, own: readonly Parameter[]): Promise<BenchState> =>
    runStage({model: coarse, planes, indices}, own, from, {
      comparison: blurMm > 0 ? {kind: 'blurred', blurMm} : {kind: 'likelihood'},
      maximumIterations: blurMm > 0 ? 15 : maximumIterations,
      longestStep: 6,
      mostPriorSigmas,
      tolerance: 3,
      relativeTolerance: blurMm > 0 ? 0.005 : 0.001,
      signal,
    }).then(({state}) => state);

  const judge = async (state: BenchState): Promise<CoarseSearchResult> => {
    const unexplainedRatio = await findUnexplainedRatio(coarse, planes, indices, state);
    return {state, unexplainedRatio, isConverged: unexplainedRatio < convergedRatioOf(engine)};
  };
  let best = await judge(start);
  if (parameters.length === 0) return best;
  const consider = async (state: BenchState): Promise<void> => {
    const judged = await judge(state);
    if (judged.unexplainedRatio < best.unexplainedRatio) best = judged;
  };
  if (best.unexplainedRatio > nearUnexplainedRatio && frameOnly.length > 0) {
    onStep?.('where the scan stands');
    await consider(await run(start, 3, frameOnly));
  }
  const registered = best.state;
  for (const schedule of schedules) {
    let state = registered;
    for (const blurMm of schedule) {
      onStep?.(`plates, planes blurred by ${blurMm} mm`);
      state = await run(state, blurMm, parameters);
    }
    onStep?.('plates, point by point');
    await consider(await run(state, 0, parameters));
    if (best.isConverged) break;
  }
  return best;
}

/** What the model at a state leaves unexplained (see Weighting). */
export async function findUnexplainedRatio(
  {evaluate}: PlaneModel,
  planes: readonly MeasuredPlane[],
  indices: readonly number[],
  state: BenchState,
): Promise<number> {
  const values = await evaluate(state, [], indices);
  return createObjective(planes, {kind: 'likelihood'}).weigh(values, 0).modelErrorRatio;
}

function coarseSearchParameters(
  start: BenchState,
  {lateralMm, rotationDeg}: SearchRange,
  present: readonly boolean[],
): Parameter[] {
  const plates = start.plates.flatMap(({dxMm, dyMm, rotationDeg: turnedDeg}, plate) =>
    present[plate]
      ? [
          createParameter({part: 'plate', plate, quantity: 'dx'}, {sigma: lateralMm, mean: dxMm}),
          createParameter({part: 'plate', plate, quantity: 'dy'}, {sigma: lateralMm, mean: dyMm}),
          createParameter(
            {part: 'plate', plate, quantity: 'rotation'},
            {sigma: rotationDeg, mean: turnedDeg},
          ),
        ]
      : [],
  );
  const frame = (['dx', 'dy', 'rotation'] as const).map((quantity) =>
    createParameter({part: 'frame', quantity}),
  );
  return [...plates, ...frame];
}
