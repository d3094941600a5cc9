import {bytesOf, lanesOf, writePlan, type Precision} from '../kernel/plan.ts';
import {createKernelInstance, type KernelInstance} from '../kernel/wasm.ts';
import type {RealArray} from '../../contract/optics.ts';
import {fromPairs, inBlockOrder, intoBlocks, intoShifted, type TransferBlocks} from './transfer-blocks.ts';
import type {ShiftRamp} from './transfer-function.ts';

/** A complex plane in the kernel's memory: `stride` x `stride` samples, of which the first `count` a side are used. */
export interface KernelPlane {
  readonly re: number;
  readonly im: number;
}

/** Transfer function in the kernel's memory, in its block form. */
export interface KernelTransfer {
  readonly address: number;
}

/**
 * Zero-padded two-dimensional convolution of planes of `count` x `count` samples through transforms of `length`
 * points a side, with everything it needs in one kernel memory.
 */
export interface Convolver {
  readonly count: number;
  readonly length: number;
  readonly precision: Precision;
  /** Samples from one row to the next in a KernelPlane: count rounded up to whole vectors. */
  readonly stride: number;
  readonly kernel: KernelInstance;
  createPlane(): KernelPlane;
  /** Views of a plane's samples, valid until the next create call. */
  view(plane: KernelPlane): {re: RealArray; im: RealArray};
  write(plane: KernelPlane, re: RealArray, im: RealArray): void;
  read(plane: KernelPlane): {re: RealArray; im: RealArray};
  createTransfer(): KernelTransfer;
  /** Writes a transfer function given row-major in transform order (fy, then fx; fftfreq order, never shifted). */
  writeTransfer(transfer: KernelTransfer, re: RealArray, im: RealArray): void;
  /** A transfer function given as to `writeTransfer`, in the order in which `writeShifted` reads it. */
  toBlocks(re: Float64Array, im: Float64Array): TransferBlocks;
  /** Writes a transfer function times a shift, which is a ramp over fx and one over fy. */
  writeShifted(transfer: KernelTransfer, blocks: TransferBlocks, x: ShiftRamp, y: ShiftRamp): void;
  /** Writes the spectrum of a plane (`length` samples a side) as a transfer function; `length` must be even. */
  writeSpectrum(transfer: KernelTransfer, re: Float64Array, im: Float64Array): void;
  /** to = crop(IFFT(H FFT(pad(t from)))). With `adjoint` H (and with conjugateMask t) is conjugated. */
  apply(
    transfer: KernelTransfer,
    from: KernelPlane,
    to: KernelPlane,
    options?: {mask?: KernelPlane | undefined; conjugateMask?: boolean; adjoint?: boolean},
  ): void;
}

/** Creates a convolver; `length` must be at least `count`. Convolvers of one `kernel` share their planes. */
export function createConvolver(
  count: number,
  length: number,
  precision: Precision,
  kernel: KernelInstance = createKernelInstance(),
): Convolver {
  const lanes = lanesOf(precision);
  const stride = Math.ceil(count / lanes) * lanes;
  const groups = Math.ceil(length / lanes);
  const forward = writePlan(kernel, length, precision, 'forward');
  const inverse = writePlan(kernel, length, precision, 'inverse');
  const work = kernel.allocate(3 * groups * lanes * 32 + 256);
  const blocks = kernel.allocate(groups * stride * 32);
  const numbers = numbersOf(kernel, precision);
  const form = {length, lanes};
  const valuesOf = ({address}: KernelTransfer): RealArray => numbers(address, groups * length * 2 * lanes);
  return {
    count,
    length,
    precision,
    stride,
    kernel,
    ...createPlanes(kernel, {count, stride, precision}),
    createTransfer: () => ({address: kernel.allocate(groups * length * 32)}),
    writeTransfer: (transfer, re, im) => intoBlocks(valuesOf(transfer), form, re, im),
    toBlocks: (re, im) => inBlockOrder(form, re, im),
    writeShifted: (transfer, shifted, x, y) => intoShifted(valuesOf(transfer), form, shifted, [x, y]),
    writeSpectrum: (transfer, re, im) => fromPairs(valuesOf(transfer), form, spectrumPairs(length, re, im)),
    apply(transfer, from, to, {mask, conjugateMask = false, adjoint = false} = {}) {
      const convolve = precision === 'single' ? kernel.call.convolve32 : kernel.call.convolve64;
      convolve(
        ...([forward, inverse, stride, from.re, from.im] as const),
        ...([mask?.re ?? 0, mask?.im ?? 0, conjugateMask ? 1 : 0] as const),
        ...([transfer.address, adjoint ? 1 : 0, to.re, to.im, blocks, work] as const),
      );
    },
  };
}

