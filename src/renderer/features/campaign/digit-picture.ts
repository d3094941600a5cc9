import type {DigitChoice, DigitPlanes} from '../../../contract/api/index.ts';
import type {Plane, ValueRange} from '../../viewer/index.ts';

const side = 28;
const pictures = new WeakMap<Uint8Array, Plane>();

/** A digit's grey picture as a plane, upright: the picture's rows go down, a plane's go up. Kept with the picture. */
export function picturePlane(picture: DigitChoice['picture']): Plane {
  const known = pictures.get(picture);
  if (known) return known;
  const values = new Float32Array(side * side);
  for (let row = 0; row < side; row++)
    values.set(picture.subarray(row * side, (row + 1) * side), (side - 1 - row) * side);
  const plane: Plane = {rows: side, columns: side, values, xMm: [0, side - 1], yMm: [0, side - 1]};
  pictures.set(picture, plane);
  return plane;
}

/** The mask as a plane around the axis; its rows go up already. */
export function maskPlane({count, pitchMm, amplitude}: DigitPlanes['mask']): Plane {
  const halfMm = ((count - 1) / 2) * pitchMm;
  return {rows: count, columns: count, values: amplitude, xMm: [-halfMm, halfMm], yMm: [-halfMm, halfMm]};
}

/** measured - simulated, cell by cell; NaN where one of them is missing. Null when their grids differ. */
export function differencePlane(measured: Plane, simulated: Plane): Plane | null {
  if (measured.rows !== simulated.rows || measured.columns !== simulated.columns) return null;
  return {...measured, values: measured.values.map((value, cell) => value - simulated.values[cell])};
}

/** One range for planes that are looked at side by side; cells that are not measured have no say. */
export function sharedRange(planes: readonly (Plane | null)[]): ValueRange {
  let [low, high] = [Infinity, -Infinity];
  for (const plane of planes) {
    if (!plane) continue;
    for (const value of plane.values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high > low ? [low, high] : [0, 1];
}

/** The largest size of a difference, so that its colours are centred on zero; null when there is none. */
export function symmetricRange(plane: Plane): ValueRange {
  let reach = 0;
  for (const value of plane.values) if (Math.abs(value) > reach) reach = Math.abs(value);
  return reach > 0 ? [-reach, reach] : [-1, 1];
}
