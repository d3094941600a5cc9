import type {Clock} from '../../base/clock.ts';
import {createTaskQueue} from '../../base/queue.ts';
import type {CommandReply, ExchangeOptions, Link, LinkSettings, Resync} from '../../contract/link.ts';
import {type Answer, linesUpTo, oneBlock, oneLine, oneResponse, severalLines} from './answers.ts';
import type {ByteLink} from './byte-link.ts';
import {createFramer, type Framer} from './framing.ts';
import {createLineSilence, type LineSilence} from './line-silence.ts';
import {createLineTiming, type LineTiming} from './line-timing.ts';
import * as failures from './link-failures.ts';
import {createPendingExchange, type PendingExchange} from './pending-exchange.ts';
import type {TraceListener} from './trace.ts';

/**
 * Lines over bytes: one exchange at a time, each with a deadline. After a timeout, an abort or garbage the line is
 * drained, and where the driver has named a query with a known answer, everything before that answer is thrown away:
 * a late reply can never be taken for the next answer.
 */
export interface LineLinkOptions {
  readonly clock: Clock;
  /** Factor on every time limit, for slow lines and slow machines. */
  readonly timeoutScale?: number;
  readonly onTrace?: TraceListener | undefined;
  /** Hears what the driver says of its instrument by `noteHazard`. */
  readonly onHazard?: ((isPossible: boolean) => void) | undefined;
  /** No time limit is shorter than this in real time: a fast clock does not make the machine faster. */
  readonly shortestLimitRealMs?: number;
}

export interface LineLink extends Link, AsyncDisposable {}

const defaultShortestLimitRealMs = 400;
/** Length of a line, bytes, that time limits are computed from unless the driver names one. */
const defaultLineBytes = 64;
const nothing = new Uint8Array(0);

export function createLineLink(bytes: ByteLink, settings: LinkSettings, options: LineLinkOptions): LineLink {
  return new LinesOverBytes(bytes, settings, options);
}

class LinesOverBytes implements LineLink {
  readonly settings: LinkSettings;
  readonly clock: Clock;
  readonly #bytes: ByteLink;
  readonly #onTrace: TraceListener | undefined;
  readonly #onHazard: LineLinkOptions['onHazard'];
  readonly #queue = createTaskQueue();
  readonly #encoder = new TextEncoder();
  readonly #timing: LineTiming;
  readonly #framer: Framer;
  readonly #silence: LineSilence;
  readonly #pending: PendingExchange;
  readonly #pushListeners = new Set<(line: string) => void>();
  readonly #closeListeners = new Set<(reason: Error) => void>();
  #resync: Resync | undefined;
  #lostReason: Error | undefined;
  #isClosed = false;
  /**
   * True when an answer may still be on its way, or bytes came without a question. So it is after opening: a
   * program before us may have asked and gone.
   */
  #isOutOfStep: boolean;
  #unsolicitedCount = 0;
  #cancelCount = 0;
  #cancelReason = new Error('nothing was cancelled');
  #lastSentMs = Number.NEGATIVE_INFINITY;

