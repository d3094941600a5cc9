import type {OrientationFinding} from '../../contract/alignment.ts';
import {plateOpticsText, type PlateOptics} from '../../contract/plate-optics.ts';
import {freeNames, searchOptions, type AlignTask, type OpticsFinding} from './align-task.ts';
import {asDesigned, isAsDesigned, type Arrangement} from './arrangement.ts';
import {coarseSearch, type CoarseSearchResult} from './coarse-search.ts';
import {explainedBelowRatio} from './explained.ts';
import {searchFarAway, searchFurtherAway} from './far-search.ts';
import {fitPlanes, unexplainedBy, type PlaneFit} from './fit-planes.ts';
import {rankAssemblyErrors, searchOrientation, type AssemblyErrorRanking} from './orientation.ts';
import {isTiltQuantity, type Parameter} from './parameters.ts';
import {withPlateOptics} from './problem.ts';
import {limitSearch, mostAssemblyPlanes, mostFarPlanes, unlessAtLimit} from './search-limit.ts';

/** An assembly error that comes nearer to the blurred planes than this part of the design is aligned before plates are looked for far off. */
const clearlyNearer = 0.75;

/** The best fit that was found, how the parts are put in, and every way to put them in that was considered. */
export interface FoundFit {
  readonly fit: PlaneFit;
  readonly arrangement: Arrangement;
  readonly findings: readonly OrientationFinding[];
  /** How the plates act on light, and what was tried. */
  readonly plateOptics: PlateOptics;
  readonly opticsFindings: readonly OpticsFinding[];
  readonly search: SearchFindings;
}

/** How far a search went. */
export interface SearchFindings {
  /** Planes that were computed for it; see `mostSearchedPlanes`. */
  readonly searchedPlanes: number;
  /** It was ended by its limit. */
  readonly isAtLimit: boolean;
  /** See `CoarseSearchResult`; undefined where nothing was looked for so far off. */
  readonly nearestRatio: number | undefined;
}

/** Where the bench may stand. */
interface Candidate {
  readonly arrangement: Arrangement;
  readonly coarse: CoarseSearchResult;
  /** Made where the search on the coarse grid has converged. */
  readonly fit: PlaneFit | undefined;
}

/**
 * Looks for the bench that explains the planes, the likely before the unlikely: everything about where the design has
 * it; then, where that leaves doubt, assembly errors and plates far off; at last plates still further off. What
 * explains most is fitted, converged or not.
 */
export async function findFit(whole: AlignTask, optics: readonly PlateOptics[]): Promise<FoundFit> {
  const {orientation = 'auto'} = whole.options;
  const limited = limitSearch(whole.engine);
  const chosen = await chooseOptics({...whole, searchEngine: limited.engine}, optics);
  const {task, plateOptics, opticsFindings} = chosen;
  let {candidate} = chosen;
  let findings = [asDesignedFinding(candidate)];
  let isFarTried = false;
  if (orientation === 'always' || (orientation === 'auto' && isInDoubt(candidate))) {
    const ranking = await unlessAtLimit(rankErrors(task), {assemblyErrors: [], designedMisfit: 0});
    // Nothing put in otherwise comes clearly nearer: rather everything as designed, but further off.
    const nearest = ranking.assemblyErrors.at(0)?.misfit ?? Infinity;
    if (!candidate.fit && nearest > clearlyNearer * ranking.designedMisfit) {
      candidate = await searchFar(task, candidate, searchFarAway);
      isFarTried = true;
    }
    if (orientation === 'always' || isInDoubt(candidate))
      ({candidate, findings} = await alignAssemblyErrors(task, candidate, ranking));
  }
  const isNear = whole.options.reach === 'near';
  if (!isNear && isInDoubt(candidate) && isAsDesigned(candidate.arrangement) && !isFarTried)
    candidate = await searchFar(task, candidate, searchFarAway);
  if (!isNear && !candidate.fit) candidate = await searchFar(task, candidate, searchFurtherAway);
  const {arrangement, coarse} = candidate;
  const fit = candidate.fit ?? (await fitPlanes(task, coarse, arrangement));
  const search = {
    searchedPlanes: limited.searchedPlanes(),
    isAtLimit: limited.isAtLimit(),
    nearestRatio: coarse.nearestRatio,
  };
  return {fit, arrangement, findings, plateOptics, opticsFindings, search};
}

/** Part of the field that a right model of the plates leaves at most, of prints that are usually rough. */
const printsUnexplainedBelow = 0.1;
/** On the coarse grid the same: the other model is not worth its time then. */
const coarselyExplainedBelow = 0.2;
/** A model that leaves so many times what another one leaves on the coarse grid is not fitted. */
const clearlyWorse = 2;

/** Everything about where the design has it, under one model of the plates. */
interface OpticsTrial {
  readonly task: AlignTask;
  readonly plateOptics: PlateOptics;
  readonly candidate: Candidate;
}

/**
 * The model of the plates that explains the planes best with everything about where the design has it. The coarse grid says
 * which is fitted first; the other is only fitted where that one leaves more than prints usually do.
 */
