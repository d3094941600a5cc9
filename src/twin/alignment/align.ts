import type {AlignmentResult, OrientationFinding} from '../../contract/alignment.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {asDesigned, isAsDesigned, type Arrangement} from './arrangement.ts';
import {captureBench, type CaptureResult, type SearchRange} from './capture.ts';
import {computeErrorBars} from './error-bars.ts';
import {searchFarAway, searchFurtherAway} from './far-search.ts';
import {findBadLines, withoutPoints, type BadLines} from './bad-lines.ts';
import {fitPrints, type PrintFit} from './fit-prints.ts';
import {assertMeasuredPlanes} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {rankMistakes, searchOrientation} from './orientation.ts';
import {modelOf, type AlignmentEngine, type AlignmentProblem} from './problem.ts';
import {describeAlignment, explainedLackRatio} from './describe.ts';
import {runStage, type PlaneModel, type StageResult} from './solve.ts';
import type {BenchState} from './state.ts';

export interface AlignOptions {
  readonly range?: SearchRange | undefined;
  /** auto: mistakes of assembly are looked for when everything as designed explains too little. */
  readonly orientation?: 'auto' | 'always' | 'never';
  /** always: height errors of the prints are looked for when the readings' noise does not explain what is left. */
  readonly prints?: 'always' | 'never';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: AlignProgress) => void;
}

export interface AlignProgress {
  readonly stage: 'search' | 'orientation' | 'fit' | 'error-bars' | 'prints';
  readonly text: string;
  /** 0..1 over the whole, as well as it can be said. */
  readonly doneRatio: number;
  /** Of the fit: cost over degrees of freedom, and what the model lacks. */
  readonly lackRatio?: number;
}

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
/** More iterations than a captured bench ever needed. */
const mostIterations = 25;
/** From a start that explains nothing no fit leads anywhere; it is made for the figures of the result alone. */
const hopelessIterations = 3;
const hopelessLackRatio = 1;
/** A mistake that comes nearer to the blurred planes than this part of the design is aligned before plates are looked for far off. */
const clearlyNearer = 0.75;

/**
 * Finds where everything stands from measured planes: search, assembly mistakes, maximum likelihood on the fine grid,
 * error bars. Throws `twin/invalid` for planes from which nothing can be learnt; a fit that found nothing is a
 * result with the verdict `failed`. An abort leaves nothing behind.
 */
