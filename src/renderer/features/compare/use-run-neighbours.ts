import {skipToken, useQuery} from '@tanstack/react-query';
import {queries} from '../../connection/index.ts';

export interface RunNeighbours {
  /** Uids of the runs before and after in the same session that have a plane; null at the ends. */
  readonly previous: string | null;
  readonly next: string | null;
  /** `3 of 12`; '' while not known. */
  readonly position: string;
  /** Whether the mask that stood there is known, so that the twin can predict it. */
  readonly hasMask: boolean;
}

const alone: RunNeighbours = {previous: null, next: null, position: '', hasMask: false};

/** Where a run stands among the runs of its session; `isPredicted` leaves out those that the twin cannot predict. */
export function useRunNeighbours(runUid: string | null, isPredicted: boolean): RunNeighbours {
  const run = useQuery(
    queries.runs.get.queryOptions({input: runUid === null ? skipToken : {runUid}, staleTime: 60_000}),
  );
  const sessionUid = run.data?.summary.sessionUid;
  const session = useQuery(
    queries.sessions.get.queryOptions({
      input: sessionUid === undefined ? skipToken : {uid: sessionUid},
      staleTime: 10_000,
    }),
  );
  if (runUid === null || !session.data) return alone;
  const runs = session.data.runs
    .filter(
      ({isGrid, pointCount, campaignIndex}) =>
        isGrid && pointCount > 0 && (!isPredicted || campaignIndex !== null),
    )
    .sort((one, other) => one.scanId - other.scanId);
  const index = runs.findIndex(({uid}) => uid === runUid);
  if (index < 0) return alone;
  return {
    previous: runs[index - 1]?.uid ?? null,
    next: runs[index + 1]?.uid ?? null,
    position: `${index + 1} of ${runs.length} in the session`,
    hasMask: runs[index].campaignIndex !== null,
  };
}
