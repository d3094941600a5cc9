import {useEffect, useState} from 'react';
import type {Computation} from '../../contract/api/index.ts';
import {client, follow, problemFrom, type Problem} from '../connection/index.ts';

export interface ComputationsView {
  /** Newest first; none before the first of this host. */
  readonly computations: readonly Computation[];
  readonly problem: Problem | null;
}

const nothing: ComputationsView = {computations: [], problem: null};

/** Follows the long computations of the host. */
export function useComputations(): ComputationsView {
  const [view, setView] = useState(nothing);
  useEffect(() => {
    const ending = new AbortController();
    // Before the first computation the feed has no entry, and would let the first question wait for one.
    let isFirst = true;
    follow({
      signal: ending.signal,
      restMs: 250,
      ask: (question, call) =>
        client.computations.status({...question, waitMs: isFirst ? 0 : question.waitMs}, call),
      onAnswer({computations}) {
        isFirst = false;
        setView({computations, problem: null});
      },
      onNewHost: () => setView(nothing),
    }).catch((error: unknown) => {
      if (!ending.signal.aborted) setView((before) => ({...before, problem: problemFrom(error)}));
    });
    return () => ending.abort();
  }, []);
  return view;
}
