import type {PlateTilt} from '../../contract/placement.ts';
import {radFromDeg} from '../../contract/units.ts';
import type {KernelPlane, KernelTransfer} from '../propagation/convolver.ts';
import {transformFrequency} from '../propagation/transfer-function.ts';
import {stepsTransfer, type ThickMedium} from './thick-medium.ts';
import {carrierRatio, type TiltNodes} from './tilt-nodes.ts';

/** Slopes dz/dx and dz/dy of a plate's plane in its own axes. */
export interface Slopes {
  readonly x: number;
  readonly y: number;
}

/**
 * Slopes of a plate that is turned about its x axis and about its y axis (docs/conventions.md): by a turn about x the side of larger y
 * goes along the beam, by one about y that of larger x against it.
 */
export const slopesOf = ({tiltXDeg = 0, tiltYDeg = 0}: PlateTilt): Slopes => ({
  x: -Math.tan(radFromDeg(tiltYDeg)) + 0,
  y: Math.tan(radFromDeg(tiltXDeg)),
});

/** Whether a placement tilts its plate. */
export const isTilted = (placement: PlateTilt | undefined): placement is PlateTilt =>
  Boolean(placement?.tiltXDeg) || Boolean(placement?.tiltYDeg);

/** What the slopes of a plate's plane change by per degree of a tilt. */
export const slopePerDegree = (deg: number): number => radFromDeg(1) / Math.cos(radFromDeg(deg)) ** 2;

/** Waves closer to the plane than this part of 1 / wavelength along z (78 degrees from the beam) are weighted as there. */
const leastFzRatio = 0.2;
/**
 * Light that a tilted plate gets or sends from beside its samples' field is missing: with so much around the plate, mm, an 80 mm plate
 * tilted by a degree about both axes errs by 0.003 of its field instead of 0.012.
 */
export const tiltMarginMm = 2.4;

/** Parallel planes and the ways to them, for all tilted plates of one bench. */
export interface TiltWays {
  readonly medium: ThickMedium;
  /** Half of the side of the largest plate, mm. */
  readonly halfSideMm: number;
  /** Ways from the middle plane to each plane, the carrier taken out; none for the middle one. */
  transfersOf(nodes: TiltNodes): readonly (KernelTransfer | undefined)[];
  /** Planes that hold light for one call. */
  planes(count: number): readonly KernelPlane[];
  /** fx / fz or fy / fz of each wave. */
  obliquityOf(axis: 'x' | 'y'): KernelTransfer;
}

/** Prepares tilted plates on the grid of `medium`. Nothing is computed or allocated before a plate is tilted. */
export function createTiltWays(medium: ThickMedium, sideMm: number): TiltWays {
  const {convolver, wavelengthMm} = medium;
  const known = new Map<TiltNodes, readonly (KernelTransfer | undefined)[]>();
  const planes: KernelPlane[] = [];
  const obliquity: {x?: KernelTransfer; y?: KernelTransfer} = {};
  return {
    medium,
    halfSideMm: sideMm / 2,
    planes(count) {
      while (planes.length < count) planes.push(convolver.createPlane());
      return planes;
    },
    transfersOf(nodes) {
      let transfers = known.get(nodes);
      if (!transfers) {
        transfers = nodes.zMm.map((zMm) => (zMm === 0 ? undefined : wayWithoutCarrier(medium, zMm)));
        known.set(nodes, transfers);
      }
      return transfers;
    },
    obliquityOf(axis) {
      obliquity[axis] ??= writeReal(medium, convolver.createTransfer(), (fx, fy) => {
        const f = axis === 'x' ? fx : fy;
        return f / fzOf(fx, fy, wavelengthMm);
      });
      return obliquity[axis];
    },
  };
}

function wayWithoutCarrier({convolver, grid, wavelengthMm}: ThickMedium, zMm: number): KernelTransfer {
  const transfer = convolver.createTransfer();
  const {re, im} = stepsTransfer([{index: 1, distanceMm: zMm}], {grid, wavelengthMm}, convolver.length);
  const angle = (-2 * Math.PI * carrierRatio * zMm) / wavelengthMm;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < re.length; i++) {
    const real = re[i] * c - im[i] * s;
    im[i] = re[i] * s + im[i] * c;
    re[i] = real;
  }
  convolver.writeTransfer(transfer, re, im);
  return transfer;
}

/** fz of a wave, 1/mm, not below the least that is weighted as it is. */
export const fzOf = (fx: number, fy: number, wavelengthMm: number): number =>
  Math.max(leastFzRatio / wavelengthMm, Math.sqrt(Math.max(0, 1 / wavelengthMm ** 2 - fx * fx - fy * fy)));

/** Writes a real transfer function of the frequencies, 1/mm. */
export function writeReal(
  {convolver, grid}: ThickMedium,
  transfer: KernelTransfer,
  value: (fx: number, fy: number) => number,
): KernelTransfer {
  const {length} = convolver;
  const re = new Float64Array(length * length);
  const frequency = Float64Array.from({length}, (_, i) => transformFrequency(i, length) / grid.pitchMm);
  for (let row = 0; row < length; row++)
    for (let column = 0; column < length; column++)
      re[row * length + column] = value(frequency[column], frequency[row]);
  convolver.writeTransfer(transfer, re, new Float64Array(length * length));
  return transfer;
}
