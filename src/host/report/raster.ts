/** Scan points as a picture: one cell a point, nothing between them made up. */
import {encode} from 'fast-png';
import {createColourMap, type ColourMapName} from './colour-map.ts';

/** Cells in rows from the smallest y; NaN where nothing was measured. Edges are those of the outermost cells, mm. */
export interface Raster {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
  readonly leftMm: number;
  readonly bottomMm: number;
  readonly cellWidthMm: number;
  readonly cellHeightMm: number;
}

/** Range of values that a colour scale spans, and how they are laid along it. */
export interface ValueScale {
  readonly low: number;
  readonly high: number;
  /** `root`: by the square root of value - low, which shows weak light beside strong without cutting either off. */
  readonly kind: 'linear' | 'root';
}

/** Place of a value on its scale, 0..1; values outside take the ends. */
export function partOfScale(value: number, {low, high, kind}: ValueScale): number {
  if (!(high > low)) return 0.5;
  const part = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return kind === 'root' ? Math.sqrt(part) : part;
}

/** Puts points on the grid of their step. A point measured twice shows its last value. */
export function createRaster(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  values: ArrayLike<number>,
  cell: {readonly widthMm: number; readonly heightMm: number},
): Raster {
  const [leftMm, rightMm] = rangeOf(xMm);
  const [bottomMm, topMm] = rangeOf(yMm);
  const columns = Math.round((rightMm - leftMm) / cell.widthMm) + 1;
  const rows = Math.round((topMm - bottomMm) / cell.heightMm) + 1;
  const cells = new Float64Array(columns * rows).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    const column = Math.round((xMm[i] - leftMm) / cell.widthMm);
    const row = Math.round((yMm[i] - bottomMm) / cell.heightMm);
    cells[row * columns + column] = values[i]!;
  }
  return {
    columns,
    rows,
    values: cells,
    leftMm: leftMm - cell.widthMm / 2,
    bottomMm: bottomMm - cell.heightMm / 2,
    cellWidthMm: cell.widthMm,
    cellHeightMm: cell.heightMm,
  };
}

/** A picture as a data address: largest y on top, cells without a value left transparent. */
export function createPngAddress(raster: Raster, map: ColourMapName, scale: ValueScale): string {
  const colourAt = createColourMap(map);
  const {columns, rows, values} = raster;
  const data = new Uint8Array(columns * rows * 4);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      if (Number.isNaN(value)) continue;
      const at = 4 * ((rows - 1 - row) * columns + column);
      data.set(colourAt(partOfScale(value, scale)), at);
      data[at + 3] = 255;
    }
  const png = encode({width: columns, height: rows, data, channels: 4, depth: 8});
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function rangeOf(values: ArrayLike<number>): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}