  constructor(bytes: ByteLink, settings: LinkSettings, options: LineLinkOptions) {
    const {clock} = options;
    this.#bytes = bytes;
    this.settings = settings;
    this.clock = clock;
    this.#onTrace = options.onTrace;
    this.#onHazard = options.onHazard;
    this.#isOutOfStep = settings.style === 'query';
    this.#timing = createLineTiming(settings, {
      speed: () => clock.speed,
      bitsPerSecond: bytes.bitsPerSecond,
      timeoutScale: options.timeoutScale ?? 1,
      shortestLimitRealMs: options.shortestLimitRealMs ?? defaultShortestLimitRealMs,
    });
    this.#framer = createFramer({
      terminator: settings.replyTerminator,
      maxLineBytes: settings.maxLineBytes,
      onLine: (line) => (settings.style === 'streamed' ? this.#takeStreamed(line) : this.#takeAnswer(line)),
      onBlock: (block) => this.#pending.receiver?.onBlock(block),
      onGarbage: (text, reason) => this.#takeGarbage(text, reason),
    });
    this.#silence = createLineSilence(clock, (waitedMs) => failures.neverQuiet(this.#describe(), waitedMs));
    this.#pending = createPendingExchange({
      clock,
      timeoutError: ({text, limitMs}) =>
        failures.timeout(this.#describe(text), limitMs, this.#framer.restText),
      onFailed: (text) => this.#dropAnswer(text),
    });
    bytes.onBytes((chunk) => this.#takeBytes(chunk));
    bytes.onLost((reason) => this.#takeLoss(reason));
    this.#note(`opened ${bytes.settingsText}`);
  }

  get name(): string {
    return this.#bytes.name;
  }

  get settingsText(): string {
    return this.#bytes.settingsText;
  }

  get isOpen(): boolean {
    return this.#bytes.isOpen && !this.#isClosed;
  }

  get unsolicitedCount(): number {
    return this.#unsolicitedCount;
  }

  limitMs(timeoutMs: number): number {
    return this.#timing.limitMs(timeoutMs);
  }

  /** A line without an answer cannot be answered wrongly: it waits for no step, so that `off` is never behind one. */
  send(text: string, call: ExchangeOptions = {}): Promise<void> {
    return this.#takeTurn(
      text,
      call,
      () => this.#keepGap(call.signal),
      async () => this.#writeLine(text),
    );
  }

  query(text: string, call: ExchangeOptions = {}): Promise<string> {
    return this.#ask(text, defaultLineBytes, oneLine, call);
  }

  queryLines(text: string, count: number, call: ExchangeOptions = {}): Promise<readonly string[]> {
    return this.#ask(text, defaultLineBytes * count, severalLines(count), call);
  }

  queryBytes(text: string, count: number, call: ExchangeOptions = {}): Promise<Uint8Array> {
    const block: Answer<Uint8Array> = (done) => {
      this.#framer.expectBytes(count);
      return oneBlock(done);
    };
    return this.#ask(text, count, block, call);
  }

  command(text: string, call: ExchangeOptions = {}): Promise<CommandReply> {
    const response = oneResponse({
      isResponse: (line) => this.#isResponse(line),
      isAnswer: call.isAnswer,
      onLate: (line) => {
        this.#unsolicitedCount += 1;
        this.#note(`late response: ${line}`);
      },
    });
    return this.#ask(text, defaultLineBytes, response, call);
  }

  noteHazard(isPossible: boolean): void {
    this.#onHazard?.(isPossible);
  }

  realtime(byte: number): void {
    this.#assertOpen(`byte 0x${byte.toString(16)}`);
    const chunk = Uint8Array.of(byte);
    this.#trace('sent', chunk);
    this.#bytes.write(chunk);
  }

  onPush(listener: (line: string) => void): () => void {
    this.#pushListeners.add(listener);
    return () => this.#pushListeners.delete(listener);
  }

  onClose(listener: (reason: Error) => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  cancelPending(reason: Error): void {
    this.#cancelCount += 1;
    this.#cancelReason = reason;
    this.#queue.rejectWaiting(reason);
    this.#pending.fail(reason);
  }

  drain(call: ExchangeOptions = {}): Promise<void> {
    return this.#queue.run(() => this.#drainNow(call.signal), {signal: call.signal});
  }

  loseStep(): void {
    this.#isOutOfStep = true;
    this.#note('the last answer cannot be one: drained before the next line');
  }

  setResync(resync: Resync | undefined): void {
    this.#resync = resync;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return this.#bytes.close();
    this.#isClosed = true;
    const error = failures.closed(this.#describe(), new Error('closed by this program'));
    this.#pending.fail(error);
    this.#queue.rejectWaiting(error);
    this.#note('closed');
    await this.#bytes.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // What arrives.

  #takeBytes(chunk: Uint8Array): void {
    // Pushed reports may come for ever; only what could be an answer keeps a streamed line from being quiet.
    if (this.settings.style === 'query') this.#silence.noteByte();
    this.#trace('received', chunk);
    this.#framer.push(chunk);
  }

  #takeStreamed(line: string): void {
    if (line === '') return;
    if (this.#isResponse(line)) {
      this.#silence.noteByte();
      return this.#takeAnswer(line);
    }
    for (const listener of this.#pushListeners) listener(line);
    this.#pending.receiver?.onLine(line);
  }

  #takeAnswer(line: string): void {
    const {receiver} = this.#pending;
    if (receiver !== undefined) return receiver.onLine(line);
    this.#unsolicitedCount += 1;
    this.#isOutOfStep = true;
    this.#note(`unsolicited line: ${line}`);
  }

  #takeGarbage(text: string, reason: string): void {
    this.#isOutOfStep = true;
    this.#note(`garbage: ${reason}`);
    if (this.#pending.text === undefined) this.#unsolicitedCount += 1;
    else this.#pending.fail(failures.garbage(this.#describe(), text, reason));
  }

  #takeLoss(reason: Error): void {
    this.#lostReason = reason;
    this.#note(`lost: ${reason.message}`);
    const error = failures.closed(this.#describe(), reason);
    this.#pending.fail(error);
    this.#queue.rejectWaiting(error);
    for (const listener of this.#closeListeners) listener(error);
    this.#closeListeners.clear();
  }

  /** What has come of an answer that is awaited no longer is thrown away; the rest of it may still be on its way. */
  #dropAnswer(text: string): void {
    const rest = this.#framer.restText;
    this.#isOutOfStep = true;
    this.#framer.clear();
    this.#note(`failed: ${text} ${rest}`);
  }

  // What is sent, one exchange at a time.

  #ask<T>(text: string, byteCount: number, answer: Answer<T>, call: ExchangeOptions): Promise<T> {
    return this.#takeTurn(
      text,
      call,
      () => this.#getInStep(text, call.signal),
      () => this.#exchange(text, byteCount, answer, call),
    );
  }

  #takeTurn<T>(
    text: string,
    {signal}: ExchangeOptions,
    prepare: () => Promise<void>,
    task: () => Promise<T>,
  ): Promise<T> {
    const cancelledBefore = this.#cancelCount;
    return this.#queue.run(
      async () => {
        signal?.throwIfAborted();
        this.#assertOpen(text);
        await prepare();
        // Cancelled while it prepared: a line that was overtaken by a stop must never go out after it.
        if (this.#cancelCount !== cancelledBefore) throw this.#cancelReason;
        return task();
      },
      {signal},
    );
  }

  /** Writes one line and waits until its answer is whole. Called inside a turn. */
  #exchange<T>(text: string, byteCount: number, answer: Answer<T>, call: ExchangeOptions): Promise<T> {
    const timeoutMs = call.timeoutMs ?? this.settings.timeoutMs;
    const limitMs = this.#timing.limitMs(timeoutMs, text.length + byteCount);
    const write = (): void => this.#writeLine(text);
    return this.#pending.run({text, limitMs, signal: call.signal, write}, answer);
  }

  /** Makes sure that the next answer belongs to the next question. */
  async #getInStep(text: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.settings.style === 'query' && this.#framer.restCount > 0) {
      this.#unsolicitedCount += 1;
      this.#isOutOfStep = true;
    }
    await this.#keepGap(signal);
    if (!this.#isOutOfStep) return;
    await this.#drainNow(signal);
    const resync = this.#resync;
    if (resync !== undefined) {
      await this.#exchange(resync.query, resync.reply.length, linesUpTo(resync.reply), {signal});
      this.#note(`in step again before ${text}`);
    }
    this.#isOutOfStep = false;
    this.#assertOpen(text);
  }

  async #drainNow(signal: AbortSignal | undefined): Promise<void> {
    await this.#silence.wait(this.#timing.quietMs(), signal);
    this.#framer.clear();
    this.#note('drained');
  }

  async #keepGap(signal: AbortSignal | undefined): Promise<void> {
    const {commandGapMs} = this.settings;
    const gapMs = this.#lastSentMs + commandGapMs - this.clock.nowMs();
    if (commandGapMs > 0 && gapMs > 0) await this.clock.sleepMs(gapMs, {signal});
  }

  #writeLine(text: string): void {
    const chunk = this.#encoder.encode(text + this.settings.sendTerminator);
    this.#trace('sent', chunk);
    this.#bytes.write(chunk);
    this.#lastSentMs = this.clock.nowMs();
  }

  #isResponse(line: string): boolean {
    return this.settings.isResponse?.(line) === true;
  }

  #assertOpen(text: string): void {
    if (this.#lostReason !== undefined || !this.isOpen)
      throw failures.closed(this.#describe(text), this.#lostReason);
  }

  #describe(asked = this.#pending.text ?? ''): failures.FailedExchange {
    const {name, settingsText} = this.#bytes;
    return {port: name, settingsText, asked, speed: this.clock.speed};
  }

  #note(text: string): void {
    this.#trace('note', nothing, text);
  }

  #trace(direction: 'sent' | 'received' | 'note', bytes: Uint8Array, note = ''): void {
    this.#onTrace?.({
      port: this.#bytes.name,
      direction,
      bytes,
      note,
      nowMs: this.clock.nowMs(),
      utc: new Date().toISOString(),
    });
  }
}
