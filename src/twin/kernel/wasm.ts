import {fftWasmBase64} from './fft-wasm.ts';

/** The functions of assembly/index.ts and lines.ts; addresses are bytes in the instance's memory. */
interface KernelExports {
  convolve32: ConvolveFunction;
  convolve64: ConvolveFunction;
  spectrum64(
    plan: number,
    rows: number,
    re: number,
    im: number,
    stride: number,
    blocks: number,
    work: number,
  ): void;
  accumulateGradient32(
    accRe: number,
    accIm: number,
    bRe: number,
    bIm: number,
    uRe: number,
    uIm: number,
    count: number,
  ): void;
  filterRows32(
    from: number,
    to: number,
    rows: number,
    columns: number,
    stride: number,
    table: number,
    shifts: number,
    tapCount: number,
    line: number,
    pad: number,
  ): void;
  transpose32(from: number, to: number, count: number, stride: number): void;
}

type ConvolveFunction = (
  forwardPlan: number,
  inversePlan: number,
  n: number,
  inRe: number,
  inIm: number,
  tRe: number,
  tIm: number,
  conjugateT: number,
  transfer: number,
  conjugateH: number,
  outRe: number,
  outIm: number,
  blocks: number,
  work: number,
) => void;

/** One instance of the kernel with a memory of its own, from which pieces are taken and never given back. */
export interface KernelInstance {
  readonly call: KernelExports;
  /** Address of `bytes` new bytes, zeroed, on a 64-byte boundary. May detach views made before. */
  allocate(bytes: number): number;
  /** Views of memory as it is now; make them anew after every `allocate`. */
  f32(address: number, length: number): Float32Array;
  f64(address: number, length: number): Float64Array;
  i32(address: number, length: number): Int32Array;
}

const pageBytes = 65_536;
let compiled: WebAssembly.Module | undefined;

/** Instantiates the kernel. Compiling happens once in a process (a cache of a constant, not state). */
export function createKernelInstance(): KernelInstance {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(fftWasmBase64), (char) => char.charCodeAt(0)));
  const memory = new WebAssembly.Memory({initial: 1});
  const instance = new WebAssembly.Instance(compiled, {env: {memory}});
  // The first page stays free, so that address 0 can mean "none".
  let next = pageBytes;
  return {
    // The interface above is this module's own; WebAssembly itself has no types for exports.
    call: instance.exports as unknown as KernelExports,
    allocate(bytes) {
      const address = next;
      next = Math.ceil((address + bytes) / 64) * 64;
      const missing = next - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
      return address;
    },
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
  };
}
