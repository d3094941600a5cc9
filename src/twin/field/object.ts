import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {positionMm, type ComplexPlane, type Grid} from '../../contract/optics.ts';

/** A test image as data sets store it: row 0 is the top row; values 0..255. */
export interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
}

/** How an image becomes an object, as design files name it. */
export type ObjectKind = DesignFile['object']['kind'];

/**
 * Grey value (0..1) of an image at the samples of a grid, the image being `sideMm` high and centred, its top row
 * at the largest y; 0 outside.
 */
export function enlargeImage(
  image: Image,
  grid: Grid,
  sideMm: number,
  interpolation: 'nearest' | 'bilinear',
): Float64Array {
  const {rows, columns, bytes} = image;
  if (bytes.length !== rows * columns) {
    throw new BenchError(
      'twin/invalid',
      `An image of ${rows} x ${columns} needs ${rows * columns} values, not ${bytes.length}.`,
    );
  }
  const cellMm = sideMm / rows;
  const values = new Float64Array(grid.count * grid.count);
  const pixel = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= rows || column >= columns ? 0 : bytes[row * columns + column] / 255;
  for (let row = 0; row < grid.count; row++) {
    // Continuous image coordinates: pixel (r, c) covers r..r+1, c..c+1, counted from the top left corner.
    const r = rows / 2 - positionMm(grid, row) / cellMm;
    if (r <= -1 || r >= rows + 1) continue;
    for (let column = 0; column < grid.count; column++) {
      const c = columns / 2 + positionMm(grid, column) / cellMm;
      if (c <= -1 || c >= columns + 1) continue;
      const at = row * grid.count + column;
      if (interpolation === 'nearest') values[at] = pixel(Math.floor(r), Math.floor(c));
      else {
        const [r0, c0] = [Math.floor(r - 0.5), Math.floor(c - 0.5)];
        const [fr, fc] = [r - 0.5 - r0, c - 0.5 - c0];
        values[at] =
          (1 - fr) * ((1 - fc) * pixel(r0, c0) + fc * pixel(r0, c0 + 1)) +
          fr * ((1 - fc) * pixel(r0 + 1, c0) + fc * pixel(r0 + 1, c0 + 1));
      }
    }
  }
  return values;
}

/** Phase of a phase object where its image is white, in turns. */
export const phaseTurnsOf = ({phaseTurns}: DesignFile['object']): number => phaseTurns ?? 1;

/**
 * Transmission of a test image at the object plane. binary-mask: 1 where the grey value reaches the threshold, else
 * 0; grey-amplitude: the grey value; phase: exp(i 2 pi phaseTurns grey) over the whole grid.
 */
export function createObject(
  image: Image,
  grid: Grid,
  object: DesignFile['object'],
  kind: ObjectKind = object.kind,
): ComplexPlane {
  const grey = enlargeImage(image, grid, object.sideMm, object.interpolation);
  const im = new Float64Array(grey.length);
  if (kind === 'phase') {
    const re = new Float64Array(grey.length);
    const whiteRad = 2 * Math.PI * phaseTurnsOf(object);
    for (let i = 0; i < grey.length; i++) {
      re[i] = Math.cos(whiteRad * grey[i]);
      im[i] = Math.sin(whiteRad * grey[i]);
    }
    return {grid, re, im};
  }
  if (kind === 'binary-mask')
    for (let i = 0; i < grey.length; i++) grey[i] = grey[i] >= object.threshold ? 1 : 0;
  return {grid, re: grey, im};
}
