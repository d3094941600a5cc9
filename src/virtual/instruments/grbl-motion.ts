import {Listeners} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import type {Block, MotionRequest, Planner} from './grbl-planner.ts';
import {computeProfile, computeStop, evaluateProfile, profileDurationS, type Phase} from './grbl-profile.ts';
import type {AxisValues, GrblMemory} from './grbl-settings.ts';

interface Running {
  readonly block: Block;
  /** Way done when the present profile began, mm. */
  readonly wayMm: number;
  readonly startS: number;
  readonly phases: readonly Phase[];
  readonly endS: number;
  /** A limit switch is hit at `endS`, before the block is done. */
  readonly hitsLimit: boolean;
}

export type MotionEvent = 'block-done' | 'stopped' | 'limit';

/**
 * Executes planned blocks in virtual time. Positions are exact functions of time between events; every event (block
 * change, hold, override) is announced just before it, with its time.
 */
export class Motion {
  readonly beforeChange = new Listeners<[timeS: number]>();
  /** Position at rest or at the end of the last finished block, steps. */
  positionSteps: AxisValues = [0, 0, 0];
  private readonly time: VirtualTime;
  private readonly planner: Planner;
  private readonly memory: GrblMemory;
  private readonly onEvent: (event: MotionEvent) => void;
  private readonly limitWayMm: (block: Block, fromMm: number) => number;
  private running: Running | undefined;
  private isHolding = false;
  private cancelTimer: (() => void) | undefined;

  constructor(parts: {
    readonly time: VirtualTime;
    readonly planner: Planner;
    readonly memory: GrblMemory;
    /** `stopped`: the last block is done, or a hold has come to rest. */
    readonly onEvent: (event: MotionEvent) => void;
    /** Way along a block at which a watched limit switch is hit, mm; Infinity where none is. */
    readonly limitWayMm: (block: Block, fromMm: number) => number;
  }) {
    this.time = parts.time;
    this.planner = parts.planner;
    this.memory = parts.memory;
    this.onEvent = parts.onEvent;
    this.limitWayMm = parts.limitWayMm;
  }

  get isMoving(): boolean {
    return this.running !== undefined;
  }

  /** True while a motion changes the position of an axis (0 x, 1 y, 2 z). */
  isMovingAlong(axis: 0 | 1 | 2): boolean {
    return this.running !== undefined && this.running.block.unit[axis] !== 0;
  }

  /** Machine position at a time that is not before the last event, mm. */
  positionMm(timeS: number): AxisValues {
    const stepsPerMm = this.memory.axisValues(100);
    if (!this.running) return this.positionSteps.map((steps, i) => steps / stepsPerMm[i]) as AxisValues;
    const {block, startS, phases, wayMm} = this.running;
    const way = Math.min(block.lengthMm, wayMm + evaluateProfile(phases, timeS - startS).wayMm);
    return block.startMm.map((mm, i) => mm + block.unit[i] * way) as AxisValues;
  }
  /** The same, snapped to whole steps as the controller counts them. */
  countedMm(timeS: number): AxisValues {
    const stepsPerMm = this.memory.axisValues(100);
    return this.positionMm(timeS).map(
      (mm, i) => Math.round(mm * stepsPerMm[i]) / stepsPerMm[i] + 0,
    ) as AxisValues;
  }
  /** Speed along the path, mm/s. */
  speed(timeS: number): number {
    return this.running ? evaluateProfile(this.running.phases, timeS - this.running.startS).speed : 0;
  }

  plan(targetMm: Readonly<AxisValues>, request: MotionRequest): void {
    if (this.planner.add(targetMm, request)) this.replan();
  }

  /** Starts or resumes with the first planned block. */
  start(): void {
    this.isHolding = false;
    if (this.planner.blocks.length === 0 || this.running) return;
    const nowS = this.time.nowS();
    this.beforeChange.emit(nowS);
    this.begin(nowS, 0, this.resumeWayMm);
    this.resumeWayMm = 0;
  }
  /** Part of the first block that was done before a hold, mm. */
  private resumeWayMm = 0;

  /** Feed hold: brakes at once; `stopped` follows. */
  hold(): void {
    if (!this.running || this.isHolding) return;
    this.isHolding = true;
    this.replan();
  }

