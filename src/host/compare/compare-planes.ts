import {createRandom} from '../../base/random.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {
  computeDesignPoints,
  computeNrmse,
  computePearson,
  computeRegionEnergies,
  computeScanWeights,
  computeShareError,
  computeShares,
  type FrameRegistration,
  type RegionWeights,
} from '../../twin/metrics/index.ts';
import type {GridFrame} from '../runs/run-plane.ts';
import {smallestCoverageRatio} from './score-measured.ts';

/** One of two planes: cells on a grid in the scan's frame, NaN where nothing is known. */
export interface ComparedPlane {
  readonly frame: GridFrame;
  readonly values: Float64Array;
  /** Where the scan's frame stands in the design's plane. */
  readonly registration: FrameRegistration;
}

/** A figure with its 95 % bootstrap interval; null where it is not defined. */
export interface Interval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PlaneComparison {
  /** Both on the grid of a, divided by their sums over the cells that both have. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly commonCells: Uint32Array;
  readonly isResampled: boolean;
  readonly sharesA: readonly number[] | null;
  readonly sharesB: readonly number[] | null;
  readonly pearson: Interval;
  readonly nrmse: Interval;
  readonly shareError: Interval;
  /** Side of the blocks that the intervals were drawn from, cells. */
  readonly blockSide: number;
}

/** Neighbouring cells see the same speckle; blocks of this size are taken to be independent. */
const blockMm = 3;
const drawCount = 1000;
const fewestCommonCells = 9;

/** Lays b over a and compares them. Throws `plan/invalid` when they share too little to be compared. */
export function comparePlanes(
  a: ComparedPlane,
  b: ComparedPlane,
  regions: readonly DetectorRegion[],
): PlaneComparison {
  const isResampled = !isSameGrid(a.frame, b.frame);
  const rawB = isResampled ? resampled(b, a.frame) : b.values;
  const commonCells = Uint32Array.from(
    a.values.keys().filter((cell) => Number.isFinite(a.values[cell]) && Number.isFinite(rawB[cell])),
  );
  if (commonCells.length < fewestCommonCells)
    throw new BenchError(
      'plan/invalid',
      `These planes have ${commonCells.length} cells in common, too few to compare. Choose scans of the same part of the plane.`,
    );
  const scaledA = scaled(a.values, commonCells);
  const scaledB = scaled(rawB, commonCells);
  const [p, q] = [at(scaledA, commonCells), at(scaledB, commonCells)];
  const weightsA = weightsOf(a.frame, commonCells, a.registration, regions);
  const weightsB = weightsOf(a.frame, commonCells, b.registration, regions);
  const sharesA = weightsA && sharesOf(weightsA, p);
  const sharesB = weightsB && sharesOf(weightsB, q);
  const blockSide = Math.max(2, Math.ceil(blockMm / stepOf(a.frame)));
  const blocks = blocksOf(a.frame, commonCells, blockSide);
  const drawn = drawBlocks(blocks, p, q, sharesA && sharesB ? {a: weightsA, b: weightsB} : null);
  return {
    a: scaledA,
    b: scaledB,
    commonCells,
    isResampled,
    sharesA,
    sharesB,
    pearson: intervalOf(computePearson(p, q), drawn.pearson),
    nrmse: intervalOf(computeNrmse(p, q), drawn.nrmse),
    shareError: intervalOf(sharesA && sharesB ? computeShareError(sharesA, sharesB) : null, drawn.shareError),
    blockSide,
  };
}

const pitchOf = ([first, last]: readonly [number, number], count: number): number =>
  count > 1 ? (last - first) / (count - 1) : 1;
const stepOf = ({xMm, yMm, columns, rows}: GridFrame): number =>
  Math.min(Math.abs(pitchOf(xMm, columns)), Math.abs(pitchOf(yMm, rows)));

/** Equal to a thousandth of a cell. */
function isSameGrid(a: GridFrame, b: GridFrame): boolean {
  const near = (u: number, v: number): boolean => Math.abs(u - v) < 1e-3 * stepOf(a);
  return (
    a.rows === b.rows &&
    a.columns === b.columns &&
    near(a.xMm[0], b.xMm[0]) &&
    near(a.xMm[1], b.xMm[1]) &&
    near(a.yMm[0], b.yMm[0]) &&
    near(a.yMm[1], b.yMm[1])
  );
}

