import type {Plane, ValueRange} from '../../viewer/index.ts';

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
