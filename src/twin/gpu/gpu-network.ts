import type {Illumination} from '../../contract/illumination.ts';
import {createIllumination} from '../field/illumination.ts';
import {transformLength} from '../propagation/propagator.ts';
import type {PlateErrors} from '../training/gap-spectra.ts';
import {lightObject} from '../training/lit-object.ts';
import type {NetworkSpec} from '../training/network-spec.ts';
import {energyCountOf, type ScanGrid} from '../training/region-reading.ts';
import {createTransmissions, plateValueCount} from '../training/transmissions.ts';
import {
  bufferUsage,
  createGpuConvolver,
  createGpuMemory,
  type GpuConvolver,
  type GpuMemory,
} from './gpu-convolver.ts';
import {emptyPlane, interleaved, separated} from './gpu-planes.ts';
import {createPlaneReader, type PlaneReader} from './gpu-reader.ts';
import {createTransfers, type Transfers} from './gpu-transfers.ts';
import {lineBytes} from './transform-wgsl.ts';

/** What a batch meets, besides the plates and its objects. */
export interface BatchScene {
  readonly plateErrors: PlateErrors | null;
  readonly illumination: Illumination;
  readonly scan: ScanGrid | null;
}

/** Energies of a batch, and the power that entered with each image; see `BatchEnergies`. */
export interface NetworkEnergies {
  readonly energies: Float32Array;
  readonly inputPower: Float32Array;
}

/**
 * The network of a spec at its own wavelength on a GPU, for whole batches: what `createTrainingNetwork` computes image by
 * image. Objects, the light, the plates' transmissions, what is read of the plane and how gradients become those over
 * what is made are computed by the same code; fields and sums of fields are the device's.
 */
export interface GpuNetwork {
  readonly energyCount: number;
  setHeights(layers: readonly Float32Array[]): void;
  /** Carries a batch through; its fields are kept for the way back. */
  forward(objects: readonly Float32Array[], scene: BatchScene): Promise<NetworkEnergies>;
  /** Gradients over what each layer is made of, for the batch of the last forward. */
  backward(energyGradients: Float32Array): Promise<Float32Array[]>;
  destroy(): void;
}

/** Why a network cannot be computed by a device of these limits; undefined when it can. */
export function networkProblem(
  spec: NetworkSpec,
  limits: Pick<GPUSupportedLimits, 'maxComputeWorkgroupStorageSize' | 'maxStorageBufferBindingSize'>,
): string | undefined {
  const length = transformLength(spec.grid.count, {method: 'asm', pad: spec.pad});
  if (spec.thick) return 'its plates are thick, and only thin ones are computed there';
  if (lineBytes(length) > limits.maxComputeWorkgroupStorageSize)
    return `its transforms of ${length} points do not fit the memory of the GPU's groups`;
  if (spec.slotCount * spec.grid.count * length * 8 > limits.maxStorageBufferBindingSize)
    return `${spec.slotCount} images a step of ${spec.grid.count} x ${spec.grid.count} samples do not fit a buffer of the GPU`;
  return undefined;
}

/** Compiles and allocates a network for batches of at most `spec.slotCount` images. */
export async function createGpuNetwork(device: GPUDevice, spec: NetworkSpec): Promise<GpuNetwork> {
  const parts = await allocate(device, spec);
  const {layers, transfers, reader, memory} = parts;
  const {wavelengthMm, refractiveIndex, extinction} = spec;
  const transmissions = createTransmissions(
    spec,
    (2 * Math.PI * (refractiveIndex - 1)) / wavelengthMm,
    (2 * Math.PI * extinction) / wavelengthMm,
  );
  const written = layers.map(() => emptyPlane(spec.grid.count ** 2));
  let made: readonly Float32Array[] = [];
  let imageCount = 0;
  return {
    energyCount: energyCountOf(spec),
    setHeights(plates) {
      made = plates;
      plates.forEach((plate, layer) => {
        transmissions.write(plate, written[layer]);
        device.queue.writeBuffer(layers[layer].mask, 0, interleaved(written[layer]));
      });
    },
    async forward(objects, {plateErrors, illumination, scan}) {
      imageCount = objects.length;
      if (imageCount > spec.slotCount)
        throw new RangeError('The batch does not fit the slots of the network.');
      device.queue.writeBuffer(parts.imageCount, 0, new Uint32Array([imageCount, 0, 0, 0]));
      const inputPower = writeObjects(parts, objects, illumination);
      transfers.set(plateErrors);
      reader.setScan(scan);
      return {energies: reader.energiesOf(await carryForth(parts, imageCount), imageCount), inputPower};
    },
    async backward(energyGradients) {
      device.queue.writeBuffer(reader.buffers().values, 0, reader.spread(energyGradients, imageCount));
      const sums = await carryBack(parts, imageCount);
      return sums.map((pairs, layer) => {
        const gradient = new Float32Array(plateValueCount(spec));
        transmissions.readGradient(made[layer], separated(pairs), written[layer], gradient);
        return gradient;
      });
    },
    destroy() {
      transfers.destroy();
      reader.destroy();
      memory.destroy();
    },
  };
}

