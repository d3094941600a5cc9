import type {Corner, MapOrientation} from '../../contract/map-import.ts';

/** Numbers of a file in its own rows and columns. */
export interface MapTable {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Where a sample of the file comes to lie: column and row of the result, from the smallest x and y. */
type Place = readonly [column: number, row: number];

/**
 * A map in the axes of the twin (row 0 = smallest y, column 0 = smallest x, x right as seen from the detector): looked at
 * with its first row at the top or bottom, mirrored left-right, turned counter-clockwise by quarters, and, where it is
 * seen from the source, with x to the left.
 */
export function orientMap({rows, columns, values}: MapTable, orientation: MapOrientation): MapTable {
  const isTurned = orientation.quarterTurns % 2 === 1;
  const [width, height] = isTurned ? [rows, columns] : [columns, rows];
  const out = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = placeOf([column, row], {rows, columns}, orientation);
      out[y * width + x] = values[row * columns + column];
    }
  return {rows: height, columns: width, values: out};
}

function placeOf(
  [column, row]: Place,
  {rows, columns}: Pick<MapTable, 'rows' | 'columns'>,
  {firstRow, seenFrom, mirrored, quarterTurns}: MapOrientation,
): Place {
  let [width, height] = [columns, rows];
  let x = mirrored ? columns - 1 - column : column;
  let y = firstRow === 'top' ? rows - 1 - row : row;
  for (let turn = 0; turn < quarterTurns; turn++) {
    [x, y] = [height - 1 - y, x];
    [width, height] = [height, width];
  }
  return [seenFrom === 'source' ? width - 1 - x : x, y];
}

/** Where the file's first number and the last one of its first row come to lie, as seen from the detector. */
export function cornersOf(orientation: MapOrientation): {readonly first: Corner; readonly rowEnd: Corner} {
  const at = (column: number): Corner => {
    const [x, y] = placeOf([column, 0], {rows: 2, columns: 2}, orientation);
    return `${y === 1 ? 'top' : 'bottom'} ${x === 0 ? 'left' : 'right'}`;
  };
  return {first: at(0), rowEnd: at(1)};
}
