import {computeProfile, evaluateProfile, profileDurationS, type Phase} from './grbl-profile.ts';

/** A stretch of an axis' way in one direction, from a place at a time. Lengths in microsteps. */
export interface Leg {
  readonly startS: number;
  readonly from: number;
  readonly direction: 1 | -1;
  readonly phases: readonly Phase[];
  readonly endS: number;
}

export interface Dynamics {
  /** Microsteps/s. */
  readonly speed: number;
  /** Microsteps/s^2. */
  readonly acceleration: number;
}

const legOf = (startS: number, from: number, direction: 1 | -1, phases: readonly Phase[]): Leg => ({
  startS,
  from,
  direction,
  phases,
  endS: startS + profileDurationS(phases),
});

/** Place and signed speed on a leg at a time. */
export function evaluateLeg(leg: Leg, timeS: number): {position: number; velocity: number} {
  const {wayMm, speed} = evaluateProfile(leg.phases, timeS - leg.startS);
  return {position: leg.from + leg.direction * wayMm, velocity: leg.direction * speed};
}

/** Braking to rest as fast as may be; [] for what is at rest. */
export function planStop(nowS: number, from: number, velocity: number, {acceleration}: Dynamics): Leg[] {
  const speed = Math.abs(velocity);
  if (speed === 0) return [];
  return [
    legOf(nowS, from, velocity > 0 ? 1 : -1, [
      {durationS: speed / acceleration, speed, acceleration: -acceleration},
    ]),
  ];
}

/** From a place and speed to rest at `target`: a trapezoid, after braking where the way cannot be had otherwise. */
export function planMove(
  state: {readonly nowS: number; readonly from: number; readonly velocity: number},
  target: number,
  dynamics: Dynamics,
): Leg[] {
  const {nowS, from, velocity} = state;
  const way = target - from;
  const braking = velocity ** 2 / (2 * dynamics.acceleration);
  const isOnTheWay = velocity === 0 || (Math.sign(way) === Math.sign(velocity) && Math.abs(way) >= braking);
  const legs = isOnTheWay ? [] : planStop(nowS, from, velocity, dynamics);
  const stop = legs[0];
  const start = stop ? evaluateLeg(stop, stop.endS).position : from;
  if (target === start) return legs;
  const phases = computeProfile({
    lengthMm: Math.abs(target - start),
    entrySpeed: stop ? 0 : Math.abs(velocity),
    nominalSpeed: dynamics.speed,
    exitSpeed: 0,
    acceleration: dynamics.acceleration,
  });
  legs.push(legOf(stop?.endS ?? nowS, start, target > start ? 1 : -1, phases));
  return legs;
}
