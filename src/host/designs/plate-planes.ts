import type {Plane} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {positionMm, type Grid} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';

export interface PlatePlanes {
  readonly heightMm: Plane;
  readonly phaseRad: Plane;
  readonly minMm: number;
  readonly maxMm: number;
  readonly meanMm: number;
  readonly histogram: {readonly edgesMm: number[]; readonly counts: number[]};
}

/** Bins of a plate whose heights are not quantised. */
const freeBinCount = 40;

/**
 * Relief of a plate and the phase that it adds, 2 pi (n - 1) h / lambda wrapped to -pi..pi: positive behind thicker
 * material, as the twin counts it (time factor exp(-i w t)). Throws `plan/invalid` for an index that is none.
 */
export function platePlanesOf({file, layers}: Design, index: number): PlatePlanes {
  const relief = layers[index];
  const layer = file.layers[index];
  if (!relief || !layer)
    throw new BenchError(
      'plan/invalid',
      `The design ${file.name} has no plate ${index + 1}; it has ${layers.length}. Nothing was computed.`,
    );
  const {values, grid} = relief;
  const radPerMm = (2 * Math.PI * (layer.refractiveIndex - 1)) / wavelengthMmFromHz(file.frequencyHz);
  let [minMm, maxMm, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    minMm = Math.min(minMm, value);
    maxMm = Math.max(maxMm, value);
    sum += value;
  }
  const edgesMm = layer.levels
    ? levelEdges(layer.levels.count, layer.levels.maximumMm)
    : Array.from({length: freeBinCount + 1}, (_, i) => minMm + (i * (maxMm - minMm || 1)) / freeBinCount);
  return {
    heightMm: squarePlane(grid, Float32Array.from(values), 'mm'),
    phaseRad: squarePlane(
      grid,
      Float32Array.from(values, (heightMm) => wrappedRad(radPerMm * heightMm)),
      'rad',
    ),
    minMm,
    maxMm,
    meanMm: sum / values.length,
    histogram: {edgesMm, counts: countBetween(values, edgesMm)},
  };
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

function countBetween(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const perStep = counts.length / (edges[edges.length - 1] - edges[0]);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - edges[0]) * perStep);
    counts[Math.max(0, Math.min(counts.length - 1, bin))]++;
  }
  return counts;
}

const wrappedRad = (phaseRad: number): number =>
  phaseRad - 2 * Math.PI * Math.ceil((phaseRad - Math.PI) / (2 * Math.PI));
