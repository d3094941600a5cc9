import {createRandom} from '../../base/random.ts';
import {
  blurredFirst,
  coarseSearch,
  defaultSearchRange,
  type CoarseSearchResult,
  type SearchRange,
} from './coarse-search.ts';
import {
  blurredMisfit,
  drawBench,
  evaluateBenches,
  withHeld,
  type FarSearchOptions,
  type Spread,
} from './drawn-benches.ts';
import {evolveBenches} from './evolve-benches.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {AlignmentEngine} from './problem.ts';
import type {BenchState} from './state.ts';

/** Benches that are drawn, and how many of those that come nearest to the planes are aligned. */
const drawnCount = 160;
const alignedCount = 6;
/** Blur under which they are held against the planes, mm: as wide as what a nearest one is still off by. */
const rankingBlurMm = 1.5;
/** Planes that they are held against; more would only take longer. */
const triedPlanes = 3;
/** Of what is drawn, against what the search holds for possible: a spread as wide would leave the middle empty. */
const drawnSpread = 0.85;
/** Where the scan may stand, one standard deviation. */
const frameSpread = {frameMm: 0.7, frameDeg: 0.5};
/** How far plates may be off where nothing nearer was found, one standard deviation: 2 mm and 3 degrees at the most. */
const widestRange: SearchRange = {lateralMm: 1.2, rotationDeg: 1.8};
/** What some of the planes leave unexplained by less than this may converge with all of them. */
const worthAll = 1;
/** Of the last generation, how many are aligned. */
const evolvedCount = 3;

/**
 * Looks for plates that stand so far off that no fit from the middle leads there: benches are drawn at random over the
 * search range, and those that come nearest to the blurred planes are aligned, best first, until one has converged. The
 * draws are the same every time. Where none converges, what explains most.
 */
export async function searchFarAway(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  options: FarSearchOptions = {},
): Promise<CoarseSearchResult> {
  const {range = defaultSearchRange, arrangement, free, signal, onStep} = options;
  const random = createRandom('starts from far away');
  const spread = spreadOf(range);
  const drawn = Array.from({length: drawnCount}, () =>
    withHeld(drawBench(random, start, spread), start, free),
  );
  const tried = planes.slice(0, triedPlanes);
  const values = await evaluateBenches(engine, tried.length, drawn, {
    arrangement,
    signal,
    onStep: (done) => onStep?.(`from far away, ${done} of ${drawnCount} starts judged`),
  });
  const misfitOf = blurredMisfit(tried, rankingBlurMm);
  const nearest = drawn
    .map((state, i) => ({state, misfit: misfitOf(values[i])}))
    .sort((a, b) => a.misfit - b.misfit)
    .slice(0, alignedCount)
    .map(({state}) => state);
  return await coarseSearchFirst(engine, planes, {start, nearest}, {...options, range});
}

/**
 * The nearest bench of all generations differs from planes of its own design by 0.16 to 0.36 of what everything as designed
 * does, from planes of another design by 0.73 to 0.88 (docs/alignment.md).
 */
const unlikeRatio = 0.6;
/** And as well with the masks of the planes exchanged (0.96 to 1.0), which those of its own design do not (0.1 to 0.7). */
const unpairedRatio = 0.9;

/**
 * Looks for plates still further off, all of them at once, out of generations of benches (see `evolveBenches`): several
 * times the time of `searchFarAway`.
 */
export async function searchFurtherAway(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  options: FarSearchOptions = {},
): Promise<CoarseSearchResult> {
  const tried = planes.slice(0, triedPlanes);
  const evolved = await evolveBenches(engine, tried, {start, spread: spreadOf(widestRange)}, options);
  const nearest = evolved.benches.slice(0, evolvedCount);
  const {nearestRatio, pairedRatio} = evolved;
  // Planes of another bench are met by chance only, and no fit from there leads anywhere.
  if (nearestRatio > unlikeRatio || pairedRatio > unpairedRatio)
    return {state: nearest[0], unexplainedRatio: Infinity, isConverged: false, nearestRatio};
  const found = await coarseSearchFirst(engine, planes, {start, nearest}, {...options, range: widestRange});
  return found;
}

const spreadOf = ({lateralMm, rotationDeg}: SearchRange): Spread => ({
  lateralMm: drawnSpread * lateralMm,
  rotationDeg: drawnSpread * rotationDeg,
  ...frameSpread,
});

/** Aligns benches in their order, on some of the planes, until one has converged on all. */
async function coarseSearchFirst(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {start, nearest}: {readonly start: BenchState; readonly nearest: readonly BenchState[]},
  {range, arrangement, free, signal, onStep}: FarSearchOptions & {readonly range: SearchRange},
): Promise<CoarseSearchResult> {
  const common = {range, around: start, arrangement, free, signal};
  let best: CoarseSearchResult = {state: start, unexplainedRatio: Infinity, isConverged: false};
  for (const [i, from] of nearest.entries()) {
    onStep?.(`from far away, start ${i + 1} of ${nearest.length}`);
    const tried = planes.slice(0, triedPlanes);
    const found = await coarseSearch(engine, tried, from, {...common, schedules: [blurredFirst]});
    const whole =
      found.unexplainedRatio < worthAll ? await coarseSearch(engine, planes, found.state, common) : found;
    if (whole.unexplainedRatio < best.unexplainedRatio) best = {...whole, isConverged: false};
    if (whole.isConverged && whole !== found) return whole;
  }
  return best;
}
