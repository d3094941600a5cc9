import type {Printer, Rounding} from '../../contract/plate-export.ts';
import type {RealPlane} from '../../contract/optics.ts';

/** A plate with its heights as a printer makes them. */
export interface PrintedHeights {
  /** Thickness of base and relief together at each pixel, mm, row-major as the relief; whole slices. */
  readonly surfaceMm: Float64Array;
  /** Thickness where the relief is 0. */
  readonly baseMm: number;
  readonly lowestMm: number;
  readonly highestMm: number;
  readonly rounding: Rounding;
  /** How many different heights there are. */
  readonly heightCount: number;
}

/** The layer of a design as far as a print needs it. */
export interface PrintedLayer {
  readonly relief: RealPlane;
  readonly baseMm: number;
  readonly refractiveIndex: number;
  readonly wavelengthMm: number;
}

/** The nearest whole number of slices, mm; without the noise of the division. */
export const toSlices = (heightMm: number, sliceMm: number): number =>
  Number((Math.round(heightMm / sliceMm - 1e-9) * sliceMm).toFixed(9));

/**
 * Rounds base + relief to whole slices. The phase of an error e is 2 pi (n - 1) e / lambda; its RMS is about the mean,
 * since a plate that is thicker everywhere does the same to the light.
 */
export function printedHeightsOf(
  {relief, baseMm, refractiveIndex, wavelengthMm}: PrintedLayer,
  {sliceMm}: Pick<Printer, 'sliceMm'>,
): PrintedHeights {
  const {values} = relief;
  const surfaceMm = Float64Array.from(values, (height) => toSlices(baseMm + height, sliceMm));
  let [sum, squares, largest] = [0, 0, 0];
  let [lowest, highest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const error = surfaceMm[i] - (baseMm + values[i]);
    sum += error;
    squares += error * error;
    largest = Math.max(largest, Math.abs(error));
    lowest = Math.min(lowest, surfaceMm[i]);
    highest = Math.max(highest, surfaceMm[i]);
  }
  const meanMm = sum / values.length;
  const rmsMm = Math.sqrt(Math.max(0, squares / values.length - meanMm * meanMm));
  const radPerMm = (2 * Math.PI * Math.abs(refractiveIndex - 1)) / wavelengthMm;
  return {
    surfaceMm,
    baseMm: toSlices(baseMm, sliceMm),
    lowestMm: lowest,
    highestMm: highest,
    rounding: {rmsMm, rmsRad: rmsMm * radPerMm, largestMm: largest, meanMm},
    heightCount: new Set(surfaceMm).size,
  };
}
