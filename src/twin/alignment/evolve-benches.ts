import {createRandom, type Random} from '../../base/random.ts';
import {
  blurredMisfit,
  displaced,
  drawBench,
  evaluateBenches,
  type FarSearchOptions,
  type Spread,
  withHeld,
} from './drawn-benches.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {AlignmentEngine} from './problem.ts';
import type {BenchState} from './state.ts';

/** Benches drawn at the beginning, kept from one generation to the next, and new in each. */
const drawnCount = 300;
const keptCount = 30;
const childCount = 80;
const generationCount = 8;
/** Blur under which they are held against the planes, from the first generation to the last, mm. */
const blurMm = {first: 2.5, last: 1.2};
/** How far a part is moved in a child, as a part of the spread, in the first generation and in the last. */
const step = {first: 0.45, last: 0.11};

interface Bench {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
}

/**
 * Benches that come nearest to blurred planes out of generations: each plate of a new bench is that of one of two of
 * the best before, every other one moved a little, under a blur that becomes smaller. A plate that stands right shows
 * in a plane whatever the others do, so that right ones gather. Nearest first; the draws are the same every time.
 */
export async function evolveBenches(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {start, spread}: {readonly start: BenchState; readonly spread: Spread},
  {arrangement, free, signal, onStep}: FarSearchOptions = {},
): Promise<{
  readonly benches: readonly BenchState[];
  /** Misfit of the nearest over that of `start`. */
  readonly nearestRatio: number;
  /** Misfit of the nearest over that with the masks exchanged; 0 of a single plane. */
  readonly pairedRatio: number;
}> {
  const random = createRandom('generations');
  let benches: Bench[] = [];
  for (let generation = 0; generation <= generationCount; generation++) {
    const done = generation / generationCount;
    const text = `further off, generation ${generation} of ${generationCount}`;
    onStep?.(text);
    const drawn = (
      generation === 0
        ? Array.from({length: drawnCount}, () => drawBench(random, start, spread))
        : Array.from({length: childCount}, () => {
            const part = step.first + (step.last - step.first) * done;
            return childOf(random, [pick(random, benches), pick(random, benches)], {
              lateralMm: part * spread.lateralMm,
              rotationDeg: part * spread.rotationDeg,
            });
          })
    ).map((bench) => withHeld(bench, start, free));
    const values = await evaluateBenches(engine, planes.length, drawn, {arrangement, signal});
    const misfitOf = blurredMisfit(planes, blurMm.first + (blurMm.last - blurMm.first) * done);
    benches = [...benches, ...drawn.map((state, i) => ({state, values: values[i]}))]
      .map((bench) => ({...bench, misfit: misfitOf(bench.values)}))
      .sort((a, b) => a.misfit - b.misfit)
      .slice(0, keptCount);
  }
  const [known] = await evaluateBenches(engine, planes.length, [start], {arrangement, signal});
  const nearest = benches[0].values;
  const misfitOf = blurredMisfit(planes, blurMm.last);
  // The same prediction against the planes of the other masks, in turn.
  const exchanged = planes.slice(1).map((_, i) => {
    const values = planes.map((__, plane) => nearest[(plane + i + 1) % planes.length]);
    return misfitOf(values);
  });
  return {
    benches: benches.map(({state}) => state),
    nearestRatio: misfitOf(nearest) / misfitOf(known),
    pairedRatio: exchanged.length > 0 ? misfitOf(nearest) / Math.min(...exchanged) : 0,
  };
}

/** The nearer, the likelier. */
const pick = (random: Random, benches: readonly Bench[]): BenchState =>
  benches[Math.floor(benches.length * random.uniform() ** 2)].state;

function childOf(
  random: Random,
  [one, other]: readonly [BenchState, BenchState],
  moved: Pick<Spread, 'lateralMm' | 'rotationDeg'>,
): BenchState {
  const inherit = <Part extends BenchState['plates'][number] | BenchState['frame']>(
    a: Part,
    b: Part,
  ): Part => {
    const own = random.uniform() < 0.5 ? a : b;
    return random.uniform() < 0.5 ? own : displaced(random, own, moved.lateralMm, moved.rotationDeg);
  };
  return {
    ...one,
    plates: one.plates.map((plate, i) => inherit(plate, other.plates[i])),
    frame: inherit(one.frame, other.frame),
  };
}
