/** What a soak does and what comes out of it. */
import type {SceneOverrides} from '../../src/virtual/scene-overrides.ts';

/** Names in the environment of the soak's host. */
export const soakEnvironment = {log: 'SOAK_LOG', instruments: 'SOAK_INSTRUMENTS'} as const;

/** 99 of 100 presses of STOP are answered within this, ms. */
export const stopLimitMs = 200;

/** What the host's process holds, after its garbage was collected. */
export interface Held {
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Open file descriptors: files, ports, sockets. */
  readonly fileCount: number;
  /** What keeps its event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

export interface SoakPlan {
  readonly pointCount: number;
  /** It ends then, however far it has come, s of real time; without a limit unless given. */
  readonly longestS?: number | undefined;
  /** Instruments that are connected again, by hand, after their cable was pulled, or in the middle of a scan. */
  readonly reconnectCount: number;
  /** Points along a side of a scan that is measured to its end. */
  readonly sideCount: number;
  readonly sampleCount: number;
  /** Bench time per real time. */
  readonly speed: number;
  /** Plates on the bench; the shipped design unless given. */
  readonly designFolder?: string | undefined;
  /** What differs from the shipped scene. */
  readonly scene?: SceneOverrides | undefined;
}

/** A stretch of the soak, and what the host holds at its end. */
export interface SoakSample extends Held {
  /** Since the beginning. */
  readonly points: number;
  readonly reconnects: number;
  readonly realS: number;
  readonly pointsPerS: number;
  /** Presses of STOP in this stretch: from the press in a window to the answer that everything is proven safe, ms. */
  readonly stopMs: readonly number[];
}

export interface SoakOutcome {
  readonly samples: readonly SoakSample[];
  /** From the call of STOP in the host to its bytes on the wire of the stage, ms. */
  readonly sentMs: readonly number[];
  readonly counts: {
    readonly points: number;
    readonly scans: number;
    readonly reconnects: number;
    /** Of these, with the cable pulled out of a running scan. */
    readonly cutScans: number;
    /** Connections that were refused at first and made when they were asked for again. */
    readonly pressesAgain: number;
    readonly vanishedReaders: number;
    readonly slowAnswers: number;
  };
  readonly realS: number;
  readonly benchS: number;
  readonly databaseBytes: number;
  /** What was lost, doubled, or not as it has to be. */
  readonly problems: readonly string[];
}

/** The value below which `part` of the values lie; NaN without any. */
export function quantileOf(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0
    ? Number.NaN
    : sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Where something has grown: its mean in the last third of the samples against that in the second third (in the first one
 * caches fill). Null for what is flat within `allowedRatio` of the earlier mean, or `allowed` of its own unit.
 */
export function growthOf(
  samples: readonly SoakSample[],
  of: (sample: SoakSample) => number,
  {allowed, allowedRatio}: {readonly allowed: number; readonly allowedRatio: number},
): {readonly before: number; readonly after: number} | null {
  const third = Math.floor(samples.length / 3);
  if (third === 0) return null;
  const before = mean(samples.slice(third, 2 * third).map(of));
  const after = mean(samples.slice(-third).map(of));
  return after - before > Math.max(allowed, allowedRatio * before) ? {before, after} : null;
}
