import type {KernelInstance} from '../kernel/wasm.ts';
import {besselI0} from '../field/interpolation.ts';

/**
 * Turning and differentiating single-precision fields that are sampled at least about twice as fine as they vary
 * (highest frequency up to 0.55 of the grid's): sinc kernels of `tapCount` samples under a Kaiser window, whose error
 * there is below 2e-4 of the amplitude (test/twin/alignment/line-filter.test.ts). A turn is three shears (Paeth 1986).
 */
export const tapCount = 12;
const kaiserBeta = 8.5;
const half = tapCount / 2;
const derivativeTaps = 13;
/** Samples on each side of a line for what is read from outside of it. */
const padCount = 64;

const window = (position: number): number => {
  const inside = 1 - position * position;
  return inside > 0 ? besselI0(kaiserBeta * Math.sqrt(inside)) / besselI0(kaiserBeta) : 0;
};

const tableSteps = 2048;
let table: Float64Array | undefined;

/** Weights for each step of the fraction; a constant, made when first needed. */
function weightTable(): Float64Array {
  if (table) return table;
  table = new Float64Array((tableSteps + 1) * tapCount);
  for (let step = 0; step <= tableSteps; step++) {
    let sum = 0;
    for (let tap = 0; tap < tapCount; tap++) {
      const distance = tap - (half - 1) - step / tableSteps;
      const sinc = distance === 0 ? 1 : Math.sin(Math.PI * distance) / (Math.PI * distance);
      sum += table[step * tapCount + tap] = sinc * window(distance / half);
    }
    for (let tap = 0; tap < tapCount; tap++) table[step * tapCount + tap] /= sum;
  }
  return table;
}

/** Weights of the samples -half+1..half around a point `fraction` (0..1) behind sample 0; their sum is 1. */
export function interpolationWeights(fraction: number, weights: Float64Array | Float32Array, at = 0): void {
  const taps = weightTable();
  // Linear between neighbouring rows of the table: 1e-7 of the weights.
  const place = fraction * tableSteps;
  const step = Math.min(Math.floor(place), tableSteps - 1);
  const part = place - step;
  const from = step * tapCount;
  for (let tap = 0; tap < tapCount; tap++)
    weights[at + tap] = taps[from + tap] + part * (taps[from + tapCount + tap] - taps[from + tap]);
}

/** Derivative per sample at the middle of 13 samples: the slope of a sinc under the window. */
function derivativeWeights(): Float32Array {
  const reach = (derivativeTaps - 1) / 2;
  return Float32Array.from({length: derivativeTaps}, (_, i) => {
    const k = i - reach;
    return k === 0 ? 0 : ((k % 2 === 0 ? -1 : 1) / k) * window(k / (reach + 1));
  });
}

/** A real plane in the kernel's memory. */
type Address = number;

/** Filters for square planes of `count` rows of `stride` samples in a kernel's memory. */
export interface LineFilter {
  /** Field as seen from axes turned by `rotationRad` from x to y, in place: new(u, v) = old(c u - s v, s u + c v). */
  turn(planes: readonly Address[], rotationRad: number): void;
  /** Derivative along x, per sample. */
  derivativeX(from: Address, to: Address): void;
  /** Derivative along y, per sample. */
  derivativeY(from: Address, to: Address): void;
}

/**
 * Filters that work in the memory of `kernel`. Throws `RangeError` when `stride` is no multiple of 4, the width of
 * the kernel's vectors.
 */
export function createLineFilter(kernel: KernelInstance, count: number, stride: number): LineFilter {
  if (stride % 4 !== 0) throw new RangeError(`A stride of ${stride} samples is not a multiple of 4.`);
  const tables = kernel.allocate(stride * derivativeTaps * 4);
  const shifts = kernel.allocate(stride * 4);
  const line = kernel.allocate((stride + 2 * padCount + 8) * 4);
  const other = kernel.allocate(stride * stride * 4);
  const slopes = derivativeWeights();

  const filterX = (from: Address, to: Address, taps: number): void =>
    kernel.call.filterRows32(from, to, count, stride, stride, tables, shifts, taps, line, padCount);
  const filterY = (from: Address, to: Address, taps: number): void => {
    kernel.call.transpose32(from, other, stride, stride);
    filterX(other, other, taps);
    kernel.call.transpose32(other, to, stride, stride);
  };
  const prepareShear = (slope: number): void => {
    const weights = kernel.f32(tables, stride * derivativeTaps);
    const first = kernel.i32(shifts, stride);
    for (let row = 0; row < stride; row++) {
      const shift = slope * (row - (count - 1) / 2);
      const whole = Math.floor(shift);
      interpolationWeights(shift - whole, weights, row * tapCount);
      first[row] = whole - (half - 1);
    }
  };
  const prepareDerivative = (): void => {
    const weights = kernel.f32(tables, stride * derivativeTaps);
    for (let row = 0; row < stride; row++) weights.set(slopes, row * derivativeTaps);
    kernel.i32(shifts, stride).fill(-(derivativeTaps - 1) / 2);
  };

  return {
    turn(planes, rotationRad) {
      if (rotationRad === 0) return;
      const sideways = -Math.tan(rotationRad / 2);
      prepareShear(sideways);
      for (const plane of planes) filterX(plane, plane, tapCount);
      prepareShear(Math.sin(rotationRad));
      for (const plane of planes) filterY(plane, plane, tapCount);
      prepareShear(sideways);
      for (const plane of planes) filterX(plane, plane, tapCount);
    },
    derivativeX(from, to) {
      prepareDerivative();
      filterX(from, to, derivativeTaps);
    },
    derivativeY(from, to) {
      prepareDerivative();
      filterY(from, to, derivativeTaps);
    },
  };
}