export async function alignBench(
  engine: AlignmentEngine,
  problem: AlignmentProblem,
  design: Pick<DesignFile, 'contentHash' | 'detector' | 'frequencyHz' | 'layers'>,
  options: AlignOptions = {},
): Promise<AlignmentOutcome> {
  const startedMs = performance.now();
  const {range, orientation = 'auto', prints = 'never', signal, onProgress} = options;
  const {start, parameters} = problem;
  assertMeasuredPlanes(problem.planes);
  let planes = problem.planes;
  let bad: readonly BadLines[] = [];
  const report = (stage: AlignProgress['stage'], text: string, doneRatio: number, lackRatio?: number): void =>
    onProgress?.({stage, text, doneRatio, ...(lackRatio === undefined ? {} : {lackRatio})});

  const searching = (own?: Arrangement) => ({
    arrangement: own,
    ...(range ? {range} : {}),
    signal,
    onStep: (text: string) => report('search', text, 0.05),
  });
  const indices = planes.map((_, i) => i);
  const fitOnce = (from: BenchState, own: Arrangement, maximumIterations: number): Promise<StageResult> =>
    runStage(fineFor(own), planes, indices, parameters, from, {
      comparison: {kind: 'likelihood'},
      maximumIterations,
      longestStep: 10,
      signal,
      onIteration: ({iteration, modelErrorRatio}) =>
        report('fit', `iteration ${iteration}`, Math.min(0.5 + 0.08 * iteration, 0.85), modelErrorRatio),
    });
  const fineFor = (own: Arrangement): PlaneModel =>
    modelOf(engine, 'fine', isAsDesigned(own) ? undefined : own);
  const fitFrom = async ({state: from, lackRatio}: CaptureResult, own: Arrangement): Promise<StageResult> => {
    report('fit', 'derivatives of every plane', 0.5);
    const most = lackRatio < hopelessLackRatio ? mostIterations : hopelessIterations;
    const first = await fitOnce(from, own, most);
    bad = findBadLines(planes, first);
    if (bad.every(({points}) => points.length === 0)) return first;
    planes = withoutPoints(planes, bad);
    return await fitOnce(first.state, own, most);
  };
  const isExplained = (found: StageResult): boolean => found.weighting.modelErrorRatio < explainedLackRatio;

  let arrangement = asDesigned(start.plates.length);
  let capture: CaptureResult = await captureBench(engine, planes, start, searching());
  let fit = capture.isCaptured ? await fitFrom(capture, arrangement) : undefined;
  let findings: readonly OrientationFinding[] = [
    {text: 'as designed', lackRatio: fit?.weighting.modelErrorRatio ?? capture.lackRatio, isChosen: true},
  ];
  const isInDoubt = (): boolean => !fit || !isExplained(fit);
  let isFarTried = false;
  const searchFar = async (look = searchFarAway): Promise<void> => {
    isFarTried = true;
    const far = await look(engine, planes, start, searching());
    if (far.lackRatio >= capture.lackRatio) return;
    capture = far;
    if (!capture.isCaptured) return;
    const again = await fitFrom(capture, arrangement);
    if (!fit || again.weighting.modelErrorRatio < fit.weighting.modelErrorRatio) fit = again;
  };
  if (orientation === 'always' || (orientation === 'auto' && isInDoubt())) {
    const ranking = await rankMistakes(engine, planes, start, {
      signal,
      onStep: (text, done) => report('orientation', text, 0.2 + 0.1 * done),
    });
    // Nothing put in otherwise comes clearly nearer: rather everything as designed, but further off.
    const nearest = ranking.mistakes.at(0)?.misfit ?? Infinity;
    if (!fit && nearest > clearlyNearer * ranking.designedMisfit) await searchFar();
    if (orientation === 'always' || isInDoubt()) {
      const found = await searchOrientation(engine, planes, start, capture, ranking, {
        range,
        signal,
        onStep: (text, done) => report('orientation', text, 0.3 + 0.2 * done),
      });
      findings = found.findings;
      if (!isAsDesigned(found.arrangement)) {
        ({arrangement, capture} = found);
        // The mistake shows before its bench is captured; what else is off may be further off.
        const far = capture.isCaptured
          ? capture
          : await searchFarAway(engine, planes, start, searching(arrangement));
        if (far.lackRatio < capture.lackRatio) capture = far;
        fit = await fitFrom(capture, arrangement);
      }
    }
  }
  if (isInDoubt() && isAsDesigned(arrangement) && !isFarTried) await searchFar();
  if (!fit) await searchFar(searchFurtherAway);
  fit ??= await fitFrom(capture, arrangement);
  const own = isAsDesigned(arrangement) ? undefined : arrangement;
  const fine = fineFor(arrangement);
  report('error-bars', 'error bars', 0.9);
  const errorBars = await computeErrorBars(engine, planes, parameters, fit, own);
  signal?.throwIfAborted();
  const before = await fine.evaluate(start, [], indices);
  const beforeLack = createObjective(planes, {kind: 'likelihood'}).weigh(before, 0).modelErrorRatio;
  const result = describeAlignment({
    design,
    planes,
    problem,
    fit,
    errorBars,
    arrangement,
    findings,
    before: {values: before, lackRatio: beforeLack},
    bad,
    seconds: (performance.now() - startedMs) / 1000,
  });
  const {heightErrorMm} = errorBars;
  const printFit =
    prints === 'always' && heightErrorMm !== null && result.verdict === 'trusted'
      ? await fitPrints(engine, planes, fit, {
          sigmaMm: Math.min(heightErrorMm, mostHeightMm),
          arrangement: own,
          signal,
          onProgress: (done) => report('prints', 'heights of the prints', 0.9 + 0.1 * done),
        })
      : undefined;
  return {
    result,
    state: fit.state,
    arrangement,
    covariance: errorBars.covariance,
    fit,
    prints: printFit,
  };
}
