import type {KernelPlane} from '../propagation/convolver.ts';
import {pixelIndices} from '../layers/plate.ts';
import type {FieldView} from './sampling.ts';
import type {PlateScreen} from './stack-plates.ts';
import type {Stack} from './stack.ts';

/**
 * Derivative of a real number L by the height of every pixel of every plate, per mm (0 of foils), plate after plate, from
 * b = dL/d(conj U) at the output plane of the fields that the stack holds: dL/dh = 2 Re(conj(b) t U dlog t/dh) with
 * dlog t/dh = (2 pi / lambda) (i (n - 1) - k), b carried back by the adjoint of the propagation, at the screen that a change
 * of the height acts on. `work` is used up. Plates in front of `firstPlate` (from 0) are not reached and get 0.
 */
export function vjpHeights(stack: Stack, work: KernelPlane, firstPlate = 0): Float32Array {
  const {plateCount, designGrid} = stack;
  const size = designGrid.count ** 2;
  const out = new Float32Array(plateCount * size);
  for (let part = plateCount; part > firstPlate; part--) {
    stack.carryBack(part, work);
    const own = out.subarray((part - 1) * size, part * size);
    stack.passBack(part, work, stack.hasHeights(part - 1) ? visitHeights(stack, part - 1, own) : undefined);
  }
  return out;
}

/** Adds the derivatives of a plate's heights at one of its screens. */
function visitHeights(
  {grid, designGrid, wavelengthMm, state}: Stack,
  plate: number,
  out: Float32Array,
): (screen: PlateScreen, behind: FieldView) => void {
  const pixels = pixelIndices(designGrid, grid);
  const side = designGrid.count;
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const {refractiveIndex, extinction} = state.plates[plate];
  const [phase, loss] = [waveNumber * (refractiveIndex - 1), waveNumber * extinction];
  return ({screen: t, incident: u, isTop}, b) => {
    for (let row = 0; row < grid.count; row++) {
      if (pixels[row] < 0) continue;
      for (let column = 0; column < grid.count; column++) {
        const at = row * grid.count + column;
        if (pixels[column] < 0 || !isTop(at)) continue;
        const re = u.re[at] * t.re[at] - u.im[at] * t.im[at];
        const im = u.re[at] * t.im[at] + u.im[at] * t.re[at];
        // conj(b) t U
        const gr = b.re[at] * re + b.im[at] * im;
        const gi = b.re[at] * im - b.im[at] * re;
        out[pixels[row] * side + pixels[column]] += 2 * (-loss * gr - phase * gi);
      }
    }
  };
}
