import {transformFrequency} from '../propagation/transfer-function.ts';
import {createSpectra, gapErrorsOf, type GapSpectrum, type PlateErrors} from '../training/gap-spectra.ts';
import type {NetworkSpec} from '../training/network-spec.ts';
import {bufferUsage, type GpuMemory, type GpuTransfer} from './gpu-convolver.ts';
import {interleaved} from './gpu-planes.ts';

/** Transfer functions of the gaps of a network, on a device. */
export interface Transfers {
  /** Moves the plates. */
  set(errors: PlateErrors | null): void;
  /** Those of the plates as they were moved last, object to plate 1 first. */
  now(): readonly GpuTransfer[];
  destroy(): void;
}

/** Spectra that are kept on the device beside those in use. */
const keptSpectra = 64;

/** Transfer functions by the distance of their gaps; the shift is in the ramps, so that it costs two lines of numbers. */
export function createTransfers(
  device: GPUDevice,
  memory: GpuMemory,
  spec: NetworkSpec,
  length: number,
): Transfers {
  const layerCount = spec.gapsMm.length - 1;
  const {pitchMm} = spec.grid;
  const spectrumOf = createSpectra(spec, length);
  const known = new Map<string, GPUBuffer>();
  const ramps = spec.gapsMm.map(() => memory.create(2 * length * 8));
  let now: readonly GpuTransfer[] = [];
  const onDevice = ({key, ...spectrum}: GapSpectrum): GPUBuffer => {
    const buffer =
      known.get(key) ??
      device.createBuffer({size: length ** 2 * 8, usage: bufferUsage.storage | bufferUsage.copyTarget});
    if (!known.has(key)) device.queue.writeBuffer(buffer, 0, interleaved(spectrum));
    // The one used last comes last.
    known.delete(key);
    known.set(key, buffer);
    return buffer;
  };
  return {
    set(errors) {
      now = gapErrorsOf(errors, layerCount).map(({dxMm, dyMm, dzMm}, gap) => {
        device.queue.writeBuffer(ramps[gap], 0, rampsOf(length, dxMm / pitchMm, dyMm / pitchMm));
        return {spectrum: onDevice(spectrumOf(gap, dzMm)), ramps: ramps[gap]};
      });
      const used = new Set(now.map(({spectrum}) => spectrum));
      for (const [key, buffer] of known) {
        if (known.size <= keptSpectra) break;
        if (used.has(buffer)) continue;
        known.delete(key);
        buffer.destroy();
      }
    },
    now: () => now,
    destroy: () => known.forEach((buffer) => buffer.destroy()),
  };
}

/** exp(i 2 pi f d) of the frequencies of a transform along x, then along y; d in samples. */
function rampsOf(length: number, dx: number, dy: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(4 * length);
  [dx, dy].forEach((shift, axis) => {
    for (let i = 0; i < length; i++) {
      const angle = 2 * Math.PI * shift * transformFrequency(i, length);
      const at = 2 * (axis * length + i);
      values[at] = Math.cos(angle);
      values[at + 1] = Math.sin(angle);
    }
  });
  return values;
}
