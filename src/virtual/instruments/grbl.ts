import {bytesFromText, type ByteLine, type VirtualInstrument} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {Gcode, type GcodeHost, type Wait} from './grbl-gcode.ts';
import {isOutsideTravel} from './grbl-gcode-check.ts';
import {homedPositionMm, runHoming, type HomingHost} from './grbl-homing.ts';
import {LineReader, type ReceivedLine} from './grbl-line.ts';
import {GrblMechanics, type StageBody} from './grbl-mechanics.ts';
import {Motion, type MotionEvent} from './grbl-motion.ts';
import {Planner, type MotionRequest, type Overrides} from './grbl-planner.ts';
import {adjustOverride, realtimeAction, type RealtimeAction} from './grbl-realtime.ts';
import {StatusReporter, UnitText, banner, modalLine, parameterLines, probeLine} from './grbl-report.ts';
import {GrblError, GrblMemory, type AxisValues} from './grbl-settings.ts';
import {executeSystemLine, type MachineState, type SystemHost} from './grbl-system.ts';

export interface GrblOptions {
  readonly time: VirtualTime;
  readonly baudRate?: number;
  /** Values of `$$` that differ from the generic build. */
  readonly settings?: ReadonlyMap<number, number>;
  readonly body?: Partial<StageBody>;
}

const genericBody: StageBody = {travelMm: [200, 200, 200], startMm: [-100, -100, -100], hasSwitches: true};
const noOverride = 100;
const stateNames = {
  idle: 'Idle',
  run: 'Run',
  jog: 'Jog',
  alarm: 'Alarm',
  check: 'Check',
  home: 'Home',
  sleep: 'Sleep',
} as const;

/**
 * GRBL 1.1h at 115200 8N1 (grbl.md): lines answered by `ok` or `error:N`, real-time bytes picked out of the stream
 * wherever they stand, a planner of 15 blocks, motion in virtual time.
 */
export class Grbl implements VirtualInstrument, ByteLine, GcodeHost, SystemHost, HomingHost {
  readonly name = 'grbl';
  readonly role = 'stage';
  readonly model = 'Grbl 1.1h';
  readonly link = 'serial';
  readonly memory: GrblMemory;
  readonly mechanics: GrblMechanics;
  readonly gcode: Gcode;
  readonly motion: Motion;
  state: MachineState = 'idle';
  private readonly time: VirtualTime;
  private readonly transmitter: Transmitter;
  private readonly reader = new LineReader();
  private readonly overrides: Overrides = {feed: noOverride, rapid: noOverride, spindle: noOverride};
  private readonly planner: Planner;
  private readonly reporter: StatusReporter;
  private task: Wait | undefined;
  private isPumping = false;
  private isPumpWanted = false;
  private isHoldComplete = false;
  private isJogCancelled = false;
  private isSoftLimitStop = false;
  /** After ALARM:1 and ALARM:2 nothing but a reset is obeyed. */
  private isCritical = false;
  private isResetWanted = false;
  private isSleepWanted = false;
  /** In the homing cycle itself not even `?` is answered. */
  private isHomingUnderWay = false;
  private hasGreeted = false;
  private probeMm: AxisValues = [0, 0, 0];
  private spindle: {mode: 3 | 4 | 5; rpm: number} = {mode: 5, rpm: 0};
  private isFloodOn = false;

  constructor({time, baudRate = 115_200, settings, body}: GrblOptions) {
    this.time = time;
    this.transmitter = new Transmitter({time, bytesPerS: baudRate / 10});
    this.memory = new GrblMemory(settings);
    this.mechanics = new GrblMechanics({...genericBody, ...body}, this.memory);
    this.planner = new Planner(this.memory, this.overrides);
    this.motion = new Motion({
      time,
      planner: this.planner,
      memory: this.memory,
      onEvent: (event) => this.onMotion(event),
      limitWayMm: (block, fromMm) =>
        this.memory.isOn(21) && !block.request.isSystem ? this.mechanics.limitWayMm(block, fromMm) : Infinity,
    });
    this.reporter = new StatusReporter(this.memory);
    this.gcode = new Gcode(this);
    this.gcode.reset();
    // Power-up: with homing enabled the machine is locked until it is homed.
    if (this.memory.isOn(22)) this.state = 'alarm';
  }

