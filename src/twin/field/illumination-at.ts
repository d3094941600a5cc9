import type {Illumination} from '../../contract/illumination.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';

/**
 * Light that is known at one frequency, at another one. A Gaussian beam comes from a waist (a horn's mouth) that has the
 * same radius at the same place at every frequency: with the complex radius q, 1/q = 1/R + i lambda / (pi w^2) = 1 /
 * (z - i zR), the distance z from the waist stays and the Rayleigh range zR = pi w0^2 / lambda grows with the frequency
 * (Siegman, Lasers, ch. 17). Without a curvature the waist lies in the object plane and the beam stays as it is.
 */
export function illuminationAt(light: Illumination, knownHz: number, frequencyHz: number): Illumination {
  if (light.kind !== 'gaussian-beam' || light.curvatureRadiusMm === null || knownHz === frequencyHz)
    return light;
  const {radiusMm, curvatureRadiusMm} = light;
  const bend = 1 / curvatureRadiusMm;
  const spread = wavelengthMmFromHz(knownHz) / (Math.PI * radiusMm ** 2);
  const squared = bend ** 2 + spread ** 2;
  const waistDistanceMm = bend / squared;
  const rangeMm = (spread / squared) * (frequencyHz / knownHz);
  const distanceSquared = waistDistanceMm ** 2 + rangeMm ** 2;
  return {
    ...light,
    radiusMm: Math.sqrt((wavelengthMmFromHz(frequencyHz) * distanceSquared) / (Math.PI * rangeMm)),
    curvatureRadiusMm: distanceSquared / waistDistanceMm,
  };
}
