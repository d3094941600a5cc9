import type {VirtualTime} from '../time.ts';
import {evaluateLeg, planMove, planStop, type Dynamics, type Leg} from './zaber-motion.ts';

/** The mechanics behind an axis. Lengths in the axis' own unit (mm, degrees). */
export interface ZaberAxisBody {
  /** At the default resolution of 64 microsteps a full step. */
  readonly unitPerStep: number;
  /** Between the end stops; homing looks for the lower one. */
  readonly travel: number;
  /** Above the lower stop at power-on. */
  readonly start: number;
}

export interface ZaberAxisParts {
  readonly time: VirtualTime;
  readonly body: ZaberAxisBody;
  /** The axis has come to rest somewhere else; what is thrown counts as an obstacle. */
  readonly onRest?: ((offset: number) => void) | undefined;
  /** Busy no more. */
  readonly onIdle?: (() => void) | undefined;
}

/** Velocity data are 1.6384 x microsteps/s, acceleration data 1.6384 x microsteps/s^2 / 10000 (section 5). */
export const velocityFactor = 1.6384;
const accelerationFactor = velocityFactor / 10_000;

export const defaultResolution = 64;
const largestPosition = 2 ** 31 - 1;

/** Why a command is not obeyed. */
export class ZaberRejection extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** One axis of a controller: counter, reference, limits, and motion over bench time. Positions in microsteps. */
export class ZaberAxis {
  readonly warnings = new Set<string>(['WR']);
  readonly settings: Record<string, number>;
  private readonly parts: ZaberAxisParts;
  private resolution = defaultResolution;
  /** Place above the lower stop when the last motion ended. */
  private place: number;
  /** Place at which the counter is 0. */
  private zeroPlace: number;
  private legs: readonly Leg[] = [];
  private atEnd: 'home' | 'stall' | undefined;
  private cancelTimer: (() => void) | undefined;
  private settledPlace: number;

  constructor(parts: ZaberAxisParts) {
    this.parts = parts;
    this.place = parts.body.start / parts.body.unitPerStep;
    this.zeroPlace = this.place;
    this.settledPlace = this.place;
    this.settings = this.defaultSettings();
  }

  get isMoving(): boolean {
    return this.legs.length > 0;
  }
  /** Counted position, microsteps. */
  get position(): number {
    return Math.round(this.state().position - this.zeroPlace) + 0;
  }
  get microstepsPerStep(): number {
    return this.resolution;
  }

  /** Where it is against where it was at power-on, in the axis' unit, whatever has been counted since. */
  get offset(): number {
    return this.state().position * this.unitPerStep - this.parts.body.start;
  }

  private get unitPerStep(): number {
    return (this.parts.body.unitPerStep * defaultResolution) / this.resolution;
  }
  private get topPlace(): number {
    return this.parts.body.travel / this.unitPerStep;
  }
  private get isReferenced(): boolean {
    return !this.warnings.has('WR');
  }

  private defaultSettings(): Record<string, number> {
    return {
      'limit.min': 0,
      'limit.max': Math.floor(this.topPlace),
      'limit.home.preset': 0,
      maxspeed: 153_600,
      'limit.approach.maxspeed': 153_600,
      'motion.accelonly': 205,
      'motion.decelonly': 205,
    };
  }

  moveAbsolute(target: number): void {
    if (!this.isReferenced) throw new ZaberRejection('BADDATA');
    this.moveTo(target);
  }

  moveRelative(way: number): void {
    // A way that is added during a motion counts from where the axis is.
    const target = this.position + way;
    if (Math.abs(target) > largestPosition) throw new ZaberRejection('BADDATA');
    this.moveTo(target);
  }

  moveToLimit(which: 'limit.min' | 'limit.max'): void {
    if (!this.isReferenced) throw new ZaberRejection('BADDATA');
    this.moveTo(this.settings[which]);
  }

  /** Runs until the limit in that direction, or the end stop where no limit is known. */
  moveAtVelocity(data: number): void {
    if (data === 0) return this.stop();
    const end = data > 0 ? 'limit.max' : 'limit.min';
    const target = this.isReferenced
      ? this.settings[end] + this.zeroPlace
      : data > 0
        ? Number.POSITIVE_INFINITY
        : Number.NEGATIVE_INFINITY;
    this.begin(target, {...this.dynamics(), speed: Math.abs(data) / velocityFactor});
  }

  home(): void {
    this.begin(
      0,
      {...this.dynamics(), speed: this.settings['limit.approach.maxspeed'] / velocityFactor},
      'home',
    );
  }

  stop(): void {
    if (!this.isMoving) return;
    this.warnings.add('NI');
    const {position, velocity} = this.state();
    this.atEnd = undefined;
    this.follow(planStop(this.parts.time.nowS(), position, velocity, this.dynamics()), position);
  }

