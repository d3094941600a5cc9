import type {Arrangement} from './arrangement.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {EvaluationRequest, Grain, HeightPullRequest} from './evaluator.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {Parameter} from './parameters.ts';
import type {EvaluatePlanes} from './solve.ts';
import type {BenchState} from './state.ts';

/** Computes planes, in this thread or on others. */
export type EvaluateBench = (requests: readonly EvaluationRequest[]) => Promise<readonly PlaneValues[]>;

/** Everything that an alignment has computed for it. */
export interface AlignmentEngine {
  readonly evaluate: EvaluateBench;
  readonly pullHeights: (requests: readonly HeightPullRequest[]) => Promise<readonly Float32Array[][]>;
}

/** Measured planes and what may explain them. */
export interface AlignmentProblem {
  readonly planes: readonly MeasuredPlane[];
  readonly parameters: readonly Parameter[];
  readonly start: BenchState;
}

/** The evaluator of the solver for one grain and one way of putting things in. */
export const evaluateWith =
  (evaluate: EvaluateBench, grain: Grain, arrangement?: Arrangement): EvaluatePlanes =>
  async (state, parameters, planes) => [
    ...(await evaluate(planes.map((plane) => ({state, parameters, plane, grain, arrangement})))),
  ];
