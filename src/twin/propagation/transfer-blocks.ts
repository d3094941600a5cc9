/** Transfer functions in the block form of the kernel: `lanes` columns at a time, row by row, re before im. */
import type {RealArray} from '../../contract/optics.ts';
import type {ShiftRamp} from './transfer-function.ts';

/** Side of a transform, and numbers in a vector of the kernel. */
export interface BlockForm {
  readonly length: number;
  readonly lanes: number;
}

/** A transfer function as `intoBlocks` orders it, its real and imaginary parts apart. */
export interface TransferBlocks {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Writes a row-major transfer function in the block form of the kernel: `lanes` columns at a time, re before im. */
export function intoBlocks(to: RealArray, {length, lanes}: BlockForm, re: RealArray, im: RealArray): void {
  let at = 0;
  for (let first = 0; first < length; first += lanes) {
    const used = Math.min(lanes, length - first);
    for (let row = 0; row < length; row++, at += 2 * lanes) {
      const from = row * length + first;
      for (let lane = 0; lane < used; lane++) {
        to[at + lane] = re[from + lane];
        to[at + lanes + lane] = im[from + lane];
      }
    }
  }
}

/** A row-major transfer function in the order of blocks. */
export function inBlockOrder({length, lanes}: BlockForm, re: Float64Array, im: Float64Array): TransferBlocks {
  const size = Math.ceil(length / lanes) * lanes * length;
  const blocks = {re: new Float64Array(size), im: new Float64Array(size)};
  for (let row = 0; row < length; row++)
    for (let column = 0; column < length; column++) {
      const at = (Math.floor(column / lanes) * length + row) * lanes + (column % lanes);
      blocks.re[at] = re[row * length + column];
      blocks.im[at] = im[row * length + column];
    }
  return blocks;
}

/** intoBlocks of a transfer function times the ramps of a shift, in one pass: every step of a training does it for each gap. */
export function intoShifted(
  to: RealArray,
  {length, lanes}: BlockForm,
  {re, im}: TransferBlocks,
  [x, y]: readonly [x: ShiftRamp, y: ShiftRamp],
): void {
  for (let column = 0; column < length; column++) {
    const cos = x.cos[column];
    const sin = x.sin[column];
    let from = Math.floor(column / lanes) * length * lanes + (column % lanes);
    let at = Math.floor(column / lanes) * length * 2 * lanes + (column % lanes);
    for (let row = 0; row < length; row++, from += lanes, at += 2 * lanes) {
      const c = cos * y.cos[row] - sin * y.sin[row];
      const s = cos * y.sin[row] + sin * y.cos[row];
      const real = re[from];
      const imaginary = im[from];
      to[at] = real * c - imaginary * s;
      to[at + lanes] = real * s + imaginary * c;
    }
  }
}

/** As intoBlocks, from the blocks of a spectrum in double precision (two columns at a time). */
export function fromPairs(to: RealArray, {length, lanes}: BlockForm, pairs: Float64Array): void {
  if (lanes === 2) return to.set(pairs);
  // Column by column: a block of four is two pairs, of which the last may be missing.
  for (let column = 0; column < length; column++) {
    let from = (column >> 1) * length * 4 + (column & 1);
    let at = Math.floor(column / lanes) * length * 2 * lanes + (column % lanes);
    for (let row = 0; row < length; row++, from += 4, at += 2 * lanes) {
      to[at] = pairs[from];
      to[at + lanes] = pairs[from + 2];
    }
  }
}
