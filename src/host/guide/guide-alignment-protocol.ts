import type {AlignmentResult} from '../../contract/alignment.ts';
import type {AlignProgress} from '../../twin/alignment/align.ts';
import type {SearchRange} from '../../twin/alignment/coarse-search.ts';
import type {Parameter} from '../../twin/alignment/parameters.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {PlanesToAlign} from '../alignment/align-planes.ts';
import type {OnceMessage} from '../threads/run-once.ts';

/** Planes of a bench with a part of its plates; all of it can be cloned. */
export interface GuideAlignmentRequest extends PlanesToAlign {
  /** What is known of the bench, the new plate where the design has it. */
  readonly start: BenchState;
  readonly parameters: readonly Parameter[];
  /** From 0: the plate that was added last. */
  readonly plate: number;
  /** Limits of where that plate may stand in its holder. */
  readonly holder: SearchRange;
  /** Whether the scan's frame is known, so that the plate alone can be looked for. */
  readonly isFrameKnown: boolean;
  readonly workerCount?: number | undefined;
}

export interface GuideAlignmentOutput {
  /** Null when the new plate is not in the bench, and so nothing was looked for. */
  readonly result: AlignmentResult | null;
  /** What is known before where there is no result. */
  readonly state: BenchState;
  /** Part of the light that is not explained. */
  readonly unexplainedRatio: number;
  /** The same when the new plate is taken for absent, on the coarse grid. */
  readonly unexplainedWithoutPlate: number;
  readonly planes: readonly {
    /** Relative power that `start` predicts. */
    readonly expected: Float64Array;
    /** As found, in the unit of what was measured; without a result as predicted without the plate, relative. */
    readonly found: Float64Array;
  }[];
}

export type GuideAlignmentProgress = Pick<AlignProgress, 'text' | 'doneRatio'>;

export type GuideAlignmentMessage = OnceMessage<GuideAlignmentProgress, GuideAlignmentOutput>;
