import type {Placement} from '../contract/placement.ts';
import {radFromDeg} from '../contract/units.ts';
import type {SceneSettings} from './scene-settings.ts';
import type {SceneTruth} from './scene-truth.ts';

/** What lies between the field and the lock-in's input, as numbers: frame, source, standing wave, lead screw. */

/** Air conditioning: period of the cyclic part of the drift, s, and its size against an hour's drift. */
const driftCycle = {periodS: 1200, ratio: 0.15} as const;

/** The field is calculated anew when the detector has moved along the beam by more than this, mm. */
export const followFromMm = 0.002;

/** The field is calculated anew when the source's frequency has changed by more than this part of it. */
export const followFromRatio = 1e-4;

/**
 * From the scan frame to the optical axis' frame, in which the field is known: the scan frame stands in the bench as
 * its placement says, turned, then shifted.
 */
export function createAxisFrame({
  dxMm,
  dyMm,
  rotationDeg,
}: Placement): (xMm: number, yMm: number) => readonly [xMm: number, yMm: number] {
  const [cos, sin] = [Math.cos(radFromDeg(rotationDeg)), Math.sin(radFromDeg(rotationDeg))];
  return (x, y) => [cos * x - sin * y + dxMm, sin * x + cos * y + dyMm];
}

/** Power of the source at a time against its power at the start of the bench. */
export function driftRatio({settings, drift}: SceneTruth, timeS: number): number {
  const angle = (2 * Math.PI * timeS) / driftCycle.periodS;
  const cycle = Math.sin(angle + drift.cyclePhaseRad) - Math.sin(drift.cyclePhaseRad);
  return 1 + drift.sign * settings.driftPerHour * (timeS / 3600 + driftCycle.ratio * cycle);
}

/**
 * What the standing wave makes of the power at a distance of the detector, at a wavelength. There and back over the way between
 * source and detector: a phase of 4 pi (L + z) / wavelength, which the seed has drawn for z = 0 and the design's wavelength.
 */
export const rippleRatio = (
  {settings: {ripple, rippleLengthMm}, ripplePhaseRad}: SceneTruth,
  {wavelengthMm, designWavelengthMm, zMm}: RipplePlace,
): number => {
  const ofLength = 4 * Math.PI * rippleLengthMm * (1 / wavelengthMm - 1 / designWavelengthMm);
  return 1 + ripple * Math.cos((4 * Math.PI * zMm) / wavelengthMm + ofLength + ripplePhaseRad);
};

/** Where and in which light a standing wave is looked at. */
export interface RipplePlace {
  readonly wavelengthMm: number;
  /** Of the frequency for which the bench is made. */
  readonly designWavelengthMm: number;
  readonly zMm: number;
}

/** Where a lead screw really puts its nut, mm. */
export const screwPositionMm = (
  {amplitudeMm, periodMm}: SceneSettings['leadScrew'],
  phaseRad: number,
  nutMm: number,
): number => nutMm + amplitudeMm * Math.sin((2 * Math.PI * nutMm) / periodMm + phaseRad);
