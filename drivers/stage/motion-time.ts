import {mmPerSFromMmPerMin, msFromS} from '../../src/contract/units.ts';

/** Speed and acceleration of one machine axis. */
export interface AxisDynamics {
  readonly rateMmPerMin: number;
  readonly accelerationMmPerS2: number;
}

/**
 * Time of a straight move from rest to rest, ms. GRBL scales speed and acceleration along the path so that no axis
 * passes its own limit; the profile is a trapezoid: D/v + v/a, or 2 sqrt(D/a) where the top speed is not reached.
 */
export function computeMoveMs(
  deltasMm: readonly number[],
  dynamics: readonly AxisDynamics[],
  feedMmPerMin = Number.POSITIVE_INFINITY,
): number {
  const distanceMm = Math.hypot(...deltasMm);
  if (distanceMm === 0) return 0;
  let speedMmPerS = mmPerSFromMmPerMin(feedMmPerMin);
  let accelerationMmPerS2 = Number.POSITIVE_INFINITY;
  for (const [index, deltaMm] of deltasMm.entries()) {
    const axis = dynamics[index];
    const share = Math.abs(deltaMm) / distanceMm;
    if (axis === undefined || share === 0) continue;
    speedMmPerS = Math.min(speedMmPerS, mmPerSFromMmPerMin(axis.rateMmPerMin) / share);
    accelerationMmPerS2 = Math.min(accelerationMmPerS2, axis.accelerationMmPerS2 / share);
  }
  const isTopSpeedReached = distanceMm >= speedMmPerS ** 2 / accelerationMmPerS2;
  return msFromS(
    isTopSpeedReached
      ? distanceMm / speedMmPerS + speedMmPerS / accelerationMmPerS2
      : 2 * Math.sqrt(distanceMm / accelerationMmPerS2),
  );
}
