import type {VirtualTime} from '../time.ts';
import type {Wait} from './grbl-gcode.ts';
import {isOutsideTravel} from './grbl-gcode-check.ts';
import {homedPositionMm, runHoming, type HomingHost} from './grbl-homing.ts';
import {GrblMechanics, type StageBody} from './grbl-mechanics.ts';
import {Motion, type MotionEvent} from './grbl-motion.ts';
import {Planner, type MotionRequest, type Overrides} from './grbl-planner.ts';
import type {StatusInputs} from './grbl-report.ts';
import type {AxisValues, GrblMemory} from './grbl-settings.ts';
import type {MachineState} from './grbl-system.ts';

const stateNames = {
  idle: 'Idle',
  run: 'Run',
  jog: 'Jog',
  alarm: 'Alarm',
  check: 'Check',
  home: 'Home',
  sleep: 'Sleep',
} as const;

/** What the axes need of the controller. */
export interface AxesHost {
  readonly time: VirtualTime;
  readonly memory: GrblMemory;
  readonly overrides: Overrides;
  readonly body: StageBody;
  /** The main loop goes on: something that it may wait for has happened. */
  pump(): void;
  /** The interpreter takes over where the motors stand. */
  syncPosition(): void;
  /** Soft reset of the whole controller. */
  reset(): void;
  runStartup(): Wait;
  sendLine(text: string): void;
  message(text: string): void;
}

/** The axes with the state of the machine: planned motion, hold, jog, door, limits, homing and what raises an alarm. */
export class GrblAxes implements HomingHost {
  readonly memory: GrblMemory;
  readonly mechanics: GrblMechanics;
  readonly motion: Motion;
  private readonly planner: Planner;
  state: MachineState = 'idle';
  private readonly host: AxesHost;
  private readonly time: VirtualTime;
  private isHoldComplete = false;
  private isJogCancelled = false;
  private isSoftLimitStop = false;
  private isHalted = false;
  private isHomingCycle = false;

  constructor(host: AxesHost) {
    this.host = host;
    this.time = host.time;
    this.memory = host.memory;
    this.mechanics = new GrblMechanics(host.body, this.memory);
    this.planner = new Planner(this.memory, host.overrides);
    this.motion = new Motion({
      time: this.time,
      planner: this.planner,
      memory: this.memory,
      onEvent: (event) => this.onMotion(event),
      limitWayMm: (block, fromMm) =>
        this.memory.isOn(21) && !block.request.isSystem ? this.mechanics.limitWayMm(block, fromMm) : Infinity,
    });
    // Power-up: with homing enabled the machine is locked until it is homed.
    if (this.memory.isOn(22)) this.state = 'alarm';
  }

  /** After ALARM:1 and ALARM:2 nothing but a reset is obeyed. */
  get isCritical(): boolean {
    return this.isHalted;
  }
  /** In the homing cycle itself not even `?` is answered. */
  get isHomingUnderWay(): boolean {
    return this.isHomingCycle;
  }
  get isSuspended(): boolean {
    return this.state === 'hold' || this.state === 'door' || this.state === 'sleep';
  }
  pressedLimits(): boolean[] {
    return this.mechanics.pressed(this.positionMm());
  }
  /** What a status report says of the axes. */
  status(): Pick<StatusInputs, 'state' | 'isBusy' | 'positionMm' | 'freeBlocks' | 'feedMmPerMin' | 'pins'> {
    const pressed = this.pressedLimits();
    const limits = ['X', 'Y', 'Z'].filter((_, i) => pressed[i]).join('');
    const isBusy = ['home', 'run', 'hold', 'jog', 'door'].includes(this.state);
    return {
      state: this.stateText(),
      isBusy,
      positionMm: this.positionMm(),
      freeBlocks: this.planner.freeCount,
      feedMmPerMin: isBusy ? this.motion.speed(this.time.nowS()) * 60 : 0,
      pins: `${this.memory.isOn(6) ? 'P' : ''}${limits}`,
    };
  }
  private stateText(): string {
    if (this.state === 'hold') return this.isHoldComplete ? 'Hold:0' : 'Hold:1';
    if (this.state === 'door') return this.isHoldComplete ? 'Door:0' : 'Door:2';
    return stateNames[this.state];
  }

  /** Soft reset: in motion the position can no longer be trusted, ALARM:3 (in homing ALARM:6). */
  reset(): void {
    const isMoving = this.motion.isMoving;
    const wasHoming = this.state === 'home';
    this.isHalted = false;
    this.isSoftLimitStop = false;
    this.isJogCancelled = false;
    this.isHoldComplete = false;
    this.isHomingCycle = false;
    this.motion.abort();
    if (wasHoming) this.alarm(6);
    else if (isMoving) this.alarm(3);
    else if (this.state !== 'alarm') this.state = this.state === 'sleep' ? 'alarm' : 'idle';
  }

  /** The supply was gone for a moment: it counts from zero, wherever the carriage stands. A reset of the controller follows. */
  powerCycle(): void {
    this.motion.abort();
    const before = this.positionMm();
    this.motion.setPositionMm([0, 0, 0]);
    this.mechanics.recount(before, this.positionMm());
    this.isHalted = false;
    this.isHomingCycle = false;
    this.state = this.memory.isOn(22) ? 'alarm' : 'idle';
  }

