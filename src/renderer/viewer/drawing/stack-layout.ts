import {monotone} from '../../../base/monotone.ts';

/** One part of the stack, side-on. */
export interface StackPart {
  readonly label: string;
  readonly kind: 'source' | 'object' | 'plate' | 'detector';
  /** Place of its front along the beam, mm. */
  readonly zMm: number;
  /** Thickness along the beam, mm; 0 for a plane without one. */
  readonly thicknessMm: number;
  /** Size across the beam, mm. */
  readonly heightMm: number;
  /** Shift of its middle across the beam, mm. */
  readonly xOffsetMm?: number;
}

/** Rows in which labels stand so that neighbours do not cover each other; 0 is nearest to the drawing. */
export function labelRows(
  centresPx: readonly number[],
  widthsPx: readonly number[],
  gapPx: number,
): number[] {
  const order = centresPx.map((_, i) => i).sort((a, b) => centresPx[a] - centresPx[b]);
  const ends: number[] = [];
  const rows = new Array<number>(centresPx.length).fill(0);
  for (const i of order) {
    const left = centresPx[i] - widthsPx[i] / 2;
    const found = ends.findIndex((end) => left >= end + gapPx);
    const row = found < 0 ? ends.length : found;
    rows[i] = row;
    ends[row] = left + widthsPx[i];
  }
  return rows;
}

/**
 * Middles of labels in one row, in the order of their places and as near to them as their widths allow, all between `low`
 * and `high` where they fit there.
 */
export function spreadLabels(
  centresPx: readonly number[],
  widthsPx: readonly number[],
  {gapPx, lowPx, highPx}: {readonly gapPx: number; readonly lowPx: number; readonly highPx: number},
): number[] {
  const order = centresPx.map((_, i) => i).sort((a, b) => centresPx[a] - centresPx[b]);
  // Widths before each label: in coordinates from which they are taken off, labels only have to be in order.
  let before = 0;
  const offsets = order.map((i, place) => {
    before += place === 0 ? 0 : (widthsPx[order[place - 1]] + widthsPx[i]) / 2 + gapPx;
    return before;
  });
  const middles = monotone(order.map((i, place) => centresPx[i] - offsets[place]));
  const [first, last] = [order[0], order[order.length - 1]];
  const lowest = lowPx + (widthsPx[first] ?? 0) / 2;
  const highest = highPx - (widthsPx[last] ?? 0) / 2 - (offsets[offsets.length - 1] ?? 0);
  const spread = new Array<number>(centresPx.length);
  order.forEach((i, place) => {
    spread[i] = Math.max(lowest, Math.min(highest, middles[place])) + offsets[place];
  });
  return spread;
}

/** Extent of a stack, mm. */
export function stackBounds(parts: readonly StackPart[]): {zMm: [number, number]; xMm: [number, number]} {
  const z = parts.flatMap(({zMm, thicknessMm}) => [zMm, zMm + thicknessMm]);
  const x = parts.flatMap(({heightMm, xOffsetMm = 0}) => [
    xOffsetMm - heightMm / 2,
    xOffsetMm + heightMm / 2,
  ]);
  const zLow = Math.min(...z);
  const zHigh = Math.max(...z);
  const margin = Math.max((zHigh - zLow) * 0.03, 0.5);
  return {zMm: [zLow - margin, zHigh + margin], xMm: [Math.min(...x), Math.max(...x)]};
}
