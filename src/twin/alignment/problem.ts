import type {PlateOptics} from '../../contract/plate-optics.ts';
import type {Arrangement} from './arrangement.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {EvaluationRequest, Grain, HeightVjpRequest, ParameterVjpRequest} from './evaluator.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {Parameter} from './parameters.ts';
import type {PlaneModel} from './stage.ts';
import type {BenchState} from './state.ts';

/** Computes planes, in this thread or on others. */
export type EvaluateBench = (requests: readonly EvaluationRequest[]) => Promise<readonly PlaneValues[]>;

/** Everything that an alignment has computed for it. */
export interface AlignmentEngine {
  /** Pixels of all plates together. */
  readonly heightCount: number;
  /** On the coarse grid a bench that has converged leaves less than this unexplained; 0.3 unless given. */
  readonly convergedUnexplainedRatio?: number | undefined;
  /** Derivatives on the fine grid take so long that those of the coarse one serve for the curvature of a cost. */
  readonly areDerivativesSlow?: boolean | undefined;
  readonly evaluate: EvaluateBench;
  readonly vjpHeights: (requests: readonly HeightVjpRequest[]) => Promise<readonly Float32Array[][]>;
  readonly vjpParameters: (requests: readonly ParameterVjpRequest[]) => Promise<readonly Float64Array[]>;
}

/**
 * Of thick plates, whose light has finer detail than one sample a pixel can hold: at the right place the coarse grid leaves
 * 0.34 unexplained, as designed 1.5 (docs/thick-plates.md).
 */
const convergedThickRatio = 0.5;

/** The same engine for plates that act on light otherwise than its stack says. */
export const withPlateOptics = (engine: AlignmentEngine, plateOptics: PlateOptics): AlignmentEngine => ({
  heightCount: engine.heightCount,
  convergedUnexplainedRatio:
    plateOptics.kind === 'thick' ? convergedThickRatio : engine.convergedUnexplainedRatio,
  areDerivativesSlow: plateOptics.kind === 'thick',
  evaluate: (requests) => evaluateWith(engine, requests, plateOptics),
  vjpHeights: (requests) => engine.vjpHeights(requests.map((request) => ({...request, plateOptics}))),
  vjpParameters: (requests) => engine.vjpParameters(requests.map((request) => ({...request, plateOptics}))),
});

/** Of thick plates, derivatives on the fine grid come from half as many slices, which halves the time of a fit. */
async function evaluateWith(
  engine: AlignmentEngine,
  requests: readonly EvaluationRequest[],
  plateOptics: PlateOptics,
): Promise<readonly PlaneValues[]> {
  const own = requests.map((request) => ({...request, plateOptics}));
  const isDerived = ({grain, parameters}: EvaluationRequest): boolean =>
    grain === 'fine' && parameters.length > 0;
  if (plateOptics.kind === 'thin' || !own.some(isDerived)) return await engine.evaluate(own);
  const rough = {...plateOptics, sliceCount: Math.ceil(plateOptics.sliceCount / 2)};
  const powers = await engine.evaluate(own.map((request) => ({...request, parameters: []})));
  const derived = await engine.evaluate(own.map((request) => ({...request, plateOptics: rough})));
  return powers.map(({power}, i) => ({power, derivatives: derived[i].derivatives}));
}

/** Measured planes and what may explain them. */
export interface AlignmentProblem {
  readonly planes: readonly MeasuredPlane[];
  readonly parameters: readonly Parameter[];
  readonly start: BenchState;
}

/** The solver's planes for one grain and one way of putting things in. */
export function modelOf(
  {
    evaluate,
    vjpParameters,
    areDerivativesSlow = false,
  }: Pick<AlignmentEngine, 'evaluate' | 'vjpParameters' | 'areDerivativesSlow'>,
  grain: Grain,
  arrangement?: Arrangement,
): PlaneModel {
  const evaluateOn =
    (own: Grain): PlaneModel['evaluate'] =>
    async (state, parameters, planes) => [
      ...(await evaluate(planes.map((plane) => ({state, parameters, plane, grain: own, arrangement})))),
    ];
  return {
    evaluate: evaluateOn(grain),
    roughDerivatives: areDerivativesSlow && grain === 'fine' ? evaluateOn('coarse') : undefined,
    vjp: async (state, parameters, planes, weights) => [
      ...(await vjpParameters(
        planes.map((plane, i) => ({state, parameters, plane, grain, arrangement, weights: weights[i]})),
      )),
    ],
  };
}
