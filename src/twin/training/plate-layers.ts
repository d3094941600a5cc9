import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {NetworkSpec} from './network-spec.ts';
import {createTransmissions} from './transmissions.ts';

/** The plates of a network for training, thin or thick, and their way back. */
export interface PlateLayers {
  /** Sets what every plate is made of, ordered as neurons.ts says. */
  setHeights(layers: readonly ArrayLike<number>[]): void;
  /** The plane for the light that falls on a plate. */
  entry(slot: number, layer: number): KernelPlane;
  /** Light that has been written to `entry` as it goes on into the gap behind: a plane, and the mask it is still to be multiplied with. */
  leave(slot: number, layer: number): {readonly from: KernelPlane; readonly mask: KernelPlane};
  /**
   * Adjoint of the way through a plate, in place, for the light of a slot that fell on it; adds to the gradient. What is still
   * to be multiplied with, conjugated, is returned.
   */
  carryBack(slot: number, layer: number, plane: KernelPlane): KernelPlane;
  /** Gradient over what a plate is made of, gathered since `clearGradients`. */
  readGradient(layer: number, into: Float32Array): void;
  clearGradients(): void;
}

/** Thin plates in the memory of `convolver`. */
export function createThinLayers(spec: NetworkSpec, convolver: Convolver): PlateLayers {
  const layerCount = spec.gapsMm.length - 1;
  const total = spec.grid.count ** 2;
  const planes = (): KernelPlane[] => Array.from({length: layerCount}, () => convolver.createPlane());
  const [masks, gradients] = [planes(), planes()];
  const incident = Array.from({length: spec.slotCount}, planes);
  const waveNumber = (2 * Math.PI) / spec.wavelengthMm;
  const transmissions = createTransmissions(
    spec,
    waveNumber * (spec.refractiveIndex - 1),
    waveNumber * spec.extinction,
  );
  let made: readonly ArrayLike<number>[] = [];
  return {
    setHeights(layers) {
      made = layers;
      layers.forEach((plate, layer) => transmissions.write(plate, convolver.view(masks[layer])));
    },
    entry: (slot, layer) => incident[slot][layer],
    leave: (slot, layer) => ({from: incident[slot][layer], mask: masks[layer]}),
    carryBack(slot, layer, plane) {
      const u = incident[slot][layer];
      const g = gradients[layer];
      convolver.kernel.call.accumulateGradient32(g.re, g.im, plane.re, plane.im, u.re, u.im, total);
      return masks[layer];
    },
    readGradient(layer, into) {
      const [fields, written] = [convolver.view(gradients[layer]), convolver.view(masks[layer])];
      transmissions.readGradient(made[layer], fields, written, into);
    },
    clearGradients: () => clearPlanes(convolver, gradients),
  };
}

/** Sets planes to 0. */
export function clearPlanes(convolver: Convolver, planes: readonly KernelPlane[]): void {
  for (const plane of planes) {
    const {re, im} = convolver.view(plane);
    re.fill(0);
    im.fill(0);
  }
}
