import type {Arrangement} from './arrangement.ts';
import {minimise, type CostFunction, type LbfgsOptions} from './lbfgs.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective, modelErrorVariance, neighbourhoodMm, type Weighting} from './objective.ts';
import {createPrintHeights, type PrintHeights} from './print-heights.ts';
import type {AlignmentEngine} from './problem.ts';
import {createHeightSmoothing, type HeightSmoothing, type PrintCorrelation} from './height-smoothing.ts';
import {smootherFor} from './smoothing.ts';
import type {StageResult} from './solve.ts';
import {costOf} from './whole-system.ts';

/** Height errors of the prints that explain the planes best. */
export interface PrintFit {
  readonly prints: PrintHeights;
  /** RMS of the height errors that were found, mm: less than the true ones, of which the planes show a part. */
  readonly rmsMm: number;
  readonly iterationCount: number;
}

/** What is known of the height errors beforehand, and how the fit is followed and stopped. */
export interface PrintFitOptions {
  /** Standard deviation of a pixel's height error as far as it is known, mm. */
  readonly sigmaMm: number;
  /** How far errors of a print hang together, and the pixels of its plates; pixels err independently without it. */
  readonly correlation?: PrintCorrelation | undefined;
  readonly effort?: Effort | undefined;
  readonly arrangement?: Arrangement | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneRatio: number) => void) | undefined;
}

/** When the fit ends: see `minimise`. */
type Effort = Pick<LbfgsOptions, 'maximumIterations' | 'relativeTolerance'>;

/**
 * What heights cannot explain (screws of the stage, standing waves, reflections), as a part of the field: without it
 * the heights would be bent after it. On the virtual bench as shipped chi^2 per point comes out as 0.94.
 */
const remainingRatio = 0.01;
/** Where an alignment ends, which wants other objects foretold and not every height. */
const quickly: Effort = {maximumIterations: 30, relativeTolerance: 0.003};

const same = (values: Float64Array): Float64Array => values;

/** The fit that everything but the heights is taken from. */
type FitBehind = Pick<StageResult, 'state' | 'values' | 'gains'>;

/**
 * Height errors of the printed plates that explain measured planes behind aligned plates: the most likely heights, each
 * pixel's error taken for normal with `sigmaMm`, everything else held where the fit has it. Many sets of heights would
 * do for a few planes; the most likely ones predict other objects better than the design's (docs/alignment.md).
 */
export async function fitPrints(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {state, values, gains}: FitBehind,
  {sigmaMm, correlation, effort = quickly, arrangement, signal, onProgress}: PrintFitOptions,
): Promise<PrintFit> {
  const smoothing = correlation ? createHeightSmoothing(correlation) : {apply: same, adjoint: same};
  const found = await minimise(
    createHeightCost(engine, planes, {state, values, gains}, {sigmaMm, arrangement, smoothing}),
    new Float64Array(engine.heightCount),
    {
      ...effort,
      // The planes tell a pixel's height better than the prior: the first step is a part of what that alone would make.
      firstScale: 0.01 / (1 / sigmaMm ** 2),
      signal,
      onIteration: (iteration) => onProgress?.(iteration / effort.maximumIterations),
    },
  );
  const heights = smoothing.apply(found.at);
  let squares = 0;
  for (const value of heights) squares += value * value;
  return {
    prints: createPrintHeights(heights),
    rmsMm: Math.sqrt(squares / Math.max(1, engine.heightCount)),
    iterationCount: found.iterationCount,
  };
}

/** What heights cost, by the independent numbers that they are smoothed from, and the derivative of that: chi^2 of the planes, and the prior. */
function createHeightCost(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  fit: FitBehind,
  {
    sigmaMm,
    arrangement,
    smoothing,
  }: Pick<PrintFitOptions, 'sigmaMm' | 'arrangement'> & {readonly smoothing: HeightSmoothing},
): CostFunction {
  const objective = createObjective(planes, {kind: 'likelihood'});
  const weighting = weighRemaining(planes, fit);
  const perVariance = 1 / sigmaMm ** 2;
  const request = {state: fit.state, grain: 'fine', arrangement} as const;
  return async (at) => {
    const prints = createPrintHeights(smoothing.apply(at));
    const own = await engine.evaluate(
      planes.map((_, plane) => ({...request, plane, parameters: [], prints})),
    );
    const heightVjps = await engine.vjpHeights(
      planes.map((_, plane) => ({
        ...request,
        plane,
        prints,
        weights: [objective.vjpWeights(plane, own[plane], weighting)],
      })),
    );
    let cost = costOf(objective, own, weighting);
    const byHeight = new Float64Array(at.length);
    for (const [heightVjp] of heightVjps) for (let i = 0; i < at.length; i++) byHeight[i] -= 2 * heightVjp[i];
    const gradient = Float64Array.from(smoothing.adjoint(byHeight));
    for (let i = 0; i < at.length; i++) {
      cost += at[i] ** 2 * perVariance;
      gradient[i] += 2 * at[i] * perVariance;
    }
    return {cost, gradient};
  };
}

/** Variances of the readings and of what heights cannot explain (see `remainingRatio`). */
function weighRemaining(planes: readonly MeasuredPlane[], {values, gains}: FitBehind): Weighting {
  return {
    modelErrorRatio: remainingRatio,
    variance: planes.map(({xMm, yMm, sigma}, i) => {
      const power = values[i].power.map((value) => gains[i] * value);
      const mean = smootherFor(xMm, yMm, neighbourhoodMm).apply(power);
      return sigma.map((own, k) => own * own + modelErrorVariance(power[k], mean[k], remainingRatio));
    }),
  };
}
