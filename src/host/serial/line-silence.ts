import type {Clock} from '../../base/clock.ts';

/** A line that will not be silent for this many quiet times is not an instrument waiting for a query. */
const longestDrainFactor = 20;

/** When something last came over a line, and the wait until nothing comes any more. */
export interface LineSilence {
  /** Something came that could be an answer. */
  noteByte(): void;
  /** Resolves after `quietMs` without a byte; throws what `neverQuiet` makes of the time waited. */
  wait(quietMs: number, signal: AbortSignal | undefined): Promise<void>;
}

export function createLineSilence(clock: Clock, neverQuiet: (waitedMs: number) => Error): LineSilence {
  let lastByteMs = clock.nowMs();
  return {
    noteByte() {
      lastByteMs = clock.nowMs();
    },
    async wait(quietMs, signal) {
      const startedMs = clock.nowMs();
      lastByteMs = Math.max(lastByteMs, startedMs);
      for (;;) {
        const remainingMs = lastByteMs + quietMs - clock.nowMs();
        if (remainingMs <= 0) return;
        const waitedMs = clock.nowMs() - startedMs;
        if (waitedMs > quietMs * longestDrainFactor) throw neverQuiet(waitedMs);
        await clock.sleepMs(remainingMs, {signal});
      }
    },
  };
}
