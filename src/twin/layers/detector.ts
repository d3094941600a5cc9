import type {DetectorRegion} from '../../contract/design-file.ts';
import {positionMm, type Grid} from '../../contract/optics.ts';

/** Indices of the samples of a grid that lie in each detector region (a sample belongs to where its centre is). */
export function regionSamples(regions: readonly DetectorRegion[], grid: Grid): Int32Array[] {
  return regions.map((region) => {
    const inside: number[] = [];
    for (let row = 0; row < grid.count; row++) {
      if (Math.abs(positionMm(grid, row) - region.centerYMm) >= region.heightMm / 2) continue;
      for (let column = 0; column < grid.count; column++) {
        if (Math.abs(positionMm(grid, column) - region.centerXMm) < region.widthMm / 2) {
          inside.push(row * grid.count + column);
        }
      }
    }
    return Int32Array.from(inside);
  });
}

/** Samples of a grid in a square around the axis: `count` along a side, the first of them in row and column `first`. */
export interface WindowSamples {
  readonly count: number;
  readonly first: number;
}

/** The samples of a grid whose centres lie in a square of `widthMm` around the axis. */
export function windowSamples(widthMm: number, grid: Grid): WindowSamples {
  // A sample on the edge by rounding belongs to the window on both sides or on none.
  const reach = widthMm / (2 * grid.pitchMm) + (grid.count - 1) / 2 - 1e-9;
  const first = Math.max(0, grid.count - 1 - Math.floor(reach));
  return {first, count: grid.count - 2 * first};
}
