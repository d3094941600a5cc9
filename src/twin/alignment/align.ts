import type {AlignmentResult} from '../../contract/alignment.ts';
import {hasRelief, type DesignFile} from '../../contract/design-file.ts';
import type {Grid} from '../../contract/optics.ts';
import {finelySlicedPlates, thinPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {createAlignTask, fineModel, unlessDesigned, type AlignOptions, type AlignTask} from './align-task.ts';
import type {Arrangement} from './arrangement.ts';
import {findDataDoubts} from './data-doubts.ts';
import {describeAlignment, type AlignmentFindings} from './describe.ts';
import {computeErrorBars, samplingErrorRatios, type ErrorBars} from './error-bars.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import {findFit, type FoundFit} from './find-fit.ts';
import {fitPrints, type PrintFit} from './fit-prints.ts';
import {createObjective} from './objective.ts';
import {withPlateOptics, type AlignmentEngine, type AlignmentProblem} from './problem.ts';
import {freeShownTilts, type BarredFit} from './shown-tilts.ts';
import type {StageResult} from './solve.ts';
import type {BenchState} from './state.ts';

export type {AlignOptions, AlignProgress} from './align-task.ts';

/** All that later steps may want of a fit, beside the plain result. */
export interface AlignmentOutcome {
  readonly result: AlignmentResult;
  readonly state: BenchState;
  readonly arrangement: Arrangement;
  readonly covariance: Float64Array | undefined;
  readonly fit: StageResult;
  /** Where they were asked for and the result is trusted. */
  readonly prints: PrintFit | undefined;
}

/** No print is looked for with larger height errors than this, mm: a tenth of a wavelength is half a radian. */
const mostHeightMm = 0.08;

/** How far height errors of prints hang together unless something is known of them, as a bench file has it too. */
const printCorrelationMm = 0.5;

/**
 * Finds where everything stands from measured planes: search, assembly errors, maximum likelihood on the fine grid,
 * error bars. Throws `twin/invalid` for planes from which nothing can be learnt; a fit that found nothing is a
 * result with the verdict `failed`. An abort leaves nothing behind.
 */
export async function alignBench(
  engine: AlignmentEngine,
  problem: AlignmentProblem,
  design: Pick<DesignFile, 'contentHash' | 'detector' | 'frequencyHz' | 'grid' | 'layers' | 'plateOptics'>,
  options: AlignOptions = {},
): Promise<AlignmentOutcome> {
  const startedMs = performance.now();
  const whole = createAlignTask(engine, problem, options);
  const upright = await findFit(whole, opticsToTry(options.plateOptics, design));
  const {task, found, errorBars} = await withShownTilts(whole, upright, design.grid);
  const {fit, arrangement, findings, plateOptics, opticsFindings, search} = found;
  const {stage, planes, bad} = fit;
  options.signal?.throwIfAborted();
  const result = describeAlignment({
    design,
    planes,
    problem: task.problem,
    areTiltsShown: task.problem !== problem,
    fit: stage,
    errorBars,
    arrangement,
    findings,
    plateOptics,
    opticsFindings,
    search,
    dataDoubts: await findDataDoubts(task, fit, arrangement),
    before: await evaluateBefore(task, found),
    bad,
    seconds: (performance.now() - startedMs) / 1000,
  });
  return {
    result,
    state: stage.state,
    arrangement,
    covariance: errorBars.covariance,
    fit: stage,
    prints:
      result.verdict === 'trusted' && design.layers.some(hasRelief)
        ? await fitPrintsIfAsked(task, found, errorBars)
        : undefined,
  };
}

/** Error bars of a fit, and of one with tilts where the planes show them. */
async function withShownTilts(whole: AlignTask, upright: FoundFit, grid: Grid): Promise<BarredFit> {
  const task = {...whole, engine: withPlateOptics(whole.engine, upright.plateOptics)};
  const barsOf = async ({problem}: AlignTask, found: FoundFit): Promise<ErrorBars> => {
    task.report('error-bars', 'error bars', 0.9);
    return await computeErrorBars(
      {
        engine: task.engine,
        arrangement: unlessDesigned(found.arrangement),
        samplingErrorRatio: samplingErrorRatios[found.plateOptics.kind],
        printCorrelation: {correlationMm: printCorrelationMm, grid},
        fewerSlices: await withFewerSlices(whole, found),
      },
      found.fit.planes,
      problem.parameters,
      found.fit.stage,
    );
  };
  return await freeShownTilts(task, upright, barsOf);
}

/** Models of the plates, the likelier first: what the design was made for, then the other. */
export const opticsToTry = (
  given: PlateOptics | undefined,
  {plateOptics: designed = thinPlates, layers}: Pick<DesignFile, 'layers' | 'plateOptics'>,
): readonly PlateOptics[] => {
  if (given) return [given];
  // Foils are thin.
  if (layers.length > 0 && !layers.some(hasRelief)) return [thinPlates];
  const models = [thinPlates, finelySlicedPlates];
  return designed.kind === 'thin' ? models : models.toReversed();
};

/** The planes with everything where the alignment started from, and what they left unexplained. */
async function evaluateBefore(
  task: AlignTask,
  {fit, arrangement}: FoundFit,
): Promise<AlignmentFindings['before']> {
  const indices = fit.planes.map((_, i) => i);
  const values = await fineModel(task, arrangement).evaluate(task.problem.start, [], indices);
  const {modelErrorRatio} = createObjective(fit.planes, {kind: 'likelihood'}).weigh(values, 0);
  return {values, unexplainedRatio: modelErrorRatio};
}

/** The planes of a fit of thick plates with half as many slices. */
async function withFewerSlices(
  task: AlignTask,
  {fit: {stage, planes}, arrangement, plateOptics}: FoundFit,
): Promise<readonly PlaneValues[] | undefined> {
  if (plateOptics.kind === 'thin') return undefined;
  const fewer = {...plateOptics, sliceCount: Math.ceil(plateOptics.sliceCount / 2)};
  const model = fineModel({...task, engine: withPlateOptics(task.engine, fewer)}, arrangement);
  return await model.evaluate(
    stage.state,
    [],
    planes.map((_, i) => i),
  );
}

/** Height errors of the prints, where they were asked for and are not hidden by the readings' noise. */
async function fitPrintsIfAsked(
  {engine, options, report}: AlignTask,
  {fit, arrangement}: FoundFit,
  {heightErrorMm}: ErrorBars,
): Promise<PrintFit | undefined> {
  if (options.prints !== 'always' || heightErrorMm === null) return undefined;
  return await fitPrints(engine, fit.planes, fit.stage, {
    sigmaMm: Math.min(heightErrorMm, mostHeightMm),
    arrangement: unlessDesigned(arrangement),
    signal: options.signal,
    onProgress: (done) => report('prints', 'heights of the prints', 0.9 + 0.1 * done),
  });
}
