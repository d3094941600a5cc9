/** Says whether something that has died may be started again, and after what wait. */
export interface RestartBudget {
  /** Takes one restart: the wait before it, ms, or undefined when there have been too many lately. */
  take(): number | undefined;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * `limit` restarts within `windowMs`, each after a longer wait than the one before: something that dies at once must
 * not be started for ever, something that dies once a day always.
 */
export function createRestartBudget({
  limit = 3,
  windowMs = 60_000,
  firstWaitMs = 250,
  nowMs = () => performance.now(),
} = {}): RestartBudget {
  let takenMs: number[] = [];
  return {
    limit,
    windowMs,
    take: () => {
      const now = nowMs();
      takenMs = takenMs.filter((time) => now - time < windowMs);
      if (takenMs.length >= limit) return undefined;
      takenMs.push(now);
      return firstWaitMs * 4 ** (takenMs.length - 1);
    },
  };
}
