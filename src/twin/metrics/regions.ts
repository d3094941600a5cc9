import {median} from '../../base/median.ts';
/**
 * Energy in detector regions, from regular planes and from scan points anywhere in the output plane.
 *
 * Every sample stands for a cell around it. A region's energy is e_k = A_k * sum_i w_ki v_i / sum_i w_ki, with w_ki
 * the area that cell i and region k share and A_k the region's area: cells that the region's edge cuts count in
 * part, so a 1 mm grid integrates a 4.8 mm square without counting whole points in or out.
 */
import type {DetectorRegion} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {positionMm, type RealPlane} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';
import {computeOverlapArea} from './overlap.ts';

/** Scan points in the design's output plane and the cell that each stands for. */
export interface ScanCells {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly cellWidthMm: number;
  readonly cellHeightMm: number;
  /** Rotation of the cells, positive from x to y; the rotation of the scan's frame in the design's. */
  readonly rotationDeg?: number;
}

/** Which samples lie in a region, and how much of their cells. */
export interface RegionWeights {
  readonly index: Uint32Array;
  /** Shared area of cell and region, mm^2. */
  readonly areaMm2: Float64Array;
  readonly regionAreaMm2: number;
  /** Part of the region that cells cover, 0..1 (above 1 where points were measured twice). */
  readonly coverageRatio: number;
}

/** Shared areas of scan cells and regions, one entry a region in the order given. */
export function computeScanWeights(
  cells: ScanCells,
  regions: readonly DetectorRegion[],
): readonly RegionWeights[] {
  const {xMm, yMm, cellWidthMm, cellHeightMm, rotationDeg = 0} = cells;
  assertSameLength(xMm, yMm, 'x and y of the scan points');
  if (!(cellWidthMm > 0) || !(cellHeightMm > 0))
    throw new BenchError('twin/invalid', `A scan cell of ${cellWidthMm} x ${cellHeightMm} mm has no area.`);
  const rotationRad = radFromDeg(rotationDeg);
  const reachMm = Math.hypot(cellWidthMm, cellHeightMm) / 2;
  return regions.map((region) => {
    const index: number[] = [];
    const area: number[] = [];
    for (let i = 0; i < xMm.length; i++) {
      const dxMm = xMm[i] - region.centerXMm;
      const dyMm = yMm[i] - region.centerYMm;
      if (Math.abs(dxMm) > region.widthMm / 2 + reachMm || Math.abs(dyMm) > region.heightMm / 2 + reachMm)
        continue;
      const shared = computeOverlapArea(
        {xMm: dxMm, yMm: dyMm, widthMm: cellWidthMm, heightMm: cellHeightMm, rotationRad},
        region.widthMm,
        region.heightMm,
      );
      if (shared > 0) {
        index.push(i);
        area.push(shared);
      }
    }
    return weightsFrom(region, Uint32Array.from(index), Float64Array.from(area));
  });
}

/** Shared areas of a regular plane's pixels and regions; sample i of n lies at (i - (n - 1) / 2) pitch. */
export function computePlaneWeights(
  grid: RealPlane['grid'],
  regions: readonly DetectorRegion[],
): readonly RegionWeights[] {
  return regions.map((region) => {
    const columns = spans(grid, region.centerXMm, region.widthMm);
    const rows = spans(grid, region.centerYMm, region.heightMm);
    const index = new Uint32Array(columns.length * rows.length);
    const area = new Float64Array(index.length);
    let next = 0;
    for (const row of rows)
      for (const column of columns) {
        index[next] = row.at * grid.count + column.at;
        area[next++] = row.lengthMm * column.lengthMm;
      }
    return weightsFrom(region, index, area);
  });
}

/** Energy of each region, unit of `values` times mm^2. A region without any sample is NaN-free: it throws. */
export function computeRegionEnergies(
  weights: readonly RegionWeights[],
  values: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(weights, ({index, areaMm2, regionAreaMm2}, k) => {
    let sum = 0;
    let covered = 0;
    for (let i = 0; i < index.length; i++) {
      const value = values[index[i]];
      if (!Number.isFinite(value))
        throw new BenchError('twin/invalid', `Point ${index[i]} in detector region ${k} is no number.`);
      sum += areaMm2[i] * value;
      covered += areaMm2[i];
    }
    if (covered === 0) throw new BenchError('twin/invalid', `No point was measured in detector region ${k}.`);
    return (regionAreaMm2 * sum) / covered;
  });
}

/** One standard deviation of each region's energy for independent noise `sigma` of each point. */
export function computeEnergySigmas(
  weights: readonly RegionWeights[],
  sigma: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(weights, ({index, areaMm2, regionAreaMm2}) => {
    let variance = 0;
    let covered = 0;
    for (let i = 0; i < index.length; i++) {
      variance += (areaMm2[i] * sigma[index[i]]) ** 2;
      covered += areaMm2[i];
    }
    return (regionAreaMm2 * Math.sqrt(variance)) / covered;
  });
}