/** A plane read at the cells of another grid, linearly between its own; NaN where a neighbour is missing. */
function resampled({frame, values}: ComparedPlane, target: GridFrame): Float64Array {
  const {rows, columns} = frame;
  const out = new Float64Array(target.rows * target.columns).fill(NaN);
  const place = (mm: number, [first, last]: readonly [number, number], count: number) => {
    const exact = (mm - first) / pitchOf([first, last], count);
    const index = Math.min(Math.max(0, count - 2), Math.floor(exact + 1e-9));
    return {index, part: exact - index, isInside: exact >= -1e-6 && exact <= count - 1 + 1e-6};
  };
  for (let row = 0; row < target.rows; row++) {
    const v = place(target.yMm[0] + row * pitchOf(target.yMm, target.rows), frame.yMm, rows);
    if (!v.isInside) continue;
    for (let column = 0; column < target.columns; column++) {
      const u = place(target.xMm[0] + column * pitchOf(target.xMm, target.columns), frame.xMm, columns);
      if (!u.isInside) continue;
      let sum = 0;
      for (const [dv, weightV] of [
        [0, 1 - v.part],
        [1, v.part],
      ])
        for (const [du, weightU] of [
          [0, 1 - u.part],
          [1, u.part],
        ]) {
          const weight = weightU * weightV;
          // A neighbour without any weight may be missing.
          if (Math.abs(weight) > 1e-9) sum += weight * values[(v.index + dv) * columns + u.index + du];
        }
      out[row * target.columns + column] = sum;
    }
  }
  return out;
}

function scaled(values: Float64Array, cells: Uint32Array): Float64Array {
  const sum = cells.reduce((total, cell) => total + values[cell], 0);
  if (!(sum > 0))
    throw new BenchError(
      'plan/invalid',
      'One of these planes has no signal where both were measured, so they cannot be brought to one scale. Choose another.',
    );
  return values.map((value) => value / sum);
}

const at = (values: Float64Array, cells: Uint32Array): Float64Array =>
  Float64Array.from(cells, (cell) => values[cell]);

function weightsOf(
  frame: GridFrame,
  cells: Uint32Array,
  registration: FrameRegistration,
  regions: readonly DetectorRegion[],
): readonly RegionWeights[] | null {
  if (regions.length === 0) return null;
  const [dx, dy] = [pitchOf(frame.xMm, frame.columns), pitchOf(frame.yMm, frame.rows)];
  const xMm = Float64Array.from(cells, (cell) => frame.xMm[0] + (cell % frame.columns) * dx);
  const yMm = Float64Array.from(cells, (cell) => frame.yMm[0] + Math.floor(cell / frame.columns) * dy);
  const weights = computeScanWeights(
    {
      ...computeDesignPoints(xMm, yMm, registration),
      cellWidthMm: Math.abs(dx),
      cellHeightMm: Math.abs(dy),
      rotationDeg: registration.rotationDeg,
    },
    regions,
  );
  return weights.every(({coverageRatio}) => coverageRatio >= smallestCoverageRatio) ? weights : null;
}

function sharesOf(weights: readonly RegionWeights[], values: Float64Array): number[] | null {
  const energies = computeRegionEnergies(weights, values);
  return energies.reduce((sum, value) => sum + value, 0) > 0 ? Array.from(computeShares(energies)) : null;
}

