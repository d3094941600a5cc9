import type {ComplexPlane, RealArray, RealPlane} from '../contract/optics.ts';
import type {Placement} from '../contract/placement.ts';

/** A turn about the beam as whole quarter turns (0..3, from x to y) and a rest of at most 45 degrees. */
export function splitTurn(rotationDeg: number): {quarterTurns: number; restDeg: number} {
  const quarters = Math.round(rotationDeg / 90);
  return {quarterTurns: ((quarters % 4) + 4) % 4, restDeg: rotationDeg - 90 * quarters};
}

/** Values of a square plane after flips in its own frame and then quarter turns from x to y. */
function orientValues(
  values: RealArray,
  count: number,
  {flipX, flipY, quarterTurns}: {flipX: boolean; flipY: boolean; quarterTurns: number},
): RealArray {
  const out = new Float64Array(values.length);
  const last = count - 1;
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      // What is seen at a place after a turn stood at the place turned back: (x, y) came from (y, -x).
      let [u, v] = [column, row];
      for (let turn = 0; turn < quarterTurns; turn++) [u, v] = [v, last - u];
      out[row * count + column] = values[(flipY ? last - v : v) * count + (flipX ? last - u : u)];
    }
  return out;
}

type Orientation = Pick<Placement, 'flipX' | 'flipY' | 'rotationDeg'>;

/** A relief, or a mask, as it stands: flipped and turned by the quarter turns that its placement holds. */
export function orientRelief(relief: RealPlane, {flipX, flipY, rotationDeg}: Orientation): RealPlane {
  const {quarterTurns} = splitTurn(rotationDeg);
  if (!flipX && !flipY && quarterTurns === 0) return relief;
  const {grid, values} = relief;
  return {grid, values: orientValues(values, grid.count, {flipX, flipY, quarterTurns})};
}

/** As `orientRelief`, for a transmission. */
export function orientObject(object: ComplexPlane, {flipX, flipY, rotationDeg}: Orientation): ComplexPlane {
  const {quarterTurns} = splitTurn(rotationDeg);
  if (!flipX && !flipY && quarterTurns === 0) return object;
  const {grid, re, im} = object;
  const turn = {flipX, flipY, quarterTurns};
  return {grid, re: orientValues(re, grid.count, turn), im: orientValues(im, grid.count, turn)};
}
