import {skipToken, useQuery} from '@tanstack/react-query';
import type {Computation} from '../../../contract/api/index.ts';
import type {ToleranceStudy} from '../../../contract/tolerance.ts';
import {problemFrom, queries, type Problem} from '../../connection/index.ts';
import {useComputations} from './use-computations.ts';

export interface ToleranceStudyView {
  /** The computation under way, of whatever kind; null when none is. */
  readonly running: Computation | null;
  /** The last study, under way or ended; null before the first. */
  readonly last: Computation | null;
  /** What the last finished study of this design came to. */
  readonly study: ToleranceStudy | null;
  readonly problem: Problem | null;
}

/** Follows the computations of the host and gets the last study of a design; studies are kept until the host ends. */
export function useToleranceStudy(contentHash: string): ToleranceStudyView {
  const view = useComputations();
  const studies = view.computations.filter(({kind}) => kind === 'tolerance');
  const done = studies.find(({state}) => state === 'done');
  const result = useQuery(
    queries.computations.result.queryOptions({
      input: done ? {id: done.id} : skipToken,
      staleTime: Infinity,
    }),
  );
  const study = result.data?.kind === 'tolerance' ? result.data.study : null;
  return {
    running: view.computations.find(({endedUtc}) => endedUtc === null) ?? null,
    last: studies[0] ?? null,
    study: study?.contentHash === contentHash ? study : null,
    problem: view.problem ?? (result.error ? problemFrom(result.error) : null),
  };
}
