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
