import {digitsText} from '../../base/number-format.ts';
import type {MapAnswers, MapPlacement} from '../../contract/map-import.ts';
import {positionMm, type Grid} from '../../contract/optics.ts';
import type {MapTable} from './oriented-map.ts';

/** Relative difference of pitches that is none. */
const samePitch = 1e-6;

const unmoved: MapPlacement = {dxMm: 0, dyMm: 0, rotationDeg: 0};

/**
 * The values of a map at the samples of a plate: as they are, about the middle with 0 around, or read at the samples'
 * places. Throws Error with a sentence that names both sizes where they do not fit.
 */
export function fitMap(map: MapTable, grid: Grid, {fit, pitchMm, quantity}: MapAnswers): Float64Array {
  if (fit === 'resample')
    return resampleMap(map, pitchMm, grid, {
      isNearest: quantity.kind !== 'height',
      placement: unmoved,
      isRefusedBeyond: true,
    });
  if (Math.abs(pitchMm / grid.pitchMm - 1) > samePitch)
    throw new Error(
      `its samples are ${pitchMm} mm apart and those of the plates ${grid.pitchMm} mm; read it at the plates' samples (resample), or correct the pitch`,
    );
  const {rows, columns} = map;
  if (rows === grid.count && columns === grid.count) return map.values;
  if (fit === 'exact')
    throw new Error(
      `it has ${rows} x ${columns} samples and the plates have ${grid.count} x ${grid.count}; it is padded or cropped about its middle only when that is asked for`,
    );
  return padOrCrop(map, grid);
}

/** The middles lie on each other; where that is half a sample off, the sizes do not fit. */
function padOrCrop({rows, columns, values}: MapTable, {count}: Grid): Float64Array {
  if ((count - rows) % 2 !== 0 || (count - columns) % 2 !== 0)
    throw new Error(
      `its ${rows} x ${columns} samples and the ${count} x ${count} of the plates have no common middle (one is even, the other odd); read it at the plates' samples (resample)`,
    );
  const [top, left] = [(count - rows) / 2, (count - columns) / 2];
  const out = new Float64Array(count * count);
  for (let row = Math.max(0, top); row < Math.min(count, top + rows); row++)
    for (let column = Math.max(0, left); column < Math.min(count, left + columns); column++)
      out[row * count + column] = values[(row - top) * columns + column - left];
  return out;
}

/** How a map is read between its samples, and where it lies. */
export interface ResampleOptions {
  /** The nearest sample instead of a value between four. */
  readonly isNearest: boolean;
  readonly placement: MapPlacement;
  /** Throws where the plate is larger than the map; else NaN stands there. */
  readonly isRefusedBeyond: boolean;
}

/**
 * The values of a map of its own pitch at the samples of a plate. The map's middle lies at dx, dy of the plate's and is
 * turned from x to y: a place (x, y) of the plate is read at R(-rotation) ((x, y) - (dx, dy)) of the map. NaN where one
 * of the samples that it is read from is NaN. Throws Error where the plate reaches beyond the map by more than half a
 * sample of either.
 */
export function resampleMap(
  {rows, columns, values}: MapTable,
  pitchMm: number,
  grid: Grid,
  {isNearest, placement: {dxMm, dyMm, rotationDeg}, isRefusedBeyond}: ResampleOptions,
): Float64Array {
  const angle = (rotationDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Half a pixel of the plate lies beyond its outermost sample, and half a sample beyond the map's.
  const slack = 0.5 + 1e-9;
  const {count} = grid;
  const out = new Float64Array(count * count);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      const [x, y] = [positionMm(grid, column) - dxMm, positionMm(grid, row) - dyMm];
      const u = (cos * x + sin * y) / pitchMm + (columns - 1) / 2;
      const v = (cos * y - sin * x) / pitchMm + (rows - 1) / 2;
      const isBeyond = u < -slack || v < -slack || u > columns - 1 + slack || v > rows - 1 + slack;
      if (isBeyond && isRefusedBeyond)
        throw new Error(
          `it covers ${digitsText(columns * pitchMm, 4)} x ${digitsText(rows * pitchMm, 4)} mm, and the plates are ${digitsText(count * grid.pitchMm, 4)} mm wide: the place x ${digitsText(x + dxMm, 4)}, y ${digitsText(y + dyMm, 4)} mm lies outside it`,
        );
      const at = row * count + column;
      if (isBeyond) out[at] = NaN;
      else out[at] = valueAt({rows, columns, values}, u, v, isNearest);
    }
  return out;
}

function valueAt({rows, columns, values}: MapTable, u: number, v: number, isNearest: boolean): number {
  const clamp = (value: number, count: number): number => Math.min(Math.max(value, 0), count - 1);
  const [x, y] = [clamp(u, columns), clamp(v, rows)];
  if (isNearest) return values[Math.round(y) * columns + Math.round(x)];
  const [left, low] = [Math.floor(x), Math.floor(y)];
  const [a, b] = [x - left, y - low];
  const [right, high] = [Math.min(left + 1, columns - 1), Math.min(low + 1, rows - 1)];
  // A sample without weight may be missing.
  const part = (weight: number, row: number, column: number): number =>
    weight === 0 ? 0 : weight * values[row * columns + column];
  return (
    part((1 - a) * (1 - b), low, left) +
    part(a * (1 - b), low, right) +
    part((1 - a) * b, high, left) +
    part(a * b, high, right)
  );
}
