import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Plane} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {positionMm, type Grid, type RealPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';

export interface PlatePlanes {
  readonly heightMm: Plane;
  readonly phaseRad: Plane;
  /** Null where the plate has no mask. */
  readonly mask: {readonly transmission: Plane; readonly passedRatio: number} | null;
  readonly minMm: number;
  readonly maxMm: number;
  readonly meanMm: number;
  readonly histogram: {readonly edgesMm: number[]; readonly counts: number[]};
}

/** Bins of a plate whose heights are not quantised. */
const freeBinCount = 40;
/** Enough for a window; more would hold the host up while it is sent. */
const largestSide = 400;
/** Samples that are looked at before other work of the host gets its turn: some milliseconds. */
const samplesATurn = 2 ** 18;

/**
 * Relief of a plate and the phase that it adds, 2 pi (n - 1) h / lambda wrapped to -pi..pi: positive behind thicker
 * material, as the twin counts it (time factor exp(-i w t)). Plates of more than `largestSide` samples a side are
 * thinned; smallest, largest and mean height and the histogram are of all samples. Throws `plan/invalid` for an index that is none.
 */
export async function platePlanesOf({file, layers, masks}: Design, index: number): Promise<PlatePlanes> {
  const relief = layers[index];
  const layer = file.layers[index];
  if (!relief || !layer)
    throw new BenchError(
      'plan/invalid',
      `The design ${file.name} has no plate ${index + 1}; it has ${layers.length}. Nothing was computed.`,
    );
  const {values} = relief;
  const radPerMm = (2 * Math.PI * (layer.refractiveIndex - 1)) / wavelengthMmFromHz(file.frequencyHz);
  let [minMm, maxMm, sum] = [Infinity, -Infinity, 0];
  for (let start = 0; start < values.length; start += samplesATurn) {
    for (const value of values.subarray(start, start + samplesATurn)) {
      if (value < minMm) minMm = value;
      if (value > maxMm) maxMm = value;
      sum += value;
    }
    await nextTurn();
  }
  const edgesMm = layer.levels
    ? levelEdges(layer.levels.count, layer.levels.maximumMm)
    : Array.from({length: freeBinCount + 1}, (_, i) => minMm + (i * (maxMm - minMm || 1)) / freeBinCount);
  const counts = new Array<number>(edgesMm.length - 1).fill(0);
  for (let start = 0; start < values.length; start += samplesATurn) {
    countBetween(values.subarray(start, start + samplesATurn), edgesMm, counts);
    await nextTurn();
  }
  const {grid, heights} = thinned(relief);
  await nextTurn();
  const mask = masks?.[index];
  return {
    heightMm: squarePlane(grid, heights, 'mm'),
    phaseRad: squarePlane(
      grid,
      heights.map((heightMm) => wrappedRad(radPerMm * heightMm)),
      'rad',
    ),
    mask: mask ? {transmission: thinnedPlane(mask, '1'), passedRatio: passedRatioOf(mask)} : null,
    minMm,
    maxMm,
    meanMm: sum / values.length,
    histogram: {edgesMm, counts},
  };
}

/** Mean transmission of the power that falls on a mask everywhere alike. */
export function passedRatioOf({values}: Pick<RealPlane, 'values'>): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum / values.length;
}

/** A plane of the API on a square, centred grid. */
export function squarePlane(grid: Grid, values: Float32Array<ArrayBuffer>, unit: string): Plane {
  const span: [number, number] = [positionMm(grid, 0), positionMm(grid, grid.count - 1)];
  return {rows: grid.count, columns: grid.count, values, xMm: span, yMm: [...span], unit};
}

/** Half-way between the levels, so that each has a bin of its own. */
function levelEdges(count: number, maximumMm: number): number[] {
  const stepMm = maximumMm / (count - 1);
  return Array.from({length: count + 1}, (_, i) => (i - 0.5) * stepMm);
}

/** Adds how many values lie between neighbouring edges, which stand at equal distances. */
function countBetween(values: ArrayLike<number>, edges: readonly number[], counts: number[]): void {
  const perStep = counts.length / (edges[edges.length - 1] - edges[0]);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - edges[0]) * perStep);
    counts[Math.max(0, Math.min(counts.length - 1, bin))]++;
  }
}

/** A plane of the API of at most `largestSide` samples a side, its values not smoothed. */
export function thinnedPlane(relief: RealPlane, unit: string): Plane {
  const {grid, heights} = thinned(relief);
  return squarePlane(grid, heights, unit);
}

/** Heights of at most `largestSide` samples a side: every n-th sample, so that no step is smoothed away. */
function thinned({grid, values}: RealPlane): {grid: Grid; heights: Float32Array<ArrayBuffer>} {
  const step = Math.ceil(grid.count / largestSide);
  if (step === 1) return {grid, heights: Float32Array.from(values)};
  const count = Math.floor(grid.count / step);
  // What is left over at the edges when the side does not divide is left out evenly.
  const first = Math.floor((grid.count - (count - 1) * step - 1) / 2);
  const heights = new Float32Array(count * count);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      heights[row * count + column] = values[(first + row * step) * grid.count + first + column * step];
  return {grid: {count, pitchMm: grid.pitchMm * step}, heights};
}

const wrappedRad = (phaseRad: number): number =>
  phaseRad - 2 * Math.PI * Math.ceil((phaseRad - Math.PI) / (2 * Math.PI));
