import {waitText} from '../../src/base/duration-text.ts';
import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {mmFromInch} from '../../src/contract/units.ts';
import {badReply, showText} from '../kit/index.ts';
import type {CommandReply, ExchangeOptions, Link, ParameterPort} from '../kit/index.ts';
import {isAtRest, parseStatus} from './grbl-status.ts';
import type {GrblStatus} from './grbl-status.ts';
import {adviseOnAlarm, describeGrblError, isCriticalAlarm, meaningOfAlarm} from './grbl-labels.ts';

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

/** GRBL, grblHAL and FluidNC print their name, a version and the hint for help. */
const bannerPattern = /^(?:grbl|grblhal)\s+\S+.*\[.*help.*\]/i;
const statusTimeoutMs = 1000;
const bannerTimeoutMs = 2500;
const probeEveryMs = 500;
const statusAttempts = 3;
/** Reports until the work offset has come by: it is in the first after a reset and in every thirtieth at the latest. */
const workOffsetAttempts = 35;
const holdPollMs = 10;

type StatusOptions = ExchangeOptions & Pick<CallOptions, 'onRepeat'>;

interface Expected<T> {
  readonly match: (line: string) => T | undefined;
  readonly timeoutMs: number;
  readonly what: string;
  readonly byte: number;
  readonly signal: AbortSignal | undefined;
}

interface Waiter {
  onLine(line: string): void;
  fail(error: Error): void;
}

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
  readonly #waiters = new Set<Waiter>();
  readonly #received: string[] = [];
  #statusInFlight: Promise<GrblStatus> | undefined;

  constructor(link: Link) {
    this.link = link;
    this.from = `stage at ${link.name}`;
    link.onPush((line) => this.#onLine(line));
    link.onClose((reason) => this.#failWaiters(reason));
  }

  #onLine(line: string): void {
    if (this.banner === '' && this.#received.length < 5) this.#received.push(line);
    const alarm = /^ALARM:(\d+)/i.exec(line);
    if (alarm !== null) this.#enterAlarm(Number(alarm[1]));
    else if (bannerPattern.test(line)) this.#noteBanner(line);
    for (const waiter of [...this.#waiters]) waiter.onLine(line);
  }

  #enterAlarm(code: number): void {
    this.alarmCode = code;
    this.isLocked = true;
    // Also where the controller keeps counting: what led to it has to be looked at by a person.
    this.onPositionLost(`alarm ${code}: ${meaningOfAlarm(code).words}`);
    // Nothing that waits will be answered now.
    this.link.cancelPending(this.alarmError());
    if (isCriticalAlarm(code)) this.#failWaiters(this.alarmError());
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
    const {words, isPositionKept} = meaningOfAlarm(this.alarmCode);
    const what =
      this.alarmCode === 0
        ? 'is locked by an alarm (as after power-on with homing enabled)'
        : `reports ALARM:${this.alarmCode} (${words})`;
    return new BenchError(
      'motion/alarm',
      `The ${this.from} ${what}; its position is no longer certain. It does not move and the ` +
        `point under way is not stored, points stored before are safe; ${adviseOnAlarm(this.alarmCode)}.`,
      {details: {alarm: this.alarmCode, isPositionKept}},
    );
  }

  #failWaiters(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  /** Sends a real-time byte and waits for a pushed line for which `match` gives something. Throws `port/timeout`. */
  #await<T>(expected: Expected<T>): Promise<T> {
    const {match, timeoutMs, what, signal, byte} = expected;
    return new Promise<T>((resolve, reject) => {
      const timer = new AbortController();
      const finish = (): void => {
        this.#waiters.delete(waiter);
        timer.abort(receivedInTime);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        onLine: (line) => {
          const found = match(line);
          if (found === undefined) return;
          finish();
          resolve(found);
        },
        fail: (error) => {
          finish();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, {once: true});
      this.#waiters.add(waiter);
      const limitMs = this.link.limitMs(timeoutMs);
      this.link.clock.sleepMs(limitMs, {signal: timer.signal}).then(
        () => waiter.fail(this.#silence(what, limitMs)),
        () => undefined, // heard in time
      );
      try {
        this.link.realtime(byte);
      } catch (error) {
        waiter.fail(error as Error);
      }
    });
  }

  #silence(what: string, limitMs: number): BenchError {
    return new BenchError(
      'port/timeout',
      `The ${this.from} (${this.link.settingsText}) sent no ${what} within ${waitText(limitMs)}. Whether it moves ` +
        'is not known: look at it; stored points are safe. Check power, cable and baud rate.',
      {details: {port: this.link.name, what}},
    );
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
        const line = await this.#await({
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
    throw new BenchError(
      'device/refused',
      `The ${this.from} refused ${showText(line)} with error:${code} (${describeGrblError(code)}). Nothing moved by it; ` +
        'stored points are safe.',
      {details: {line, error: code}},
    );
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
        const line = await this.#await({
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
      throw hasCode(error, 'port/timeout') ? this.#notGrbl(limitMs, error) : error;
    });
  }

  #notGrbl(waitedMs: number, cause: unknown): BenchError {
    const {link} = this;
    const received = this.#received[0];
    if (received !== undefined)
      return new BenchError(
        'device/wrong-instrument',
        `${link.name} answered ${showText(received)}, which is not a GRBL controller. Nothing was set and nothing moved; ` +
          'give the port of the stage, or name the driver that fits.',
        {details: {port: link.name, answered: received}, cause},
      );
    const garbage =
      link.unsolicitedCount > 0
        ? 'only bytes that are no text came: the baud rate is probably wrong'
        : 'nothing came';
    return new BenchError(
      'port/timeout',
      `No GRBL controller answered at ${link.name} (${link.settingsText}) within ${waitText(waitedMs)}: ${garbage}. ` +
        'Nothing moved; check power, cable, baud rate, and that it is the right port.',
      {details: {port: link.name, settings: link.settingsText}, cause},
    );
  }

  /** Soft reset (ctrl-X): empties every buffer of the controller; keeps the position when nothing turns. */
  async reset({signal}: CallOptions = {}): Promise<void> {
    this.#isResetExpected = true;
    try {
      await this.#await({
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
        throw this.#silence('report of rest (Hold:0) after a feed hold', this.link.limitMs(timeoutMs));
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

  /** The `$$` listing by key; descriptions in brackets, as older builds print them, are dropped. */
  async readSettingTexts(options: CallOptions = {}): Promise<ReadonlyMap<string, string>> {
    const {pushed} = await this.command('$$', options);
    return new Map(
      pushed.flatMap((line): [string, string][] => {
        const match = /^(\$\d+)=([^\s(]+)/.exec(line);
        return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
      }),
    );
  }
}

const receivedInTime = new Error('heard in time');
