import type {AxisValues, GrblMemory} from './grbl-settings.ts';

/** Blocks in the ring; one stays free (grbl.md section 1). */
export const plannerCapacity = 15;
const lowestSpeed = 1 / 60;

export interface MotionRequest {
  /** mm/min, or 1/min with `isInverseTime`. */
  readonly feed: number;
  readonly isRapid: boolean;
  readonly isInverseTime?: boolean;
  readonly ignoresFeedOverride?: boolean;
  /** Homing: a motion from rest to rest. */
  readonly isSystem?: boolean;
}

/** A straight motion between two step positions. Speeds mm/s. */
export interface Block {
  readonly startSteps: Readonly<AxisValues>;
  readonly endSteps: Readonly<AxisValues>;
  readonly startMm: Readonly<AxisValues>;
  readonly unit: Readonly<AxisValues>;
  readonly lengthMm: number;
  readonly acceleration: number;
  readonly rapidSpeed: number;
  readonly programmedSpeed: number;
  readonly request: MotionRequest;
  readonly junctionSpeed: number;
  nominalSpeed: number;
  entrySpeed: number;
}

export interface Overrides {
  feed: number;
  rapid: number;
  spindle: number;
}

/** Largest value along a direction that keeps every axis within its own. */
function limitByAxes(limits: Readonly<AxisValues>, unit: Readonly<AxisValues>): number {
  let limit = Infinity;
  for (const [i, part] of unit.entries()) if (part !== 0) limit = Math.min(limit, Math.abs(limits[i] / part));
  return limit;
}

const dot = (a: Readonly<AxisValues>, b: Readonly<AxisValues>): number =>
  a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Queue of blocks with look-ahead: junction speeds by junction deviation ($11), entries from both ends. */
export class Planner {
  readonly blocks: Block[] = [];
  private readonly memory: GrblMemory;
  private readonly overrides: Overrides;
  /** Where the last planned block ends, steps. */
  endSteps: AxisValues = [0, 0, 0];

  constructor(memory: GrblMemory, overrides: Overrides) {
    this.memory = memory;
    this.overrides = overrides;
  }

  get isFull(): boolean {
    return this.blocks.length >= plannerCapacity;
  }
  get freeCount(): number {
    return plannerCapacity - this.blocks.length;
  }

  clear(positionSteps: Readonly<AxisValues>): void {
    this.blocks.length = 0;
    this.endSteps = [...positionSteps] as AxisValues;
  }

  /** Adds a motion to `targetMm` (machine frame), snapped to steps. False when it is shorter than a step. */
  add(targetMm: Readonly<AxisValues>, request: MotionRequest): boolean {
    const stepsPerMm = this.memory.axisValues(100);
    const startSteps = this.endSteps;
    const endSteps = targetMm.map((mm, i) => Math.round(mm * stepsPerMm[i])) as AxisValues;
    const deltaMm = endSteps.map((steps, i) => (steps - startSteps[i]) / stepsPerMm[i]) as AxisValues;
    const lengthMm = Math.hypot(...deltaMm);
    if (lengthMm === 0) return false;
    const unit = deltaMm.map((mm) => mm / lengthMm) as AxisValues;
    const acceleration = limitByAxes(this.memory.axisValues(120), unit);
    const rapidSpeed = limitByAxes(this.memory.axisValues(110), unit) / 60;
    const feedSpeed = (request.isInverseTime ? request.feed * lengthMm : request.feed) / 60;
    const previous = this.blocks.at(-1);
    const block: Block = {
      startSteps,
      endSteps,
      startMm: startSteps.map((steps, i) => steps / stepsPerMm[i]) as AxisValues,
      unit,
      lengthMm,
      acceleration,
      rapidSpeed,
      programmedSpeed: request.isRapid ? rapidSpeed : feedSpeed,
      request,
      junctionSpeed: previous && !request.isSystem ? this.junctionSpeed(previous, unit, acceleration) : 0,
      nominalSpeed: 0,
      entrySpeed: 0,
    };
    this.blocks.push(block);
    this.endSteps = endSteps;
    return true;
  }

  /** Highest speed through the corner: centripetal acceleration on a circle that leaves the corner by $11. */
  private junctionSpeed(previous: Block, unit: Readonly<AxisValues>, acceleration: number): number {
    const cosine = -dot(previous.unit, unit);
    if (cosine > 0.999999) return 0;
    if (cosine < -0.999999) return Infinity;
    const difference = unit.map((part, i) => part - previous.unit[i]) as AxisValues;
    const length = Math.hypot(...difference);
    const direction = difference.map((part) => part / length) as AxisValues;
    const junctionAcceleration = Math.min(acceleration, limitByAxes(this.memory.axisValues(120), direction));
    const sine = Math.sqrt((1 - cosine) / 2);
    return Math.sqrt(Math.max(0, (junctionAcceleration * this.memory.get(11) * sine) / (1 - sine)));
  }

  private nominalSpeed({request, programmedSpeed, rapidSpeed}: Block): number {
    if (request.isRapid && !request.isSystem)
      return Math.max(lowestSpeed, (rapidSpeed * this.overrides.rapid) / 100);
    const factor = request.ignoresFeedOverride || request.isSystem ? 1 : this.overrides.feed / 100;
    return Math.max(lowestSpeed, Math.min(rapidSpeed, programmedSpeed * factor));
  }

  /**
   * Plans entry speeds anew. `currentSpeed` is the speed of the running first block, `remainingMm` what is left of
   * it.
   */
  recalculate(currentSpeed: number, remainingMm: number | undefined): void {
    const {blocks} = this;
    for (const block of blocks) block.nominalSpeed = this.nominalSpeed(block);
    let exitSpeed = 0;
    for (let i = blocks.length - 1; i > 0; i--) {
      const block = blocks[i];
      const corner = Math.min(block.junctionSpeed, block.nominalSpeed, blocks[i - 1].nominalSpeed);
      block.entrySpeed = Math.min(
        corner,
        Math.sqrt(exitSpeed ** 2 + 2 * block.acceleration * block.lengthMm),
      );
      exitSpeed = block.entrySpeed;
    }
    let speed = currentSpeed;
    for (const [i, block] of blocks.entries()) {
      if (i === 0) block.entrySpeed = currentSpeed;
      else block.entrySpeed = Math.min(block.entrySpeed, speed);
      const lengthMm = i === 0 && remainingMm !== undefined ? remainingMm : block.lengthMm;
      speed = Math.sqrt(block.entrySpeed ** 2 + 2 * block.acceleration * lengthMm);
    }
  }
}
