import {waitText} from '../../src/base/duration-text.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {Link} from '../kit/index.ts';

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

/** What a GRBL controller sends by itself or upon a real-time byte, and who waits for it. */
export class PushedLines {
  readonly link: Link;
  readonly from: string;
  readonly #waiters = new Set<Waiter>();

  constructor(link: Link, from: string) {
    this.link = link;
    this.from = from;
  }

  /** A line has come. */
  give(line: string): void {
    for (const waiter of [...this.#waiters]) waiter.onLine(line);
  }

  /** Nothing that is waited for will come. */
  fail(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  /** Sends a real-time byte and waits for a pushed line for which `match` gives something. Throws `port/timeout`. */
  await<T>(expected: Expected<T>): Promise<T> {
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
        () => waiter.fail(this.silence(what, limitMs)),
        () => undefined, // heard in time
      );
      try {
        this.link.realtime(byte);
      } catch (error) {
        waiter.fail(error as Error);
      }
    });
  }

  /** The error of a controller that has not pushed `what` within `limitMs`. */
  silence(what: string, limitMs: number): BenchError {
    return new BenchError(
      'port/timeout',
      `The ${this.from} (${this.link.settingsText}) sent no ${what} within ${waitText(limitMs)}. Whether it moves ` +
        'is not known: look at it; stored points are safe. Check power, cable and baud rate.',
      {details: {port: this.link.name, what}},
    );
  }
}

const receivedInTime = new Error('received in time');
