import {
  accumulateWgsl,
  columnsWgsl,
  cropWgsl,
  gatherWgsl,
  rowsWgsl,
  sampleThreads,
  scatterWgsl,
  type KernelSizes,
  type MaskUse,
} from './kernels-wgsl.ts';

/** A transfer function on the device, as its buffers. */
export interface GpuTransfer {
  /** Row-major in transform order. */
  readonly spectrum: GPUBuffer;
  /** Ramps of a shift along x, then along y. */
  readonly ramps: GPUBuffer;
}

/** What is done with planes of all images of a batch; each adds its commands to a pass. */
export interface GpuConvolver {
  /** to = crop(IFFT(H FFT(pad(t from)))); with `isAdjoint` H and t are conjugated. */
  apply(pass: GPUComputePassEncoder, work: Convolution): void;
  gather(pass: GPUComputePassEncoder, work: SampleWork): void;
  scatter(pass: GPUComputePassEncoder, work: SampleWork): void;
  /** sums = sum over the images of conj(back) forth. */
  accumulate(pass: GPUComputePassEncoder, work: Accumulation): void;
}

export interface Convolution {
  readonly planes: GPUBuffer;
  readonly to: GPUBuffer;
  readonly mask: GPUBuffer | null;
  readonly transfer: GpuTransfer;
  readonly isAdjoint: boolean;
  readonly imageCount: number;
}

export interface SampleWork {
  readonly samples: GPUBuffer;
  readonly planes: GPUBuffer;
  readonly values: GPUBuffer;
  readonly sampleCount: number;
  readonly imageCount: number;
}

export interface Accumulation {
  readonly imageCount: GPUBuffer;
  readonly back: GPUBuffer;
  readonly forth: GPUBuffer;
  readonly sums: GPUBuffer;
}

/** Buffers that are given back together. */
export interface GpuMemory {
  create(bytes: number, usage?: number): GPUBuffer;
  /** With these values in it. */
  createFrom(values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer;
  destroy(): void;
}

// Values of GPUBufferUsage, which a thread of Node has not.
export const bufferUsage = {mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128} as const;
const ordinary = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget;

export function createGpuMemory(device: GPUDevice): GpuMemory {
  const buffers: GPUBuffer[] = [];
  const create = (bytes: number, usage: number = ordinary): GPUBuffer => {
    const buffer = device.createBuffer({size: Math.max(16, bytes), usage});
    buffers.push(buffer);
    return buffer;
  };
  return {
    create,
    createFrom(values) {
      const buffer = create(values.byteLength);
      device.queue.writeBuffer(buffer, 0, values);
      return buffer;
    },
    destroy: () => buffers.forEach((buffer) => buffer.destroy()),
  };
}

/** exp(-2 pi i t / length), computed in double precision. */
function twiddlesOf(length: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(2 * length);
  for (let t = 0; t < length; t++) {
    const angle = (2 * Math.PI * t) / length;
    values[2 * t] = Math.cos(angle);
    values[2 * t + 1] = -Math.sin(angle);
  }
  return values;
}

/** Compiles the kernels for these sizes; `capacity` images at most. Throws what the device says of them. */
export async function createGpuConvolver(
  device: GPUDevice,
  memory: GpuMemory,
  {sizes, capacity}: {readonly sizes: KernelSizes; readonly capacity: number},
): Promise<GpuConvolver> {
  const {count, length} = sizes;
  const compile = (code: string): Promise<GPUComputePipeline> =>
    device.createComputePipelineAsync({
      layout: 'auto',
      compute: {module: device.createShaderModule({code}), entryPoint: 'main'},
    });
  const maskUses: readonly MaskUse[] = ['none', 'plain', 'conjugate'];
  const [columns, adjointColumns, crop, gather, scatter, accumulate, ...rows] = await Promise.all([
    compile(columnsWgsl(sizes, false)),
    compile(columnsWgsl(sizes, true)),
    compile(cropWgsl(sizes)),
    compile(gatherWgsl(sizes)),
    compile(scatterWgsl(sizes)),
    compile(accumulateWgsl(sizes)),
    ...maskUses.map((use) => compile(rowsWgsl(sizes, use))),
  ]);
  const twiddles = memory.createFrom(twiddlesOf(length));
  const work = memory.create(capacity * count * length * 8);
  const dispatch = createDispatch(device);
  const groupsOf = (sampleCount: number): number => Math.ceil(sampleCount / sampleThreads);
  return {
    apply(pass, {planes, to, mask, transfer, isAdjoint, imageCount}) {
      const use: MaskUse = mask === null ? 'none' : isAdjoint ? 'conjugate' : 'plain';
      const masked = mask === null ? [] : [mask];
      dispatch(pass, rows[maskUses.indexOf(use)], [twiddles, planes, work, ...masked], [count, imageCount]);
      dispatch(
        pass,
        isAdjoint ? adjointColumns : columns,
        [twiddles, work, transfer.spectrum, transfer.ramps],
        [length, imageCount],
      );
      dispatch(pass, crop, [twiddles, work, to], [count, imageCount]);
    },
    gather: (pass, {samples, planes, values, sampleCount, imageCount}) =>
      dispatch(pass, gather, [samples, planes, values], [groupsOf(sampleCount), imageCount]),
    scatter: (pass, {samples, planes, values, sampleCount, imageCount}) =>
      dispatch(pass, scatter, [samples, planes, values], [groupsOf(sampleCount), imageCount]),
    accumulate: (pass, {imageCount, back, forth, sums}) =>
      dispatch(pass, accumulate, [imageCount, back, forth, sums], [groupsOf(count * count), 1]),
  };
}

/** Adds one use of a kernel, its buffers in the order of their bindings, on x times y groups. */
const createDispatch =
  (device: GPUDevice) =>
  (
    pass: GPUComputePassEncoder,
    pipeline: GPUComputePipeline,
    buffers: readonly GPUBuffer[],
    [x, y]: readonly [x: number, y: number],
  ): void => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({binding, resource: {buffer}})),
      }),
    );
    pass.dispatchWorkgroups(x, y);
  };
