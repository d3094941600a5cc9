import {useEffect, useState} from 'react';
import type {CampaignState} from '../../../contract/api/index.ts';
import {client, follow, problemFrom, type Problem, useConnection} from '../../connection/index.ts';

export interface CampaignView {
  readonly state: CampaignState | null;
  readonly problem: Problem | null;
}

interface Following {
  readonly sessionUid: string;
  readonly state: CampaignState | null;
  readonly problem: Problem | null;
}

/**
 * Digits, verdicts and matrices of a campaign, live or stored, as they change. Versions count within one host, so the
 * question starts anew with every connection; what is shown stays meanwhile.
 */
export function useCampaignState(sessionUid: string | null): CampaignView {
  const generation = useConnection((connection) => connection.generation);
  const [following, setFollowing] = useState<Following | null>(null);
  useEffect(() => {
    if (sessionUid === null || generation === 0) return;
    const ending = new AbortController();
    follow({
      signal: ending.signal,
      after: -1,
      restMs: 100,
      ask: async (question, call) => {
        const state = await client.campaign.state({sessionUid, ...question}, call);
        return {hostId: '', last: state.version, lostCount: 0, state};
      },
      onAnswer: ({state}) => setFollowing({sessionUid, state, problem: null}),
      // A stored campaign changes too: digits are excluded from another window.
      isDone: () => false,
    }).catch((error: unknown) => {
      if (ending.signal.aborted) return;
      const problem = problemFrom(error);
      setFollowing((before) => ({
        sessionUid,
        state: before?.sessionUid === sessionUid ? before.state : null,
        problem,
      }));
    });
    return () => ending.abort();
  }, [sessionUid, generation]);
  if (following === null || following.sessionUid !== sessionUid) return {state: null, problem: null};
  return following;
}
