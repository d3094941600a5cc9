import type {PlateOptics} from '../../contract/plate-optics.ts';
import {assertMeasuredPlanes} from './measured-plane.ts';
import {isAsDesigned, type Arrangement} from './arrangement.ts';
import type {SearchRange} from './coarse-search.ts';
import type {FarSearchOptions} from './drawn-benches.ts';
import {modelOf, type AlignmentEngine, type AlignmentProblem} from './problem.ts';
import type {PlaneModel} from './stage.ts';

/**
 * Options of one alignment: how far to search, whether assembly errors and print heights are looked for, how to stop
 * it.
 */
export interface AlignOptions {
  readonly range?: SearchRange | undefined;
  /** near: plates are looked for about the design alone, however much that leaves unexplained. */
  readonly reach?: 'any' | 'near';
  /** auto: assembly errors are looked for when everything as designed explains too little. */
  readonly orientation?: 'auto' | 'always' | 'never';
  /** always: height errors of the prints are looked for when the readings' noise does not explain what is left. */
  readonly prints?: 'always' | 'never';
  /**
   * as-shown: plates count as upright unless the planes show that they lean; then their tilts are free too. as-given, unless
   * said: what leans is what the parameters say.
   */
  readonly tilts?: 'as-shown' | 'as-given' | undefined;
  /** How the plates act on light; what explains the planes better is found out unless given. */
  readonly plateOptics?: PlateOptics | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: AlignProgress) => void;
}

/** What a model of the plates left unexplained with everything about where the design has it. */
export interface OpticsFinding {
  readonly plateOptics: PlateOptics;
  readonly unexplainedRatio: number;
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

/** What every step of one alignment needs: the problem, who computes planes, how to stop and whom to tell. */
export interface AlignTask {
  readonly engine: AlignmentEngine;
  /** The same engine for searches, which end at a limit. */
  readonly searchEngine: AlignmentEngine;
  readonly problem: AlignmentProblem;
  readonly options: AlignOptions;
  readonly report: (
    stage: AlignProgress['stage'],
    text: string,
    doneRatio: number,
    unexplainedRatio?: number,
  ) => void;
}

/** Throws `twin/invalid` for planes from which nothing can be learnt. */
export function createAlignTask(
  engine: AlignmentEngine,
  problem: AlignmentProblem,
  options: AlignOptions,
): AlignTask {
  assertMeasuredPlanes(problem.planes);
  return {
    engine,
    searchEngine: engine,
    problem,
    options,
    report: (stage, text, doneRatio, unexplainedRatio) =>
      options.onProgress?.({
        stage,
        text,
        doneRatio,
        ...(unexplainedRatio === undefined ? {} : {unexplainedRatio}),
      }),
  };
}

/** The planes of the fine grid, with everything put in as `arrangement` says. */
export const fineModel = ({engine}: AlignTask, arrangement: Arrangement): PlaneModel =>
  modelOf(engine, 'fine', unlessDesigned(arrangement));

/** An arrangement as requests hold it: undefined for everything as designed. */
export const unlessDesigned = (arrangement: Arrangement): Arrangement | undefined =>
  isAsDesigned(arrangement) ? undefined : arrangement;

/** Names of what the problem leaves open. */
export const freeNames = ({problem}: AlignTask): ReadonlySet<string> =>
  new Set(problem.parameters.map(({name}) => name));

/** Options of the searches on the coarse grid. */
export function searchOptions(task: AlignTask, arrangement?: Arrangement): FarSearchOptions {
  const {range, signal} = task.options;
  return {
    arrangement,
    free: freeNames(task),
    range,
    signal,
    onStep: (text) => task.report('search', text, 0.05),
  };
}
