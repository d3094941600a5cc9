import type {Grid} from '../../contract/optics.ts';
import {fastLength, type Precision} from '../kernel/plan.ts';
import type {KernelInstance} from '../kernel/wasm.ts';
import {createConvolver, type Convolver, type KernelTransfer} from '../propagation/convolver.ts';
import {transformFrequency, type TransferFunction} from '../propagation/transfer-function.ts';
import type {Step} from './slices.ts';

/** Ways inside of plates on one grid at one wavelength, each made once. */
export interface ThickMedium {
  readonly grid: Grid;
  readonly wavelengthMm: number;
  readonly convolver: Convolver;
  transferOf(steps: readonly Step[]): KernelTransfer;
}

/** How far light that leaves one edge of the field may travel sideways in a plate before it comes in at the other, mm. */
const defaultGuardMm = 2;

export interface ThickMediumOptions {
  readonly precision: Precision;
  /** Of the planes that are carried; one of its own unless given. */
  readonly kernel?: KernelInstance | undefined;
  /** 0: the field repeats itself beyond its edges, as that behind a grating does. */
  readonly guardMm?: number | undefined;
}

/** Prepares the ways inside of plates for fields on `grid`. */
export function createThickMedium(
  grid: Grid,
  wavelengthMm: number,
  {precision, kernel, guardMm = defaultGuardMm}: ThickMediumOptions,
): ThickMedium {
  const length = guardMm === 0 ? grid.count : fastLength(grid.count + Math.ceil(guardMm / grid.pitchMm));
  const convolver = createConvolver(grid.count, length, precision, kernel);
  const known = new Map<string, KernelTransfer>();
  return {
    grid,
    wavelengthMm,
    convolver,
    transferOf(steps) {
      const key = steps.map(({index, distanceMm}) => `${index.toFixed(9)} ${distanceMm.toFixed(9)}`).join();
      let transfer = known.get(key);
      if (!transfer) {
        transfer = convolver.createTransfer();
        const {re, im} = stepsTransfer(steps, {grid, wavelengthMm}, convolver.length);
        convolver.writeTransfer(transfer, re, im);
        known.set(key, transfer);
      }
      return transfer;
    },
  };
}

/**
 * Product of exp(i kz z) over the steps, kz = 2 pi sqrt((n / lambda)^2 - f^2), over the frequencies of a transform. Waves that do
 * not travel decay; on a way back, where they would grow without bounds, they stay as they are: over the next gap they vanish.
 */
export function stepsTransfer(
  steps: readonly Step[],
  {grid: {pitchMm}, wavelengthMm}: {readonly grid: Grid; readonly wavelengthMm: number},
  length: number,
): TransferFunction {
  const [re, im] = [new Float64Array(length * length), new Float64Array(length * length)];
  const half = Math.floor(length / 2);
  for (let row = 0; row <= half; row++)
    for (let column = 0; column <= row; column++) {
      const fx = transformFrequency(column, length) / pitchMm;
      const fy = transformFrequency(row, length) / pitchMm;
      let [phase, decay] = [0, 0];
      for (const {index, distanceMm} of steps) {
        const squared = (index / wavelengthMm) ** 2 - fx * fx - fy * fy;
        if (squared >= 0) phase += 2 * Math.PI * Math.sqrt(squared) * distanceMm;
        else if (distanceMm > 0) decay += 2 * Math.PI * Math.sqrt(-squared) * distanceMm;
      }
      const amplitude = Math.exp(-decay);
      const [real, imaginary] = [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
      // Even in fx and fy, and the same in both.
      for (const r of new Set([row, (length - row) % length]))
        for (const c of new Set([column, (length - column) % length])) {
          re[r * length + c] = re[c * length + r] = real;
          im[r * length + c] = im[c * length + r] = imaginary;
        }
    }
  return {length, re, im};
}
