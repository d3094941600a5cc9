import type {Plane} from '../../../contract/api/index.ts';

/** A line of values through a plane. */
export interface Profile {
  readonly placeMm: Float64Array;
  readonly values: Float64Array;
}

/** Place of a sample on a side of the plane, mm. */
const placeMm = ([first, last]: readonly [number, number], count: number, index: number): number =>
  count > 1 ? first + ((last - first) * index) / (count - 1) : first;

const nearest = ([first, last]: readonly [number, number], count: number, atMm: number): number =>
  count > 1 ? Math.round(((atMm - first) / (last - first)) * (count - 1)) : 0;

/**
 * The row (`x`: along x) or the column (`y`) of a plane at a place, mm, values divided by `divisor`. Null where the
 * plane does not reach. Unmeasured cells are NaN.
 */
export function profileAt(
  plane: Plane,
  along: 'x' | 'y',
  at: {readonly xMm: number; readonly yMm: number},
  divisor = 1,
): Profile | null {
  const {rows, columns, values} = plane;
  const isRow = along === 'x';
  const line = isRow ? nearest(plane.yMm, rows, at.yMm) : nearest(plane.xMm, columns, at.xMm);
  if (!(line >= 0 && line < (isRow ? rows : columns))) return null;
  const count = isRow ? columns : rows;
  const span = isRow ? plane.xMm : plane.yMm;
  return {
    placeMm: Float64Array.from({length: count}, (_, i) => placeMm(span, count, i)),
    values: Float64Array.from(
      {length: count},
      (_, i) => values[isRow ? line * columns + i : i * columns + line] / divisor,
    ),
  };
}

/** Means of two planes, and how many cells they were taken over. */
export interface CommonMeans {
  readonly a: number;
  readonly b: number;
  readonly count: number;
}

/**
 * Means over the cells that both planes have, so that both become comparable by dividing; over all cells of each where
 * their grids differ. 1 stands where a mean would not be above zero.
 */
export function commonMeans(a: Plane, b: Plane): CommonMeans {
  const isOneGrid = a.rows === b.rows && a.columns === b.columns;
  const mean = ({values}: Plane, other: Plane | null): {readonly value: number; readonly count: number} => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++)
      if (Number.isFinite(values[i]) && (other === null || Number.isFinite(other.values[i]))) {
        sum += values[i];
        count++;
      }
    return {value: sum > 0 ? sum / count : 1, count};
  };
  const meanA = mean(a, isOneGrid ? b : null);
  const meanB = mean(b, isOneGrid ? a : null);
  return {a: meanA.value, b: meanB.value, count: Math.max(1, meanA.count)};
}

/** A plane with every value divided by a number. */
export const scaledPlane = (plane: Plane, divisor: number, unit: string): Plane => ({
  ...plane,
  unit,
  values: plane.values.map((value) => value / divisor),
});
