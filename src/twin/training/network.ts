import type {Illumination} from '../../contract/illumination.ts';
import type {RealArray} from '../../contract/optics.ts';
import {createIllumination} from '../field/illumination.ts';
import {
  createConvolver,
  type Convolver,
  type KernelPlane,
  type KernelTransfer,
} from '../propagation/convolver.ts';
import type {TransferBlocks} from '../propagation/transfer-blocks.ts';
import {transformLength} from '../propagation/propagator.ts';
import {shiftRamp} from '../propagation/transfer-function.ts';
import {createSpectra, gapErrorsOf, type GapErrors, type PlateErrors} from './gap-spectra.ts';
import {lightObject} from './lit-object.ts';
import type {NetworkSpec} from './network-spec.ts';
import {energyCountOf, planeReading, type ScanGrid} from './region-reading.ts';
import {createThinLayers} from './plate-layers.ts';
import {createThickLayers} from './thick-layers.ts';

/**
 * A network in single precision with its way back: fields of `slotCount` objects stay in the kernel's memory between
 * forward and backward. Plates are points at their own shifted places, as in createOpticalSystem with oversample 1.
 */
export interface TrainingNetwork {
  readonly layerCount: number;
  /** Regions, or the samples of the window that is read. */
  readonly regionCount: number;
  /** Sets what every plate is made of, row-major: of phase neurons the relief, mm above the base; else see neurons.ts. */
  setHeights(layers: readonly ArrayLike<number>[]): void;
  setPlateErrors(errors: PlateErrors | null): void;
  setIllumination(illumination: Illumination): void;
  /** Reads regions at the points of a scan as a bench does; null reads every sample. */
  setScan(scan: ScanGrid | null): void;
  /**
   * Carries an object (amplitudes or turns of phase, row-major) through; fills `energies` with the energy of each region and
   * returns the power that entered, both in units of amplitude squared times mm^2.
   */
  forward(slot: number, object: Float32Array, energies: Float32Array): number;
  /** Adds the gradient of the loss over the heights, given its derivative by each region energy of that slot. */
  backward(slot: number, energyGradients: ArrayLike<number>): void;
  /** Gradient over what a plate is made of, of a relief per mm, gathered since `clearGradients`. */
  readHeightGradient(layer: number, into: Float32Array): void;
  clearGradients(): void;
  /** Intensity of the output plane of a slot after `forward`, row-major, as it is read. */
  readIntensity(slot: number, into: Float32Array): void;
}

/** Allocates a network for `spec`. Throws `RangeError` when the side of its grid is not divisible by 4. */
export function createTrainingNetwork(spec: NetworkSpec): TrainingNetwork {
  const {grid, wavelengthMm, gapsMm} = spec;
  const layerCount = gapsMm.length - 1;
  const length = transformLength(grid.count, {method: 'asm', pad: spec.pad});
  const convolver = createConvolver(grid.count, length, 'single');
  if (convolver.stride !== grid.count)
    throw new RangeError('A network for training needs a side divisible by 4.');
  const planes = (count: number): KernelPlane[] => Array.from({length: count}, () => convolver.createPlane());
  const [work] = planes(1);
  const outputs = planes(spec.slotCount);
  const transfers = gapsMm.map(() => convolver.createTransfer());
  const writeGaps = createGapWriter(spec, convolver, transfers);
  let reading = planeReading(spec, null);
  const area = grid.pitchMm ** 2;
  const plates = createThickLayers(spec, convolver) ?? createThinLayers(spec, convolver);
  let light = createIllumination({kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0}, grid, wavelengthMm);

  const setPlateErrors = (errors: PlateErrors | null): void => writeGaps(gapErrorsOf(errors, layerCount));
  setPlateErrors(null);

  return {
    layerCount,
    regionCount: energyCountOf(spec),
    setPlateErrors,
    setIllumination(illumination) {
      light = createIllumination(illumination, grid, wavelengthMm);
    },
    setScan(scan) {
      reading = planeReading(spec, scan);
    },
    setHeights: (layers) => plates.setHeights(layers),
    forward(slot, object, energies) {
      const output = outputs[slot];
      const power = lightObject[spec.objectValue ?? 'amplitude'](object, light, convolver.view(work));
      let leaving: {readonly from: KernelPlane; readonly mask?: KernelPlane} = {from: work};
      for (let layer = 0; layer <= layerCount; layer++) {
        const to = layer === layerCount ? output : plates.entry(slot, layer);
        convolver.apply(transfers[layer], leaving.from, to, {mask: leaving.mask});
        if (layer < layerCount) leaving = plates.leave(slot, layer);
      }
      reading.sum(convolver.view(output), energies);
      return power * area;
    },
    backward(slot, energyGradients) {
      const out = convolver.view(outputs[slot]);
      const back = convolver.view(work);
      reading.spread(out, energyGradients, back);
      let mask: KernelPlane | undefined;
      for (let layer = layerCount - 1; layer >= 0; layer--) {
        convolver.apply(transfers[layer + 1], work, work, {adjoint: true, mask, conjugateMask: true});
        mask = plates.carryBack(slot, layer, work);
      }
    },
    readHeightGradient: (layer, into) => plates.readGradient(layer, into),
    readIntensity: (slot, into) => writeIntensity(convolver.view(outputs[slot]), into),
    clearGradients: () => plates.clearGradients(),
  };
}

/** Writes the transfer functions of all gaps with the errors of each; what a distance has is ordered once. */
function createGapWriter(
  spec: NetworkSpec,
  convolver: Convolver,
  transfers: readonly KernelTransfer[],
): (errors: readonly GapErrors[]) => void {
  const {length} = convolver;
  const {pitchMm} = spec.grid;
  const spectrumOf = createSpectra(spec, length);
  const known = new Map<string, TransferBlocks>();
  const blocksOf = (gap: number, dzMm: number): TransferBlocks => {
    const {key, re, im} = spectrumOf(gap, dzMm);
    const blocks = known.get(key) ?? convolver.toBlocks(re, im);
    known.set(key, blocks);
    return blocks;
  };
  return (errors) =>
    errors.forEach(({dxMm, dyMm, dzMm}, gap) => {
      const [x, y] = [dxMm, dyMm].map((mm) => shiftRamp(mm / pitchMm, length));
      convolver.writeShifted(transfers[gap], blocksOf(gap, dzMm), x, y);
    });
}

function writeIntensity(
  {re, im}: {readonly re: RealArray; readonly im: RealArray},
  into: Float32Array,
): void {
  for (let i = 0; i < into.length; i++) into[i] = re[i] * re[i] + im[i] * im[i];
}
