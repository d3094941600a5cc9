import type {PlaneValues} from '../../twin/alignment/evaluate-plane.ts';
import type {
  EvaluationRequest,
  EvaluationSpec,
  HeightVjpRequest,
  ParameterVjpRequest,
} from '../../twin/alignment/evaluator.ts';

/** Jobs of the threads that compute planes and their derivatives for an alignment. */
export type AlignmentJobs = {
  readonly evaluate: {readonly input: EvaluationRequest; readonly output: PlaneValues};
  readonly 'pull-parameters': {readonly input: ParameterVjpRequest; readonly output: Float64Array};
  readonly 'pull-heights': {readonly input: HeightVjpRequest; readonly output: Float32Array[]};
};
export type AlignmentSpec = EvaluationSpec;
