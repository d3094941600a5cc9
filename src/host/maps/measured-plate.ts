import {countOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import type {MeasuredPlate} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MeasuredHeights} from '../../contract/map-import.ts';
import type {RealPlane} from '../../contract/optics.ts';
import {describeOrientation, orientationCount, orientValues} from '../../twin/alignment/arrangement.ts';
import {resampleMap} from '../../twin/maps/fitted-map.ts';
import {mapHeightsMm} from '../../twin/maps/map-heights.ts';
import {orientMap} from '../../twin/maps/oriented-map.ts';
import {computePearson} from '../../twin/metrics/index.ts';
import {thinnedPlane} from '../designs/plate-planes.ts';
import {chosenPlanes, mapRefused, readMapFiles} from './chosen-planes.ts';

/** A measured map, and the plate that it is of. */
export interface MeasuredPlateRequest {
  readonly measured: Omit<MeasuredHeights, 'sessionUid'>;
  readonly relief: RealPlane;
}

/** What is kept of a measured map. */
export interface MeasuredErrors extends MeasuredPlate {
  /** Measured minus designed, mm; 0 where nothing was measured. */
  readonly errorsMm: Float32Array;
  readonly map: {readonly file: string; readonly sha256: string; readonly array: string};
}

/**
 * How a measured height map differs from the relief that was designed, at the plate's samples. Throws `file/invalid` for
 * maps that cannot be meant, and for one that fits the design much better mirrored or turned.
 */
export async function measurePlate({measured, relief}: MeasuredPlateRequest): Promise<MeasuredErrors> {
  const {source, answers, placement, missing, isLevelled, plate} = measured;
  const planes = chosenPlanes([source], await readMapFiles([source]), answers);
  if (planes.length !== 1)
    throw mapRefused(
      source.path,
      `it holds ${countOf(planes.length, 'map')} (${planes.map(({from}) => from).join(', ')}); name the array of this plate`,
    );
  const [{from, file, name, rows, columns, ...numbers}] = planes;
  if (answers.quantity.kind !== 'height')
    throw mapRefused(from, 'what was measured of a plate is heights, and these were called something else');
  let heights: Float64Array;
  try {
    const values = mapHeightsMm(numbers, answers, {wavelengthMm: 1, refractiveIndex: 2});
    heights = resampleMap(
      orientMap({rows, columns, values}, answers.orientation),
      answers.pitchMm,
      relief.grid,
      {
        isNearest: false,
        placement,
        isRefusedBeyond: missing === 'refuse',
      },
    );
  } catch (error) {
    throw mapRefused(from, error instanceof Error ? error.message : String(error), error);
  }
  const missingCount = heights.reduce((count, value) => (Number.isNaN(value) ? count + 1 : count), 0);
  if (missingCount > 0 && (missing === 'refuse' || missingCount === heights.length))
    throw mapRefused(
      from,
      `${countOf(missingCount, 'sample')} of the plate ${missingCount === 1 ? 'has' : 'have'} no measured height (NaN, or beyond the map); the design’s heights are taken there only when that is asked for`,
    );
  const errorsMm = errorsOf(heights, relief.values, isLevelled);
  const correlation = correlationOf(heights, relief.values);
  assertUpright(from, heights, relief, correlation);
  return {
    plate,
    ...summaryOf(errorsMm),
    errorMm: thinnedPlane({grid: relief.grid, values: errorsMm}, 'mm'),
    correlation,
    missingCount,
    errorsMm,
    map: {file: file.name, sha256: file.sha256, array: name},
  };
}

function errorsOf(heights: Float64Array, designed: ArrayLike<number>, isLevelled: boolean): Float32Array {
  const errors = heights.map((value, i) => value - designed[i]);
  const known = errors.filter((value) => !Number.isNaN(value));
  const mean = isLevelled ? known.reduce((sum, value) => sum + value, 0) / known.length : 0;
  return Float32Array.from(errors, (value) => (Number.isNaN(value) ? 0 : value - mean));
}

function summaryOf(errorsMm: Float32Array): Pick<MeasuredPlate, 'rmsMm' | 'largestMm' | 'meanMm'> {
  let [sum, squares, largest] = [0, 0, 0];
  for (const error of errorsMm) {
    sum += error;
    squares += error * error;
    largest = Math.max(largest, Math.abs(error));
  }
  return {
    rmsMm: Math.sqrt(squares / errorsMm.length),
    largestMm: largest,
    meanMm: sum / errorsMm.length,
  };
}

/** Of the samples that were measured. */
function correlationOf(heights: Float64Array, designed: ArrayLike<number>): number | null {
  const at = [...heights.keys()].filter((i) => !Number.isNaN(heights[i]));
  return computePearson(
    Float64Array.from(at, (i) => heights[i]),
    Float64Array.from(at, (i) => designed[i]),
  );
}

/** A map is taken for mirrored or turned when it fits the design by so much better that way. */
const surelyBetter = 0.2;

function assertUpright(
  from: string,
  heights: Float64Array,
  {grid, values}: RealPlane,
  own: number | null,
): void {
  if (own === null) return;
  for (let orientation = 1; orientation < orientationCount; orientation++) {
    const other = correlationOf(orientValues(heights, grid.count, orientation), values) ?? 0;
    if (other > own + surelyBetter)
      throw new BenchError(
        'file/invalid',
        `The map ${from} cannot be used: it correlates by ${fixedText(own, 2)} with the plate that was designed, and by ${fixedText(other, 2)} when it is ${describeOrientation(orientation)} (seen along the beam). Nothing was imported. Correct how it lies, or name the plate that was measured.`,
      );
  }
}
