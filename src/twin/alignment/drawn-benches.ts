import type {Random} from '../../base/random.ts';
import type {Arrangement} from './arrangement.ts';
import type {SearchRange} from './coarse-search.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {modelOf, type AlignmentEngine} from './problem.ts';
import type {BenchState} from './state.ts';

/** Options of the search from many randomly drawn benches. */
export interface FarSearchOptions {
  readonly range?: SearchRange | undefined;
  readonly arrangement?: Arrangement | undefined;
  /** See `CoarseSearchOptions`. */
  readonly free?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (text: string) => void;
}

/** How far plates and scan are drawn from where they are designed to be, one standard deviation. */
export interface Spread {
  readonly lateralMm: number;
  readonly rotationDeg: number;
  readonly frameMm: number;
  readonly frameDeg: number;
}

interface Place {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly rotationDeg: number;
}

/** A bench somewhere around `middle`. */
export function drawBench(random: Random, middle: BenchState, spread: Spread): BenchState {
  return {
    ...middle,
    plates: middle.plates.map((plate) => displaced(random, plate, spread.lateralMm, spread.rotationDeg)),
    frame: displaced(random, middle.frame, spread.frameMm, spread.frameDeg),
  };
}

/** The same part somewhere around where it is. */
export const displaced = <Part extends Place>(
  random: Random,
  part: Part,
  lateralMm: number,
  rotationDeg: number,
): Part => ({
  ...part,
  dxMm: part.dxMm + lateralMm * random.normal(),
  dyMm: part.dyMm + lateralMm * random.normal(),
  rotationDeg: part.rotationDeg + rotationDeg * random.normal(),
});

/** A bench with everything that may not turn out elsewhere put back to where it is known to be. */
export function withHeld(
  bench: BenchState,
  known: BenchState,
  free: ReadonlySet<string> | undefined,
): BenchState {
  if (!free) return bench;
  const hold = <Part extends Place>(name: string, own: Part, there: Part): Part => ({
    ...own,
    dxMm: free.has(`${name}.dx`) ? own.dxMm : there.dxMm,
    dyMm: free.has(`${name}.dy`) ? own.dyMm : there.dyMm,
    rotationDeg: free.has(`${name}.rotation`) ? own.rotationDeg : there.rotationDeg,
  });
  return {
    ...bench,
    plates: bench.plates.map((plate, i) => hold(`plate${i + 1}`, plate, known.plates[i])),
    frame: hold('frame', bench.frame, known.frame),
  };
}

/** Computed together: so much is done before anybody can stop it. */
const batchCount = 16;

/** What a coarse model says of many benches, as many at a time as there are threads for. */
export async function evaluateBenches(
  engine: AlignmentEngine,
  planeCount: number,
  states: readonly BenchState[],
  {
    arrangement,
    signal,
    onStep,
  }: {
    readonly arrangement?: Arrangement | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onStep?: ((doneCount: number) => void) | undefined;
  } = {},
): Promise<PlaneValues[][]> {
  const model = modelOf(engine, 'coarse', arrangement);
  const indices = Array.from({length: planeCount}, (_, i) => i);
  const values: PlaneValues[][] = [];
  for (let first = 0; first < states.length; first += batchCount) {
    signal?.throwIfAborted();
    onStep?.(first);
    const batch = states.slice(first, first + batchCount);
    values.push(...(await Promise.all(batch.map((state) => model.evaluate(state, [], indices)))));
  }
  return values;
}

/** By how much planes differ from what is predicted, both blurred; the smaller the nearer. */
export function blurredMisfit(
  planes: readonly MeasuredPlane[],
  blurMm: number,
): (values: readonly PlaneValues[]) => number {
  const objective = createObjective(planes, {kind: 'blurred', blurMm});
  // All points of a plane are alike under the blur, so each plane counts by its mean square.
  return (values) => objective.weigh(values, 0).variance.reduce((sum, [own]) => sum + own, 0);
}