  /** Planned motion starts by itself. */
  autoStart(): void {
    if (this.state !== 'idle' || this.planner.blocks.length === 0) return;
    this.state = 'run';
    this.motion.start();
  }

  private onMotion(event: MotionEvent): void {
    if (event === 'limit') {
      this.motion.abort();
      this.alarm(1);
      return;
    }
    if (event === 'stopped') {
      if (this.state === 'hold' || this.state === 'door') {
        if (this.isSoftLimitStop) this.state = 'idle';
        else this.isHoldComplete = true;
      } else if (this.state === 'jog') this.endJog();
      else if (this.state === 'run') this.state = 'idle';
    }
    this.host.pump();
  }

  private endJog(): void {
    if (this.isJogCancelled) {
      this.isJogCancelled = false;
      this.motion.abort();
      this.host.syncPosition();
    }
    this.state = 'idle';
  }

  /** Raises an alarm; hard and soft limits then wait for a reset. */
  alarm(code: number): void {
    this.state = 'alarm';
    this.host.sendLine(`ALARM:${code}`);
    if (code > 2) return;
    this.host.message('Reset to continue');
    this.isHalted = true;
  }

  feedHold(): void {
    if (this.state === 'jog') return this.cancelJog();
    if (this.state !== 'run' && this.state !== 'idle') return;
    this.isHoldComplete = this.state === 'idle';
    this.state = 'hold';
    this.motion.hold();
  }

  cancelJog(): void {
    this.isJogCancelled = true;
    this.motion.hold();
  }

  openDoor(): void {
    if (!['run', 'idle', 'hold', 'jog'].includes(this.state)) return;
    this.host.message('Check Door');
    if (this.state === 'jog') {
      // The jog is lost; what comes after the door is rest.
      this.motion.abort();
      this.host.syncPosition();
    }
    this.isHoldComplete = !this.motion.isMoving;
    this.state = 'door';
    this.motion.hold();
  }

  resume(): void {
    if (this.state === 'idle') return this.autoStart();
    if ((this.state !== 'hold' && this.state !== 'door') || !this.isHoldComplete) return;
    this.isHoldComplete = false;
    this.state = 'idle';
    this.autoStart();
  }

  // ---- What G-code lines and homing do

  get isChecking(): boolean {
    return this.state === 'check';
  }
  positionMm(): AxisValues {
    return this.motion.countedMm(this.time.nowS());
  }
  countedMm(): AxisValues {
    return this.positionMm();
  }

  *planLine(targetMm: Readonly<AxisValues>, request: MotionRequest): Wait {
    if (this.memory.isOn(20) && this.state !== 'jog' && isOutsideTravel(targetMm, this.memory))
      yield* this.stopAtSoftLimit();
    if (this.isChecking) return;
    while (this.planner.isFull) {
      this.autoStart();
      yield undefined;
    }
    this.motion.plan(targetMm, request);
  }

  private *stopAtSoftLimit(): Wait {
    if (this.state === 'run') {
      this.isSoftLimitStop = true;
      // Not `hold`: this loop has to go on until the axes stand.
      this.motion.hold();
      while (this.motion.isMoving) yield undefined;
      this.isSoftLimitStop = false;
      this.state = 'idle';
    }
    this.motion.abort();
    this.alarm(2);
    // Only a reset leads on, and that drops this task.
    while (true) yield undefined;
  }

  *waitForMotion(): Wait {
    this.autoStart();
    while (this.planner.blocks.length > 0 || this.state === 'run') yield undefined;
  }

  *dwell(seconds: number): Wait {
    if (this.isChecking) return;
    if (this.state !== 'home') yield* this.waitForMotion();
    const endS = this.time.nowS() + seconds;
    if (seconds > 0) this.time.at(endS, () => this.host.pump());
    while (this.time.nowS() < endS) yield undefined;
  }

  *pause(): Wait {
    this.feedHold();
    // The main loop stands still in Hold; it comes back here after the resume.
    yield undefined;
  }

  startJog(): void {
    if (this.state !== 'idle' || this.planner.blocks.length === 0) return;
    this.state = 'jog';
    this.motion.start();
  }

  *moveSystem(targetMm: Readonly<AxisValues>, rateMmPerMin: number): Wait {
    this.motion.plan(targetMm, {feed: rateMmPerMin, isRapid: false, isSystem: true});
    this.motion.start();
    while (this.motion.isMoving) yield undefined;
  }

  *home(): Wait {
    this.isHomingCycle = true;
    const failure = yield* runHoming(this);
    this.isHomingCycle = false;
    if (failure !== undefined) {
      this.motion.abort();
      this.alarm(failure);
      // A failed homing ends in a reset, which drops this task: the line is never answered.
      this.host.reset();
      while (true) yield undefined;
    }
    const before = this.positionMm();
    const after = homedPositionMm(this);
    this.motion.setPositionMm(after);
    this.mechanics.recount(before, this.positionMm());
    this.host.syncPosition();
    this.state = 'idle';
    yield* this.host.runStartup();
  }
}
