/** Estimated bench time along a plan, from its dry run. */
export interface DurationProfile {
  readonly totalMs: number;
  /** Estimated time at each checkpoint, ms from the start. */
  readonly checkpointMs: Float64Array;
  /** Estimated time at the end of each run, ms, in order. */
  readonly runEndMs: readonly number[];
}

export interface TimeLeft {
  readonly timeLeftMs?: number;
  readonly runTimeLeftMs?: number;
}

/** Weight of the estimate against what was measured: after this much of the plan both count the same. */
const priorRatio = 0.02;

/**
 * Honest time left: what the dry run expects of the rest, times how much slower or faster the part behind us went.
 * Without a dry run it is extrapolated from the points done. The profile may change on the way where a plan is told
 * to do more or less than it set out to; what is behind must then stay as it was. A run that ends before its last
 * checkpoint is passed over: neither its rest nor the time that it would have taken counts.
 */
export class Pace {
  readonly #profileNow: () => DurationProfile | undefined;
  #checkpointCount = 0;
  /** Expected time of what was passed over, ms. */
  #passedOverMs = 0;
  #runCount = 0;
  #label = '';
  #labelDone = 0;
  #labelElapsedMs = 0;

  constructor(profile?: DurationProfile | (() => DurationProfile)) {
    this.#profileNow = typeof profile === 'function' ? profile : () => profile;
  }

  passCheckpoint(): void {
    this.#checkpointCount++;
  }

  passRunEnd(): void {
    const profile = this.#profileNow();
    const endMs = profile?.runEndMs[this.#runCount];
    this.#runCount++;
    if (!profile || endMs === undefined) return;
    const {checkpointMs} = profile;
    const reachedMs = checkpointMs[this.#checkpointCount - 1] ?? 0;
    let count = this.#checkpointCount;
    while (count < checkpointMs.length && checkpointMs[count] <= endMs) count++;
    if (count === this.#checkpointCount) return;
    this.#checkpointCount = count;
    this.#passedOverMs += Math.max(0, endMs - reachedMs);
  }

  timeLeft(progress: {label: string; done: number; total: number; elapsedMs: number}): TimeLeft {
    const profile = this.#profileNow();
    if (!profile || profile.totalMs <= 0) return this.#extrapolate(progress);
    // The progress message comes just before the checkpoint of its point.
    const index = Math.min(this.#checkpointCount, profile.checkpointMs.length - 1);
    const expectedMs = profile.checkpointMs[index] ?? 0;
    const priorMs = profile.totalMs * priorRatio;
    const slowness =
      (progress.elapsedMs + priorMs) / (Math.max(0, expectedMs - this.#passedOverMs) + priorMs);
    const runEndMs = profile.runEndMs[this.#runCount];
    return {
      timeLeftMs: Math.max(0, profile.totalMs - expectedMs) * slowness,
      ...(runEndMs !== undefined && {runTimeLeftMs: Math.max(0, runEndMs - expectedMs) * slowness}),
    };
  }

  #extrapolate({
    label,
    done,
    total,
    elapsedMs,
  }: {
    label: string;
    done: number;
    total: number;
    elapsedMs: number;
  }): TimeLeft {
    if (label !== this.#label) {
      this.#label = label;
      this.#labelDone = done;
      this.#labelElapsedMs = elapsedMs;
      return {};
    }
    const doneSince = done - this.#labelDone;
    if (doneSince < 1) return {};
    return {runTimeLeftMs: ((elapsedMs - this.#labelElapsedMs) / doneSince) * Math.max(0, total - done)};
  }
}
