import type {NetworkSpec} from '../training/network-spec.ts';
import {energyCountOf, planeReading, type ScanGrid} from '../training/region-reading.ts';
import {createGpuMemory, type GpuMemory} from './gpu-convolver.ts';
import {emptyPlane, type Plane} from './gpu-planes.ts';

/** Reads energies from the fields of a batch where a device has gathered them, and the way back. */
export interface PlaneReader {
  setScan(scan: ScanGrid | null): void;
  /** Which samples are read, and room for their values; throws `RangeError` before `setScan`. */
  buffers(): {readonly samples: GPUBuffer; readonly values: GPUBuffer; readonly sampleCount: number};
  /** (image, energy) from what was gathered: real and imaginary parts, (image, sample). */
  energiesOf(pairs: Float32Array<ArrayBuffer>, imageCount: number): Float32Array;
  /** dL/d(conj U) at the samples, for the fields that were read last. */
  spread(energyGradients: Float32Array, imageCount: number): Float32Array<ArrayBuffer>;
  destroy(): void;
}

/** What is read of the output plane: the device gives the field where anything is read, and takes it back there. */
export function createPlaneReader(device: GPUDevice, spec: NetworkSpec): PlaneReader {
  const count = energyCountOf(spec);
  const field = emptyPlane(spec.grid.count ** 2);
  const spread = emptyPlane(spec.grid.count ** 2);
  let reading = planeReading(spec, null);
  let lastScan: string | undefined;
  let read: ReadSamples | undefined;
  let pairs = new Float32Array(0);
  const now = (): ReadSamples => {
    if (read === undefined) throw new RangeError('Nothing was read yet.');
    return read;
  };
  return {
    setScan(scan) {
      const key = JSON.stringify(scan);
      if (key === lastScan) return;
      lastScan = key;
      reading = planeReading(spec, scan);
      read?.memory.destroy();
      read = allocate(device, Uint32Array.from(reading.samples()), spec.slotCount);
    },
    buffers: () => ({samples: now().buffer, values: now().values, sampleCount: now().samples.length}),
    energiesOf(fields, imageCount) {
      pairs = fields;
      const {samples} = now();
      const energies = new Float32Array(imageCount * count);
      for (let image = 0; image < imageCount; image++) {
        place(field, samples, pairs, image);
        reading.sum(field, energies.subarray(image * count, (image + 1) * count));
      }
      return energies;
    },
    spread(energyGradients, imageCount) {
      const {samples} = now();
      const back = new Float32Array(2 * imageCount * samples.length);
      for (let image = 0; image < imageCount; image++) {
        place(field, samples, pairs, image);
        reading.spread(field, energyGradients.subarray(image * count, (image + 1) * count), spread);
        samples.forEach((at, k) => {
          const to = 2 * (image * samples.length + k);
          back[to] = spread.re[at];
          back[to + 1] = spread.im[at];
        });
      }
      return back;
    },
    destroy: () => read?.memory.destroy(),
  };
}

/** The samples that are read, with room for their values in the images of a batch. */
interface ReadSamples {
  readonly samples: Uint32Array<ArrayBuffer>;
  readonly buffer: GPUBuffer;
  readonly values: GPUBuffer;
  readonly memory: GpuMemory;
}

function allocate(device: GPUDevice, samples: Uint32Array<ArrayBuffer>, imageCount: number): ReadSamples {
  const memory = createGpuMemory(device);
  const values = memory.create(imageCount * samples.length * 8);
  return {samples, buffer: memory.createFrom(samples), values, memory};
}

/** Puts the values of an image to their samples of a field; nothing is read from the others. */
function place(field: Plane, samples: Uint32Array, pairs: Float32Array, image: number): void {
  samples.forEach((at, k) => {
    const from = 2 * (image * samples.length + k);
    field.re[at] = pairs[from];
    field.im[at] = pairs[from + 1];
  });
}
