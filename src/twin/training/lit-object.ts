import type {ComplexPlane} from '../../contract/optics.ts';
import type {Samples} from './region-reading.ts';

/** Writes the field behind an object of real amplitude and returns the sum of its squares. */
function lightAmplitude(amplitude: Float32Array, light: ComplexPlane, {re, im}: Samples): number {
  let power = 0;
  for (let i = 0; i < amplitude.length; i++) {
    const a = amplitude[i];
    if (a === 0) {
      re[i] = 0;
      im[i] = 0;
      continue;
    }
    re[i] = a * light.re[i];
    im[i] = a * light.im[i];
    power += re[i] * re[i] + im[i] * im[i];
  }
  return power;
}

/** Writes the field behind an object of phase, given in turns, and returns the sum of its squares: that of the light. */
function lightPhase(turns: Float32Array, light: ComplexPlane, {re, im}: Samples): number {
  let power = 0;
  for (let i = 0; i < turns.length; i++) {
    const [cos, sin] = [Math.cos(2 * Math.PI * turns[i]), Math.sin(2 * Math.PI * turns[i])];
    re[i] = cos * light.re[i] - sin * light.im[i];
    im[i] = cos * light.im[i] + sin * light.re[i];
    power += re[i] * re[i] + im[i] * im[i];
  }
  return power;
}

/** How the values of an object of each kind become the field behind it; each returns the sum of its squares. */
export const lightObject = {amplitude: lightAmplitude, 'phase-turns': lightPhase};
