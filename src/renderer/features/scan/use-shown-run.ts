import {skipToken, useQuery, useQueryClient} from '@tanstack/react-query';
import {useEffect, useState} from 'react';
import type {RunSummary} from '../../../contract/api/index.ts';
import {queries, useConnection, useStatus} from '../../connection/index.ts';
import {isLive} from '../../run-data/index.ts';
import {planNames} from '../../../contract/plan-names.ts';

/** Which run the page shows: the one under way, else one that was chosen, else the last. */
export interface ShownRun {
  readonly runUid: string | null;
  readonly isLive: boolean;
  /** A run under way that is not the one shown. */
  readonly otherLiveUid: string | null;
  readonly recent: readonly RunSummary[];
  readonly isLoading: boolean;
  readonly choose: (runUid: string | null) => void;
}

export function useShownRun(): ShownRun {
  const jobId = useStatus((status) => status?.run?.id ?? '');
  const statusUid = useStatus((status) => status?.run?.runUid ?? null);
  const isJobLive = useStatus((status) => isLive(status?.run?.state));
  const isConnected = useConnection(({phase}) => phase === 'open');
  // A choice is given up when the next scan or campaign starts.
  const [chosen, setChosen] = useState<{readonly runUid: string; readonly jobId: string} | null>(null);
  const recent = useQuery(
    queries.runs.search.queryOptions({input: isConnected ? {limit: 25} : skipToken, staleTime: 5000}),
  );
  const queryClient = useQueryClient();
  useEffect(() => {
    void queryClient.invalidateQueries({queryKey: queries.runs.search.key()});
    void queryClient.invalidateQueries({queryKey: queries.runs.get.key()});
  }, [queryClient, statusUid, isJobLive]);
  const liveUid = isJobLive ? statusUid : null;
  const chosenUid = chosen?.jobId === jobId ? chosen.runUid : null;
  const runUid = chosenUid ?? liveUid ?? lastScanOf(recent.data ?? []);
  return {
    runUid,
    isLive: runUid !== null && runUid === liveUid,
    otherLiveUid: liveUid !== runUid ? liveUid : null,
    recent: recent.data ?? [],
    isLoading: runUid === null && isConnected && recent.isPending,
    choose: (uid) => setChosen(uid === null ? null : {runUid: uid, jobId}),
  };
}

/** The newest run of a scan; else the newest plane of a campaign. A dark level is no picture to begin with. */
export function lastScanOf(
  recent: readonly Pick<RunSummary, 'uid' | 'planName' | 'isGrid'>[],
): string | null {
  const isScan = (name: string): boolean => planNames.some((kind) => kind === name);
  const last =
    recent.find(({planName, isGrid}) => isScan(planName) && (isGrid || planName !== 'beam-find')) ??
    recent.find(({isGrid}) => isGrid);
  return last?.uid ?? null;
}
