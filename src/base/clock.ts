/** Time of the bench. Everything that waits or measures time takes one of these, so that a virtual bench can run fast. */
export interface Clock {
  /** Monotonic bench time, ms. */
  nowMs(): number;
  /** Resolves when `ms` of bench time have passed, never before; rejects with the signal's reason as soon as it is aborted. */
  sleepMs(ms: number, options?: {readonly signal?: AbortSignal | undefined}): Promise<void>;
  /** Bench time per real time: 1 on a real bench. */
  readonly speed: number;
}

/** Node's own, by which the loop's next turn is waited for; a browser has none. */
declare function setImmediate(call: () => void): unknown;
declare function clearImmediate(handle: unknown): void;

/** Below this a timer would be late by more than it waits, ms: the loop's next turns are waited for. */
const shortestTimerMs = typeof setImmediate === 'function' ? 0.5 : 0;

/** Bench time that runs `speed` times as fast as the wall clock. */
export function createClock(speed = 1): Clock {
  if (!(speed > 0) || !Number.isFinite(speed))
    throw new RangeError(`Clock speed must be a positive number, not ${speed}.`);
  const startedMs = performance.now();
  return {
    speed,
    nowMs: () => (performance.now() - startedMs) * speed,
    sleepMs: (ms, {signal} = {}) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const realMs = ms / speed;
        if (realMs <= 0) return resolve();
        const endMs = performance.now() + realMs;
        let cancel = (): void => undefined;
        const onAbort = (): void => {
          cancel();
          reject(signal?.reason as Error);
        };
        // Node counts whole milliseconds from the beginning of the loop's turn, so that a timer may come early by what the
        // turn had taken until then; a settle that ends early reads the point before.
        const wait = (): void => {
          const leftMs = endMs - performance.now();
          if (leftMs <= 0) {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          } else if (leftMs < shortestTimerMs) {
            const immediate = setImmediate(wait);
            cancel = () => clearImmediate(immediate);
          } else {
            const timer = setTimeout(wait, leftMs);
            cancel = () => clearTimeout(timer);
          }
        };
        wait();
        signal?.addEventListener('abort', onAbort, {once: true});
      }),
  };
}
