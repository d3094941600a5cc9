import type {AlignmentResult, OrientationFinding} from '../../contract/alignment.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {asDesigned, isAsDesigned, type Arrangement} from './arrangement.ts';
import {coarseSearch, type CoarseSearchResult, type SearchRange} from './coarse-search.ts';
import {computeErrorBars} from './error-bars.ts';
import {searchFarAway, searchFurtherAway} from './far-search.ts';
import {findBadLines, withoutPoints, type BadLines} from './bad-lines.ts';
import {fitPrints, type PrintFit} from './fit-prints.ts';
import {assertMeasuredPlanes, type MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {rankAssemblyErrors, searchOrientation} from './orientation.ts';
import {modelOf, type AlignmentEngine, type AlignmentProblem} from './problem.ts';
import {describeAlignment, explainedBelowRatio} from './describe.ts';
import {runStage, type PlaneModel, type StageResult} from './solve.ts';
import type {BenchState} from './state.ts';

/**
 * Options of one alignment: how far to search, whether assembly errors and print heights are looked for, how to stop
 * it.
 */
export interface AlignOptions {
  readonly range?: SearchRange | undefined;
  /** auto: assembly errors are looked for when everything as designed explains too little. */
  readonly orientation?: 'auto' | 'always' | 'never';
  /** always: height errors of the prints are looked for when the readings' noise does not explain what is left. */
  readonly prints?: 'always' | 'never';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: AlignProgress) => void;
}

/** Where an alignment is, for a progress display. */
export interface AlignProgress {
  readonly stage: 'search' | 'orientation' | 'fit' | 'error-bars' | 'prints';
  readonly text: string;
  /** Part of the whole alignment that is done, 0..1; an estimate. */
  readonly doneRatio: number;
  /** Of the fit: cost over degrees of freedom, and what the model lacks. */
  readonly unexplainedRatio?: number;
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
/** More iterations than a converged bench ever needed. */
const mostIterations = 25;
/** From a start that explains nothing no fit leads anywhere; it is made for the figures of the result alone. */
const hopelessIterations = 3;
const hopelessUnexplainedRatio = 1;
/** An assembly error that comes nearer to the blurred planes than this part of the design is aligned before plates are looked for far off. */
const clearlyNearer = 0.75;

/** How often lines that disagree are looked for anew: those of a fit that was not there yet are good ones afterwards. */
const mostLineRounds = 3;

interface Fitted {
  readonly stage: StageResult;
  /** Without the points that were left out. */
  readonly planes: readonly MeasuredPlane[];
  readonly bad: readonly BadLines[];
}

/**
 * Finds where everything stands from measured planes: search, assembly errors, maximum likelihood on the fine grid,
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
  const all = problem.planes;
  const report = (
    stage: AlignProgress['stage'],
    text: string,
    doneRatio: number,
    unexplainedRatio?: number,
  ): void =>
    onProgress?.({stage, text, doneRatio, ...(unexplainedRatio === undefined ? {} : {unexplainedRatio})});

  const free = new Set(parameters.map(({name}) => name));
  // With every plate held there is nothing to be found far off.
  const canBeFar = parameters.some(({target}) => target.part === 'plate' && target.quantity !== 'dz');
  const searching = (own?: Arrangement) => ({
    arrangement: own,
    free,
    ...(range ? {range} : {}),
    signal,
    onStep: (text: string) => report('search', text, 0.05),
  });
  const indices = all.map((_, i) => i);
  const fitOnce = (
    planes: readonly MeasuredPlane[],
    from: BenchState,
    own: Arrangement,
    maximumIterations: number,
  ): Promise<StageResult> =>
    runStage({model: fineFor(own), planes, indices}, parameters, from, {
      comparison: {kind: 'likelihood'},
      maximumIterations,
      longestStep: 10,
      signal,
      onIteration: ({iteration, modelErrorRatio}) =>
        report('fit', `iteration ${iteration}`, Math.min(0.5 + 0.08 * iteration, 0.85), modelErrorRatio),
    });
  const fineFor = (own: Arrangement): PlaneModel =>
    modelOf(engine, 'fine', isAsDesigned(own) ? undefined : own);
  /** Fits, leaves out lines that disagree, and looks at all of them again with what was found without them. */
  const fitFrom = async (
    {state, unexplainedRatio}: CoarseSearchResult,
    own: Arrangement,
  ): Promise<Fitted> => {
    report('fit', 'derivatives of every plane', 0.5);
    const most = unexplainedRatio < hopelessUnexplainedRatio ? mostIterations : hopelessIterations;
    const none = all.map((): BadLines => ({texts: [], points: []}));
    let found: Fitted = {stage: await fitOnce(all, state, own, most), planes: all, bad: none};
    for (let round = 0; round < mostLineRounds; round++) {
      const bad = findBadLines(all, onPlanes(all, found.stage, parameters.length));
      if (countPoints(bad) === countPoints(found.bad)) break;
      const planes = withoutPoints(all, bad);
      found = {stage: await fitOnce(planes, found.stage.state, own, most), planes, bad};
    }
    return found;
  };
  const unexplainedOf = ({stage}: Fitted): number => stage.weighting.modelErrorRatio;