  /** New overrides or blocks: plans and times the rest anew from the present speed. */
  replan(): void {
    const nowS = this.time.nowS();
    if (!this.running) return this.planner.recalculate(0, undefined);
    this.advanceTo(nowS);
    const running = this.running as Running | undefined;
    if (!running) return;
    this.beforeChange.emit(nowS);
    const {wayMm, speed} = evaluateProfile(running.phases, nowS - running.startS);
    this.begin(nowS, speed, running.wayMm + wayMm);
  }

  /** Ends everything where it is: soft reset, alarm. Steps are counted, speed is lost. */
  abort(): void {
    const nowS = this.time.nowS();
    this.advanceTo(nowS);
    this.beforeChange.emit(nowS);
    this.settleAt(nowS);
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.isHolding = false;
    // A held block is given up with the rest: what had been done of it means nothing to the next one.
    this.resumeWayMm = 0;
    this.planner.clear(this.positionSteps);
  }

  /** Takes a new machine position without motion (homing). */
  setPositionMm(positionMm: Readonly<AxisValues>): void {
    const stepsPerMm = this.memory.axisValues(100);
    this.beforeChange.emit(this.time.nowS());
    this.positionSteps = positionMm.map((mm, i) => Math.round(mm * stepsPerMm[i])) as AxisValues;
    this.resumeWayMm = 0;
    this.planner.clear(this.positionSteps);
  }

  /** Works off what has ended until `timeS`, each at its own time. */
  advanceTo(timeS: number): void {
    while (this.running && this.running.endS <= timeS) {
      const {block, endS, phases, startS, wayMm} = this.running;
      this.beforeChange.emit(endS);
      const end = evaluateProfile(phases, endS - startS);
      if (this.running.hitsLimit) {
        this.settleAt(endS);
        this.onEvent('limit');
        return;
      }
      // A hold that came to rest inside the block keeps the rest of it for the resume.
      if (this.isHolding && block.lengthMm - (wayMm + end.wayMm) > 1e-9) {
        this.settleAt(endS);
        this.resumeWayMm = wayMm + end.wayMm;
        this.planner.recalculate(0, block.lengthMm - this.resumeWayMm);
        this.isHolding = false;
        this.onEvent('stopped');
        return;
      }
      this.positionSteps = [...block.endSteps];
      this.planner.blocks.shift();
      this.running = undefined;
      if (this.planner.blocks.length > 0 && !(this.isHolding && end.speed === 0))
        this.begin(endS, end.speed, 0);
      this.onEvent('block-done');
      if (!this.running) {
        this.isHolding = false;
        this.onEvent('stopped');
        return;
      }
    }
  }

  private begin(nowS: number, speed: number, wayMm: number): void {
    const block = this.planner.blocks[0];
    const lengthMm = block.lengthMm - wayMm;
    this.planner.recalculate(speed, lengthMm);
    const phases = this.isHolding
      ? computeStop(lengthMm, speed, block.acceleration)
      : computeProfile({
          lengthMm,
          entrySpeed: speed,
          nominalSpeed: block.nominalSpeed,
          exitSpeed: this.planner.blocks[1]?.entrySpeed ?? 0,
          acceleration: block.acceleration,
        });
    const limitMm = this.limitWayMm(block, wayMm) - wayMm;
    const durationS = profileDurationS(phases);
    const hitsLimit = limitMm < evaluateProfile(phases, durationS).wayMm;
    const lastS = hitsLimit ? timeOfWay(phases, durationS, limitMm) : durationS;
    this.running = {block, wayMm, startS: nowS, phases, endS: nowS + lastS, hitsLimit};
    this.cancelTimer?.();
    this.cancelTimer = this.time.at(this.running.endS, (timeS) => this.advanceTo(timeS));
  }

  /** Freezes the position at `timeS`. */
  private settleAt(timeS: number): void {
    if (!this.running) return;
    const stepsPerMm = this.memory.axisValues(100);
    this.positionSteps = this.positionMm(timeS).map((mm, i) => Math.round(mm * stepsPerMm[i])) as AxisValues;
    this.running = undefined;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.resumeWayMm = 0;
  }
}

/** Time at which a way is reached, by bisection to a nanosecond. */
function timeOfWay(phases: readonly Phase[], durationS: number, wayMm: number): number {
  let [low, high] = [0, durationS];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (evaluateProfile(phases, middle).wayMm < wayMm) low = middle;
    else high = middle;
  }
  return high;
}
