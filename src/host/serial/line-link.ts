import type {Clock} from '../../base/clock.ts';
import {createTaskQueue} from '../../base/queue.ts';
import type {CommandReply, ExchangeOptions, Link, LinkSettings, Resync} from '../../contract/link.ts';
import type {ByteLink} from './byte-link.ts';
import {createFramer} from './framing.ts';
import type {TraceListener} from './trace.ts';
import * as failures from './link-failures.ts';

/**
 * Lines over bytes: one exchange at a time, each with a deadline. After a timeout, an abort or garbage the line is
 * drained, and where the driver has told a query with a known answer, everything before that answer is thrown away:
 * a late reply can never be taken for the next answer.
 */
export interface LineLinkOptions {
  readonly clock: Clock;
  /** Factor on every time limit, for slow lines and slow machines. */
  readonly timeoutScale?: number;
  readonly onTrace?: TraceListener | undefined;
  /** No time limit is shorter than this in real time: a fast clock does not make the machine faster. */
  readonly shortestLimitRealMs?: number;
}

export interface LineLink extends Link, AsyncDisposable {}

const defaultShortestLimitRealMs = 400;
const shortestQuietRealMs = 25;
/** A line that will not be silent for this many quiet times is not an instrument waiting for a query. */
const longestDrainFactor = 20;
const nothing = new Uint8Array(0);
/** Reason given to a time limit that is no longer needed; an object of our own, for an AbortError is dear to make. */
const answered = new Error('answered in time');

interface Pending {
  readonly text: string;
  onLine(line: string): void;
  onBlock(bytes: Uint8Array): void;
  fail(error: Error): void;
}

type Settle<T> = (done: (value: T) => void) => Pick<Pending, 'onLine' | 'onBlock'>;