/** What a network has on its device. */
interface Parts {
  readonly device: GPUDevice;
  readonly spec: NetworkSpec;
  readonly memory: GpuMemory;
  readonly convolver: GpuConvolver;
  readonly transfers: Transfers;
  readonly reader: PlaneReader;
  /** Transmission of each plate, the fields in front of it, and the sums that its gradient is made of. */
  readonly layers: readonly {
    readonly mask: GPUBuffer;
    readonly before: GPUBuffer;
    readonly sums: GPUBuffer;
  }[];
  /** Fields behind the objects; on the way back those that come back. */
  readonly work: GPUBuffer;
  readonly output: GPUBuffer;
  readonly imageCount: GPUBuffer;
}

async function allocate(device: GPUDevice, spec: NetworkSpec): Promise<Parts> {
  const {grid, slotCount: capacity} = spec;
  const planeBytes = grid.count ** 2 * 8;
  const length = transformLength(grid.count, {method: 'asm', pad: spec.pad});
  const memory = createGpuMemory(device);
  const planes = (): GPUBuffer => memory.create(capacity * planeBytes);
  const convolver = await createGpuConvolver(device, memory, {sizes: {count: grid.count, length}, capacity});
  return {
    device,
    spec,
    memory,
    convolver,
    transfers: createTransfers(device, memory, spec, length),
    reader: createPlaneReader(device, spec),
    layers: spec.gapsMm.slice(1).map(() => ({
      mask: memory.create(planeBytes),
      before: planes(),
      sums: memory.create(planeBytes),
    })),
    work: planes(),
    output: planes(),
    imageCount: memory.create(16, bufferUsage.uniform | bufferUsage.copyTarget),
  };
}

/** From the objects to the output plane; returns the fields where they are read. */
async function carryForth(parts: Parts, imageCount: number): Promise<Float32Array<ArrayBuffer>> {
  const {device, convolver, layers, transfers, reader, work, output} = parts;
  const commands = device.createCommandEncoder();
  const pass = commands.beginComputePass();
  let from = work;
  transfers.now().forEach((transfer, gap) => {
    const to = layers[gap]?.before ?? output;
    const mask = layers[gap - 1]?.mask ?? null;
    convolver.apply(pass, {planes: from, to, mask, transfer, isAdjoint: false, imageCount});
    from = to;
  });
  const {sampleCount, ...read} = reader.buffers();
  convolver.gather(pass, {...read, sampleCount, planes: output, imageCount});
  pass.end();
  const [fields] = await submitAndRead(device, commands, [
    {buffer: read.values, floats: 2 * sampleCount * imageCount},
  ]);
  return fields;
}

/** From the output plane back to the first plate; returns the sums of each plate. */
async function carryBack(parts: Parts, imageCount: number): Promise<Float32Array<ArrayBuffer>[]> {
  const {device, spec, convolver, layers, transfers, reader, work} = parts;
  const commands = device.createCommandEncoder();
  commands.clearBuffer(work);
  const pass = commands.beginComputePass();
  convolver.scatter(pass, {...reader.buffers(), planes: work, imageCount});
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const transfer = transfers.now()[layer + 1];
    const mask = layers[layer + 1]?.mask ?? null;
    convolver.apply(pass, {planes: work, to: work, mask, transfer, isAdjoint: true, imageCount});
    const {before: forth, sums} = layers[layer];
    convolver.accumulate(pass, {imageCount: parts.imageCount, back: work, forth, sums});
  }
  pass.end();
  const floats = 2 * spec.grid.count ** 2;
  return await submitAndRead(
    device,
    commands,
    layers.map(({sums: buffer}) => ({buffer, floats})),
  );
}

/** Writes the fields behind objects and returns the power that entered with each, amplitude squared times mm^2. */
function writeObjects(
  {device, spec, work}: Parts,
  objects: readonly Float32Array[],
  illumination: Illumination,
): Float32Array {
  const {grid, wavelengthMm, objectValue = 'amplitude'} = spec;
  const light = createIllumination(illumination, grid, wavelengthMm);
  const plane = emptyPlane(grid.count ** 2);
  return Float32Array.from(objects, (object, i) => {
    const power = lightObject[objectValue](object, light, plane);
    device.queue.writeBuffer(work, i * grid.count ** 2 * 8, interleaved(plane));
    return power * grid.pitchMm ** 2;
  });
}

interface Wanted {
  readonly buffer: GPUBuffer;
  readonly floats: number;
}

/** Submits the commands and what brings the first floats of some buffers back. Throws what the device says against it. */
async function submitAndRead(
  device: GPUDevice,
  commands: GPUCommandEncoder,
  wanted: readonly Wanted[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const total = wanted.reduce((sum, {floats}) => sum + floats, 0);
  const staging = device.createBuffer({size: total * 4, usage: bufferUsage.mapRead | bufferUsage.copyTarget});
  try {
    let at = 0;
    for (const {buffer, floats} of wanted) {
      commands.copyBufferToBuffer(buffer, 0, staging, at * 4, floats * 4);
      at += floats;
    }
    device.queue.submit([commands.finish()]);
    await staging.mapAsync(1);
    const all = new Float32Array(staging.getMappedRange().slice(0));
    let from = 0;
    return wanted.map(({floats}) => all.subarray(from, (from += floats)));
  } finally {
    staging.destroy();
  }
}
