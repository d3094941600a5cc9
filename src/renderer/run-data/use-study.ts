import {skipToken, useQuery} from '@tanstack/react-query';
import type {Computation, ComputationResult} from '../../contract/api/index.ts';
import {problemFrom, queries, type Problem} from '../connection/index.ts';
import {useComputations} from './use-computations.ts';

export interface StudyView {
  /** Of every kind, newest first. */
  readonly computations: readonly Computation[];
  /** The computation under way, of whatever kind; null when none is. */
  readonly running: Computation | null;
  /** The last one of this kind, under way or ended; null before the first. */
  readonly last: Computation | null;
  /** What the last finished one came to. */
  readonly result: ComputationResult | null;
  readonly problem: Problem | null;
}

/** Follows the computations of the host and gets the last of a kind; results are kept until the host ends. */
export function useStudy(kind: Computation['kind']): StudyView {
  const view = useComputations();
  const studies = view.computations.filter((one) => one.kind === kind);
  const done = studies.find(({state}) => state === 'done');
  const result = useQuery(
    queries.computations.result.queryOptions({
      input: done ? {id: done.id} : skipToken,
      staleTime: Infinity,
    }),
  );
  return {
    computations: view.computations,
    running: view.computations.find(({endedUtc}) => endedUtc === null) ?? null,
    last: studies[0] ?? null,
    result: result.data ?? null,
    problem: view.problem ?? (result.error ? problemFrom(result.error) : null),
  };
}