/** For each common cell the number of its block. */
function blocksOf({columns}: GridFrame, cells: Uint32Array, side: number): Uint32Array {
  const perRow = Math.ceil(columns / side);
  const numbers = new Map<number, number>();
  return Uint32Array.from(cells, (cell) => {
    const block =
      Math.floor(Math.floor(cell / columns) / side) * perRow + Math.floor((cell % columns) / side);
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
}

interface Draws {
  readonly pearson: number[];
  readonly nrmse: number[];
  readonly shareError: number[];
}

/** Sums that one block adds to every figure: with them a draw costs no more than its number of blocks. */
const momentCount = 6;

function drawBlocks(
  blocks: Uint32Array,
  p: Float64Array,
  q: Float64Array,
  weights: {readonly a: readonly RegionWeights[] | null; readonly b: readonly RegionWeights[] | null} | null,
): Draws {
  const blockCount = blocks.reduce((largest, block) => Math.max(largest, block), 0) + 1;
  const moments = new Float64Array(blockCount * momentCount);
  blocks.forEach((block, i) => {
    const first = block * momentCount;
    [1, p[i], q[i], p[i] * p[i], q[i] * q[i], p[i] * q[i]].forEach(
      (value, moment) => (moments[first + moment] += value),
    );
  });
  const regionsA = weights?.a && regionSums(weights.a, blocks, blockCount, p);
  const regionsB = weights?.b && regionSums(weights.b, blocks, blockCount, q);
  const random = createRandom('compare/blocks');
  const draws: Draws = {pearson: [], nrmse: [], shareError: []};
  const chosen = new Uint32Array(blockCount);
  for (let draw = 0; draw < drawCount; draw++) {
    for (let i = 0; i < blockCount; i++) chosen[i] = random.integer(blockCount);
    const [n, sp, sq, spp, sqq, spq] = totals(moments, momentCount, chosen);
    const scale = Math.sqrt((n * spp - sp * sp) * (n * sqq - sq * sq));
    if (scale > 0) draws.pearson.push((n * spq - sp * sq) / scale);
    if (sp > 0 && sq > 0 && sqq > 0) {
      const square = spp / (sp * sp) - (2 * spq) / (sp * sq) + sqq / (sq * sq);
      draws.nrmse.push(Math.sqrt(Math.max(0, square) / (sqq / (sq * sq))));
    }
    const [sharesA, sharesB] = [
      regionsA && sharesFrom(regionsA, chosen),
      regionsB && sharesFrom(regionsB, chosen),
    ];
    if (sharesA && sharesB) draws.shareError.push(computeShareError(sharesA, sharesB));
  }
  return draws;
}

interface RegionSums {
  /** (block, region, [energy, covered area]). */
  readonly sums: Float64Array;
  readonly areasMm2: readonly number[];
}

function regionSums(
  weights: readonly RegionWeights[],
  blocks: Uint32Array,
  blockCount: number,
  values: Float64Array,
): RegionSums {
  const sums = new Float64Array(blockCount * weights.length * 2);
  weights.forEach(({index, areaMm2}, region) => {
    for (let i = 0; i < index.length; i++) {
      const first = (blocks[index[i]] * weights.length + region) * 2;
      sums[first] += areaMm2[i] * values[index[i]];
      sums[first + 1] += areaMm2[i];
    }
  });
  return {sums, areasMm2: weights.map(({regionAreaMm2}) => regionAreaMm2)};
}

/** Null for a draw that leaves a region without any cell, or all of them without light. */
function sharesFrom({sums, areasMm2}: RegionSums, chosen: Uint32Array): Float64Array | null {
  const drawn = totals(sums, areasMm2.length * 2, chosen);
  const energies = areasMm2.map((areaMm2, region) => (areaMm2 * drawn[2 * region]) / drawn[2 * region + 1]);
  const sum = energies.reduce((total, energy) => total + energy, 0);
  return Number.isFinite(sum) && sum > 0 ? computeShares(energies) : null;
}

function totals(sums: Float64Array, width: number, chosen: Uint32Array): Float64Array {
  const total = new Float64Array(width);
  for (const block of chosen) for (let i = 0; i < width; i++) total[i] += sums[block * width + i];
  return total;
}

/** Middle 95 % of the draws; none when too few of them were defined to say anything. */
function intervalOf(value: number | null, draws: number[]): Interval {
  if (value === null || draws.length < drawCount / 2) return {value, low: null, high: null};
  draws.sort((a, b) => a - b);
  const at = (part: number): number => draws[Math.round(part * (draws.length - 1))];
  return {value, low: at(0.025), high: at(0.975)};
}
