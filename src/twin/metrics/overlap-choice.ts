import type {OverlapReading} from './overlap-test.ts';

/** Points of a run in the order of measuring; the imaginary part of a real signal is 0. */
export interface OverlapCandidates {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly real: ArrayLike<number>;
  readonly imaginary: ArrayLike<number>;
}

/** A point to be measured again. */
export interface ChosenPoint {
  /** Its place in the order of measuring, from 0; there is one before it. */
  readonly row: number;
  readonly slopePerMm: {readonly x: OverlapReading; readonly y: OverlapReading};
}

/** What the neighbours of a point say of its place. */
interface Surroundings {
  readonly strength: number;
  readonly slopePerMm: ChosenPoint['slopePerMm'];
}

/** Neighbours lie nearer than this many steps: those across the corner do, those two steps away do not. */
const neighbourSteps = 1.6;
/** Of a long stretch so many points, evenly spread, are looked at. */
const mostLookedAt = 200;

/**
 * Points that tell most of what may have changed, spread over all that was measured: one of each of `count` equal
 * stretches, in turn the strongest, the one where the signal changes most along x, and along y; and the last one, which is
 * nearest to the interruption. What a point is chosen by is what its neighbours read, never its own reading: one that was
 * chosen for being high would be lower the next time.
 */
export function chooseOverlap(points: OverlapCandidates, count: number): readonly ChosenPoint[] {
  const {length} = points.xMm;
  const around = createSurroundings(points);
  const chosen = new Map<number, Surroundings>();
  const measures = [
    ({strength}: Surroundings) => strength,
    ({slopePerMm}: Surroundings) => sizeOf(slopePerMm.x),
    ({slopePerMm}: Surroundings) => sizeOf(slopePerMm.y),
  ] as const;
  const total = length - 1;
  for (let stretch = 0; stretch < count; stretch++) {
    const measure = measures[stretch % measures.length];
    const [from, to] = [
      1 + Math.floor((stretch * total) / count),
      1 + Math.floor(((stretch + 1) * total) / count),
    ];
    const stride = Math.max(1, Math.ceil((to - from) / mostLookedAt));
    let best: {readonly row: number; readonly found: Surroundings} | undefined;
    for (let row = from; row < to; row += stride) {
      const found = around(row);
      if (!best || measure(found) > measure(best.found)) best = {row, found};
    }
    if (best) chosen.set(best.row, best.found);
  }
  if (length > 1) chosen.set(length - 1, around(length - 1));
  return [...chosen].sort(([one], [other]) => one - other).map(([row, {slopePerMm}]) => ({row, slopePerMm}));
}

const sizeOf = ({real, imaginary}: OverlapReading): number => Math.hypot(real, imaginary);
const none: OverlapReading = {real: 0, imaginary: 0};

/** Mean and slopes of the neighbours of a point (least squares of a plane through them). */
function createSurroundings(points: OverlapCandidates): (row: number) => Surroundings {
  const {xMm, yMm, real, imaginary} = points;
  const reachMm = neighbourSteps * stepOf(points);
  const cellOf = (mm: number): number => (reachMm > 0 ? Math.floor(mm / reachMm) : 0);
  // Cells of the size of the reach: neighbours of a point lie in its own and the eight around it.
  const cells = new Map<number, number[]>();
  const keyOf = (column: number, row: number): number => column * 1_000_003 + row;
  for (let row = 0; row < xMm.length; row++) {
    if (!Number.isFinite(xMm[row]) || !Number.isFinite(yMm[row]) || !Number.isFinite(real[row])) continue;
    const key = keyOf(cellOf(xMm[row]), cellOf(yMm[row]));
    const cell = cells.get(key);
    if (cell) cell.push(row);
    else cells.set(key, [row]);
  }
  const neighboursOf = (row: number): number[] => {
    const found: number[] = [];
    for (let u = -1; u <= 1; u++)
      for (let v = -1; v <= 1; v++)
        for (const other of cells.get(keyOf(cellOf(xMm[row]) + u, cellOf(yMm[row]) + v)) ?? [])
          if (other !== row && Math.hypot(xMm[other] - xMm[row], yMm[other] - yMm[row]) <= reachMm)
            found.push(other);
    return found;
  };

  return (row) => {
    const rows = neighboursOf(row);
    if (rows.length < 2) return {strength: 0, slopePerMm: {x: none, y: none}};
    const mean = (values: ArrayLike<number>): number =>
      rows.reduce((sum, i) => sum + values[i], 0) / rows.length;
    const [meanX, meanY, meanReal, meanImaginary] = [mean(xMm), mean(yMm), mean(real), mean(imaginary)];
    let [xx, xy, yy] = [0, 0, 0];
    const [ofX, ofY] = [
      {real: 0, imaginary: 0},
      {real: 0, imaginary: 0},
    ];
    for (const i of rows) {
      const [dx, dy] = [xMm[i] - meanX, yMm[i] - meanY];
      const [dReal, dImaginary] = [real[i] - meanReal, imaginary[i] - meanImaginary];
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      ofX.real += dx * dReal;
      ofX.imaginary += dx * dImaginary;
      ofY.real += dy * dReal;
      ofY.imaginary += dy * dImaginary;
    }
    return {
      strength: Math.hypot(meanReal, meanImaginary),
      slopePerMm: slopesFrom({xx, xy, yy}, ofX, ofY, reachMm),
    };
  };
}

/** Slopes by the normal equations; none along an axis along which the neighbours do not lie apart. */
function slopesFrom(
  {xx, xy, yy}: {readonly xx: number; readonly xy: number; readonly yy: number},
  ofX: OverlapReading,
  ofY: OverlapReading,
  reachMm: number,
): ChosenPoint['slopePerMm'] {
  const least = 1e-3 * reachMm ** 2;
  if (xx < least && yy < least) return {x: none, y: none};
  if (yy < least) return {x: {real: ofX.real / xx, imaginary: ofX.imaginary / xx}, y: none};
  if (xx < least) return {x: none, y: {real: ofY.real / yy, imaginary: ofY.imaginary / yy}};
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-6 * xx * yy) return {x: none, y: none};
  const solve = (a: number, b: number): readonly [number, number] => [
    (yy * a - xy * b) / determinant,
    (xx * b - xy * a) / determinant,
  ];
  const [xReal, yReal] = solve(ofX.real, ofY.real);
  const [xImaginary, yImaginary] = solve(ofX.imaginary, ofY.imaginary);
  return {x: {real: xReal, imaginary: xImaginary}, y: {real: yReal, imaginary: yImaginary}};
}

/** The smallest distance between one point and the next, mm: in a raster its step. */
function stepOf({xMm, yMm}: OverlapCandidates): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let row = 1; row < xMm.length; row++) {
    const mm = Math.hypot(xMm[row] - xMm[row - 1], yMm[row] - yMm[row - 1]);
    if (mm > 1e-3 && mm < smallest) smallest = mm;
  }
  return Number.isFinite(smallest) ? smallest : 0;
}
