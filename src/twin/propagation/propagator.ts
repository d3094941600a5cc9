import {BenchError} from '../../contract/errors.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {fastLength, type Precision} from '../kernel/plan.ts';
import {createConvolver, type Convolver, type KernelTransfer} from './convolver.ts';
import {
  angularSpectrumTransfer,
  rayleighSommerfeldKernel,
  type Gap,
  type PropagationMethod,
} from './transfer-function.ts';

/** How fields are propagated. `precision` is double unless given. */
export interface PropagationOptions {
  readonly method: PropagationMethod;
  /** asm only: side of the padded transform over the side of the field; 2 keeps light from re-entering. */
  readonly pad?: number;
  readonly precision?: Precision;
}

/** Side of the transform that a method uses for a field of `count` samples. Throws `twin/invalid` for a bad pad. */
export function transformLength(count: number, {method, pad = 2}: PropagationOptions): number {
  if (method === 'rs') return fastLength(2 * count - 1);
  if (!(pad >= 1 && pad <= 16)) {
    throw new BenchError(
      'twin/invalid',
      `A padding factor of ${pad} is refused: give a number from 1 to 16.`,
    );
  }
  // Even, so that every frequency but the highest has its opposite.
  return Math.ceil((pad * count) / 2) * 2;
}

/** Carries fields between parallel planes on one grid; both methods behind one face. */
export interface Propagator {
  readonly grid: Grid;
  readonly convolver: Convolver;
  /** Prepares the way over a gap (its own transfer function, kept until the propagator goes). */
  prepare(distanceMm: number, shiftXMm?: number, shiftYMm?: number): KernelTransfer;
  /** Field behind the gap. */
  forward(gap: KernelTransfer, field: ComplexPlane): ComplexPlane;
  /** Adjoint of forward: <forward(u), v> = <u, adjoint(v)>. */
  adjoint(gap: KernelTransfer, field: ComplexPlane): ComplexPlane;
}

/**
 * Propagator for fields on `grid`. Throws `twin/invalid` for a padding factor outside 1 to 16, and later for a field
 * on another grid.
 */
export function createPropagator(grid: Grid, wavelengthMm: number, options: PropagationOptions): Propagator {
  const length = transformLength(grid.count, options);
  const convolver = createConvolver(grid.count, length, options.precision ?? 'double');
  const plane = convolver.createPlane();
  const carry = (gap: KernelTransfer, field: ComplexPlane, adjoint: boolean): ComplexPlane => {
    if (field.grid.count !== grid.count || field.grid.pitchMm !== grid.pitchMm) {
      throw new BenchError(
        'twin/invalid',
        `A field of ${field.grid.count} samples at ${field.grid.pitchMm} mm does not fit a propagator of ` +
          `${grid.count} samples at ${grid.pitchMm} mm. Nothing was computed.`,
      );
    }
    convolver.write(plane, field.re, field.im);
    convolver.apply(gap, plane, plane, {adjoint});
    return {grid, ...convolver.read(plane)};
  };
  return {
    grid,
    convolver,
    prepare(distanceMm, shiftXMm = 0, shiftYMm = 0) {
      const gap: Gap = {grid, wavelengthMm, distanceMm, shiftXMm, shiftYMm};
      const transfer = convolver.createTransfer();
      writeGap(convolver, transfer, gap, options.method);
      return transfer;
    },
    forward: (gap, field) => carry(gap, field, false),
    adjoint: (gap, field) => carry(gap, field, true),
  };
}

/** Writes the transfer function of a gap. A gap of 0 mm with rs is only a shift, which the spectrum does exactly. */
export function writeGap(
  convolver: Convolver,
  transfer: KernelTransfer,
  gap: Gap,
  method: PropagationMethod,
): void {
  const {length} = convolver;
  const kernel = method === 'rs' && gap.distanceMm > 0 ? rayleighSommerfeldKernel(gap, length) : undefined;
  if (kernel) return convolver.writeSpectrum(transfer, kernel.re, kernel.im);
  const {re, im} = angularSpectrumTransfer(gap, length);
  convolver.writeTransfer(transfer, re, im);
}

/** One field over one gap, in double precision unless asked otherwise. */
export function propagate(
  field: ComplexPlane,
  gap: {wavelengthMm: number; distanceMm: number; shiftXMm?: number; shiftYMm?: number},
  options: PropagationOptions & {adjoint?: boolean},
): ComplexPlane {
  const propagator = createPropagator(field.grid, gap.wavelengthMm, options);
  const way = propagator.prepare(gap.distanceMm, gap.shiftXMm, gap.shiftYMm);
  return options.adjoint ? propagator.adjoint(way, field) : propagator.forward(way, field);
}
