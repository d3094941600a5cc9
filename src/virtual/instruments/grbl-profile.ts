/** Speed along a straight block as stretches of constant acceleration. Lengths mm, speeds mm/s, times s. */
export interface Phase {
  readonly durationS: number;
  readonly speed: number;
  readonly acceleration: number;
}

export interface ProfileRequest {
  readonly lengthMm: number;
  readonly entrySpeed: number;
  readonly nominalSpeed: number;
  readonly exitSpeed: number;
  readonly acceleration: number;
}

/**
 * Trapezoid (or triangle) from entry to exit speed. An entry above the nominal speed is braked first; an exit that
 * cannot be reached is missed, and the next block starts with what is left.
 */
export function computeProfile(request: ProfileRequest): Phase[] {
  const {entrySpeed, nominalSpeed, acceleration: a} = request;
  let {lengthMm} = request;
  const phases: Phase[] = [];
  let speed = entrySpeed;
  if (speed > nominalSpeed) {
    const brakingMm = (speed ** 2 - nominalSpeed ** 2) / (2 * a);
    if (brakingMm >= lengthMm) return [brakeOver(lengthMm, speed, a)];
    phases.push({durationS: (speed - nominalSpeed) / a, speed, acceleration: -a});
    lengthMm -= brakingMm;
    speed = nominalSpeed;
  }
  const exitSpeed = Math.min(request.exitSpeed, nominalSpeed);
  if (speed ** 2 - exitSpeed ** 2 > 2 * a * lengthMm) return [...phases, brakeOver(lengthMm, speed, a)];
  if (exitSpeed ** 2 - speed ** 2 > 2 * a * lengthMm) {
    const end = Math.sqrt(speed ** 2 + 2 * a * lengthMm);
    return [...phases, {durationS: (end - speed) / a, speed, acceleration: a}];
  }
  const peak = Math.min(nominalSpeed, Math.sqrt((2 * a * lengthMm + speed ** 2 + exitSpeed ** 2) / 2));
  const cruiseMm = lengthMm - (2 * peak ** 2 - speed ** 2 - exitSpeed ** 2) / (2 * a);
  phases.push({durationS: (peak - speed) / a, speed, acceleration: a});
  if (cruiseMm > 0) phases.push({durationS: cruiseMm / peak, speed: peak, acceleration: 0});
  phases.push({durationS: (peak - exitSpeed) / a, speed: peak, acceleration: -a});
  return phases.filter(({durationS}) => durationS > 0);
}

/** Braking from `entrySpeed` until the block or the speed ends. */
export function computeStop(lengthMm: number, entrySpeed: number, acceleration: number): Phase[] {
  if (entrySpeed === 0) return [];
  if (entrySpeed ** 2 >= 2 * acceleration * lengthMm) return [brakeOver(lengthMm, entrySpeed, acceleration)];
  return [{durationS: entrySpeed / acceleration, speed: entrySpeed, acceleration: -acceleration}];
}

function brakeOver(lengthMm: number, speed: number, acceleration: number): Phase {
  const end = Math.sqrt(Math.max(0, speed ** 2 - 2 * acceleration * lengthMm));
  return {durationS: (speed - end) / acceleration, speed, acceleration: -acceleration};
}

export const profileDurationS = (phases: readonly Phase[]): number =>
  phases.reduce((sum, {durationS}) => sum + durationS, 0);

/** Way and speed after `elapsedS`. */
export function evaluateProfile(phases: readonly Phase[], elapsedS: number): {wayMm: number; speed: number} {
  let wayMm = 0;
  let rest = Math.max(0, elapsedS);
  let endSpeed = 0;
  for (const {durationS, speed, acceleration} of phases) {
    const t = Math.min(rest, durationS);
    wayMm += speed * t + (acceleration * t * t) / 2;
    endSpeed = Math.max(0, speed + acceleration * t);
    if (rest < durationS) return {wayMm, speed: endSpeed};
    rest -= durationS;
  }
  return {wayMm, speed: endSpeed};
}