async function chooseOptics(
  task: AlignTask,
  optics: readonly PlateOptics[],
): Promise<OpticsTrial & {opticsFindings: readonly OpticsFinding[]}> {
  const searched: OpticsTrial[] = [];
  for (const plateOptics of optics) {
    const own = {
      ...task,
      engine: withPlateOptics(task.engine, plateOptics),
      searchEngine: withPlateOptics(task.searchEngine, plateOptics),
    };
    task.report('search', `plates ${plateOpticsText(plateOptics)}`, 0.02);
    const candidate = await searchAsDesigned(own);
    searched.push({task: own, candidate, plateOptics});
    if (candidate.coarse.unexplainedRatio < coarselyExplainedBelow) break;
  }
  searched.sort((a, b) => a.candidate.coarse.unexplainedRatio - b.candidate.coarse.unexplainedRatio);
  const most = clearlyWorse * searched[0].candidate.coarse.unexplainedRatio;
  const tried: OpticsTrial[] = [];
  for (const trial of searched) {
    const {coarse, arrangement} = trial.candidate;
    const last = tried.at(-1)?.candidate;
    const isWorthFitting =
      coarse.isConverged &&
      coarse.unexplainedRatio <= most &&
      !(last?.fit && leftBy(last) < printsUnexplainedBelow);
    const fit = isWorthFitting ? await fitPlanes(trial.task, coarse, arrangement) : undefined;
    tried.push({...trial, candidate: {...trial.candidate, fit}});
  }
  // A fit on the fine grid counts before what the coarse one leaves.
  const fitted = tried.filter(({candidate}) => candidate.fit !== undefined);
  const best = (fitted.length > 0 ? fitted : tried).reduce((a, b) =>
    leftBy(b.candidate) < leftBy(a.candidate) ? b : a,
  );
  const opticsFindings = optics.flatMap((plateOptics): OpticsFinding[] => {
    const own = tried.find((trial) => trial.plateOptics === plateOptics);
    return own ? [{plateOptics, unexplainedRatio: leftBy(own.candidate)}] : [];
  });
  return {...best, opticsFindings};
}

const leftBy = ({fit, coarse}: Candidate): number => (fit ? unexplainedBy(fit) : coarse.unexplainedRatio);

const isInDoubt = ({fit}: Candidate): boolean => !fit || unexplainedBy(fit) >= explainedBelowRatio;

async function searchAsDesigned(task: AlignTask): Promise<Candidate> {
  const {searchEngine: engine, problem} = task;
  const {planes, start} = problem;
  const arrangement = asDesigned(start.plates.length);
  const coarse = await coarseSearch(engine, planes, start, searchOptions(task));
  return {arrangement, coarse, fit: undefined};
}

const asDesignedFinding = (candidate: Candidate): OrientationFinding => ({
  text: 'as designed',
  unexplainedRatio: leftBy(candidate),
  isChosen: true,
});

const rankErrors = ({
  searchEngine: engine,
  problem,
  options,
  report,
}: AlignTask): Promise<AssemblyErrorRanking> =>
  rankAssemblyErrors(engine, problem.planes, problem.start, {
    signal: options.signal,
    onStep: (text, done) => report('orientation', text, 0.2 + 0.1 * done),
  });

const isLookedForFarOff = ({target}: Parameter): boolean =>
  target.part === 'plate' && target.quantity !== 'dz' && !isTiltQuantity(target.quantity);

/** Looks for plates far off, everything put in as designed; the candidate itself where that explains no more. */
async function searchFar(
  task: AlignTask,
  candidate: Candidate,
  search: typeof searchFarAway,
): Promise<Candidate> {
  const {problem} = task;
  const {engine} =
    search === searchFarAway ? limitSearch(task.searchEngine, mostFarPlanes) : {engine: task.searchEngine};
  // With every plate held there is nothing to be found far off.
  if (!problem.parameters.some(isLookedForFarOff)) return candidate;
  const coarse = await unlessAtLimit(
    search(engine, problem.planes, problem.start, searchOptions(task)),
    candidate.coarse,
  );
  if (coarse.unexplainedRatio >= candidate.coarse.unexplainedRatio)
    return {...candidate, coarse: {...candidate.coarse, nearestRatio: coarse.nearestRatio}};
  if (!coarse.isConverged) return {...candidate, coarse};
  const fit = await fitPlanes(task, coarse, candidate.arrangement);
  const isBetter = !candidate.fit || unexplainedBy(fit) < unexplainedBy(candidate.fit);
  return {...candidate, coarse, fit: isBetter ? fit : candidate.fit};
}

/** Aligns the likeliest assembly errors; the candidate as it is where none explains the planes clearly better. */
async function alignAssemblyErrors(
  task: AlignTask,
  candidate: Candidate,
  ranking: AssemblyErrorRanking,
): Promise<{candidate: Candidate; findings: OrientationFinding[]}> {
  const {problem, options, report} = task;
  const {engine} = limitSearch(task.searchEngine, mostAssemblyPlanes);
  const {planes, start} = problem;
  const nothing = {
    arrangement: candidate.arrangement,
    coarse: candidate.coarse,
    findings: [asDesignedFinding(candidate)],
  };
  const {arrangement, coarse, findings} = await unlessAtLimit(
    searchOrientation(
      engine,
      planes,
      {start, designed: candidate.coarse, ranking},
      {
        range: options.range,
        free: freeNames(task),
        signal: options.signal,
        onStep: (text, done) => report('orientation', text, 0.3 + 0.2 * done),
      },
    ),
    nothing,
  );
  if (isAsDesigned(arrangement)) return {candidate, findings: [...findings]};
  // The assembly error shows before its bench has converged; what else is off may be further off.
  const far = coarse.isConverged
    ? coarse
    : await unlessAtLimit(searchFarAway(engine, planes, start, searchOptions(task, arrangement)), coarse);
  const best = far.unexplainedRatio < coarse.unexplainedRatio ? far : coarse;
  const fit = await fitPlanes(task, best, arrangement);
  return {candidate: {arrangement, coarse: best, fit}, findings: [...findings]};
}