  let arrangement = asDesigned(start.plates.length);
  let coarse: CoarseSearchResult = await coarseSearch(engine, all, start, searching());
  let fit = coarse.isConverged ? await fitFrom(coarse, arrangement) : undefined;
  let findings: readonly OrientationFinding[] = [
    {
      text: 'as designed',
      unexplainedRatio: fit ? unexplainedOf(fit) : coarse.unexplainedRatio,
      isChosen: true,
    },
  ];
  const isInDoubt = (): boolean => !fit || unexplainedOf(fit) >= explainedBelowRatio;
  let isFarTried = false;
  const searchFar = async (look = searchFarAway): Promise<void> => {
    isFarTried = true;
    if (!canBeFar) return;
    const far = await look(engine, all, start, searching());
    if (far.unexplainedRatio >= coarse.unexplainedRatio) return;
    coarse = far;
    if (!coarse.isConverged) return;
    const again = await fitFrom(coarse, arrangement);
    if (!fit || unexplainedOf(again) < unexplainedOf(fit)) fit = again;
  };
  if (orientation === 'always' || (orientation === 'auto' && isInDoubt())) {
    const ranking = await rankAssemblyErrors(engine, all, start, {
      signal,
      onStep: (text, done) => report('orientation', text, 0.2 + 0.1 * done),
    });
    // Nothing put in otherwise comes clearly nearer: rather everything as designed, but further off.
    const nearest = ranking.assemblyErrors.at(0)?.misfit ?? Infinity;
    if (!fit && nearest > clearlyNearer * ranking.designedMisfit) await searchFar();
    if (orientation === 'always' || isInDoubt()) {
      const found = await searchOrientation(
        engine,
        all,
        {start, designed: coarse, ranking},
        {
          range,
          free,
          signal,
          onStep: (text, done) => report('orientation', text, 0.3 + 0.2 * done),
        },
      );
      findings = found.findings;
      if (!isAsDesigned(found.arrangement)) {
        ({arrangement, coarse} = found);
        // The assembly error shows before its bench has converged; what else is off may be further off.
        const far = coarse.isConverged
          ? coarse
          : await searchFarAway(engine, all, start, searching(arrangement));
        if (far.unexplainedRatio < coarse.unexplainedRatio) coarse = far;
        fit = await fitFrom(coarse, arrangement);
      }
    }
  }
  if (isInDoubt() && isAsDesigned(arrangement) && !isFarTried) await searchFar();
  if (!fit) await searchFar(searchFurtherAway);
  const {stage, planes, bad} = (fit ??= await fitFrom(coarse, arrangement));
  const own = isAsDesigned(arrangement) ? undefined : arrangement;
  const fine = fineFor(arrangement);
  report('error-bars', 'error bars', 0.9);
  const errorBars = await computeErrorBars({engine, arrangement: own}, planes, parameters, stage);
  signal?.throwIfAborted();
  const before = await fine.evaluate(start, [], indices);
  const unexplainedBefore = createObjective(planes, {kind: 'likelihood'}).weigh(before, 0).modelErrorRatio;
  const result = describeAlignment({
    design,
    planes,
    problem,
    fit: stage,
    errorBars,
    arrangement,
    findings,
    before: {values: before, unexplainedRatio: unexplainedBefore},
    bad,
    seconds: (performance.now() - startedMs) / 1000,
  });
  const {heightErrorMm} = errorBars;
  const printFit =
    prints === 'always' && heightErrorMm !== null && result.verdict === 'trusted'
      ? await fitPrints(engine, planes, stage, {
          sigmaMm: Math.min(heightErrorMm, mostHeightMm),
          arrangement: own,
          signal,
          onProgress: (done) => report('prints', 'heights of the prints', 0.9 + 0.1 * done),
        })
      : undefined;
  return {
    result,
    state: stage.state,
    arrangement,
    covariance: errorBars.covariance,
    fit: stage,
    prints: printFit,
  };
}

/** A fit judged by other variances of the same points. */
function onPlanes(planes: readonly MeasuredPlane[], stage: StageResult, parameterCount: number): StageResult {
  const objective = createObjective(planes, {kind: 'likelihood'});
  return {...stage, objective, weighting: objective.weigh(stage.values, parameterCount)};
}

const countPoints = (bad: readonly BadLines[]): number =>
  bad.reduce((sum, {points}) => sum + points.length, 0);
