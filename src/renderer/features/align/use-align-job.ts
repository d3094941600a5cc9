import {useEffect, useState} from 'react';
import type {AlignJob} from '../../../contract/api/index.ts';
import {client, follow, problemFrom, type Problem} from '../../connection/index.ts';

export interface AlignJobView {
  /** The job under way or the last one; null before the first. */
  readonly job: AlignJob | null;
  /** When this was said, ms since the epoch. */
  readonly receivedMs: number;
  readonly hasAnswered: boolean;
  readonly problem: Problem | null;
}

/** Follows the alignment under way; what was heard last stays while the connection is lost. */
export function useAlignJob(): AlignJobView {
  const [view, setView] = useState<AlignJobView>({
    job: null,
    receivedMs: 0,
    hasAnswered: false,
    problem: null,
  });
  useEffect(() => {
    const ending = new AbortController();
    // Before the first alignment the feed has no entry, and would let the first question wait for one.
    let isFirst = true;
    follow({
      signal: ending.signal,
      restMs: 100,
      ask: (question, call) =>
        client.align.status({...question, waitMs: isFirst ? 0 : question.waitMs}, call),
      onAnswer: ({job}) => {
        isFirst = false;
        setView({job, receivedMs: Date.now(), hasAnswered: true, problem: null});
      },
      onNewHost: () => setView({job: null, receivedMs: 0, hasAnswered: false, problem: null}),
    }).catch((error: unknown) => {
      if (!ending.signal.aborted) setView((before) => ({...before, problem: problemFrom(error)}));
    });
    return () => ending.abort();
  }, []);
  return view;
}
