import type {PlaneValues} from './evaluate-plane.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {Comparison, Objective, Weighting} from './objective.ts';
import type {Parameter} from './parameters.ts';
import type {BenchState} from './state.ts';
import type {WholeSystem} from './whole-system.ts';

/** Computes planes, wherever that is done. */
export interface PlaneModel {
  /**
   * As `evaluate` on a coarser grid: derivatives near enough for the curvature of the cost, not for its gradient, in a quarter of
   * the time; undefined where those of `evaluate` serve for both.
   */
  readonly roughDerivatives?: PlaneModel['evaluate'] | undefined;
  /** Powers, and derivatives by each of `parameters`. */
  readonly evaluate: (
    state: BenchState,
    parameters: readonly Parameter[],
    planes: readonly number[],
  ) => Promise<PlaneValues[]>;
  /** For each plane, the derivatives of a weighted sum of its powers: a tenth of the time of all derivatives. */
  readonly vjp: (
    state: BenchState,
    parameters: readonly Parameter[],
    planes: readonly number[],
    weights: readonly Float64Array[],
  ) => Promise<Float64Array[]>;
}

/** How planes are compared in one stage of a fit, and when the stage ends. */
export interface StageOptions {
  readonly comparison: Comparison;
  readonly maximumIterations: number;
  /** Longest step of one iteration in units of each parameter's `scale`; nothing without it. */
  readonly longestStep?: number | undefined;
  /** Ends when the next step promises to lower the cost by less than this. */
  readonly tolerance?: number;
  /** The same as a part of the cost. */
  readonly relativeTolerance?: number;
  /** No parameter with a prior goes further from its mean than this times the prior's sigma. */
  readonly mostPriorSigmas?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (iteration: StageIteration) => void;
}

/** One iteration of a stage, for a progress display; `modelErrorRatio` as in `Weighting`. */
export interface StageIteration {
  readonly iteration: number;
  /** Cost over the degrees of freedom, with the weights of this iteration. */
  readonly chiSquared: number;
  readonly modelErrorRatio: number;
}

/** What a stage fits: measured planes, and the model that predicts them. */
export interface StagePlanes {
  readonly model: PlaneModel;
  readonly planes: readonly MeasuredPlane[];
  /** `planes[i]` is what the model calls plane `indices[i]`. */
  readonly indices: readonly number[];
}

/** What every step of a stage needs. */
export interface Stage extends StagePlanes {
  readonly objective: Objective;
  readonly parameters: readonly Parameter[];
  readonly options: StageOptions;
}

/** A state with its predictions, their weights and the normal equations there. */
export interface StagePoint {
  readonly state: BenchState;
  readonly values: readonly PlaneValues[];
  readonly weighting: Weighting;
  readonly system: WholeSystem;
  /** Curvature that the last step met, over that of the derivatives in use. */
  readonly curvatureRatio: number;
}