  /** Stops where it is, without ramp. */
  stopAtOnce(): void {
    if (!this.isMoving) return;
    this.warnings.add('NI');
    this.atEnd = undefined;
    this.follow([], this.state().position);
  }

  setPosition(position: number): void {
    this.assertResting();
    this.zeroPlace = this.place - position;
    if (this.warnings.delete('WR')) this.warnings.add('WH');
  }

  /** Positions, limits and speeds keep their meaning in the axis' unit. */
  setResolution(resolution: number): void {
    this.assertResting();
    const ratio = resolution / this.resolution;
    this.resolution = resolution;
    this.place *= ratio;
    this.zeroPlace *= ratio;
    this.settledPlace *= ratio;
    for (const name of Object.keys(this.settings))
      this.settings[name] = Math.round(this.settings[name] * ratio);
  }

  /** Power cut and back: the counter starts at 0 where the axis stands. */
  reset(): void {
    const wasMoving = this.isMoving;
    this.halt();
    this.zeroPlace = this.place;
    this.warnings.clear();
    this.warnings.add('WR');
    if (wasMoving) this.comeToRest();
  }

  restoreSettings(): void {
    this.assertResting();
    if (this.resolution !== defaultResolution) this.setResolution(defaultResolution);
    Object.assign(this.settings, this.defaultSettings());
  }

  clearWarnings(): void {
    for (const flag of ['NI', 'FS', 'WH'] as const) this.warnings.delete(flag);
  }

  /** Works off what has ended until now. */
  advance(): void {
    const last = this.legs.at(-1);
    if (last && last.endS <= this.parts.time.nowS() + 1e-9) this.arrive();
  }

  halt(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.place = this.state().position;
    this.legs = [];
    this.atEnd = undefined;
  }

  private state(): {position: number; velocity: number} {
    const nowS = this.parts.time.nowS();
    const leg = this.legs.find(({endS}) => nowS < endS) ?? this.legs.at(-1);
    return leg ? evaluateLeg(leg, nowS) : {position: this.place, velocity: 0};
  }

  private dynamics(): Dynamics {
    const {maxspeed} = this.settings;
    const data = Math.min(this.settings['motion.accelonly'], this.settings['motion.decelonly']);
    // 0 means no ramp at all.
    return {
      speed: Math.max(1, maxspeed) / velocityFactor,
      acceleration: data === 0 ? 1e12 : data / accelerationFactor,
    };
  }

  private assertResting(): void {
    if (this.isMoving) throw new ZaberRejection('STATUSBUSY');
  }

  private moveTo(target: number): void {
    if (this.isReferenced && (target < this.settings['limit.min'] || target > this.settings['limit.max']))
      throw new ZaberRejection('BADDATA');
    this.begin(target + this.zeroPlace, this.dynamics());
  }

  /** Starts or retargets a motion to a place; where an end stop is in the way it ends there, stalled. */
  private begin(place: number, dynamics: Dynamics, atEnd?: 'home'): void {
    if (this.isMoving) this.warnings.add('NI');
    this.warnings.delete('FS');
    const reachable = Math.min(Math.max(place, 0), this.topPlace);
    this.atEnd = Math.abs(reachable - place) > 1e-6 ? 'stall' : atEnd;
    const {position: from, velocity} = this.state();
    this.follow(planMove({nowS: this.parts.time.nowS(), from, velocity}, reachable, dynamics), reachable);
  }

  private follow(legs: readonly Leg[], restPlace: number): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.legs = legs;
    const last = legs.at(-1);
    if (last) this.cancelTimer = this.parts.time.at(last.endS, () => this.arrive());
    else {
      this.place = restPlace;
      this.comeToRest();
    }
  }

  private arrive(): void {
    const last = this.legs.at(-1);
    if (!last) return;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const {position} = evaluateLeg(last, last.endS);
    // A stop brings it past an end stop as little as a move does.
    this.place = Math.min(Math.max(position, 0), this.topPlace);
    this.legs = [];
    this.comeToRest();
  }

  private comeToRest(): void {
    if (this.atEnd === 'home') {
      this.zeroPlace = this.place - this.settings['limit.home.preset'];
      this.warnings.delete('WR');
      this.warnings.delete('WH');
    } else if (this.atEnd === 'stall') this.warnings.add('FS');
    this.atEnd = undefined;
    const {onRest, onIdle} = this.parts;
    const hasMoved = Math.abs(this.place - this.settledPlace) > 1e-6;
    this.settledPlace = this.place;
    try {
      if (hasMoved) onRest?.(this.offset);
    } catch {
      // What it carries could not follow: for the axis that is an obstacle, and the flag says so.
      this.warnings.add('FS');
    }
    onIdle?.();
  }
}
