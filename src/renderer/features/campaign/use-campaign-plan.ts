import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import {useMemo} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {
  client,
  isDisconnect,
  problemFrom,
  queries,
  useConnection,
  useStatus,
} from '../../connection/index.ts';
import {attempt, useDebounced, useRefusal} from '../../parts/index.ts';
import {isLive} from '../../run-data/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {type CampaignDraft, type CampaignRequest, checkDraft, type DraftProblems} from './campaign-draft.ts';

type PlanAnswer = ApiOutputs['campaign']['plan'];

export interface CampaignPlanning {
  readonly problems: DraftProblems;
  /** The latest answer of the host; of an earlier draft while a new one is under way. */
  readonly plan: PlanAnswer | null;
  readonly isCurrent: boolean;
  /** Why the host did not plan it, '' when it did. */
  readonly problem: string;
  readonly start: {readonly disabledBecause: string | undefined; readonly run: () => void};
  /** Puts it at the end of the queue, also while something is measured. */
  readonly queue: {readonly disabledBecause: string | undefined; readonly run: () => void};
}

/**
 * Has the host plan the campaign while it is being chosen; nothing moves. `onStarted` is called once the host has
 * accepted it.
 */
export function useCampaignPlan(draft: CampaignDraft, onStarted: () => void): CampaignPlanning {
  const operator = useSettings((settings) => settings.operator);
  const {request, problems} = useMemo(() => checkDraft(draft, operator), [draft, operator]);
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isConnected = useConnection(({phase}) => phase === 'open');
  const settled = useDebounced(request, 250);
  const query = useQuery(
    queries.campaign.plan.queryOptions({
      input: settled !== null && isBenchOpen && isConnected ? settled : skipToken,
      placeholderData: keepPreviousData,
      retry: false,
      gcTime: 10_000,
    }),
  );
  const isSettled = request !== null && settled === request;
  const isCurrent = isSettled && query.isSuccess && !query.isPlaceholderData;
  const problem =
    isSettled && query.error && !isDisconnect(query.error) ? problemFrom(query.error).message : '';
  const plan = query.data ?? null;
  const mayNot = useRefusal('operate');
  const disabledBecause = useStartRefusal({request, plan, isCurrent, problem});
  return {
    problems,
    plan,
    isCurrent,
    problem,
    start: {
      disabledBecause,
      run: () => {
        if (!request || disabledBecause !== undefined) return;
        void attempt(async () => {
          await client.campaign.start(request);
          onStarted();
        });
      },
    },
    queue: {
      disabledBecause: mayNot ?? (request ? undefined : 'Correct the marked fields first.'),
      run: () => {
        if (request)
          void attempt(() => client.queue.add({job: {kind: 'campaign', request}}), 'It waits in the queue.');
      },
    },
  };
}

/** Why the campaign cannot be started now, in words; undefined when it can. */
function useStartRefusal(of: {
  readonly request: CampaignRequest | null;
  readonly plan: PlanAnswer | null;
  readonly isCurrent: boolean;
  readonly problem: string;
}): string | undefined {
  const refusal = useRefusal('operate');
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isRunLive = useStatus((status) => isLive(status?.run?.state));
  if (refusal !== undefined) return refusal;
  if (!isBenchOpen) return 'No bench is open: open one on the Bench page.';
  if (isRunLive) return 'A run is under way; the next can start when it has ended.';
  if (!of.request) return 'Correct the marked fields first.';
  if (of.problem) return of.problem;
  if (!of.isCurrent || !of.plan) return 'The campaign is being planned ...';
  return of.plan.isAllowed ? undefined : of.plan.refusal;
}
