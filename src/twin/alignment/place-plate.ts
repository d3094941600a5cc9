import {computePearson} from '../metrics/index.ts';
import type {SearchRange} from './coarse-search.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {EvaluateBench} from './problem.ts';
import {smootherFor} from './smoothing.ts';
import type {BenchState, PlateState} from './state.ts';

/** A bench with the plate in one of the places tried, and how well the planes agree with it. */
export interface PlatePlace {
  readonly state: BenchState;
  /** Mean correlation of the planes there, square roots of the power, as blurred as in the last round. */
  readonly correlation: number;
}

interface Round {
  readonly blurMm: number;
  /** Distance of neighbouring tries as a part of the range, and how many to each side of a place. */
  readonly spacing: number;
  readonly reach: number;
  readonly turnReach: number;
  /** Places that go on to the next round. */
  readonly keep: number;
}

/**
 * From all over the range to within a pixel of the plate, where a fit leads on: planes blurred less and less, so that
 * what is looked for is never narrower than the distance of the tries.
 */
const rounds: readonly Round[] = [
  {blurMm: 2, spacing: 0.45, reach: 2, turnReach: 1, keep: 6},
  {blurMm: 1.2, spacing: 0.225, reach: 1, turnReach: 1, keep: 3},
  {blurMm: 0.7, spacing: 0.11, reach: 1, turnReach: 1, keep: 1},
];
/** Turns are tried further apart than shifts: at a plate's half radius a degree is a third of a millimetre. */
const turnSpacing = 1.6;

/** The plate that is looked for, and the bench around it. */
export interface PlateToPlace {
  /** Everything else as known. */
  readonly start: BenchState;
  /** From 0. */
  readonly plate: number;
  /** How far off the plate may stand. */
  readonly range: SearchRange;
}

/**
 * Looks for one plate while everything else is known: tries all over the range (limits, not standard deviations) and
 * closer around the best, on the coarse grid and without derivatives. It finds what a fit from the middle misses, above
 * all for plates near the detector, whose light moves with them.
 */
export async function placePlate(
  evaluate: EvaluateBench,
  planes: readonly MeasuredPlane[],
  {start, plate, range}: PlateToPlace,
  {
    signal,
    onRound,
  }: {readonly signal?: AbortSignal | undefined; readonly onRound?: (round: number) => void} = {},
): Promise<PlatePlace> {
  let places: readonly PlatePlace[] = [{state: start, correlation: -1}];
  for (const [index, round] of rounds.entries()) {
    onRound?.(index + 1);
    const tries = uniqueTries(places, plate, round, range);
    const smoothers = planes.map(({xMm, yMm}) => smootherFor(xMm, yMm, round.blurMm, round.blurMm));
    const measured = planes.map(({values}, i) => smoothers[i].apply(rootsOf(values)));
    const found: PlatePlace[] = [];
    for (const state of tries) {
      signal?.throwIfAborted();
      const values = await evaluate(
        planes.map((_, i) => ({state, parameters: [], plane: i, grain: 'coarse' as const})),
      );
      const sum = values.reduce(
        (total, {power}, i) =>
          total + (computePearson(measured[i], smoothers[i].apply(rootsOf(power))) ?? -1),
        0,
      );
      found.push({state, correlation: sum / planes.length});
    }
    places = found.sort((a, b) => b.correlation - a.correlation).slice(0, round.keep);
  }
  return places[0];
}

const rootsOf = (values: Float64Array): Float64Array => values.map((value) => Math.sqrt(Math.max(value, 0)));

/** Tries around each place, within the range around where the plate should stand; each only once. */
function uniqueTries(
  places: readonly PlatePlace[],
  plate: number,
  {spacing, reach, turnReach}: Round,
  {lateralMm, rotationDeg}: SearchRange,
): BenchState[] {
  const stepMm = spacing * lateralMm;
  const stepDeg = Math.min(turnSpacing * spacing, 1) * rotationDeg;
  const tries = new Map<string, BenchState>();
  for (const {state} of places)
    for (let v = -reach; v <= reach; v++)
      for (let u = -reach; u <= reach; u++)
        for (let turn = -turnReach; turn <= turnReach; turn++) {
          const own = state.plates[plate];
          const moved: PlateState = {
            ...own,
            dxMm: own.dxMm + u * stepMm,
            dyMm: own.dyMm + v * stepMm,
            rotationDeg: own.rotationDeg + turn * stepDeg,
          };
          const key = [moved.dxMm, moved.dyMm, moved.rotationDeg].map((value) => value.toFixed(3)).join(' ');
          if (!tries.has(key)) tries.set(key, {...state, plates: state.plates.with(plate, moved)});
        }
  return [...tries.values()];
}
