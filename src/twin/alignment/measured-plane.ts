import {median} from '../../base/median.ts';
import {countOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlaneSetting} from './evaluate-plane.ts';

/** One measured plane: linear in power, dark taken off, drift corrected; only cells that were measured. */
export interface MeasuredPlane extends PlaneSetting {
  readonly label: string;
  readonly values: Float64Array;
  /** Noise of each reading as the bench has it, one standard deviation. */
  readonly sigma: Float64Array;
}

/**
 * Noise of readings with a constant part (of the largest value) and one in proportion to the value. The value read
 * stands for the true one, which changes weights by the noise squared only.
 */
export function noiseSigma(
  values: Float64Array,
  additiveRatio: number,
  multiplicativeRatio: number,
): Float64Array {
  const maximum = values.reduce((largest, value) => Math.max(largest, value), 0);
  return values.map((value) => Math.hypot(additiveRatio * maximum, multiplicativeRatio * value));
}

/** Fewer points than this cannot say where five plates are. */
export const fewestPoints = 100;

/**
 * Refuses planes from which nothing can be learnt. Throws `twin/invalid` naming the plane: too few points, numbers
 * that are none, no light, no structure, one value again and again at the top (a saturated detector).
 */
export function assertMeasuredPlanes(planes: readonly MeasuredPlane[]): void {
  const refuse = (what: string): never => {
    throw new BenchError('twin/invalid', `${what} No placement was estimated and nothing was stored.`);
  };
  if (planes.length === 0) refuse('There is no measured plane; an alignment needs at least one.');
  for (const {label, values, sigma, xMm, yMm} of planes) {
    if (values.length !== xMm.length || values.length !== yMm.length || values.length !== sigma.length)
      refuse(`Plane "${label}" has ${countOf(values.length, 'value')} for ${countOf(xMm.length, 'place')}.`);
    if (values.length < fewestPoints)
      refuse(`Plane "${label}" has ${values.length} measured points; at least ${fewestPoints} are needed.`);
    if (!values.every(Number.isFinite)) refuse(`Plane "${label}" has values that are no numbers.`);
    if (!values.some((value) => value > 0))
      refuse(`Plane "${label}" shows no light: no value is above 0. Check source, mask and lock-in range.`);
    if (!sigma.every((value) => value > 0 && Number.isFinite(value)))
      refuse(`Plane "${label}" has points without noise: give the noise of its readings, above 0.`);
    const sorted = values.slice().sort();
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    const [middle, noise] = [median(values), median(sigma)];
    if (middle < -5 * noise)
      refuse(
        `Plane "${label}" has values below zero at most of its points. Powers are needed, linear and with the dark level taken ` +
          'off; values in dB have to be converted.',
      );
    if (!(high > 5 * noise))
      refuse(
        `Plane "${label}" shows no light: its largest value is ${fixedText(high / noise, 1)} times the noise. ` +
          'Check source, mask and lock-in range.',
      );
    if (high - low < 10 * noise || high - middle < 0.2 * high)
      refuse(
        `Plane "${label}" is flat: there is no structure in it that could be compared with a simulation.`,
      );
    const atTop = sorted.length - sorted.findIndex((value) => value >= high * (1 - 1e-9));
    if (atTop > Math.max(4, 0.002 * sorted.length))
      refuse(
        `Plane "${label}" is saturated: ${atTop} points show the same largest value. Measure it anew with a larger ` +
          'lock-in range.',
      );
  }
}
