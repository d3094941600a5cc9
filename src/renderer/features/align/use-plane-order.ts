import {skipToken, useQuery} from '@tanstack/react-query';
import {useState} from 'react';
import {queries} from '../../connection/index.ts';

/** Which planes of a session tell most, once somebody asks. */
export function usePlaneOrder(sessionUid: string | null): {
  /** From the one that tells most; empty until it is known. */
  readonly runUids: readonly string[];
  readonly isComputing: boolean;
  readonly error: unknown;
  readonly ask: () => void;
} {
  const [askedUid, setAskedUid] = useState<string | null>(null);
  const isAsked = sessionUid !== null && askedUid === sessionUid;
  const found = useQuery({
    ...queries.align.planeOrder.queryOptions({input: isAsked ? {sessionUid} : skipToken}),
    staleTime: Infinity,
    retry: false,
  });
  return {
    runUids: isAsked ? (found.data?.planes.map(({runUid}) => runUid) ?? []) : [],
    isComputing: isAsked && found.isFetching,
    error: isAsked ? found.error : null,
    ask: () => {
      setAskedUid(sessionUid);
      if (isAsked) void found.refetch();
    },
  };
}
