import type {Grid} from '../../contract/optics.ts';
import {pixelIndices, type PlateModel} from './plate.ts';

/** The relief of a plate along the beam: from its lowest to its highest place, mm above the base. */
export interface ReliefExtent {
  readonly lowestMm: number;
  readonly highestMm: number;
}

/** Extent of a plate's relief, mm above the base: the one that it is drawn with, or that of its heights. */
export function reliefExtentOf({relief, extent}: PlateModel): ReliefExtent {
  if (extent) return extent;
  let [lowestMm, highestMm] = [Infinity, -Infinity];
  for (const height of relief.values) {
    if (height < lowestMm) lowestMm = height;
    if (height > highestMm) highestMm = height;
  }
  return {lowestMm, highestMm};
}

/** The face that carries the relief as the plate stands: whoever turns a plate over turns its relief to the other side. */
export function standingFace({
  reliefFaces = 'detector',
  placement: {flipX = false, flipY = false} = {},
}: PlateModel): 'source' | 'detector' {
  return flipX === flipY ? reliefFaces : otherFace(reliefFaces);
}

export const otherFace = (face: 'source' | 'detector'): 'source' | 'detector' =>
  face === 'source' ? 'detector' : 'source';

/**
 * Heights above the base at the samples of a grid in the plate's own frame (flips made), mm; NaN outside of the plate, where
 * the holder is opaque. Each sample sees the square pixel in which it lies. `into` is written over where it fits.
 */
export function sampleRelief(
  {relief, placement = {}}: PlateModel,
  grid: Grid,
  into?: Float64Array,
): Float64Array {
  const pixels = pixelIndices(relief.grid, grid);
  const side = relief.grid.count;
  const total = grid.count * grid.count;
  const heights = (into?.length === total ? into : new Float64Array(total)).fill(Number.NaN);
  for (let row = 0; row < grid.count; row++) {
    if (pixels[row] < 0) continue;
    const v = placement.flipY ? side - 1 - pixels[row] : pixels[row];
    for (let column = 0; column < grid.count; column++) {
      if (pixels[column] < 0) continue;
      const u = placement.flipX ? side - 1 - pixels[column] : pixels[column];
      heights[row * grid.count + column] = relief.values[v * side + u];
    }
  }
  return heights;
}
