import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {mmFromInch} from '../../src/contract/units.ts';
import {badReply} from '../kit/index.ts';
import type {CommandReply, ExchangeOptions, Link, ParameterPort} from '../kit/index.ts';
import {bannerPattern, notGrblError} from './grbl-greeting.ts';
import {PushedLines} from './grbl-pushed-lines.ts';
import {isAtRest, parseStatus, settingTexts} from './grbl-status.ts';
import type {GrblStatus} from './grbl-status.ts';
import {alarmErrorOf, isCriticalAlarm, meaningOfAlarm, refusedLine} from './grbl-labels.ts';

/** A report with the machine position in mm, by machine axis. */
export interface MachineStatus extends GrblStatus {
  readonly machineMm: readonly number[];
}

/** Real-time bytes (gnea/grbl doc/markdown/commands.md). */
export const realtimeBytes = {
  reset: 0x18,
  status: 0x3f,
  feedHold: 0x21,
  resume: 0x7e,
  jogCancel: 0x85,
} as const;

const statusTimeoutMs = 1000;
const bannerTimeoutMs = 2500;
const probeEveryMs = 500;
const statusAttempts = 3;
/** Reports until the work offset has come by: it is in the first after a reset and in every thirtieth at the latest. */
const workOffsetAttempts = 35;
const holdPollMs = 10;

type StatusOptions = ExchangeOptions & Pick<CallOptions, 'onRepeat'>;

/** Exchanges with a GRBL controller: lines with their response, real-time bytes, pushed reports, alarms, resets. */
export class GrblController implements ParameterPort {
  readonly link: Link;
  readonly from: string;
  banner = '';
  isInch = false;
  /** Code of the last alarm while the controller is locked; 0 when there was none or it is not known. */
  alarmCode = 0;
  /** True in the state Alarm: it takes `$H`, `$X` and settings, but no motion. */
  isLocked = false;
  /** Called when the machine position stopped being true, with the reason. */
  onPositionLost: (reason: string) => void = () => undefined;
  #workOffset: readonly number[] | undefined;
  /** Digits behind the point in the last report. */
  #decimals: number | undefined;
  #isResetExpected = false;
  readonly #pushed: PushedLines;
  readonly #received: string[] = [];
  #statusInFlight: Promise<GrblStatus> | undefined;

  constructor(link: Link) {
    this.link = link;
    this.from = `stage at ${link.name}`;
    this.#pushed = new PushedLines(link, this.from);
    link.onPush((line) => this.#onLine(line));
    link.onClose((reason) => this.#pushed.fail(reason));
  }

  #onLine(line: string): void {
    if (this.banner === '' && this.#received.length < 5) this.#received.push(line);
    const alarm = /^ALARM:(\d+)/i.exec(line);
    if (alarm !== null) this.#enterAlarm(Number(alarm[1]));
    else if (bannerPattern.test(line)) this.#noteBanner(line);
    this.#pushed.give(line);
  }

  #enterAlarm(code: number): void {
    this.alarmCode = code;
    this.isLocked = true;
    // Also where the controller keeps counting: what led to it has to be looked at by a person.
    this.onPositionLost(`alarm ${code}: ${meaningOfAlarm(code).words}`);
    // Nothing that waits will be answered now.
    this.link.cancelPending(this.alarmError());
    if (isCriticalAlarm(code)) this.#pushed.fail(this.alarmError());
  }

  #noteBanner(line: string): void {
    const isExpected = this.#isResetExpected || this.banner === '';
    this.banner = line;
    this.#workOffset = undefined;
    if (isExpected) return;
    this.onPositionLost('the controller restarted by itself');
    this.link.cancelPending(
      new BenchError(
        'device/fault',
        `The ${this.from} restarted by itself (power or reset button). Its position is no longer known and the ` +
          'point under way is not stored, points stored before are safe; look at the supply, then home the stage.',
      ),
    );
  }

  alarmError(): BenchError {
    return alarmErrorOf(this.from, this.alarmCode);
  }

