/** What a region's energy may err by because a scan reads points, not the light between them. */
import type {DetectorRegion} from '../../contract/design-file.ts';
import {radFromDeg} from '../../contract/units.ts';
import {computeRegionEnergies, sumOf, type RegionWeights, type ScanCells} from './regions.ts';

/** Correlation of readings at two points: rho_x(|dx|) rho_y(|dy|), tables from distance 0 on, 0 beyond their end. */
export interface GrainCorrelation {
  readonly stepMm: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** What was read at the points of a scan, with the noise of each: it makes neighbours differ as well. */
export interface NoisyReadings {
  readonly values: ArrayLike<number>;
  readonly sigma: ArrayLike<number>;
}

/**
 * One standard deviation of each region's energy: sum_i w_i v_i of the scan against the integral over the region.
 *
 * With v of variance s^2 within a region and correlation rho it is the estimation variance of geostatistics (Matheron,
 * Principles of geostatistics, Economic Geology 58, 1963):
 *
 *     var = s^2 (sum_ij w_i w_j rho_ij - 2 sum_i w_i int_R rho(p_i - p) dp + int_R int_R rho(p - q) dp dq).
 *
 * s^2 comes from the measured points: half the mean square of the differences of neighbours in and around the region is
 * s^2 (1 - rho(step)), after their noise is taken off. rho comes from the optics (`computeSpeckleCorrelation`), since a scan cannot tell light that is
 * finer than its step from light that is just as fine. Without it points count as independent of all light between
 * them, which is the most that they can err by: var = s^2 sum_i w_i^2. How well s^2 is known from the points of a region is
 * part of the sigma, by Student's t: at a step of 2 mm they are few.
 */
export function computeUndersamplingSigmas(
  cells: ScanCells,
  readings: NoisyReadings,
  {
    regions,
    weights,
  }: {readonly regions: readonly DetectorRegion[]; readonly weights: readonly RegionWeights[]},
  correlation: GrainCorrelation = independent,
): Float64Array {
  const neighbours = neighboursOf(cells);
  const decorrelation = [
    1 - at(correlation.x, cells.cellWidthMm / correlation.stepMm),
    1 - at(correlation.y, cells.cellHeightMm / correlation.stepMm),
  ] as const;
  const variances = weights.map((region) => varianceWithin(region, readings, neighbours, decorrelation));
  const means = Array.from(
    computeRegionEnergies(weights, readings.values),
    (energy, k) => energy / weights[k].regionAreaMm2,
  );
  const contrast = sumOf(variances) / sumOf(means.map((mean) => mean * mean));
  return Float64Array.from(weights, (region, k) => {
    const own = region.index.length;
    const pooled = pooledPointCount * contrast * means[k] ** 2;
    const freedom = own + pooledPointCount;
    const variance = (own * variances[k] + pooled) / freedom;
    return Math.sqrt(
      variance * widened(freedom) * Math.max(0, estimationFactor(cells, region, regions[k], correlation)),
    );
  });
}

/** Points that do not know of any light between them. */
const independent: GrainCorrelation = {stepMm: Number.MIN_VALUE, x: [1], y: [1]};

/** As many points' worth of the contrast of all regions go into that of each: a region of few points may show no grain. */
const pooledPointCount = 4;

/**
 * A variance that was itself estimated from few points makes their error follow Student's t, whose variance is this much
 * larger (JCGM 101:2008, 6.4.9.4).
 */
const widened = (freedom: number): number => freedom / (freedom - 2);

/** The bracket of the variance, mm^4: (points, points) - 2 (points, region) + (region, region). */
function estimationFactor(
  cells: ScanCells,
  {index, areaMm2, regionAreaMm2}: RegionWeights,
  region: DetectorRegion,
  rho: GrainCorrelation,
): number {
  const covered = areaMm2.reduce((sum, area) => sum + area, 0);
  const scale = regionAreaMm2 / covered;
  // Along the cells' own sides, in which neighbours stand apart by one step.
  const angle = radFromDeg(cells.rotationDeg ?? 0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const x = new Float64Array(index.length);
  const y = new Float64Array(index.length);
  index.forEach((point, i) => {
    const [dx, dy] = [cells.xMm[point] - region.centerXMm, cells.yMm[point] - region.centerYMm];
    [x[i], y[i]] = [cos * dx + sin * dy, cos * dy - sin * dx];
  });
  const [alongX, alongY] = [spanOf(rho.x, rho.stepMm), spanOf(rho.y, rho.stepMm)];
  let pairs = 0;
  let cross = 0;
  for (let i = 0; i < index.length; i++) {
    const own = scale * areaMm2[i];
    pairs += own * own;
    for (let j = 0; j < i; j++)
      pairs +=
        2 *
        own *
        scale *
        areaMm2[j] *
        at(rho.x, Math.abs(x[i] - x[j]) / rho.stepMm) *
        at(rho.y, Math.abs(y[i] - y[j]) / rho.stepMm);
    cross += own * alongX.point(x[i], region.widthMm) * alongY.point(y[i], region.heightMm);
  }
  return pairs - 2 * cross + alongX.whole(region.widthMm) * alongY.whole(region.heightMm);
}

/** Integrals of a table of rho along one side of a region. */
function spanOf(table: ArrayLike<number>, stepMm: number) {
  // Integral from 0 to each entry, and of that again: trapezoids, then what a straight piece gives exactly.
  const once = new Float64Array(table.length);
  const twice = new Float64Array(table.length);
  for (let i = 1; i < table.length; i++) {
    once[i] = once[i - 1] + (stepMm * (table[i - 1] + table[i])) / 2;
    twice[i] = twice[i - 1] + (stepMm * (once[i - 1] + once[i])) / 2;
  }
  const last = table.length - 1;
  const integral = (mm: number): number => {
    const sign = Math.sign(mm);
    return sign * (Math.abs(mm) >= last * stepMm ? once[last] : at(once, Math.abs(mm) / stepMm));
  };
  return {
    /** Integral of rho(p - u) over u within +-side / 2. */
    point: (mm: number, sideMm: number): number => integral(mm + sideMm / 2) - integral(mm - sideMm / 2),
    /** The same integrated over p within +-side / 2: twice the second integral of rho up to the side. */
    whole: (sideMm: number): number => {
      const endMm = last * stepMm;
      return sideMm <= endMm
        ? 2 * at(twice, sideMm / stepMm)
        : 2 * (twice[last] + (sideMm - endMm) * once[last]);
    },
  };
}

/** A table between its entries; 0 beyond its end. */
function at(table: ArrayLike<number>, place: number): number {
  const from = Math.floor(place);
  if (from + 1 >= table.length) return from < table.length && place === from ? table[from] : 0;
  return table[from] + (place - from) * (table[from + 1] - table[from]);
}

/** For each point the point one column and one row on; -1 where none was measured. */
interface Neighbours {
  readonly right: Int32Array;
  readonly above: Int32Array;
}

function neighboursOf(cells: ScanCells): Neighbours {
  const {xMm, yMm, cellWidthMm, cellHeightMm} = cells;
  const angle = radFromDeg(cells.rotationDeg ?? 0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x0, y0] = [xMm[0], yMm[0]];
  const numberOf = new Map<string, number>();
  const places = Array.from({length: xMm.length}, (_, i) => {
    const [dx, dy] = [xMm[i] - x0, yMm[i] - y0];
    return [
      Math.round((cos * dx + sin * dy) / cellWidthMm),
      Math.round((cos * dy - sin * dx) / cellHeightMm),
    ] as const;
  });
  places.forEach(([column, row], i) => numberOf.set(`${column} ${row}`, i));
  const find = (column: number, row: number): number => numberOf.get(`${column} ${row}`) ?? -1;
  return {
    right: Int32Array.from(places, ([column, row]) => find(column + 1, row)),
    above: Int32Array.from(places, ([column, row]) => find(column, row + 1)),
  };
}

/** s^2 within a region from the differences of neighbours, each pair weighted by what of its cells lies within. */
function varianceWithin(
  {index, areaMm2}: RegionWeights,
  {values, sigma}: NoisyReadings,
  {right, above}: Neighbours,
  [decorrelationX, decorrelationY]: readonly [number, number],
): number {
  const areaOf = new Map(Array.from(index, (point, i) => [point, areaMm2[i]]));
  let [sum, total] = [0, 0];
  for (const [point, area] of areaOf)
    for (const [next, decorrelation] of [
      [right[point], decorrelationX],
      [above[point], decorrelationY],
    ]) {
      const shared = next === -1 ? undefined : areaOf.get(next);
      if (shared === undefined) continue;
      const weight = area + shared;
      const square = (values[point] - values[next]) ** 2 - sigma[point] ** 2 - sigma[next] ** 2;
      sum += (weight * square) / (2 * decorrelation);
      total += weight;
    }
  return total === 0 ? 0 : Math.max(0, sum / total);
}
