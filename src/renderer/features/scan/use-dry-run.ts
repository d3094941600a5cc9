import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import type {DryRunResult} from '../../../contract/api/index.ts';
import type {PlanSpec} from '../../../contract/plan-spec.ts';
import {isDisconnect, problemFrom, queries, useConnection, useStatus} from '../../connection/index.ts';
import {useDebounced} from '../../parts/index.ts';

/** What the host says of a plan. */
export interface DryRunView {
  /** The latest answer; of the plan before while a new one is under way. */
  readonly result: DryRunResult | null;
  /** Whether `result` is of the plan as it stands now. */
  readonly isCurrent: boolean;
  /** Why the host did not walk it, '' when it did. */
  readonly problem: string;
}

const none: DryRunView = {result: null, isCurrent: false, problem: ''};

/** Has the host walk a plan dry, for the plates of a design or those on the bench, a quarter of a second after it last changed. Nothing moves. */
export function useDryRun(plan: PlanSpec | null, designFolder: string | null): DryRunView {
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isConnected = useConnection(({phase}) => phase === 'open');
  const settled = useDebounced(plan, 250);
  const isAsking = plan !== null && settled !== null && isBenchOpen;
  const query = useQuery(
    queries.scan.dryRun.queryOptions({
      input:
        isAsking && isConnected
          ? {plan: settled, ...(designFolder === null ? {} : {designFolder})}
          : skipToken,
      placeholderData: keepPreviousData,
      retry: false,
      // Paths are long; only the plans of the last moment are worth keeping.
      gcTime: 5000,
    }),
  );
  if (!isAsking) return none;
  const isSettled = settled === plan;
  return {
    result: query.data ?? null,
    isCurrent: isSettled && query.isSuccess && !query.isPlaceholderData,
    problem: isSettled && query.error && !isDisconnect(query.error) ? problemFrom(query.error).message : '',
  };
}