export function createLineLink(bytes: ByteLink, settings: LinkSettings, options: LineLinkOptions): LineLink {
  const {clock, onTrace} = options;
  const timeoutScale = options.timeoutScale ?? 1;
  const shortestLimitRealMs = options.shortestLimitRealMs ?? defaultShortestLimitRealMs;
  const queue = createTaskQueue();
  const encoder = new TextEncoder();
  const pushListeners = new Set<(line: string) => void>();
  const closeListeners = new Set<(reason: Error) => void>();
  const msPerByte = Number.isFinite(bytes.bitsPerSecond)
    ? ((1 + settings.dataBits + settings.stopBits + (settings.parity === 'none' ? 0 : 1)) * 1000) /
      bytes.bitsPerSecond
    : 0;
  let pending: Pending | undefined;
  let resync: Resync | undefined;
  let lostReason: Error | undefined;
  let isClosed = false;
  /**
   * True when an answer may still be on its way, or something came that nobody asked for. So it is after opening: a
   * program before us may have asked and gone.
   */
  let isOutOfStep = settings.style === 'query';
  let unsolicitedCount = 0;
  let cancelCount = 0;
  let cancelReason: Error = answered;
  let lastByteMs = clock.nowMs();
  let lastSentMs = Number.NEGATIVE_INFINITY;

  const trace = (direction: 'sent' | 'received' | 'note', chunk: Uint8Array, note = ''): void => {
    if (onTrace === undefined) return;
    onTrace({
      port: bytes.name,
      direction,
      bytes: chunk,
      note,
      nowMs: clock.nowMs(),
      utc: new Date().toISOString(),
    });
  };

  const describe = (asked: string): failures.FailedExchange => ({
    port: bytes.name,
    settingsText: bytes.settingsText,
    asked,
    speed: clock.speed,
  });

  const framer = createFramer({
    terminator: settings.replyTerminator,
    maxLineBytes: settings.maxLineBytes,
    onLine(line) {
      if (settings.style === 'streamed') {
        if (line === '') return;
        if (settings.isResponse?.(line) !== true) {
          for (const listener of pushListeners) listener(line);
          pending?.onLine(line);
          return;
        }
        lastByteMs = clock.nowMs();
      }
      if (pending !== undefined) return pending.onLine(line);
      unsolicitedCount += 1;
      isOutOfStep = true;
      trace('note', nothing, `unsolicited line: ${line}`);
    },
    onBlock: (block) => pending?.onBlock(block),
    onGarbage(text, reason) {
      isOutOfStep = true;
      trace('note', nothing, `garbage: ${reason}`);
      if (pending === undefined) unsolicitedCount += 1;
      else pending.fail(failures.garbage(describe(pending.text), text, reason));
    },
  });

  bytes.onBytes((chunk) => {
    // Pushed reports may come for ever; only what could be an answer keeps a streamed line from being quiet.
    if (settings.style === 'query') lastByteMs = clock.nowMs();
    trace('received', chunk);
    framer.push(chunk);
  });
  bytes.onLost((reason) => {
    lostReason = reason;
    trace('note', nothing, `lost: ${reason.message}`);
    const error = failures.closed(describe(pending?.text ?? ''), reason);
    pending?.fail(error);
    queue.rejectWaiting(error);
    for (const listener of closeListeners) listener(error);
    closeListeners.clear();
  });

  const assertOpen = (text: string): void => {
    if (lostReason !== undefined || isClosed || !bytes.isOpen)
      throw failures.closed(describe(text), lostReason);
  };

  const write = (chunk: Uint8Array): void => {
    trace('sent', chunk);
    bytes.write(chunk);
    lastSentMs = clock.nowMs();
  };

  const limitMs = (timeoutMs: number, byteCount = 0): number =>
    Math.max((timeoutMs + byteCount * msPerByte) * timeoutScale, shortestLimitRealMs * clock.speed);

  /** Writes one line and waits until `settle` says that its answer is whole. Called inside a turn. */
  const exchange = <T>(
    text: string,
    byteCount: number,
    settle: Settle<T>,
    call: ExchangeOptions,
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const {signal} = call;
      const timer = new AbortController();
      const deadlineMs = limitMs(call.timeoutMs ?? settings.timeoutMs, text.length + byteCount);
      const finish = (): void => {
        pending = undefined;
        timer.abort(answered);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error): void => {
        if (pending !== mine) return;
        const rest = framer.restText;
        finish();
        isOutOfStep = true;
        framer.clear();
        trace('note', nothing, `failed: ${text} ${rest}`);
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason as Error);
      const mine: Pending = {
        text,
        fail,
        ...settle((value) => {
          if (pending !== mine) return;
          finish();
          resolve(value);
        }),
      };
      pending = mine;
      signal?.addEventListener('abort', onAbort, {once: true});
      clock.sleepMs(deadlineMs, {signal: timer.signal}).then(
        () => fail(failures.timeout(describe(text), deadlineMs, framer.restText)),
        () => undefined, // answered in time
      );
      write(encoder.encode(text + settings.sendTerminator));
    });

  const drainNow = async (signal: AbortSignal | undefined): Promise<void> => {
    const quietMs = Math.max(
      (settings.quietMs + 20 * msPerByte) * timeoutScale,
      shortestQuietRealMs * clock.speed,
    );
    const startedMs = clock.nowMs();
    lastByteMs = Math.max(lastByteMs, startedMs);
    for (;;) {
      const remainingMs = lastByteMs + quietMs - clock.nowMs();
      if (remainingMs <= 0) break;
      if (clock.nowMs() - startedMs > quietMs * longestDrainFactor)
        throw failures.neverQuiet(describe(pending?.text ?? ''), clock.nowMs() - startedMs);
      await clock.sleepMs(remainingMs, {signal});
    }
    framer.clear();
    trace('note', nothing, 'drained');
  };

  const oneLine = (): Settle<string> => (done) => ({onLine: done, onBlock: () => undefined});

  /** Throws away every line up to the known answer. */
  const skipTo =
    (reply: string): Settle<string> =>
    (done) => ({
      onLine: (line) => (line.trim() === reply.trim() ? done(line) : undefined),
      onBlock: () => undefined,
    });

  const keepGap = async (signal: AbortSignal | undefined): Promise<void> => {
    const gapMs = lastSentMs + settings.commandGapMs - clock.nowMs();
    if (settings.commandGapMs > 0 && gapMs > 0) await clock.sleepMs(gapMs, {signal});
  };

  const prepare = async (text: string, signal: AbortSignal | undefined): Promise<void> => {
    if (settings.style === 'query' && framer.restCount > 0) {
      unsolicitedCount += 1;
      isOutOfStep = true;
    }
    await keepGap(signal);
    if (!isOutOfStep) return;
    await drainNow(signal);
    if (resync !== undefined) {
      await exchange(resync.query, resync.reply.length, skipTo(resync.reply), {signal});
      trace('note', nothing, `in step again before ${text}`);
    }
    isOutOfStep = false;
    assertOpen(text);
  };

  /** A line without an answer cannot be answered wrongly: it waits for no step, so that `off` is never behind one. */
  const turn = <T>(
    text: string,
    call: ExchangeOptions,
    task: () => Promise<T>,
    isAnswered = true,
  ): Promise<T> => {
    const cancelledBefore = cancelCount;
    return queue.run(
      async () => {
        call.signal?.throwIfAborted();
        assertOpen(text);
        await (isAnswered ? prepare(text, call.signal) : keepGap(call.signal));
        // Cancelled while it prepared: a line that was overtaken by a stop must never go out after it.
        if (cancelCount !== cancelledBefore) throw cancelReason;
        return task();
      },
      {signal: call.signal},
    );
  };

  const collectLines =
    (count: number): Settle<readonly string[]> =>
    (done) => {
      const lines: string[] = [];
      return {
        onLine(line) {
          lines.push(line);
          if (lines.length === count) done(lines);
        },
        onBlock: () => undefined,
      };
    };

  const collectResponse =
    (isAnswer: ExchangeOptions['isAnswer']): Settle<CommandReply> =>
    (done) => {
      const pushed: string[] = [];
      return {
        onLine(line) {
          if (settings.isResponse?.(line) !== true) return void pushed.push(line);
          const verdict = isAnswer?.(line);
          if (verdict === 'part') return;
          if (verdict !== false) return done({response: line, pushed});
          unsolicitedCount += 1;
          trace('note', nothing, `late response: ${line}`);
        },
        onBlock: () => undefined,
      };
    };

  const close = async (): Promise<void> => {
    if (isClosed) return bytes.close();
    isClosed = true;
    const error = failures.closed(describe(pending?.text ?? ''), new Error('closed by this program'));
    pending?.fail(error);
    queue.rejectWaiting(error);
    trace('note', nothing, 'closed');
    await bytes.close();
  };

  trace('note', nothing, `opened ${bytes.settingsText}`);
  return {
    name: bytes.name,
    settingsText: bytes.settingsText,
    settings,
    clock,
    get isOpen() {
      return bytes.isOpen && !isClosed;
    },
    get unsolicitedCount() {
      return unsolicitedCount;
    },
    limitMs: (timeoutMs) => limitMs(timeoutMs),
    send: (text, call = {}) =>
      turn(text, call, async () => write(encoder.encode(text + settings.sendTerminator)), false),
    query: (text, call = {}) => turn(text, call, () => exchange(text, 64, oneLine(), call)),
    queryLines: (text, count, call = {}) =>
      turn(text, call, () => exchange(text, 64 * count, collectLines(count), call)),
    queryBytes: (text, count, call = {}) =>
      turn(text, call, () =>
        exchange<Uint8Array>(
          text,
          count,
          (done) => {
            framer.expectBytes(count);
            return {onLine: () => undefined, onBlock: done};
          },
          call,
        ),
      ),
    command: (text, call = {}) =>
      turn(text, call, () => exchange(text, 64, collectResponse(call.isAnswer), call)),
    realtime(byte) {
      assertOpen(`byte 0x${byte.toString(16)}`);
      const chunk = Uint8Array.of(byte);
      trace('sent', chunk);
      bytes.write(chunk);
    },
    onPush(listener) {
      pushListeners.add(listener);
      return () => pushListeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    cancelPending(reason) {
      cancelCount += 1;
      cancelReason = reason;
      queue.rejectWaiting(reason);
      pending?.fail(reason);
    },
    drain: (call = {}) => queue.run(() => drainNow(call.signal), {signal: call.signal}),
    loseStep() {
      isOutOfStep = true;
      trace('note', nothing, 'the last answer cannot be one: drained before the next line');
    },
    setResync(next) {
      resync = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
