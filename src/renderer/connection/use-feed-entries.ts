import {useEffect, useState} from 'react';
import {follow, type FeedQuestion} from './follow.ts';
import {type Problem, problemFrom} from './problem.ts';

interface EntriesAnswer<Entry> {
  readonly hostId: string;
  readonly last: number;
  readonly lostCount: number;
  readonly entries: readonly Entry[];
}

export interface FeedEntries<Entry> {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  readonly hasAnswered: boolean;
  readonly problem: Problem | null;
}

/** A question to a feed of entries. Keep its identity: one written outside of components has it. */
export type AskEntries<Entry> = (
  question: FeedQuestion & {readonly limit: number},
  options: {readonly signal: AbortSignal},
) => Promise<EntriesAnswer<Entry>>;

/**
 * The newest `keep` entries of a feed of words, followed while the component is there; drawn anew at most every
 * `restMs`, which people cannot read faster than.
 */
export function useFeedEntries<Entry>(
  ask: AskEntries<Entry>,
  keep: number,
  restMs = 250,
): FeedEntries<Entry> {
  const [state, setState] = useState<FeedEntries<Entry>>({entries: [], hasAnswered: false, problem: null});
  useEffect(() => {
    const ending = new AbortController();
    follow({
      signal: ending.signal,
      restMs,
      ask: (question, options) => ask({...question, limit: keep}, options),
      onAnswer: ({entries}) =>
        setState((before) => ({
          entries: entries.length === 0 ? before.entries : [...before.entries, ...entries].slice(-keep),
          hasAnswered: true,
          problem: null,
        })),
      onNewHost: () => setState({entries: [], hasAnswered: false, problem: null}),
    }).catch((error: unknown) => setState((before) => ({...before, problem: problemFrom(error)})));
    return () => ending.abort();
  }, [ask, keep, restMs]);
  return state;
}
