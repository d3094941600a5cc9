import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import type {ReadDetector} from '../../contract/design-file.ts';
import {onePlaneOf} from '../../contract/read-out.ts';
import {
  computePearson,
  computeRegionEnergies,
  computePlaneWeights,
  createReadOut,
  findWinner,
} from '../metrics/index.ts';
import type {Grid} from '../../contract/optics.ts';
import {createParameter, moveState, type Parameter, type ParameterTarget} from './parameters.ts';
import type {EvaluateBench} from './problem.ts';
import type {BenchState} from './state.ts';

/** One object of a sensitivity table: its class, if it has one. */
export interface SensitivityObject {
  readonly label: string;
}

/**
 * What a sensitivity table is computed from: a design at `start`, objects to show it, and the regions that are
 * summed.
 */
export interface SensitivityInput {
  readonly evaluate: EvaluateBench;
  readonly start: BenchState;
  readonly objects: readonly SensitivityObject[];
  readonly detector: ReadDetector;
  /** Grid of the output samples that `evaluate` was given as points, row-major. */
  readonly grid: Grid;
  readonly wavelengthMm: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (doneRatio: number) => void;
}

/** Steps in wavelengths for shifts, in mm for gaps, in degrees for turns: what a print shop, a holder and a hand do. */
const steps = {
  lateral: [0.125, 0.25, 0.5, 1, 2],
  axialMm: [0.25, 0.5, 1, 2],
  angleDeg: [0.25, 0.5, 1, 2],
  index: [0.005, 0.01, 0.02, 0.05],
} as const;

/** Part of the correlation that may be lost before a degree of freedom is said to be out of tolerance. */
const keptMatch = 0.95;

/**
 * What each degree of freedom does to a design before anything is measured: accuracy (the winner is the class),
 * match (the winner is that of the bench as designed) and correlation of the output planes, for a series of
 * errors, one at a time; and the largest error that still leaves 95 % match (interpolated).
 */
export async function computeSensitivity(input: SensitivityInput): Promise<AlignmentSensitivity> {
  const {evaluate, start, objects, detector, grid, wavelengthMm, signal, onProgress} = input;
  const weights = computePlaneWeights(grid, detector.regions);
  const readOut = createReadOut(onePlaneOf(detector));
  const planesOf = async (state: BenchState): Promise<readonly Float64Array[]> =>
    (
      await evaluate(objects.map((_, plane) => ({state, parameters: [], plane, grain: 'coarse' as const})))
    ).map(({power}) => power);
  const winnerOf = (plane: Float64Array): number =>
    findWinner(readOut.scoresOf(computeRegionEnergies(weights, plane)));
  const reference = await planesOf(start);
  const winners = reference.map(winnerOf);
  const classOf = objects.map(({label}) => readOut.labels.indexOf(label));
  const rateOf = (own: readonly number[], against: readonly number[]): number =>
    own.filter((winner, i) => winner === against[i]).length / own.length;

  const series = listSeries(start, wavelengthMm);
  const total = series.reduce((sum, {sizes}) => sum + sizes.length, 0);
  let done = 0;
  const rows: AlignmentSensitivity['rows'] = [];
  for (const {parameter, sizes} of series) {
    const points: AlignmentSensitivity['rows'][number]['points'] = [];
    for (const size of sizes) {
      signal?.throwIfAborted();
      const planes = await planesOf(moveState(start, [parameter], [size]));
      const own = planes.map(winnerOf);
      points.push({
        size,
        accuracy: rateOf(own, classOf),
        match: rateOf(own, winners),
        correlation:
          planes.reduce((sum, plane, i) => sum + (computePearson(plane, reference[i]) ?? 0), 0) /
          planes.length,
      });
      onProgress?.(++done / total);
    }
    rows.push({
      name: parameter.name,
      unit: parameter.unit,
      inWavelengths: parameter.unit === 'mm',
      points,
      tolerance: toleranceFrom(points),
    });
  }
  return {
    wavelengthMm,
    objectCount: objects.length,
    accuracyAsDesigned: rateOf(winners, classOf),
    rows: rows.sort((a, b) => worstMatch(a) - worstMatch(b)),
  };
}

const worstMatch = ({points}: AlignmentSensitivity['rows'][number]): number =>
  Math.min(...points.map(({match}) => match));

/** Largest error with 95 % match, between the last step that keeps it and the first that does not; null if all keep it. */
function toleranceFrom(points: AlignmentSensitivity['rows'][number]['points']): number | null {
  let [size, match] = [0, 1];
  for (const point of points) {
    if (point.match < keptMatch) {
      const part = (match - keptMatch) / Math.max(match - point.match, 1e-9);
      return size + part * (point.size - size);
    }
    [size, match] = [point.size, point.match];
  }
  return null;
}

function listSeries(
  start: BenchState,
  wavelengthMm: number,
): {readonly parameter: Parameter; readonly sizes: readonly number[]}[] {
  const lateral = steps.lateral.map((size) => size * wavelengthMm);
  const sizesOf = (quantity: string): readonly number[] =>
    quantity === 'dz'
      ? steps.axialMm
      : quantity === 'rotation' || quantity === 'tiltX' || quantity === 'tiltY'
        ? steps.angleDeg
        : quantity === 'n'
          ? steps.index
          : lateral;
  const targets: ParameterTarget[] = start.plates.flatMap((_, plate) =>
    (['dx', 'dy', 'dz', 'rotation', 'tiltX', 'tiltY'] as const).map((quantity) => ({
      part: 'plate' as const,
      plate,
      quantity,
    })),
  );
  for (const quantity of ['dx', 'dy', 'rotation'] as const)
    targets.push({part: 'object', quantity}, {part: 'frame', quantity});
  targets.push({part: 'plates', quantity: 'n'});
  return targets.map((target) => ({parameter: createParameter(target), sizes: sizesOf(target.quantity)}));
}