/** Shares s_k = e_k / sum_j e_j. Throws when the regions hold no energy, for then a share means nothing. */
export function computeShares(energies: ArrayLike<number>): Float64Array {
  const total = sumOf(energies);
  if (!(total > 0))
    throw new BenchError('twin/invalid', `The detector regions hold no energy (sum ${total}); no shares.`);
  return Float64Array.from(energies, (energy) => energy / total);
}

/**
 * Shares of energies of several planes, one plane after the other: those of a plane sum to 1. Throws as `computeShares`
 * when a plane's regions hold no energy.
 */
export function computePlaneShares(energies: ArrayLike<number>, planeCount: number): Float64Array {
  const all = Float64Array.from(energies);
  const regionCount = all.length / planeCount;
  for (let plane = 0; plane < planeCount; plane++) {
    const own = all.subarray(plane * regionCount, (plane + 1) * regionCount);
    own.set(computeShares(own));
  }
  return all;
}

/** Index of the largest value; the first of equal ones. */
export function findWinner(values: ArrayLike<number>): number {
  let winner = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[winner]) winner = k;
  return winner;
}

/** Energy in all regions as a part of the input power (both in the same unit). */
export function computeEfficiency(energies: ArrayLike<number>, inputPower: number): number {
  if (!(inputPower > 0))
    throw new BenchError('twin/invalid', `An efficiency needs a positive input power, not ${inputPower}.`);
  return sumOf(energies) / inputPower;
}

/**
 * Part of the measured energy that lies outside all regions: 1 - sum_k e_k / sum_i v_i a_i. Null when the scan
 * hardly reaches beyond the regions (field below 1.2 times their area), for then it says nothing about stray light.
 */
export function computeStrayRatio(
  energies: ArrayLike<number>,
  weights: readonly RegionWeights[],
  values: ArrayLike<number>,
  cellAreaMm2: number,
): number | null {
  const regionArea = weights.reduce((sum, {regionAreaMm2}) => sum + regionAreaMm2, 0);
  const field = sumOf(values) * cellAreaMm2;
  if (values.length * cellAreaMm2 < 1.2 * regionArea || !(field > 0)) return null;
  return 1 - sumOf(energies) / field;
}

/**
 * Cell size of a scan from its points: the median gap between neighbours in a row, and between rows. Points whose
 * coordinates differ by less than `toleranceMm` count as one position (a stage never returns exactly).
 */
export function estimateCellMm(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  toleranceMm = 0.05,
): {readonly widthMm: number; readonly heightMm: number} {
  assertSameLength(xMm, yMm, 'x and y of the scan points');
  const widthMm = medianGap(xMm, yMm, toleranceMm);
  const heightMm = medianGap(yMm, xMm, toleranceMm);
  if (widthMm === undefined && heightMm === undefined)
    throw new BenchError('twin/invalid', 'The scan has fewer than two different points, so no cell size.');
  return {widthMm: (widthMm ?? heightMm)!, heightMm: (heightMm ?? widthMm)!};
}

/** Sum of all values; 0 for none. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** Median gap along one axis between points that share the other coordinate. */
function medianGap(
  along: ArrayLike<number>,
  across: ArrayLike<number>,
  toleranceMm: number,
): number | undefined {
  const order = Array.from({length: along.length}, (_, i) => i).sort((a, b) => across[a] - across[b]);
  const gaps: number[] = [];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && across[order[end]] - across[order[end - 1]] < toleranceMm) end++;
    const line = order.slice(start, end).map((i) => along[i]);
    line.sort((a, b) => a - b);
    for (let i = 1; i < line.length; i++) {
      const gap = line[i] - line[i - 1];
      if (gap >= toleranceMm) gaps.push(gap);
    }
    start = end;
  }
  return gaps.length === 0 ? undefined : median(gaps);
}

/** Pixels that a span of an axis touches, and the length of each that lies within it. */
function spans(
  grid: RealPlane['grid'],
  centerMm: number,
  sizeMm: number,
): readonly {readonly at: number; readonly lengthMm: number}[] {
  const result: {at: number; lengthMm: number}[] = [];
  for (let at = 0; at < grid.count; at++) {
    const position = positionMm(grid, at);
    const lowMm = Math.max(position - grid.pitchMm / 2, centerMm - sizeMm / 2);
    const highMm = Math.min(position + grid.pitchMm / 2, centerMm + sizeMm / 2);
    // A sliver of rounding error is no overlap.
    if (highMm - lowMm > 1e-9 * grid.pitchMm) result.push({at, lengthMm: highMm - lowMm});
  }
  return result;
}

function weightsFrom(region: DetectorRegion, index: Uint32Array, areaMm2: Float64Array): RegionWeights {
  const regionAreaMm2 = region.widthMm * region.heightMm;
  return {index, areaMm2, regionAreaMm2, coverageRatio: sumOf(areaMm2) / regionAreaMm2};
}

function assertSameLength(a: ArrayLike<number>, b: ArrayLike<number>, what: string): void {
  if (a.length !== b.length)
    throw new BenchError('twin/invalid', `${what} differ in length: ${a.length} and ${b.length}.`);
}
