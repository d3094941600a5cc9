import type {OrientationFinding} from '../../contract/alignment.ts';
import {asDesigned, singleAssemblyErrors, type Arrangement} from './arrangement.ts';
import {
  blurredFirst,
  coarseSearch,
  convergedRatioOf,
  directly,
  type CoarseSearchResult,
  type SearchRange,
} from './coarse-search.ts';
import {blurredMisfit} from './drawn-benches.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {createObjective} from './objective.ts';
import {modelOf, type AlignmentEngine} from './problem.ts';
import type {BenchState} from './state.ts';

/** Result of looking for assembly errors: the arrangement that won and the coarse fit under it. */
export interface OrientationSearch {
  readonly arrangement: Arrangement;
  readonly coarse: CoarseSearchResult;
  /** Best first, `as designed` among them. */
  readonly findings: readonly OrientationFinding[];
}

interface Hypothesis extends Omit<RankedAssemblyError, 'unexplainedRatio'> {
  state: BenchState;
  unexplainedRatio: number;
}

/** Options of the search for assembly errors; `onStep` gets a text and the part done, 0..1. */
export interface OrientationOptions {
  readonly range?: SearchRange | undefined;
  /** See `CoarseSearchOptions`. */
  readonly free?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (text: string, doneRatio: number) => void;
}

/**
 * How many hypotheses each round takes, on how many planes, and how far it aligns them. A part of the planes takes a
 * part of the time, but captures fewer benches: the last round takes them all.
 */
const rounds = [
  {keep: 6, planeCount: 3, maximumIterations: 10, schedules: [directly]},
  {keep: 2, planeCount: Infinity, maximumIterations: 40, schedules: [directly, blurredFirst]},
] as const;
/**
 * Blur under which hypotheses are ranked before anything is aligned, mm: shifts of some tenths of a millimetre are
 * forgiven, a plate put in wrongly is not.
 */
const rankingBlurMm = 1;
/** What differs by more than this times what everything as designed does is not tried. */
const worthTrying = 1.1;
/** Planes that hypotheses are ranked on; more would only take longer. */
const rankedPlanes = 3;
/** A hypothesis wins when it leaves less than this part of what the next best leaves. */
const clearlyLess = 0.6;

/** One possible assembly error and how far the planes differ from it. */
export interface RankedAssemblyError {
  readonly text: string;
  readonly arrangement: Arrangement;
  /** What the planes, blurred, differ by from this hypothesis with everything where the design has it. */
  readonly misfit: number;
  readonly unexplainedRatio: number;
}

/** All single assembly errors, ranked, with the misfit of the bench as designed to compare them with. */
export interface AssemblyErrorRanking {
  /** Best first. */
  readonly assemblyErrors: readonly RankedAssemblyError[];
  /** Of everything as designed. */
  readonly designedMisfit: number;
}

/**
 * Holds every single assembly error (a plate in one of the other seven orientations, two plates exchanged, the mask
 * or the scan seen otherwise) against the planes, blurred, with everything else where `start` has it.
 */
export async function rankAssemblyErrors(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  {signal, onStep}: Omit<OrientationOptions, 'range'> = {},
): Promise<AssemblyErrorRanking> {
  const tried = planes.slice(0, rankedPlanes);
  const indices = tried.map((_, i) => i);
  const isThere = (place: number): boolean => planes.some(({present}) => present?.[place] ?? true);
  const all = singleAssemblyErrors(start.plates.length).filter(({arrangement}) =>
    isSeen(arrangement, isThere),
  );
  const misfitOf = blurredMisfit(tried, rankingBlurMm);
  const sharp = createObjective(tried, {kind: 'likelihood'});
  const judge = async (
    arrangement?: Arrangement,
  ): Promise<Pick<RankedAssemblyError, 'misfit' | 'unexplainedRatio'>> => {
    const values = await modelOf(engine, 'coarse', arrangement).evaluate(start, [], indices);
    return {
      misfit: misfitOf(values),
      unexplainedRatio: sharp.weigh(values, 0).modelErrorRatio,
    };
  };
  const assemblyErrors: RankedAssemblyError[] = [];
  for (const [i, {text, arrangement}] of all.entries()) {
    signal?.throwIfAborted();
    onStep?.(text, i / all.length);
    assemblyErrors.push({text, arrangement, ...(await judge(arrangement))});
  }
  assemblyErrors.sort((a, b) => a.misfit - b.misfit);
  return {assemblyErrors, designedMisfit: (await judge()).misfit};
}

