import type {DigitChoice, DigitPlanes} from '../../contract/api/index.ts';
import type {Plane} from '../viewer/index.ts';

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
export function maskPlane({
  count,
  pitchMm,
  amplitude,
}: Pick<DigitPlanes['mask'], 'count' | 'pitchMm' | 'amplitude'>): Plane {
  const halfMm = ((count - 1) / 2) * pitchMm;
  return {rows: count, columns: count, values: amplitude, xMm: [-halfMm, halfMm], yMm: [-halfMm, halfMm]};
}
