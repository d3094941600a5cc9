import {transformFrequency} from '../twin/propagation/transfer-function.ts';
import type {Propagator} from '../twin/propagation/propagator.ts';

/**
 * Transfer functions for ways much shorter than the gaps of a bench. They are continuous everywhere, the rim of the
 * travelling waves included: a sharp cut there would send ripples across the whole plane.
 */
export type Transfer = ReturnType<Propagator['prepare']>;

interface Wave {
  /** Frequencies along x, y, 1/mm. */
  readonly fx: number;
  readonly fy: number;
  /** Square of the frequency along z, 1/mm^2; below 0 for a wave that does not travel. */
  readonly fzSquared: number;
}

function createTransfer(
  propagator: Propagator,
  wavelengthMm: number,
  value: (wave: Wave) => readonly [re: number, im: number],
): Transfer {
  const {convolver, grid} = propagator;
  const {length} = convolver;
  const [re, im] = [new Float64Array(length * length), new Float64Array(length * length)];
  const frequency = Float64Array.from({length}, (_, i) => transformFrequency(i, length) / grid.pitchMm);
  for (let row = 0; row < length; row++)
    for (let column = 0; column < length; column++) {
      const [fx, fy] = [frequency[column], frequency[row]];
      const at = row * length + column;
      [re[at], im[at]] = value({fx, fy, fzSquared: 1 / wavelengthMm ** 2 - fx * fx - fy * fy});
    }
  const transfer = convolver.createTransfer();
  convolver.writeTransfer(transfer, re, im);
  return transfer;
}

/**
 * Way over a short distance, forwards or (negative) back, by the angular spectrum exp(i 2 pi fz z). Waves that do not
 * travel decay forwards; on the way back, where they would grow without bounds, they stay as they are: over the next
 * gap they vanish.
 */
export function createShortStep(propagator: Propagator, wavelengthMm: number, distanceMm: number): Transfer {
  return createTransfer(propagator, wavelengthMm, ({fzSquared}) => {
    if (fzSquared < 0)
      return [distanceMm < 0 ? 1 : Math.exp(-2 * Math.PI * Math.sqrt(-fzSquared) * distanceMm), 0];
    const phase = 2 * Math.PI * Math.sqrt(fzSquared) * distanceMm;
    return [Math.cos(phase), Math.sin(phase)];
  });
}

/** Waves closer to the plane than this part of 1 / wavelength along z (78 degrees from the beam) are weighted as there. */
const leastFzRatio = 0.2;

/** Weight 1 - (sx fx + sy fy) / fz of each wave that leaves a plane of slopes sx, sy; see tilted-plane.ts. */
export function createSlopeWeight(
  propagator: Propagator,
  wavelengthMm: number,
  [slopeX, slopeY]: readonly [number, number],
): Transfer {
  const leastFz = leastFzRatio / wavelengthMm;
  return createTransfer(propagator, wavelengthMm, ({fx, fy, fzSquared}) => {
    const fz = Math.max(leastFz, Math.sqrt(Math.max(0, fzSquared)));
    return [1 - (slopeX * fx + slopeY * fy) / fz, 0];
  });
}