/** What is known before assembly errors are looked for. */
export interface OrientationStart {
  readonly start: BenchState;
  /** What was found with everything as designed. */
  readonly designed: CoarseSearchResult;
  readonly ranking: AssemblyErrorRanking;
}

/**
 * Aligns the assembly errors that come nearest to the planes, in their order, until one explains them; only what explains
 * them clearly better than everything as designed is believed.
 */
export async function searchOrientation(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {start, designed, ranking: {assemblyErrors, designedMisfit}}: OrientationStart,
  options: OrientationOptions = {},
): Promise<OrientationSearch> {
  const {range, free, signal, onStep} = options;
  const right = asDesigned(start.plates.length);
  const all = assemblyErrors.map((assemblyError): Hypothesis => ({...assemblyError, state: start}));
  let field = all.filter(({misfit}) => misfit < worthTrying * designedMisfit);
  const isFound = ({unexplainedRatio}: Hypothesis): boolean =>
    unexplainedRatio < convergedRatioOf(engine) && unexplainedRatio < clearlyLess * designed.unexplainedRatio;
  for (const [round, {keep, planeCount, maximumIterations, schedules}] of rounds.entries()) {
    if (round === 0) field = field.slice(0, keep);
    else {
      // The one that came nearest before anything was aligned may be the one that is hardest to align.
      const nearest = field.slice(0, 1);
      const better = [...field].sort((a, b) => a.unexplainedRatio - b.unexplainedRatio).slice(0, keep);
      field = [...new Set([...nearest, ...better])];
      for (const hypothesis of nearest) hypothesis.state = start;
    }
    for (const [i, hypothesis] of field.entries()) {
      onStep?.(hypothesis.text, 0.5 * (round + i / keep));
      const coarse = await coarseSearch(engine, planes.slice(0, planeCount), hypothesis.state, {
        range,
        arrangement: hypothesis.arrangement,
        free,
        schedules,
        maximumIterations,
        signal,
      });
      hypothesis.state = coarse.state;
      hypothesis.unexplainedRatio = coarse.unexplainedRatio;
      if (isFound(hypothesis)) break;
    }
    if (field.some(isFound)) break;
  }
  const best = [...field].sort((a, b) => a.unexplainedRatio - b.unexplainedRatio).at(0);
  const isBetter = best !== undefined && isFound(best);
  const findings = [
    {text: 'as designed', unexplainedRatio: designed.unexplainedRatio, isChosen: !isBetter},
    ...all.map(({text, unexplainedRatio, arrangement}) => ({
      text,
      unexplainedRatio,
      isChosen: isBetter && arrangement === best.arrangement,
    })),
  ].sort((a, b) => a.unexplainedRatio - b.unexplainedRatio);
  return isBetter
    ? {
        arrangement: best.arrangement,
        coarse: {state: best.state, unexplainedRatio: best.unexplainedRatio, isConverged: true},
        findings,
      }
    : {arrangement: right, coarse: designed, findings};
}

/** Whether an assembly error shows at all: one of plates that are not in the bench does not. */
const isSeen = ({object, scan, plates}: Arrangement, isThere: (place: number) => boolean): boolean =>
  object !== 0 ||
  scan !== 0 ||
  plates.some(({plate, orientation}, place) => isThere(place) && (plate !== place || orientation !== 0));
