import type {Wait} from './grbl-gcode.ts';
import type {GrblMechanics} from './grbl-mechanics.ts';
import {axisCount, type AxisValues, type GrblMemory} from './grbl-settings.ts';

/** What homing needs of the controller. */
export interface HomingHost {
  readonly memory: GrblMemory;
  readonly mechanics: GrblMechanics;
  countedMm(): AxisValues;
  /** Moves from rest to rest, at a rate along the path; waits for the end. */
  moveSystem(targetMm: Readonly<AxisValues>, rateMmPerMin: number): Wait;
  dwell(seconds: number): Wait;
}

/** Seek limit over $13x and locate limit over $27 (grbl.md section 7). */
const seekFactor = 1.5;

/**
 * Homing cycle (grbl.md section 8): Z first, then X and Y together; seek at $25, pull off $27, locate at $24, pull
 * off. Returns the alarm number, or undefined when the axes are homed.
 */
export function* runHoming(host: HomingHost): Generator<undefined, 8 | 9 | undefined, undefined> {
  const {memory, mechanics} = host;
  const [locateRate, seekRate, pullOffMm] = [memory.get(24), memory.get(25), memory.get(27)];
  for (const axes of [[2], [0, 1]]) {
    const seekMm = seekFactor * Math.max(...axes.map((axis) => memory.axis(130, axis)));
    const isFar = axes.some((axis) => distanceToSwitch(host, axis) > seekMm);
    if (!mechanics.body.hasSwitches || isFar) {
      yield* host.dwell((seekMm / seekRate) * 60);
      return 9;
    }
    for (const rate of [seekRate, locateRate]) {
      yield* approach(host, axes, rate);
      yield* settle(host);
      if (mechanics.body.isSwitchStuck) return 8;
      yield* pullOff(host, axes, pullOffMm, seekRate);
      yield* settle(host);
    }
  }
  return undefined;
}

/** Counted position that homing leaves behind. */
export const homedPositionMm = ({memory, mechanics}: HomingHost): AxisValues =>
  Array.from({length: axisCount}, (_, axis) =>
    mechanics.isHomingNegative(axis) ? -memory.axis(130, axis) + memory.get(27) : -memory.get(27),
  ) as AxisValues;

function distanceToSwitch(host: HomingHost, axis: number): number {
  const {mechanics} = host;
  return Math.abs(mechanics.homeSwitchMm(axis) - mechanics.bodyMm(host.countedMm())[axis]);
}

/** All axes run at the same rate until each has met its switch. */
function* approach(host: HomingHost, axes: readonly number[], rate: number): Wait {
  const {mechanics} = host;
  let waiting = [...axes];
  while (waiting.length > 0) {
    const body = mechanics.bodyMm(host.countedMm());
    const gaps = waiting.map((axis) => mechanics.homeSwitchMm(axis) - body[axis]);
    const stepMm = Math.min(...gaps.map(Math.abs));
    const target = [...body] as AxisValues;
    for (const [i, axis] of waiting.entries()) target[axis] = body[axis] + Math.sign(gaps[i]) * stepMm;
    if (stepMm > 0) yield* host.moveSystem(mechanics.machineMm(target), rate * Math.sqrt(waiting.length));
    const stepSize = 1 / Math.min(...host.memory.axisValues(100));
    const next = waiting.filter((_, i) => Math.abs(gaps[i]) - stepMm > stepSize);
    if (next.length === waiting.length) return;
    waiting = next;
  }
}

function* pullOff(host: HomingHost, axes: readonly number[], pullOffMm: number, rate: number): Wait {
  const target = host.countedMm();
  for (const axis of axes)
    target[axis] = target[axis] + (host.mechanics.isHomingNegative(axis) ? pullOffMm : -pullOffMm);
  yield* host.moveSystem(target, rate * Math.sqrt(axes.length));
}

/** Switch debounce, $26. */
const settle = (host: HomingHost): Wait => host.dwell(host.memory.get(26) / 1000);
