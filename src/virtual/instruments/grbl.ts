import {bytesFromText, type ByteLine, type VirtualInstrument} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {GrblAccessories} from './grbl-accessories.ts';
import {GrblAxes} from './grbl-axes.ts';
import {Gcode, type GcodeHost, type Wait} from './grbl-gcode.ts';
import {LineReader, type ReceivedLine} from './grbl-line.ts';
import type {StageBody} from './grbl-mechanics.ts';
import type {MotionRequest} from './grbl-planner.ts';
import {adjustOverride, realtimeAction, type RealtimeAction} from './grbl-realtime.ts';
import {StatusReporter, UnitText, banner, modalLine, parameterLines, probeLine} from './grbl-report.ts';
import {GrblError, GrblMemory, type AxisValues} from './grbl-settings.ts';
import {executeSystemLine, type SystemHost} from './grbl-system.ts';

export interface GrblOptions {
  readonly time: VirtualTime;
  readonly baudRate?: number;
  /** Values of `$$` that differ from the generic build. */
  readonly settings?: ReadonlyMap<number, number>;
  readonly body?: Partial<StageBody>;
}

const genericBody: StageBody = {travelMm: [200, 200, 200], startMm: [-100, -100, -100], hasSwitches: true};

/**
 * GRBL 1.1h at 115200 8N1 (grbl.md): lines answered by `ok` or `error:N`, real-time bytes picked out of the stream
 * wherever they stand, a planner of 15 blocks, motion in virtual time.
 */
export class Grbl implements VirtualInstrument, ByteLine, GcodeHost, SystemHost {
  readonly name = 'grbl';
  readonly role = 'stage';
  readonly model = 'Grbl 1.1h';
  readonly link = 'serial';
  readonly memory: GrblMemory;
  readonly axes: GrblAxes;
  readonly accessories: GrblAccessories;
  readonly gcode: Gcode;
  private readonly time: VirtualTime;
  private readonly transmitter: Transmitter;
  private readonly reader = new LineReader();
  private readonly reporter: StatusReporter;
  private task: Wait | undefined;
  private isPumping = false;
  private isPumpWanted = false;
  private isResetWanted = false;
  private isSleepWanted = false;
  private hasGreeted = false;
  private probeMm: AxisValues = [0, 0, 0];

  constructor({time, baudRate = 115_200, settings, body}: GrblOptions) {
    this.time = time;
    this.transmitter = new Transmitter({time, bytesPerS: baudRate / 10});
    this.memory = new GrblMemory(settings);
    this.reporter = new StatusReporter(this.memory);
    this.accessories = new GrblAccessories(this.memory, () => this.reporter.overridesChanged());
    this.axes = new GrblAxes({
      time,
      memory: this.memory,
      overrides: this.accessories.overrides,
      body: {...genericBody, ...body},
      pump: () => this.pump(),
      syncPosition: () => this.gcode.syncPosition(),
      reset: () => this.reset(),
      runStartup: () => this.runStartup(),
      sendLine: (text) => this.sendLine(text),
      message: (text) => this.message(text),
    });
    this.gcode = new Gcode(this);
    this.gcode.reset();
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
    this.axes.motion.abort();
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
        if (mayStart && this.task === undefined) this.axes.autoStart();
      } while (this.isPumpWanted);
    } finally {
      this.isPumping = false;
    }
  }

  private stepTask(): boolean {
    if (this.axes.isCritical || this.axes.isSuspended) return false;
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
      this.axes.state = 'sleep';
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
        if (this.axes.state === 'alarm' || this.axes.state === 'jog') throw new GrblError(9);
        yield* this.gcode.execute(line);
      }
      this.sendLine('ok');
    } catch (error) {
      if (!(error instanceof GrblError)) throw error;
      this.sendLine(error.message);
    }
  }

  // ---- Real-time bytes

  private act(action: RealtimeAction): void {
    if (action === 'reset') return this.reset();
    if (this.axes.isCritical) return;
    this.axes.motion.advanceTo(this.time.nowS());
    switch (action) {
      case 'status':
        if (!this.axes.isHomingUnderWay) this.sendStatus();
        return;
      case 'hold':
        return this.axes.feedHold();
      case 'resume':
        return this.axes.resume();
      case 'jog-cancel':
        if (this.axes.state === 'jog') this.axes.cancelJog();
        return;
      case 'door':
        return this.axes.openDoor();
      case 'flood':
        if (['idle', 'run', 'hold'].includes(this.axes.state)) {
          this.accessories.setFlood(!this.accessories.isFloodOn);
          this.gcode.state.modal.isFloodOn = this.accessories.isFloodOn;
        }
        return;
      case 'ignored':
      case 'spindle-stop':
      case 'mist':
        return;
      default:
        if (adjustOverride(this.accessories.overrides, action)) {
          this.reporter.overridesChanged();
          this.axes.motion.replan();
        }
    }
  }

  private reset(): void {
    this.axes.motion.advanceTo(this.time.nowS());
    this.task = undefined;
    this.reader.clear();
    this.axes.reset();
    this.restart();
  }

  /** What power-up and reset have in common: everything but the EEPROM and the position starts anew. */
  private restart(): void {
    this.accessories.reset();
    this.gcode.reset();
    this.reporter.reset();
    this.send(banner);
    if (this.memory.isOn(21) && this.axes.pressedLimits().includes(true)) {
      this.axes.state = 'alarm';
      this.message('Check Limits');
    }
    if (this.axes.state === 'alarm') this.message("'$H'|'$X' to unlock");
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

  // ---- GcodeHost

  *probe(targetMm: Readonly<AxisValues>, request: MotionRequest, isAway: boolean, mayMiss: boolean): Wait {
    if (this.axes.isChecking) return;
    yield* this.axes.waitForMotion();
    // No probe is connected: its input reads as open, which is already the end of a probing away.
    if (isAway !== this.memory.isOn(6)) return this.axes.alarm(4);
    yield* this.axes.planLine(targetMm, request);
    yield* this.axes.waitForMotion();
    if (mayMiss) this.probeMm = this.axes.positionMm();
    else this.axes.alarm(5);
    this.sendLine(probeLine(new UnitText(this.memory), this.probeMm, false));
  }

  offsetsChanged(): void {
    this.reporter.offsetsChanged();
  }

  // ---- SystemHost

  leaveCheck(): void {
    this.isResetWanted = true;
  }
  sleep(): void {
    // The line is answered first, and the state follows.
    this.isSleepWanted = true;
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

  private sendStatus(): void {
    this.sendLine(
      this.reporter.report({
        ...this.axes.status(),
        workOffsetMm: this.gcode.workOffsetMm,
        freeBytes: this.reader.freeCount,
        spindleRpm: this.accessories.spindleRpm,
        overrides: this.accessories.overrides,
        accessories: this.accessories.letters,
      }),
    );
  }
}
