import type {KernelPlane} from '../propagation/convolver.ts';
import {pixelIndices} from '../layers/plate.ts';
import type {Stack} from './stack.ts';

/**
 * Derivative of a real number L by the height of every pixel of every plate, per mm (0 of foils), plate after plate, from
 * b = dL/d(conj U) at the output plane of the fields that the stack holds: dL/dh = 2 Re(conj(b) t U dlog t/dh) with
 * dlog t/dh = (2 pi / lambda) (i (n - 1) - k), b carried back by the adjoint of the propagation. `work` is used up.
 */
export function vjpHeights(stack: Stack, work: KernelPlane): Float32Array {
  const {convolver, grid, plateCount, wavelengthMm, designGrid} = stack;
  const pixels = pixelIndices(designGrid, grid);
  const side = designGrid.count;
  const out = new Float32Array(plateCount * side * side);
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  for (let gap = plateCount; gap >= 1; gap--) {
    stack.carryBack(gap, work);
    const plate = gap - 1;
    const {refractiveIndex, extinction} = stack.state.plates[plate];
    const [phase, loss] = [waveNumber * (refractiveIndex - 1), waveNumber * extinction];
    const b = convolver.view(work);
    const t = convolver.view(stack.masks[gap]);
    const u = convolver.view(stack.incident[gap]);
    const hasHeights = stack.hasHeights(plate);
    for (let row = 0; row < grid.count; row++)
      for (let column = 0; column < grid.count; column++) {
        const at = row * grid.count + column;
        const [tr, ti] = [t.re[at], t.im[at]];
        const [br, bi] = [b.re[at], b.im[at]];
        if (hasHeights && pixels[row] >= 0 && pixels[column] >= 0) {
          const re = u.re[at] * tr - u.im[at] * ti;
          const im = u.re[at] * ti + u.im[at] * tr;
          // conj(b) t U
          const gr = br * re + bi * im;
          const gi = br * im - bi * re;
          out[plate * side * side + pixels[row] * side + pixels[column]] += 2 * (-loss * gr - phase * gi);
        }
        b.re[at] = br * tr + bi * ti;
        b.im[at] = bi * tr - br * ti;
      }
  }
  return out;
}
