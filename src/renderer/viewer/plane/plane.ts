/** A measured or simulated plane on a regular grid: row 0 is the smallest y, column 0 the smallest x. */
export interface Plane {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns values, row after row, in the unit given beside it; NaN is not measured. */
  readonly values: Float32Array;
  /** Centres of the first and the last column, mm. */
  readonly xMm: readonly [first: number, last: number];
  /** Centres of the first and the last row, mm. */
  readonly yMm: readonly [first: number, last: number];
}

/** A place in the plane, mm. */
export interface PointMm {
  readonly xMm: number;
  readonly yMm: number;
}

/** An upright rectangle, mm; low <= high. */
export interface RectMm {
  readonly xMm: readonly [low: number, high: number];
  readonly yMm: readonly [low: number, high: number];
}

/** Distance of neighbouring centres, mm; 1 for a single row or column, which has none. */
export function pitchMm(plane: Plane): PointMm {
  const pitch = ([first, last]: readonly [number, number], count: number) =>
    count > 1 && last !== first ? (last - first) / (count - 1) : 1;
  const xMm = pitch(plane.xMm, plane.columns);
  const yMm = pitch(plane.yMm, plane.rows);
  return {
    xMm: plane.columns > 1 ? xMm : Math.abs(yMm),
    yMm: plane.rows > 1 ? yMm : Math.abs(xMm),
  };
}

/** Outer edges of the cells, mm, low before high also where a grid was stored from high to low. */
export function planeBoundsMm(plane: Plane): RectMm {
  const {xMm: dx, yMm: dy} = pitchMm(plane);
  const edges = ([first, last]: readonly [number, number], step: number): readonly [number, number] => {
    const a = first - step / 2;
    const b = last + step / 2;
    return a < b ? [a, b] : [b, a];
  };
  return {xMm: edges(plane.xMm, dx), yMm: edges(plane.yMm, dy)};
}

/** A cell of a plane. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell that holds a place, or null outside. */
export function cellAtMm(plane: Plane, point: PointMm): Cell | null {
  const {xMm: dx, yMm: dy} = pitchMm(plane);
  const column = Math.round((point.xMm - plane.xMm[0]) / dx);
  const row = Math.round((point.yMm - plane.yMm[0]) / dy);
  const isInside = row >= 0 && row < plane.rows && column >= 0 && column < plane.columns;
  return isInside ? {row, column} : null;
}

/** Centre of a cell, mm. */
export function cellCentreMm(plane: Plane, {row, column}: Cell): PointMm {
  const {xMm: dx, yMm: dy} = pitchMm(plane);
  return {xMm: plane.xMm[0] + column * dx, yMm: plane.yMm[0] + row * dy};
}

/** Value of the cell at a place; NaN outside and where nothing is measured. */
export function valueAtMm(plane: Plane, point: PointMm): number {
  const cell = cellAtMm(plane, point);
  return cell ? plane.values[cell.row * plane.columns + cell.column] : NaN;
}
