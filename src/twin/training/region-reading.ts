import type {DetectorRegion} from '../../contract/design-file.ts';
import type {Grid, RealArray} from '../../contract/optics.ts';
import {regionSamples, windowSamples} from '../layers/detector.ts';
import type {NetworkSpec} from './network-spec.ts';

/** A raster scan of the output plane: points at offset + k step along each axis, each for a cell of one step. */
export interface ScanGrid {
  readonly stepMm: number;
  readonly offsetXMm: number;
  readonly offsetYMm: number;
}

/** Samples from which the energy of a region is added up, and the area that each stands for. */
export interface RegionReading {
  readonly index: Int32Array;
  readonly areaMm2: Float32Array;
}

/**
 * How regions are read: from every sample (`scan` null), or from the samples next to the points of a scan, with the
 * part of a point's cell that lies in the region as its area, as for a measured plane (metrics/regions.ts). A point
 * may lie half a pitch beside its sample: training needs what a coarse scan does to a sum, not where exactly it was.
 */
export function readRegions(
  regions: readonly DetectorRegion[],
  grid: Grid,
  scan: ScanGrid | null,
): readonly RegionReading[] {
  if (scan === null)
    return regionSamples(regions, grid).map((index) => ({
      index,
      areaMm2: new Float32Array(index.length).fill(grid.pitchMm ** 2),
    }));
  const {stepMm, offsetXMm, offsetYMm} = scan;
  return regions.map(({centerXMm, centerYMm, widthMm, heightMm}) => {
    const columns = pointsInside(grid, [centerXMm, widthMm], stepMm, offsetXMm);
    const rows = pointsInside(grid, [centerYMm, heightMm], stepMm, offsetYMm);
    const index = rows.flatMap((row) => columns.map((column) => row.sample * grid.count + column.sample));
    const area = rows.flatMap((row) => columns.map((column) => row.lengthMm * column.lengthMm));
    return {index: Int32Array.from(index), areaMm2: Float32Array.from(area)};
  });
}

/** A field, row by row. */
export interface Samples {
  readonly re: RealArray;
  readonly im: RealArray;
}

/** Energy of each region of a field, amplitude squared times mm^2. */
export function sumEnergies(
  readings: readonly RegionReading[],
  {re, im}: Samples,
  energies: Float32Array,
): void {
  readings.forEach(({index, areaMm2}, region) => {
    let sum = 0;
    index.forEach((i, at) => (sum += areaMm2[at] * (re[i] * re[i] + im[i] * im[i])));
    energies[region] = sum;
  });
}

/** Adds dL/d(conj U) of a field U whose energies have the derivatives `gradients`: area times derivative times U. */
export function addSpreadGradient(
  readings: readonly RegionReading[],
  {re, im}: Samples,
  gradients: ArrayLike<number>,
  into: Samples,
): void {
  readings.forEach(({index, areaMm2}, region) => {
    index.forEach((i, at) => {
      const weight = gradients[region] * areaMm2[at];
      into.re[i] += weight * re[i];
      into.im[i] += weight * im[i];
    });
  });
}

/** Reads an output plane: regions, or the samples of a window one by one. */
export interface PlaneReading {
  /** The samples that anything is read from, each once. */
  samples(): Uint32Array;
  /** Energy of each part that is read, amplitude squared times mm^2. */
  sum(field: Samples, energies: Float32Array): void;
  /** Writes dL/d(conj U) of a field U whose energies have these derivatives. */
  spread(field: Samples, gradients: ArrayLike<number>, into: Samples): void;
}

/** How many energies the points of a scan give, of all wavelengths together: what decides classes. */
export const scannedCountOf = ({regions, further = []}: Pick<NetworkSpec, 'regions' | 'further'>): number =>
  regions.length * (1 + further.length);

/** How many energies a network is read as, of all its wavelengths together. */
export const energyCountOf = (spec: NetworkSpec): number => {
  const {isReadWholeToo = false, windowMm, grid, further = []} = spec;
  return windowMm === undefined
    ? scannedCountOf(spec) * (isReadWholeToo ? 2 : 1)
    : windowSamples(windowMm, grid).count ** 2 * (1 + further.length);
};

/** How a network is read; a window is read at every sample, whatever `scan` is. */
export function planeReading(
  {regions, isReadWholeToo = false, windowMm, grid}: PlaneSpec,
  scan: ScanGrid | null,
): PlaneReading {
  if (windowMm !== undefined) return windowReading(windowMm, grid);
  const scanned = readRegions(regions, grid, scan);
  const readings = isReadWholeToo ? [...scanned, ...readRegions(regions, grid, null)] : scanned;
  return {
    samples: () => Uint32Array.from(new Set(readings.flatMap(({index}) => [...index]))),
    sum: (field, energies) => sumEnergies(readings, field, energies),
    spread(field, gradients, into) {
      into.re.fill(0);
      into.im.fill(0);
      addSpreadGradient(readings, field, gradients, into);
    },
  };
}

type PlaneSpec = Pick<NetworkSpec, 'regions' | 'isReadWholeToo' | 'windowMm' | 'grid'>;

function windowReading(widthMm: number, grid: Grid): PlaneReading {
  const {count, first} = windowSamples(widthMm, grid);
  const area = grid.pitchMm ** 2;
  const rows = Array.from({length: count}, (_, row) => (first + row) * grid.count + first);
  return {
    samples: () => Uint32Array.from(rows.flatMap((from) => Array.from({length: count}, (_, k) => from + k))),
    sum({re, im}, energies) {
      rows.forEach((from, row) => {
        for (let k = 0; k < count; k++) {
          const i = from + k;
          energies[row * count + k] = area * (re[i] * re[i] + im[i] * im[i]);
        }
      });
    },
    spread({re, im}, gradients, into) {
      into.re.fill(0);
      into.im.fill(0);
      rows.forEach((from, row) => {
        for (let k = 0; k < count; k++) {
          const weight = gradients[row * count + k] * area;
          into.re[from + k] = weight * re[from + k];
          into.im[from + k] = weight * im[from + k];
        }
      });
    },
  };
}

/** Along one axis: samples next to the points whose cells share some length with centre +- width / 2. */
function pointsInside(
  grid: Grid,
  [centerMm, widthMm]: readonly [centerMm: number, widthMm: number],
  stepMm: number,
  offsetMm: number,
): readonly {readonly sample: number; readonly lengthMm: number}[] {
  const [lowMm, highMm] = [centerMm - widthMm / 2, centerMm + widthMm / 2];
  const first = Math.floor((lowMm - offsetMm) / stepMm);
  const last = Math.ceil((highMm - offsetMm) / stepMm);
  const inside: {sample: number; lengthMm: number}[] = [];
  for (let k = first; k <= last; k++) {
    const atMm = offsetMm + k * stepMm;
    const lengthMm = Math.min(highMm, atMm + stepMm / 2) - Math.max(lowMm, atMm - stepMm / 2);
    const sample = Math.round(atMm / grid.pitchMm + (grid.count - 1) / 2);
    if (lengthMm > 0 && sample >= 0 && sample < grid.count) inside.push({sample, lengthMm});
  }
  return inside;
}
