import type {AlignmentResult} from '../../contract/alignment.ts';
import type {AlignOptions, AlignProgress} from '../../twin/alignment/align.ts';
import type {Arrangement} from '../../twin/alignment/arrangement.ts';
import type {Parameter} from '../../twin/alignment/parameters.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {MeasuredHeights} from '../placements/measured-heights.ts';
import type {OnceMessage} from '../threads/run-once.ts';

/** What a session is aligned with; see `readSessionPlanes` and `chooseParameters`. */
export interface SessionAlignmentRequest {
  readonly databasePath: string;
  readonly sessionUid: string;
  readonly runUids: readonly string[];
  readonly free: readonly string[];
  readonly orientation: NonNullable<AlignOptions['orientation']>;
  readonly plateOptics?: AlignOptions['plateOptics'];
  readonly prints: NonNullable<AlignOptions['prints']>;
  /** Where the search begins and what may turn, for a bench of which something is known; see `AlignRequest`. */
  readonly start?: BenchState | undefined;
  readonly parameters?: readonly Parameter[] | undefined;
  readonly workerCount?: number | undefined;
}

/** What was computed, as it crosses from the thread: arrays follow the points of each run's scan. */
export interface SessionAlignmentOutput {
  readonly result: AlignmentResult;
  readonly state: BenchState;
  readonly arrangement: Arrangement;
  readonly method: 'rs' | 'asm';
  /** In the order of `result.parameters`, row-major; null when the planes leave it open. */
  readonly covariance: Float64Array | null;
  /** Height errors of the prints, mm (see PrintHeights); null where they were not looked for. */
  readonly prints: {readonly valuesMm: Float32Array; readonly rmsMm: number} | null;
  /** The measured heights that it began with; null without any. */
  readonly measured: Pick<MeasuredHeights, 'artifactUids' | 'plates'> | null;
  readonly planes: readonly {
    readonly runUid: string;
    /** As aligned, gain and background applied: in the unit of the measured values. */
    readonly predicted: Float32Array;
    /** Measured minus predicted over its standard deviation; NaN where the point was left out. */
    readonly residual: Float32Array;
  }[];
}

export interface SessionAlignmentProgress extends AlignProgress {
  readonly planeCount: number;
}

export type SessionAlignmentMessage = OnceMessage<SessionAlignmentProgress, SessionAlignmentOutput>;
