import {useEffect, useState} from 'react';
import type {Guide} from '../../../../contract/api/index.ts';
import {client, follow, problemFrom, type Problem} from '../../../connection/index.ts';

export interface GuideFeed {
  /** Null before the first answer. */
  readonly guide: Guide | null;
  /** When this was said, ms since the epoch. */
  readonly receivedMs: number;
  readonly problem: Problem | null;
}

const nothing: GuideFeed = {guide: null, receivedMs: 0, problem: null};

/** Follows a guided alignment; what was heard last stays while the connection is lost. */
export function useGuide(sessionUid: string): GuideFeed {
  const [view, setView] = useState<GuideFeed>(nothing);
  useEffect(() => {
    const ending = new AbortController();
    // The feed tells of changes only, and the first question is how it stands.
    let isFirst = true;
    follow({
      signal: ending.signal,
      restMs: 200,
      ask: (question, call) =>
        client.alignGuide.state({...question, sessionUid, waitMs: isFirst ? 0 : question.waitMs}, call),
      onAnswer: ({guide}) => {
        isFirst = false;
        setView({guide, receivedMs: Date.now(), problem: null});
      },
      onNewHost: () => {
        isFirst = true;
      },
    }).catch((error: unknown) => {
      if (!ending.signal.aborted) setView((before) => ({...before, problem: problemFrom(error)}));
    });
    return () => ending.abort();
  }, [sessionUid]);
  return view;
}