  /** One report, asked for with `?`. A lost one is asked for again, for that does no harm. */
  async readStatus(options: StatusOptions = {}): Promise<MachineStatus> {
    const {signal} = options;
    signal?.throwIfAborted();
    // Nothing answers now, not even `?`.
    if (isCriticalAlarm(this.alarmCode)) throw this.alarmError();
    for (let attempt = 1; attempt <= workOffsetAttempts; attempt++) {
      const status = await this.#askStatus(options);
      this.#noteChanges(status);
      const machine = status.machine ?? this.#machineFromWork(status.work ?? []);
      if (machine !== undefined)
        return {...status, machineMm: this.isInch ? machine.map(mmFromInch) : machine};
    }
    throw new BenchError(
      'device/bad-reply',
      `The ${this.from} reports work positions ($10) and never its work offset, so its machine position is not known. ` +
        'Nothing moved; set statusReportMask to 1.',
    );
  }

  /** What a report tells beside the position: a lock, sleep, another unit, another work offset. */
  #noteChanges(status: GrblStatus): void {
    const {state, workOffset, decimals} = status;
    if (state === 'Alarm' && !this.isLocked)
      this.onPositionLost('the controller is locked by an alarm, as after it was switched on');
    if (state === 'Sleep') this.onPositionLost('the controller sleeps: its motors are without current');
    this.isLocked = state === 'Alarm';
    if (!this.isLocked) this.alarmCode = 0;
    if (this.#decimals !== undefined && decimals !== undefined && decimals !== this.#decimals) {
      // Millimetres have three digits behind the point, inches four.
      this.isInch = decimals > this.#decimals;
      this.#workOffset = undefined;
      this.onPositionLost('the unit of its reports ($13) was changed');
    }
    this.#decimals = decimals ?? this.#decimals;
    if (workOffset === undefined) return;
    const before = this.#workOffset;
    this.#workOffset = workOffset;
    if (
      before === undefined ||
      workOffset.every((value, axis) => Math.abs(value - (before[axis] ?? 0)) < 5e-4)
    )
      return;
    this.onPositionLost(
      `its work offset (G54.., G92 or a tool length) went from ${before.join(', ')} to ${workOffset.join(', ')}`,
    );
  }

  /** A setting that changes the unit of reports was written: what was noted of them is void. */
  forgetReports(): void {
    this.#workOffset = undefined;
    this.#decimals = undefined;
  }

  #machineFromWork(work: readonly number[]): number[] | undefined {
    const offset = this.#workOffset;
    return offset === undefined ? undefined : work.map((value, index) => value + (offset[index] ?? 0));
  }

  async #askStatus(options: StatusOptions): Promise<GrblStatus> {
    const {signal} = options;
    // Two that ask at the same time get the same report.
    if (signal === undefined && this.#statusInFlight !== undefined) return this.#statusInFlight;
    const asking = this.#askStatusRepeatedly(options);
    if (signal === undefined) this.#statusInFlight = asking;
    try {
      return await asking;
    } finally {
      if (this.#statusInFlight === asking) this.#statusInFlight = undefined;
    }
  }

  async #askStatusRepeatedly({signal, onRepeat}: StatusOptions): Promise<GrblStatus> {
    let damaged = '';
    for (let attempt = 1; ; attempt++) {
      try {
        const line = await this.#pushed.await({
          match: (received) => (received.startsWith('<') ? received : undefined),
          timeoutMs: statusTimeoutMs,
          what: 'status report',
          byte: realtimeBytes.status,
          signal,
        });
        const status = parseStatus(line);
        if (status !== undefined) return status;
        damaged = line;
      } catch (error) {
        if (!hasCode(error, 'port/timeout') || attempt >= statusAttempts) throw error;
      }
      if (attempt >= statusAttempts)
        throw badReply({from: this.from, asked: '?'}, damaged, 'a status report');
      onRepeat?.({asked: '?', why: damaged === '' ? 'silent' : 'damaged'});
    }
  }

  /** Sends a line and takes its response. Throws `device/refused` for `error:N`, `motion/alarm` while locked. */
  async command(line: string, options: ExchangeOptions = {}): Promise<CommandReply> {
    if (isCriticalAlarm(this.alarmCode)) throw this.alarmError();
    const reply = await this.link.command(line, options);
    const error = /^error:\s*(\d+)/i.exec(reply.response);
    if (error === null) return reply;
    const code = Number(error[1]);
    if (code === 9 && (await this.readStatus(options)).state === 'Alarm') throw this.alarmError();
    throw refusedLine(this.from, line, code);
  }

  /** Finds out whether a controller listens: a banner where opening resets the board, a report where it does not. */
  async greet(bootWaitMs: number, options: CallOptions = {}): Promise<void> {
    const {signal} = options;
    const startedMs = this.link.clock.nowMs();
    const limitMs = this.link.limitMs(bootWaitMs);
    const recognise = (line: string): string | undefined =>
      bannerPattern.test(line) || parseStatus(line) !== undefined ? line : undefined;
    while (this.link.clock.nowMs() - startedMs < limitMs) {
      try {
        const line = await this.#pushed.await({
          match: recognise,
          timeoutMs: probeEveryMs,
          what: 'greeting',
          byte: realtimeBytes.status,
          signal,
        });
        const status = parseStatus(line);
        if (status === undefined) return; // a banner: freshly reset
        if (!isAtRest(status)) {
          // Another program was killed in mid-move: braking keeps the position, a reset alone would not.
          this.link.realtime(realtimeBytes.feedHold);
          await this.awaitRest();
        }
        return await this.reset(options);
      } catch (error) {
        if (!hasCode(error, 'port/timeout')) throw error;
      }
    }
    // After a limit alarm nothing but a reset is answered.
    await this.reset(options).catch((error: unknown) => {
      throw hasCode(error, 'port/timeout')
        ? notGrblError(this.link, {answered: this.#received[0], waitedMs: limitMs, cause: error})
        : error;
    });
  }

  /** Soft reset (ctrl-X): empties every buffer of the controller; keeps the position when nothing turns. */
  async reset({signal}: CallOptions = {}): Promise<void> {
    this.#isResetExpected = true;
    try {
      await this.#pushed.await({
        match: (line) => (bannerPattern.test(line) ? line : undefined),
        timeoutMs: bannerTimeoutMs,
        what: 'banner after a reset',
        byte: realtimeBytes.reset,
        signal,
      });
      this.alarmCode = 0;
    } finally {
      this.#isResetExpected = false;
    }
  }

  /** After a feed hold: reports until nothing turns. Returns the last one. */
  async awaitRest(timeoutMs = statusTimeoutMs * 5): Promise<MachineStatus> {
    const endMs = this.link.clock.nowMs() + this.link.limitMs(timeoutMs);
    for (;;) {
      const status = await this.readStatus();
      if (isAtRest(status)) return status;
      if (this.link.clock.nowMs() > endMs)
        throw this.#pushed.silence('report of rest (Hold:0) after a feed hold', this.link.limitMs(timeoutMs));
      await this.link.clock.sleepMs(holdPollMs);
    }
  }

  // ParameterPort: settings come from one listing and are written alone, as writing stops the controller's interrupts.

  async readText(query: string, options: CallOptions): Promise<string> {
    const value = (await this.readSettingTexts(options)).get(query);
    if (value === undefined) throw badReply({from: this.from, asked: '$$'}, '', `a line ${query}=...`);
    return value;
  }

  async readTexts(queries: readonly string[], options: CallOptions): Promise<readonly string[]> {
    const texts = await this.readSettingTexts(options);
    return queries.map((query) => texts.get(query) ?? '');
  }

  async writeText(line: string, options: CallOptions): Promise<void> {
    await this.command(line, options);
  }

  async explainRefusal(): Promise<string> {
    return '';
  }

  /** The `$$` listing by key. */
  async readSettingTexts(options: CallOptions = {}): Promise<ReadonlyMap<string, string>> {
    const {pushed} = await this.command('$$', options);
    return settingTexts(pushed);
  }
}
