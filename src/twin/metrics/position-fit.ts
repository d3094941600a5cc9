import {patchPlaces, type PatchReading, type PositionFit} from '../../contract/scan-monitors.ts';
import {degFromRad} from '../../contract/units.ts';
import {solveLeastSquares} from './least-squares.ts';

const stepCount = 8;
/** Settling, resolution and drift within a visit leave this much of the largest reading, however quiet the signal is. */
const floorRatio = 0.002;
/** A shift is not looked for further than this, in distances of the patch: nothing is known of the light there. */
const furthest = 2;
const placeCount = patchPlaces.length;
/** Numbers that are fitted: gain (two parts of a complex one) and shift. */
const freedomOf = (isComplex: boolean): number => (isComplex ? 2 * placeCount - 4 : placeCount - 3);

/** The light between the places of a patch: of second order in each direction, x and y in the patch's distance. */
interface Surface {
  readonly at: (x: number, y: number) => number;
  readonly slopeX: (x: number, y: number) => number;
  readonly slopeY: (x: number, y: number) => number;
}

/** Lagrange's polynomials through -1, 0 and 1, and their slopes. */
const weights = (t: number): readonly number[] => [(t * (t - 1)) / 2, 1 - t * t, (t * (t + 1)) / 2];
const slopes = (t: number): readonly number[] => [t - 0.5, -2 * t, t + 0.5];

function surfaceOf(values: readonly number[]): Surface {
  const sum = (ofX: readonly number[], ofY: readonly number[]): number => {
    let total = 0;
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++) total += ofX[column] * ofY[row] * values[3 * row + column];
    return total;
  };
  return {
    at: (x, y) => sum(weights(x), weights(y)),
    slopeX: (x, y) => sum(slopes(x), weights(y)),
    slopeY: (x, y) => sum(weights(x), slopes(y)),
  };
}

const meanOf = (lists: readonly (readonly number[])[]): number[] =>
  patchPlaces.map((_, i) => lists.reduce((sum, list) => sum + list[i], 0) / lists.length);

/** Variance of one reading, from patches that were read one after the other at the same place. */
function varianceOf(lists: readonly (readonly number[])[]): number {
  const mean = meanOf(lists);
  const square = lists.reduce(
    (sum, list) => sum + list.reduce((own, value, i) => own + (value - mean[i]) ** 2, 0),
    0,
  );
  return square / ((lists.length - 1) * placeCount);
}

/**
 * Where the probe stands against where it stood for `first`, from the light at nine places: g f(x + u, y + v), with a complex
 * gain g, a shift (u, v), and f the surface through the mean of the first patches. A gain multiplies all nine, a shift changes
 * them by their slopes: on a flank that bends, or beside a peak, the two are told apart. Gauss-Newton. For shifts beyond half
 * the distance the light between and outside of the places is known less and less, and `misfit` grows. Noise is what the
 * first patches, two at least, differ by, so that the stage's repeatability is part of it; errors are those of the fit with that
 * noise, larger by the root of `misfit` where more is left than noise. Undefined where there is no slope, or no light.
 */
export function judgePosition(
  first: readonly PatchReading[],
  now: PatchReading,
  distanceMm: number,
): PositionFit | undefined {
  const [reals, imaginaries] = [first.map(({real}) => real), first.map(({imaginary}) => imaginary)];
  const light = {re: surfaceOf(meanOf(reals)), im: surfaceOf(meanOf(imaginaries))};
  const isComplex = [...imaginaries, now.imaginary].some((list) => list.some((value) => value !== 0));
  const largest = Math.max(...patchPlaces.map((_, i) => Math.hypot(now.real[i], now.imaginary[i])));
  const variance =
    (varianceOf(reals) + varianceOf(imaginaries)) / (isComplex ? 2 : 1) + (floorRatio * largest) ** 2;
  // Of a reading now, and of the mean of the first ones.
  const own = variance * (1 + 1 / first.length);
  let place: Place = {gainRe: 1, gainIm: 0, u: 0, v: 0};
  let covariance: readonly number[] = [];
  let square = 0;
  for (let step = 0; step <= stepCount; step++) {
    const {columns, residual} = rowsAt(light, place, now);
    square = residual.reduce((sum, value) => sum + value * value, 0);
    const {solution, covarianceDiagonal} = solveLeastSquares(columns, residual, 0);
    covariance = covarianceDiagonal;
    if (!covariance.every(Number.isFinite)) return undefined;
    if (step < stepCount) place = steppedBy(place, solution);
  }
  const misfit = own > 0 ? square / freedomOf(isComplex) / own : 0;
  const error = (index: number): number => Math.sqrt(covariance[index] * own * Math.max(1, misfit));
  return {
    shiftXMm: place.u * distanceMm,
    shiftXErrorMm: error(2) * distanceMm,
    shiftYMm: place.v * distanceMm,
    shiftYErrorMm: error(3) * distanceMm,
    gainRatio: Math.hypot(place.gainRe, place.gainIm),
    gainErrorRatio: error(0),
    phaseDeg: degFromRad(Math.atan2(place.gainIm, place.gainRe)),
    misfit,
  };
}

/** Gain, and shift in the patch's distance. */
interface Place {
  readonly gainRe: number;
  readonly gainIm: number;
  readonly u: number;
  readonly v: number;
}

function steppedBy({gainRe, gainIm, u, v}: Place, [re, im, x, y]: readonly number[]): Place {
  const bounded = (value: number): number => Math.max(-furthest, Math.min(furthest, value));
  return {gainRe: gainRe + re, gainIm: gainIm + im, u: bounded(u + x), v: bounded(v + y)};
}

/** Real parts and then imaginary ones: residuals, and derivatives by gain (two parts) and shift. */
function rowsAt(
  {re, im}: {readonly re: Surface; readonly im: Surface},
  {gainRe, gainIm, u, v}: Place,
  now: PatchReading,
): {readonly columns: readonly Float64Array[]; readonly residual: Float64Array} {
  const columns = Array.from({length: 4}, () => new Float64Array(2 * placeCount));
  const residual = new Float64Array(2 * placeCount);
  patchPlaces.forEach(([placeX, placeY], i) => {
    const [x, y] = [placeX + u, placeY + v];
    const times = (a: number, b: number): readonly [number, number] => [
      gainRe * a - gainIm * b,
      gainRe * b + gainIm * a,
    ];
    const [a, b] = [re.at(x, y), im.at(x, y)];
    const [expectedRe, expectedIm] = times(a, b);
    residual[i] = now.real[i] - expectedRe;
    residual[placeCount + i] = now.imaginary[i] - expectedIm;
    const rows = [
      [a, b],
      [-b, a],
      times(re.slopeX(x, y), im.slopeX(x, y)),
      times(re.slopeY(x, y), im.slopeY(x, y)),
    ];
    rows.forEach(([ofRe, ofIm], column) => {
      columns[column][i] = ofRe;
      columns[column][placeCount + i] = ofIm;
    });
  });
  return {columns, residual};
}
