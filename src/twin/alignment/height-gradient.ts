import type {KernelPlane} from '../propagation/convolver.ts';
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
    const screen = stack.hasHeights(part - 1) ? visitHeights(stack, part - 1, own) : undefined;
    stack.passBack(part, work, {screen});
  }
  return out;
}

/** Adds the derivatives of a plate's heights at one of its screens. */
function visitHeights(
  {wavelengthMm, state}: Stack,
  plate: number,
  out: Float32Array,
): (screen: PlateScreen, behind: FieldView) => void {
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const {refractiveIndex, extinction} = state.plates[plate];
  const [phase, loss] = [waveNumber * (refractiveIndex - 1), waveNumber * extinction];
  return ({incident: u, cells: t, isTop, gather}, b) => {
    // conj(b) U at the samples, and what of it each pixel sees.
    const [re, im] = [new Float64Array(u.re.length), new Float64Array(u.re.length)];
    for (let i = 0; i < re.length; i++) {
      re[i] = b.re[i] * u.re[i] + b.im[i] * u.im[i];
      im[i] = b.re[i] * u.im[i] - b.im[i] * u.re[i];
    }
    const seen = gather({re, im});
    for (let i = 0; i < out.length; i++) {
      if (!isTop(i)) continue;
      const gr = seen.re[i] * t.re[i] - seen.im[i] * t.im[i];
      const gi = seen.re[i] * t.im[i] + seen.im[i] * t.re[i];
      out[i] += 2 * (-loss * gr - phase * gi);
    }
  };
}
