import type {Plane} from '../../contract/api/index.ts';
import {columnOfQuantity} from '../../contract/detector.ts';
import type {Store} from '../store/open-store.ts';
import {withoutDoubt} from './doubtful-points.ts';
import {detectorOfRun} from './run-detector.ts';
import {readWholeRun} from './whole-run.ts';

/** Rows, columns and the positions of the outermost cells of a grid run, mm. */
export interface GridFrame {
  readonly rows: number;
  readonly columns: number;
  readonly xMm: readonly [first: number, last: number];
  readonly yMm: readonly [first: number, last: number];
}

/** Centres of all cells, row by row from the smallest y, mm. */
export function cellCentresOf({rows, columns, xMm, yMm}: GridFrame): {
  readonly xMm: Float64Array<ArrayBuffer>;
  readonly yMm: Float64Array<ArrayBuffer>;
} {
  const at = ([first, last]: readonly [number, number], index: number, count: number): number =>
    count > 1 ? first + ((last - first) * index) / (count - 1) : first;
  const centres = {xMm: new Float64Array(rows * columns), yMm: new Float64Array(rows * columns)};
  for (let i = 0; i < rows * columns; i++) {
    centres.xMm[i] = at(xMm, i % columns, columns);
    centres.yMm[i] = at(yMm, Math.floor(i / columns), rows);
  }
  return centres;
}

/** The grid that a run was asked to fill; undefined for runs that are no planes. */
export function gridFrameOf({
  shape,
  extents,
}: {
  readonly shape?: readonly number[];
  readonly extents?: readonly (readonly [number, number])[];
}): GridFrame | undefined {
  if (shape?.length !== 2 || extents?.length !== 2) return undefined;
  const [rows, columns] = shape;
  const [yMm, xMm] = extents;
  return rows >= 1 && columns >= 1 ? {rows, columns, xMm, yMm} : undefined;
}

/** For a position, the cell whose centre is nearest, or -1 beyond the outer edges of the grid. */
export function cellFinder({rows, columns, xMm, yMm}: GridFrame): (xMm: number, yMm: number) => number {
  const indexAlong = (count: number, [first, last]: readonly [number, number]) => {
    const perMm = count > 1 ? (count - 1) / (last - first) : 0;
    return (mm: number): number => (count > 1 ? Math.round((mm - first) * perMm) : 0);
  };
  const columnAt = indexAlong(columns, xMm);
  const rowAt = indexAlong(rows, yMm);
  return (x, y) => {
    const [row, column] = [rowAt(y), columnAt(x)];
    return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
  };
}

/**
 * A grid run's plane of one quantity (see `columnOfQuantity`), as far as it is measured. Each point fills the cell nearest to where the stage
 * really was. A cell that was not measured, or whose point is in doubt, is NaN; one measured twice holds the mean (for
 * a phase the mean direction). A run that goes on with another one shows the points of both.
 * Null for runs that are no planes.
 */
export function readRunPlane(store: Store, runUid: string, quantity: string): Plane | null {
  const whole = readWholeRun(store, runUid);
  const {run} = whole;
  const frame = gridFrameOf(run.start);
  if (!frame) return null;
  const {data} = whole.pointsOf();
  const {x_mm: xMm, y_mm: yMm} = data;
  const detector = detectorOfRun(run);
  const {name, unit} = columnOfQuantity(detector, quantity);
  const column = data[name];
  const values = column && withoutDoubt(run, column);
  if (!xMm || !yMm || !values) return planeOf(frame, nanPlane(frame), unit);
  const filled =
    name === detector.signal.complex?.phase
      ? meanDirections(frame, xMm, yMm, values)
      : meanByCell(frame, {xMm, yMm, values}).mean;
  return planeOf(frame, Float32Array.from(filled), unit);
}

/** Means of values over the cells of a grid, NaN where there is none, and how many went into each. */
export function meanByCell(
  frame: GridFrame,
  points: {
    readonly xMm: ArrayLike<number>;
    readonly yMm: ArrayLike<number>;
    readonly values: ArrayLike<number>;
  },
): {readonly mean: Float64Array; readonly counts: Uint32Array} {
  const sums = new Float64Array(frame.rows * frame.columns);
  const counts = new Uint32Array(sums.length);
  const cellAt = cellFinder(frame);
  for (let i = 0; i < points.values.length; i++) {
    const cell = cellAt(points.xMm[i], points.yMm[i]);
    const value = points.values[i];
    if (cell < 0 || !Number.isFinite(value)) continue;
    sums[cell] += value;
    counts[cell]++;
  }
  return {mean: sums.map((sum, cell) => (counts[cell] > 0 ? sum / counts[cell] : NaN)), counts};
}

function meanDirections(
  frame: GridFrame,
  xMm: Float64Array,
  yMm: Float64Array,
  thetaDeg: Float64Array,
): Float64Array {
  const radPerDeg = Math.PI / 180;
  const sin = meanByCell(frame, {xMm, yMm, values: thetaDeg.map((deg) => Math.sin(deg * radPerDeg))}).mean;
  const cos = meanByCell(frame, {xMm, yMm, values: thetaDeg.map((deg) => Math.cos(deg * radPerDeg))}).mean;
  return sin.map((value, cell) => Math.atan2(value, cos[cell]) / radPerDeg);
}

const nanPlane = ({rows, columns}: GridFrame): Float32Array<ArrayBuffer> =>
  new Float32Array(rows * columns).fill(NaN);

/** A plane of the API on a grid. */
export const planeOf = (
  {rows, columns, xMm, yMm}: GridFrame,
  values: Float32Array<ArrayBuffer>,
  unit: string,
): Plane => ({rows, columns, values, xMm: [...xMm], yMm: [...yMm], unit});

/**
 * A plane thinned to at most `largest` cells a side: each new cell is the mean of the measured ones of its block. The
 * blocks are laid over all cells, so the last ones of a side may be smaller.
 */
export function thinPlane(plane: Plane, largest: number): Plane {
  const step = Math.max(Math.ceil(plane.rows / largest), Math.ceil(plane.columns / largest));
  if (step <= 1) return plane;
  const [rows, columns] = [Math.ceil(plane.rows / step), Math.ceil(plane.columns / step)];
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let [sum, count] = [0, 0];
      for (let v = row * step; v < Math.min((row + 1) * step, plane.rows); v++)
        for (let u = column * step; u < Math.min((column + 1) * step, plane.columns); u++) {
          const value = plane.values[v * plane.columns + u];
          if (Number.isNaN(value)) continue;
          sum += value;
          count++;
        }
      values[row * columns + column] = count > 0 ? sum / count : NaN;
    }
  return {
    ...plane,
    rows,
    columns,
    values,
    xMm: thinnedSpan(plane.xMm, plane.columns, step),
    yMm: thinnedSpan(plane.yMm, plane.rows, step),
  };
}

/** Centres of the first and last block along a side. */
function thinnedSpan(
  [first, last]: readonly [number, number],
  count: number,
  step: number,
): [number, number] {
  const pitch = count > 1 ? (last - first) / (count - 1) : 0;
  const lastBlock = Math.floor((count - 1) / step) * step;
  const centerOf = (start: number, end: number): number => first + ((start + end) / 2) * pitch;
  return [centerOf(0, Math.min(step, count) - 1), centerOf(lastBlock, count - 1)];
}
