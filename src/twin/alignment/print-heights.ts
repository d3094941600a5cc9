import type {PlateModel} from '../layers/plate.ts';
import {reliefExtentOf} from '../layers/relief.ts';

/**
 * Height errors of printed plates, mm: pixel by pixel (row = y, column = x), place after place, as the plates stand.
 * `id` tells sets apart without comparing them.
 */
export interface PrintHeights {
  readonly id: string;
  readonly valuesMm: Float32Array;
}

let count = 0;

/** Gives heights a name of their own, unless they have one. */
export const createPrintHeights = (valuesMm: ArrayLike<number>, id = `heights ${count++}`): PrintHeights => ({
  id,
  valuesMm: Float32Array.from(valuesMm),
});

/** The plates with the height errors of their places added. */
export function withPrints(
  plates: readonly PlateModel[],
  prints: PrintHeights | undefined,
): readonly PlateModel[] {
  if (!prints) return plates;
  let offset = 0;
  return plates.map((plate) => {
    const {grid, values} = plate.relief;
    const from = offset;
    offset += values.length;
    const heights = Float64Array.from(values, (value, i) => value + prints.valuesMm[from + i]);
    // Where a plate stands and is sliced does not hang on its height errors.
    return {...plate, relief: {grid, values: heights}, extent: reliefExtentOf(plate)};
  });
}
