import type {Clock} from '../../base/clock.ts';
import type {Answer, AnswerReceiver} from './answers.ts';

/** Reason given to a time limit that is no longer needed; an object of our own, for an AbortError is dear to make. */
const answered = new Error('answered in time');

/** The one exchange that may wait for its answer on a line. */
export interface PendingExchange {
  /** What was asked; undefined while nothing waits. */
  readonly text: string | undefined;
  /** What the exchange under way does with what arrives; undefined while nothing waits. */
  readonly receiver: AnswerReceiver | undefined;
  /** Ends the exchange under way without an answer. */
  fail(error: Error): void;
  /** Calls `write` and resolves with the answer. Rejects after `limitMs`, on abort and on `fail`. */
  run<T>(request: ExchangeRequest, answer: Answer<T>): Promise<T>;
}

export interface ExchangeRequest {
  readonly text: string;
  /** Time for the whole answer, ms of bench time. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  readonly write: () => void;
}

export interface PendingExchangeOptions {
  readonly clock: Clock;
  readonly timeoutError: (request: ExchangeRequest) => Error;
  /** Called for an exchange without an answer, before its promise rejects. */
  readonly onFailed: (text: string) => void;
}

interface Waiting extends AnswerReceiver {
  readonly text: string;
  fail(error: Error): void;
}

export function createPendingExchange(options: PendingExchangeOptions): PendingExchange {
  const {clock, timeoutError, onFailed} = options;
  let waiting: Waiting | undefined;

  const run = <T>(request: ExchangeRequest, answer: Answer<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const {text, limitMs, signal, write} = request;
      const timer = new AbortController();
      const finish = (): void => {
        waiting = undefined;
        timer.abort(answered);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error): void => {
        if (waiting !== mine) return;
        finish();
        onFailed(text);
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason as Error);
      const receiver = answer((value) => {
        if (waiting !== mine) return;
        finish();
        resolve(value);
      });
      const mine: Waiting = {text, fail, ...receiver};
      waiting = mine;
      signal?.addEventListener('abort', onAbort, {once: true});
      clock.sleepMs(limitMs, {signal: timer.signal}).then(
        () => fail(timeoutError(request)),
        () => undefined, // answered in time
      );
      write();
    });

  return {
    get text() {
      return waiting?.text;
    },
    get receiver() {
      return waiting;
    },
    fail: (error) => waiting?.fail(error),
    run,
  };
}