const numbersOf =
  (kernel: KernelInstance, precision: Precision) =>
  (address: number, count: number): RealArray =>
    precision === 'single' ? kernel.f32(address, count) : kernel.f64(address, count);

/** Planes in a kernel's memory. */
function createPlanes(
  kernel: KernelInstance,
  {count, stride, precision}: Pick<Convolver, 'count' | 'stride' | 'precision'>,
): Pick<Convolver, 'view' | 'createPlane' | 'write' | 'read'> {
  const numbers = numbersOf(kernel, precision);
  const planeSize = stride * stride;
  const size = bytesOf(precision);
  const view = (plane: KernelPlane): {re: RealArray; im: RealArray} => ({
    re: numbers(plane.re, planeSize),
    im: numbers(plane.im, planeSize),
  });
  return {
    view,
    createPlane: () => ({re: kernel.allocate(planeSize * size), im: kernel.allocate(planeSize * size)}),
    write(plane, re, im) {
      const to = view(plane);
      padRows(to.re, stride, re, count);
      padRows(to.im, stride, im, count);
    },
    read(plane) {
      const from = view(plane);
      return {re: cropRows(from.re, stride, count), im: cropRows(from.im, stride, count)};
    },
  };
}

/** Copies `count` rows of `count` samples to rows of `stride`. */
function padRows(to: RealArray, stride: number, from: RealArray, count: number): void {
  if (stride === count) to.set(from);
  else
    for (let row = 0; row < count; row++) to.set(from.subarray(row * count, (row + 1) * count), row * stride);
}

/** A copy of the first `count` samples of `count` rows of `stride`. */
function cropRows(from: RealArray, stride: number, count: number): RealArray {
  if (stride === count) return from.slice();
  const to = from.slice(0, count * count);
  for (let row = 0; row < count; row++)
    to.set(from.subarray(row * stride, row * stride + count), row * count);
  return to;
}

/**
 * Two-dimensional discrete Fourier transform (exp(-i ...)) of a square plane of even side, in double precision, in
 * blocks: for each pair of columns and each row, the two real parts, then the two imaginary ones. A view of the memory
 * of a kernel of its own, so that its large buffers are given back when it is done.
 */
function spectrumPairs(length: number, re: Float64Array, im: Float64Array): Float64Array {
  if (length % 2 !== 0) throw new RangeError(`Transform length ${length} must be even.`);
  const kernel = createKernelInstance();
  const plan = writePlan(kernel, length, 'double', 'forward');
  const work = kernel.allocate(3 * length * 32 + 256);
  const count = length * length;
  const plane = kernel.allocate(count * 16);
  const blocks = kernel.allocate(count * 16);
  kernel.f64(plane, count).set(re);
  kernel.f64(plane + count * 8, count).set(im);
  kernel.call.spectrum64(plan, length, plane, plane + count * 8, length, blocks, work);
  return kernel.f64(blocks, count * 2);
}

/** Two-dimensional discrete Fourier transform (exp(-i ...)) of a square plane of even side, in double precision. */
export function spectrumOf(
  length: number,
  re: Float64Array,
  im: Float64Array,
): {re: Float64Array; im: Float64Array} {
  const values = spectrumPairs(length, re, im);
  const count = length * length;
  const result = {re: new Float64Array(count), im: new Float64Array(count)};
  for (let row = 0; row < length; row++) {
    for (let column = 0; column < length; column++) {
      const at = ((column >> 1) * length + row) * 4 + (column & 1);
      result.re[row * length + column] = values[at];
      result.im[row * length + column] = values[at + 2];
    }
  }
  return result;
}
