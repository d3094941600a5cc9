/** A plane on a regular grid anywhere, and its values between the samples. */
import {BenchError} from '../../contract/errors.ts';

/** Rows run along y, row 0 is the smallest y; sample (row, column) lies at (x0 + column step, y0 + row step). */
export interface SampledPlane {
  readonly x0Mm: number;
  readonly y0Mm: number;
  readonly stepMm: number;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
}

/** Positions of all samples of a plane in its order, for whoever fills in the values. */
export function computeSamplePositions({x0Mm, y0Mm, stepMm, columns, rows}: Omit<SampledPlane, 'values'>): {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
} {
  const xMm = new Float64Array(columns * rows);
  const yMm = new Float64Array(columns * rows);
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++) {
      xMm[i] = x0Mm + column * stepMm;
      yMm[i] = y0Mm + row * stepMm;
    }
  return {xMm, yMm};
}

/** Value and slopes (per mm) between samples. */
export interface Interpolated {
  value: number;
  dx: number;
  dy: number;
}

/** Reads a plane between its samples and writes value and slopes into `result`. */
export type Interpolator = (xMm: number, yMm: number, result: Interpolated) => void;

/**
 * Cubic convolution (Keys 1981, a = -1/2) on 4 x 4 samples: exact at the samples, continuous first derivatives, so
 * that a fit through it has no steps. Beyond the edge the outermost samples go on.
 */
export function createInterpolator(plane: SampledPlane): Interpolator {
  const {columns, rows, values, stepMm} = plane;
  const weightsX = new Float64Array(4);
  const slopesX = new Float64Array(4);
  const weightsY = new Float64Array(4);
  const slopesY = new Float64Array(4);
  return (xMm, yMm, result) => {
    const column = (xMm - plane.x0Mm) / stepMm;
    const row = (yMm - plane.y0Mm) / stepMm;
    const column0 = Math.floor(column);
    const row0 = Math.floor(row);
    fillWeights(column - column0, weightsX, slopesX);
    fillWeights(row - row0, weightsY, slopesY);
    let value = 0;
    let dx = 0;
    let dy = 0;
    for (let j = 0; j < 4; j++) {
      const start = clamp(row0 + j - 1, rows) * columns;
      let line = 0;
      let lineSlope = 0;
      for (let i = 0; i < 4; i++) {
        const sample = values[start + clamp(column0 + i - 1, columns)];
        line += weightsX[i] * sample;
        lineSlope += slopesX[i] * sample;
      }
      value += weightsY[j] * line;
      dx += weightsY[j] * lineSlope;
      dy += slopesY[j] * line;
    }
    result.value = value;
    result.dx = dx / stepMm;
    result.dy = dy / stepMm;
  };
}

function fillWeights(t: number, weights: Float64Array, slopes: Float64Array): void {
  const tt = t * t;
  const ttt = tt * t;
  weights[0] = (-ttt + 2 * tt - t) / 2;
  weights[1] = (3 * ttt - 5 * tt + 2) / 2;
  weights[2] = (-3 * ttt + 4 * tt + t) / 2;
  weights[3] = (ttt - tt) / 2;
  slopes[0] = (-3 * tt + 4 * t - 1) / 2;
  slopes[1] = (9 * tt - 10 * t) / 2;
  slopes[2] = (-9 * tt + 8 * t + 1) / 2;
  slopes[3] = (3 * tt - 2 * t) / 2;
}

const clamp = (index: number, count: number): number => (index < 0 ? 0 : index >= count ? count - 1 : index);

/** Smooths by a Gaussian of standard deviation `sigmaMm`, cut at three of them; edges are repeated. */
export function blurPlane(plane: SampledPlane, sigmaMm: number): SampledPlane {
  const {columns, rows, values, stepMm} = plane;
  const reach = Math.ceil((3 * sigmaMm) / stepMm);
  const kernel = Float64Array.from({length: 2 * reach + 1}, (_, i) =>
    Math.exp(-(((i - reach) * stepMm) ** 2) / (2 * sigmaMm * sigmaMm)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const along = new Float64Array(values.length);
  const both = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++)
        sum += kernel[k + reach] * values[row * columns + clamp(column + k, columns)];
      along[row * columns + column] = sum / total;
    }
  for (let row = 0; row < rows; row++)
    for (let k = -reach; k <= reach; k++) {
      const from = clamp(row + k, rows) * columns;
      const weight = kernel[k + reach] / total;
      for (let column = 0; column < columns; column++)
        both[row * columns + column] += weight * along[from + column];
    }
  return {...plane, values: both};
}

/** Checks that a plane's numbers fit its size. */
export function assertSampledPlane({columns, rows, values, stepMm}: SampledPlane): void {
  if (values.length !== columns * rows || !(stepMm > 0))
    throw new BenchError(
      'twin/invalid',
      `A plane of ${columns} x ${rows} samples at ${stepMm} mm cannot have ${values.length} values.`,
    );
}
