import type {DigitChoice} from '../../../contract/api/index.ts';
import type {Plane} from '../../viewer/index.ts';

const side = 28;
const planes = new WeakMap<Uint8Array, Plane>();

/** A digit's picture as a plane, upright: the picture's rows go down, a plane's go up. Kept with the picture. */
export function digitPlane({picture}: Pick<DigitChoice, 'picture'>): Plane {
  const known = planes.get(picture);
  if (known) return known;
  const values = new Float32Array(side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      values[(side - 1 - row) * side + column] = picture[row * side + column] ?? 0;
  const plane: Plane = {rows: side, columns: side, values, xMm: [0, side - 1], yMm: [0, side - 1]};
  planes.set(picture, plane);
  return plane;
}
