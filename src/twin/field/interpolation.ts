import type {ComplexPlane, Grid} from '../../contract/optics.ts';

/**
 * Band-limited interpolation of a complex field: a sinc of `tapCount` samples under a Kaiser window. Largest error
 * against a plane wave of amplitude 1: below 1e-3 up to 0.6 of the grid's highest frequency, below 5e-3 at 0.75
 * (test/twin/field/field.test.ts); towards the highest frequency itself it grows to order 1.
 */
const tapCount = 16;
const kaiserBeta = 6.5;
const tableSteps = 1024;

let table: Float64Array | undefined;

/** Weights of the taps for each fraction of a sample, tableSteps + 1 rows; a constant, made when first needed. */
function weights(): Float64Array {
  if (table) return table;
  table = new Float64Array((tableSteps + 1) * tapCount);
  const half = tapCount / 2;
  for (let step = 0; step <= tableSteps; step++) {
    const fraction = step / tableSteps;
    let sum = 0;
    for (let tap = 0; tap < tapCount; tap++) {
      const distance = tap - (half - 1) - fraction;
      const inside = 1 - (distance / half) ** 2;
      const window = inside > 0 ? besselI0(kaiserBeta * Math.sqrt(inside)) / besselI0(kaiserBeta) : 0;
      const sinc = distance === 0 ? 1 : Math.sin(Math.PI * distance) / (Math.PI * distance);
      sum += table[step * tapCount + tap] = sinc * window;
    }
    // A constant field stays what it is.
    for (let tap = 0; tap < tapCount; tap++) table[step * tapCount + tap] /= sum;
  }
  return table;
}

/** Modified Bessel function of order 0, by its power series. */
export function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-16 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}

/** Samples that a point needs on each side of itself. */
export const interpolationReach = tapCount / 2;

/** Field at points given in the plane's own frame, mm; 0 where the samples that it needs are outside. */
export function interpolateField(
  plane: ComplexPlane,
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
): {re: Float64Array; im: Float64Array} {
  const {re, im, grid} = plane;
  const {count, pitchMm} = grid;
  const taps = weights();
  const total = xMm.length;
  const out = {re: new Float64Array(total), im: new Float64Array(total)};
  const [wx, wy] = [new Float64Array(tapCount), new Float64Array(tapCount)];
  const center = (count - 1) / 2;
  const before = tapCount / 2 - 1;
  for (let point = 0; point < total; point++) {
    const column = xMm[point] / pitchMm + center;
    const row = yMm[point] / pitchMm + center;
    const c0 = Math.floor(column);
    const r0 = Math.floor(row);
    if (
      !(
        c0 - before >= -tapCount &&
        r0 - before >= -tapCount &&
        c0 < count + tapCount &&
        r0 < count + tapCount
      )
    )
      continue;
    // Linear between neighbouring rows of the table: 1e-7 of the weights.
    fractionWeights(taps, column - c0, wx);
    fractionWeights(taps, row - r0, wy);
    let [sumRe, sumIm] = [0, 0];
    const [firstRow, firstColumn] = [r0 - before, c0 - before];
    // Nearly all points have all their taps inside: bounds are worked out once a point, not at every tap.
    const [fromJ, toJ] = [Math.max(0, -firstRow), Math.min(tapCount, count - firstRow)];
    const [fromI, toI] = [Math.max(0, -firstColumn), Math.min(tapCount, count - firstColumn)];
    for (let j = fromJ; j < toJ; j++) {
      let [lineRe, lineIm] = [0, 0];
      const line = (firstRow + j) * count + firstColumn;
      for (let i = fromI; i < toI; i++) {
        const weight = wx[i];
        lineRe += weight * re[line + i];
        lineIm += weight * im[line + i];
      }
      sumRe += wy[j] * lineRe;
      sumIm += wy[j] * lineIm;
    }
    out.re[point] = sumRe;
    out.im[point] = sumIm;
  }
  return out;
}

function fractionWeights(taps: Float64Array, fraction: number, out: Float64Array): void {
  const position = fraction * tableSteps;
  const step = Math.min(Math.floor(position), tableSteps - 1);
  const part = position - step;
  for (let tap = 0; tap < tapCount; tap++) {
    const at = step * tapCount + tap;
    out[tap] = taps[at] + part * (taps[at + tapCount] - taps[at]);
  }
}

/** The field as sampled by a grid turned by `rotationRad` about the common centre (positive from x to y). */
export function rotateField(plane: ComplexPlane, rotationRad: number, grid: Grid = plane.grid): ComplexPlane {
  const {count, pitchMm} = grid;
  const [cos, sin] = [Math.cos(rotationRad), Math.sin(rotationRad)];
  const x = new Float64Array(count * count);
  const y = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    const v = (row - (count - 1) / 2) * pitchMm;
    for (let column = 0; column < count; column++) {
      const u = (column - (count - 1) / 2) * pitchMm;
      x[row * count + column] = cos * u - sin * v;
      y[row * count + column] = sin * u + cos * v;
    }
  }
  return {grid, ...interpolateField(plane, x, y)};
}
