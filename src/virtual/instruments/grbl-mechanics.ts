import {Listeners} from '../byte-line.ts';
import type {Block} from './grbl-planner.ts';
import {axisCount, type AxisValues, type GrblMemory} from './grbl-settings.ts';

export interface StageBody {
  /** Length of each axis between its switches, mm. */
  readonly travelMm: Readonly<AxisValues>;
  /** Where the carriage stands at power-on, in the frame whose zero is the switch at the positive end, mm. */
  readonly startMm: Readonly<AxisValues>;
  /** A missing switch is never found in homing. */
  readonly hasSwitches: boolean;
  /** A stuck switch does not open again on pull-off. */
  readonly isSwitchStuck?: boolean;
}

/**
 * The carriage behind the controller: where it stands against its switches, whatever the controller counts.
 * Body frame: 0 at the switch at the positive end, minus the travel at the other.
 */
export class GrblMechanics {
  body: StageBody;
  readonly moved = new Listeners<[]>();
  private readonly memory: GrblMemory;
  /** Body position minus counted position. */
  private shiftMm: AxisValues;

  constructor(body: StageBody, memory: GrblMemory) {
    this.body = body;
    this.memory = memory;
    this.shiftMm = [...body.startMm];
  }

  bodyMm(machineMm: Readonly<AxisValues>): AxisValues {
    return machineMm.map((mm, i) => mm + this.shiftMm[i]) as AxisValues;
  }
  machineMm(bodyMm: Readonly<AxisValues>): AxisValues {
    return bodyMm.map((mm, i) => mm - this.shiftMm[i]) as AxisValues;
  }

  /** The counter is set to another value while the carriage stands still. */
  recount(oldMachineMm: Readonly<AxisValues>, newMachineMm: Readonly<AxisValues>): void {
    this.shiftMm = this.shiftMm.map((shift, i) => shift + oldMachineMm[i] - newMachineMm[i]) as AxisValues;
  }

  /** The carriage is elsewhere and the counter does not know it: steps that were lost, a hand that pushed. */
  slip(byMm: Readonly<AxisValues>): void {
    this.shiftMm = this.shiftMm.map((shift, i) => shift + byMm[i]) as AxisValues;
  }

  /** Body position of the switch that homing looks for; $23 chooses the end. */
  homeSwitchMm(axis: number): number {
    return this.isHomingNegative(axis) ? -this.body.travelMm[axis] : 0;
  }
  isHomingNegative(axis: number): boolean {
    return (this.memory.get(23) & (1 << axis)) !== 0;
  }

  /** Limit inputs that read as pressed; $5 inverts them. */
  pressed(machineMm: Readonly<AxisValues>): boolean[] {
    const slackMm = 1e-6;
    return this.bodyMm(machineMm).map((mm, i) => {
      const isAtSwitch = this.body.hasSwitches && (mm >= -slackMm || mm <= -this.body.travelMm[i] + slackMm);
      return isAtSwitch !== this.memory.isOn(5);
    });
  }

  /** Way along a block, from `fromMm` on, at which the carriage runs onto a switch. */
  limitWayMm(block: Block, fromMm: number): number {
    if (!this.body.hasSwitches) return Infinity;
    let way = Infinity;
    for (let i = 0; i < axisCount; i++) {
      const direction = block.unit[i];
      if (direction === 0) continue;
      const startMm = block.startMm[i] + this.shiftMm[i];
      const switchMm = direction > 0 ? 0 : -this.body.travelMm[i];
      const hit = (switchMm - startMm) / direction;
      if (hit >= fromMm) way = Math.min(way, hit);
    }
    return way;
  }
}