  openLine(): ByteLine {
    return this;
  }
  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    const stop = this.transmitter.listeners.add(listener);
    // Opening the port resets the board (DTR), so the first client receives the banner.
    if (!this.hasGreeted) {
      this.hasGreeted = true;
      this.restart();
    }
    return stop;
  }
  dropPartialInput(): void {
    this.reader.dropPartialLine();
  }
  dispose(): void {
    this.task = undefined;
    this.motion.abort();
    this.transmitter.clear();
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const action = realtimeAction(byte);
      if (action === undefined) {
        this.reader.put(byte);
        // The main loop keeps up with the wire, so the ring fills only while a line has to wait.
        if (this.task === undefined || byte === 0x0a || byte === 0x0d) this.pump(false);
      } else if (action !== 'ignored') this.act(action);
    }
    this.pump();
  }

  // ---- Main loop

  private get isSuspended(): boolean {
    return this.state === 'hold' || this.state === 'door' || this.state === 'sleep';
  }

  /** Works on lines until one has to wait, or none is left; then planned motion starts by itself. */
  private pump(mayStart = true): void {
    if (this.isPumping) {
      this.isPumpWanted = true;
      return;
    }
    this.isPumping = true;
    try {
      do {
        this.isPumpWanted = false;
        while (this.stepTask());
        if (mayStart && this.task === undefined) this.autoStart();
      } while (this.isPumpWanted);
    } finally {
      this.isPumping = false;
    }
  }

  private stepTask(): boolean {
    if (this.isCritical || this.isSuspended) return false;
    if (this.task === undefined) {
      const line = this.reader.take();
      if (line === undefined) return false;
      this.task = this.runLine(line);
    }
    const task = this.task;
    const isDone = task.next().done === true;
    // A reset inside the line has replaced the task already.
    if (isDone && this.task === task) this.task = undefined;
    if (isDone && this.isSleepWanted) {
      this.isSleepWanted = false;
      this.message('Sleeping');
      this.state = 'sleep';
    }
    if (isDone && this.isResetWanted) {
      this.isResetWanted = false;
      this.reset();
    }
    return isDone;
  }

  private *runLine({text: line, isTooLong}: ReceivedLine): Wait {
    try {
      if (isTooLong) throw new GrblError(11);
      if (line.startsWith('$')) yield* executeSystemLine(this, line);
      else if (line !== '') {
        if (this.state === 'alarm' || this.state === 'jog') throw new GrblError(9);
        yield* this.gcode.execute(line);
      }
      this.sendLine('ok');
    } catch (error) {
      if (!(error instanceof GrblError)) throw error;
      this.sendLine(error.message);
    }
  }

  private autoStart(): void {
    if (this.state !== 'idle' || this.planner.blocks.length === 0) return;
    this.state = 'run';
    this.motion.start();
  }

  private onMotion(event: MotionEvent): void {
    if (event === 'limit') return this.hitLimit();
    if (event === 'stopped') {
      if (this.state === 'hold' || this.state === 'door') {
        if (this.isSoftLimitStop) this.state = 'idle';
        else this.isHoldComplete = true;
      } else if (this.state === 'jog') this.endJog();
      else if (this.state === 'run') this.state = 'idle';
    }
    this.pump();
  }

  private endJog(): void {
    if (this.isJogCancelled) {
      this.isJogCancelled = false;
      this.motion.abort();
      this.gcode.syncPosition();
    }
    this.state = 'idle';
  }

  private hitLimit(): void {
    this.motion.abort();
    this.alarm(1);
  }

  /** Raises an alarm; hard and soft limits then wait for a reset. */
  private alarm(code: number): void {
    this.state = 'alarm';
    this.sendLine(`ALARM:${code}`);
    if (code > 2) return;
    this.message('Reset to continue');
    this.isCritical = true;
  }

  // ---- Real-time bytes

  private act(action: RealtimeAction): void {
    if (action === 'reset') return this.reset();
    if (this.isCritical) return;
    this.motion.advanceTo(this.time.nowS());
    switch (action) {
      case 'status':
        if (!this.isHomingUnderWay) this.sendStatus();
        return;
      case 'hold':
        return this.feedHold();
      case 'resume':
        return this.resume();
      case 'jog-cancel':
        if (this.state === 'jog') this.cancelJog();
        return;
      case 'door':
        return this.openDoor();
      case 'flood':
        if (['idle', 'run', 'hold'].includes(this.state)) {
          this.setFlood(!this.isFloodOn);
          this.gcode.state.modal.isFloodOn = this.isFloodOn;
        }
        return;
      case 'ignored':
      case 'spindle-stop':
      case 'mist':
        return;
      default:
        if (adjustOverride(this.overrides, action)) {
          this.reporter.overridesChanged();
          this.motion.replan();
        }
    }
  }

  private feedHold(): void {
    if (this.state === 'jog') return this.cancelJog();
    if (this.state !== 'run' && this.state !== 'idle') return;
    this.isHoldComplete = this.state === 'idle';
    this.state = 'hold';
    this.motion.hold();
  }
  private cancelJog(): void {
    this.isJogCancelled = true;
    this.motion.hold();
  }
  private openDoor(): void {
    if (!['run', 'idle', 'hold', 'jog'].includes(this.state)) return;
    this.message('Check Door');
    if (this.state === 'jog') {
      // The jog is lost; what comes after the door is rest.
      this.motion.abort();
      this.gcode.syncPosition();
    }
    this.isHoldComplete = !this.motion.isMoving;
    this.state = 'door';
    this.motion.hold();
  }
  private resume(): void {
    if (this.state === 'idle') return this.autoStart();
    if ((this.state !== 'hold' && this.state !== 'door') || !this.isHoldComplete) return;
    this.isHoldComplete = false;
    this.state = 'idle';
    this.autoStart();
  }

  /** Soft reset: in motion the position can no longer be trusted, ALARM:3 (in homing ALARM:6). */
  private reset(): void {
    this.motion.advanceTo(this.time.nowS());
    const isMoving = this.motion.isMoving;
    const wasHoming = this.state === 'home';
    this.task = undefined;
    this.isCritical = false;
    this.isSoftLimitStop = false;
    this.isJogCancelled = false;
    this.isHoldComplete = false;
    this.isHomingUnderWay = false;
    this.motion.abort();
    this.reader.clear();
    if (wasHoming) this.alarm(6);
    else if (isMoving) this.alarm(3);
    else if (this.state !== 'alarm') this.state = this.state === 'sleep' ? 'alarm' : 'idle';
    this.restart();
  }

  /** What power-up and reset have in common: everything but the EEPROM and the position starts anew. */
  private restart(): void {
    this.resetOverrides();
    this.spindle = {mode: 5, rpm: 0};
    this.isFloodOn = false;
    this.gcode.reset();
    this.reporter.reset();
    this.send(banner);
    if (this.memory.isOn(21) && this.pressedLimits().includes(true)) {
      this.state = 'alarm';
      this.message('Check Limits');
    }
    if (this.state === 'alarm') this.message("'$H'|'$X' to unlock");
    else this.task = this.runStartup();
    this.pump();
  }

  private *runStartup(): Wait {
    for (const line of this.memory.startupLines) {
      if (line === '') continue;
      try {
        yield* this.gcode.execute(line);
        this.sendLine(`>${line}:ok`);
      } catch (error) {
        if (!(error instanceof GrblError)) throw error;
        this.sendLine(`>${line}:${error.message}`);
      }
    }
  }

  // ---- GcodeHost, HomingHost

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
    if (seconds > 0) this.time.at(endS, () => this.pump());
    while (this.time.nowS() < endS) yield undefined;
  }

  *pause(): Wait {
    this.feedHold();
    // The main loop stands still in Hold; it comes back here after the resume.
    yield undefined;
  }

  *probe(targetMm: Readonly<AxisValues>, request: MotionRequest, isAway: boolean, mayMiss: boolean): Wait {
    if (this.isChecking) return;
    yield* this.waitForMotion();
    // No probe is connected: its input reads as open, which is already the end of a probing away.
    if (isAway !== this.memory.isOn(6)) return this.alarm(4);
    yield* this.planLine(targetMm, request);
    yield* this.waitForMotion();
    if (mayMiss) this.probeMm = this.positionMm();
    else this.alarm(5);
    this.sendLine(probeLine(new UnitText(this.memory), this.probeMm, false));
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
    this.isHomingUnderWay = true;
    const failure = yield* runHoming(this);
    this.isHomingUnderWay = false;
    if (failure !== undefined) {
      this.motion.abort();
      this.alarm(failure);
      // A failed homing ends in a reset, which drops this task: the line is never answered.
      this.reset();
      while (true) yield undefined;
    }
    const before = this.positionMm();
    const after = homedPositionMm(this);
    this.motion.setPositionMm(after);
    this.mechanics.recount(before, this.positionMm());
    this.gcode.syncPosition();
    this.state = 'idle';
    yield* this.runStartup();
  }

  setSpindle(mode: 3 | 4 | 5, rpm: number): void {
    const [highest, lowest] = [this.memory.get(30), this.memory.get(31)];
    this.spindle = {mode, rpm: mode === 5 || rpm === 0 ? 0 : Math.max(lowest, Math.min(highest, rpm))};
    this.reporter.overridesChanged();
  }
  setFlood(isOn: boolean): void {
    this.isFloodOn = isOn;
    this.reporter.overridesChanged();
  }
  resetOverrides(): void {
    this.overrides.feed = noOverride;
    this.overrides.rapid = noOverride;
    this.overrides.spindle = noOverride;
    this.reporter.overridesChanged();
  }
  offsetsChanged(): void {
    this.reporter.offsetsChanged();
  }

  // ---- SystemHost

  enterCheck(): void {
    this.state = 'check';
  }
  leaveCheck(): void {
    this.isResetWanted = true;
  }
  unlock(): void {
    this.state = 'idle';
  }
  sleep(): void {
    // The line is answered first, and the state follows.
    this.isSleepWanted = true;
  }
  beginHoming(): void {
    this.state = 'home';
  }
  resetAfterLine(): void {
    this.isResetWanted = true;
  }
  sendParameters(): void {
    for (const line of parameterLines(this.memory, this.gcode.state, this.probeMm, false))
      this.sendLine(line);
  }
  sendModal(): void {
    this.sendLine(modalLine(this.memory, this.gcode.state));
  }
  message(text: string): void {
    this.sendLine(`[MSG:${text}]`);
  }
  sendLine(text: string): void {
    this.send(`${text}\r\n`);
  }

  // ---- Reports

  private send(text: string): void {
    this.transmitter.send(bytesFromText(text));
  }

  private stateText(): string {
    if (this.state === 'hold') return this.isHoldComplete ? 'Hold:0' : 'Hold:1';
    if (this.state === 'door') return this.isHoldComplete ? 'Door:0' : 'Door:2';
    return stateNames[this.state];
  }

  private pressedLimits(): boolean[] {
    return this.mechanics.pressed(this.positionMm());
  }

  private sendStatus(): void {
    const nowS = this.time.nowS();
    const pressed = this.pressedLimits();
    const limits = ['X', 'Y', 'Z'].filter((_, i) => pressed[i]).join('');
    const {mode, rpm} = this.spindle;
    const isBusy = ['home', 'run', 'hold', 'jog', 'door'].includes(this.state);
    const line = this.reporter.report({
      state: this.stateText(),
      isBusy,
      positionMm: this.motion.countedMm(nowS),
      workOffsetMm: this.gcode.workOffsetMm,
      freeBlocks: this.planner.freeCount,
      freeBytes: this.reader.freeCount,
      feedMmPerMin: isBusy ? this.motion.speed(nowS) * 60 : 0,
      spindleRpm: (rpm * this.overrides.spindle) / 100,
      pins: `${this.memory.isOn(6) ? 'P' : ''}${limits}`,
      overrides: this.overrides,
      accessories: `${mode === 3 ? 'S' : mode === 4 ? 'C' : ''}${this.isFloodOn ? 'F' : ''}`,
    });
    this.sendLine(line);
  }
}
