import {createRandom} from '../../base/random.ts';
import type {Arrangement} from './arrangement.ts';
import {
  blurredFirst,
  captureBench,
  defaultSearchRange,
  directly,
  type CaptureResult,
  type SearchRange,
} from './capture.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {modelOf, type AlignmentEngine} from './problem.ts';
import type {BenchState} from './state.ts';

export interface FarSearchOptions {
  readonly range?: SearchRange | undefined;
  readonly arrangement?: Arrangement | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (text: string) => void;
}

/** Benches that are drawn, and how many of those that come nearest to the planes are aligned. */
const drawnCount = 160;
const alignedCount = 6;
/** Drawn together: so much is computed before anybody can stop it. */
const batchCount = 16;
/** Blur under which they are held against the planes, mm: as wide as what a nearest one is still off by. */
const rankingBlurMm = 1.5;
/** Planes that they are held against; more would only take longer. */
const triedPlanes = 3;
/** Of what is drawn, against what the search holds for possible: a spread as wide would leave the middle empty. */
const drawnSpread = 0.85;
/** Where the scan may stand, one standard deviation. */
const frameSpread = {lateralMm: 0.7, rotationDeg: 0.5};

/**
 * Looks for plates that stand so far off that no fit from the middle leads there: benches are drawn at random over the
 * search range, and those that come nearest to the blurred planes are aligned, best first, until one is captured. The
 * draws are the same every time. Where none is captured, what explains most.
 */
export async function searchFarAway(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  {range = defaultSearchRange, arrangement, signal, onStep}: FarSearchOptions = {},
): Promise<CaptureResult> {
  const tried = planes.slice(0, triedPlanes);
  const nearest = await drawBenches();
  let best: CaptureResult | undefined;
  for (const [i, from] of nearest.entries()) {
    onStep?.(`from far away, start ${i + 1} of ${nearest.length}`);
    const common = {range, around: start, arrangement, signal};
    const found = await captureBench(engine, tried, from, {...common, schedules: [blurredFirst]});
    if (!best || found.lackRatio < best.lackRatio) best = found;
    if (!found.isCaptured) continue;
    const whole = await captureBench(engine, planes, found.state, {...common, schedules: [directly]});
    if (whole.isCaptured) return whole;
  }
  return {...(best ?? {state: start, lackRatio: Infinity}), isCaptured: false};

  async function drawBenches(): Promise<BenchState[]> {
    const random = createRandom('starts from far away');
    const model = modelOf(engine, 'coarse', arrangement);
    const objective = createObjective(tried, {kind: 'blurred', blurMm: rankingBlurMm});
    const indices = tried.map((_, i) => i);
    const drawn: {state: BenchState; misfit: number}[] = [];
    while (drawn.length < drawnCount) {
      signal?.throwIfAborted();
      onStep?.(`from far away, ${drawn.length} of ${drawnCount} starts judged`);
      const batch = Array.from({length: batchCount}, () => drawBench(() => random.normal(), start, range));
      const misfits = await Promise.all(
        batch.map(async (state) => {
          const values = await model.evaluate(state, [], indices);
          // All points of a plane are alike under the blur, so each plane counts by its mean square.
          return objective.weigh(values, 0).variance.reduce((sum, [own]) => sum + own, 0);
        }),
      );
      drawn.push(...batch.map((state, i) => ({state, misfit: misfits[i]})));
    }
    return drawn
      .sort((a, b) => a.misfit - b.misfit)
      .slice(0, alignedCount)
      .map(({state}) => state);
  }
}

function drawBench(normal: () => number, start: BenchState, range: SearchRange): BenchState {
  const shift = (sizeMm: number): {dxMm: number; dyMm: number} => ({
    dxMm: sizeMm * normal(),
    dyMm: sizeMm * normal(),
  });
  const lateralMm = drawnSpread * range.lateralMm;
  const plates = start.plates.map((plate) => {
    const {dxMm, dyMm} = shift(lateralMm);
    const turnDeg = drawnSpread * range.rotationDeg * normal();
    return {
      ...plate,
      dxMm: plate.dxMm + dxMm,
      dyMm: plate.dyMm + dyMm,
      rotationDeg: plate.rotationDeg + turnDeg,
    };
  });
  const {frame} = start;
  const {dxMm, dyMm} = shift(frameSpread.lateralMm);
  return {
    ...start,
    plates,
    frame: {
      ...frame,
      dxMm: frame.dxMm + dxMm,
      dyMm: frame.dyMm + dyMm,
      rotationDeg: frame.rotationDeg + frameSpread.rotationDeg * normal(),
    },
  };
}
