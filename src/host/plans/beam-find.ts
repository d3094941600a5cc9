import {median} from '../../base/median.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {type MeasuredPlane, gridScan} from './grid.ts';
import type {ScanOptions} from './scan.ts';

export interface BeamFindOptions extends ScanOptions {
  readonly centerMm: {readonly xMm: number; readonly yMm: number};
  readonly widthMm: number;
  readonly stepMm: number;
  /** A second raster around the peak with a quarter of the step; default true. */
  readonly isRefined?: boolean;
  /** Dark level to subtract from the signal. */
  readonly dark?: {readonly real: number; readonly imaginary: number};
}

/** Where the light is. All lengths in the bench frame, mm. */
export interface Beam {
  readonly runUids: readonly string[];
  readonly centroidMm: {readonly xMm: number; readonly yMm: number};
  /** Square roots of the second moments of the intensity; for a Gaussian half the 1/e2 radius. */
  readonly widthMm: {readonly xMm: number; readonly yMm: number};
  readonly peakMm: {readonly xMm: number; readonly yMm: number};
  readonly peakSignal: number;
}

const refinement = 4;

/** Coarse raster, then a finer one around its peak. Works before the phase is set: it uses the magnitude of the signal. */
export function* beamFind(options: BeamFindOptions): Plan<Beam> {
  const {centerMm, widthMm, stepMm, isRefined = true, dark, roles, dwell, metadata} = options;
  const base = {roles, dwell, planName: 'beam-find', ...(metadata ? {metadata} : {})};
  const coarse = yield* gridScan({
    ...base,
    grid: {centerMm, widthMm, heightMm: widthMm, stepMm, order: 'snake'},
  });
  const wide = computeBeam(coarse, dark);
  const runUids = [coarse.runUid];
  if (!isRefined) return {runUids, ...wide};
  const fine = yield* gridScan({
    ...base,
    grid: {
      centerMm: wide.peakMm,
      widthMm: 2 * stepMm,
      heightMm: 2 * stepMm,
      stepMm: stepMm / refinement,
      order: 'snake',
    },
  });
  // Moments need the whole beam, the peak needs the fine step.
  const {peakMm, peakSignal} = computeBeam(fine, dark);
  return {...wide, runUids: [...runUids, fine.runUid], peakMm, peakSignal};
}

type BeamNumbers = Omit<Beam, 'runUids'>;

/**
 * Centroid, widths and peak of a measured plane. The median of the border is taken off first, and what is below
 * a tenth of the peak left out, because the second moment grows with every bit of noise far from the beam.
 */
export function computeBeam(
  plane: MeasuredPlane,
  dark: {readonly real: number; readonly imaginary: number} = {real: 0, imaginary: 0},
): BeamNumbers {
  const {rows, columns} = plane;
  const magnitude = plane.real.map((real, cell) =>
    Math.hypot(real - dark.real, (plane.imaginary[cell] ?? NaN) - dark.imaginary),
  );
  const background = rows > 2 && columns > 2 ? borderMedian(magnitude, rows, columns) : 0;
  let peakCell = -1;
  let peak = -Infinity;
  magnitude.forEach((value, cell) => {
    if (value > peak) [peak, peakCell] = [value, cell];
  });
  const height = peak - background;
  if (peakCell < 0 || !(height > 0))
    throw new BenchError(
      'plan/invalid',
      'No beam was found: the raster shows the same level everywhere. Check that the source is on, the beam free ' +
        'and the raster large enough; nothing was changed.',
    );
  const floor = background + height / 10;
  let [sum, sumX, sumY, sumXX, sumYY] = [0, 0, 0, 0, 0];
  magnitude.forEach((value, cell) => {
    if (!(value >= floor)) return;
    const weight = value - background;
    const x = plane.xMm[cell] ?? NaN;
    const y = plane.yMm[cell] ?? NaN;
    sum += weight;
    sumX += weight * x;
    sumY += weight * y;
    sumXX += weight * x * x;
    sumYY += weight * y * y;
  });
  const [meanX, meanY] = [sumX / sum, sumY / sum];
  return {
    centroidMm: {xMm: meanX, yMm: meanY},
    widthMm: {
      xMm: Math.sqrt(Math.max(0, sumXX / sum - meanX * meanX)),
      yMm: Math.sqrt(Math.max(0, sumYY / sum - meanY * meanY)),
    },
    ...refinedPeak(plane, magnitude, peakCell),
  };
}

function borderMedian(values: Float64Array, rows: number, columns: number): number {
  const border: number[] = [];
  values.forEach((value, cell) => {
    const row = Math.floor(cell / columns);
    const column = cell % columns;
    const isBorder = row === 0 || row === rows - 1 || column === 0 || column === columns - 1;
    if (isBorder && Number.isFinite(value)) border.push(value);
  });
  return border.length === 0 ? 0 : median(border);
}

/** Vertex of the parabola through the peak and its two neighbours along each axis. */
function refinedPeak(
  plane: MeasuredPlane,
  magnitude: Float64Array,
  cell: number,
): {peakMm: {xMm: number; yMm: number}; peakSignal: number} {
  const {rows, columns, stepMm} = plane;
  const row = Math.floor(cell / columns);
  const column = cell % columns;
  const at = magnitude[cell] ?? NaN;
  const shift = (before: number | undefined, after: number | undefined): number => {
    if (before === undefined || after === undefined) return 0;
    const curvature = before - 2 * at + after;
    return curvature < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * curvature))) : 0;
  };
  const inX = column > 0 && column < columns - 1;
  const inY = row > 0 && row < rows - 1;
  return {
    peakMm: {
      xMm: (plane.xMm[cell] ?? NaN) + (inX ? shift(magnitude[cell - 1], magnitude[cell + 1]) * stepMm : 0),
      yMm:
        (plane.yMm[cell] ?? NaN) +
        (inY ? shift(magnitude[cell - columns], magnitude[cell + columns]) * stepMm : 0),
    },
    peakSignal: at,
  };
}
