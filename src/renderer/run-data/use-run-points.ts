import {useQuery} from '@tanstack/react-query';
import {useEffect, useMemo, useState, useSyncExternalStore} from 'react';
import type {ApiOutputs, RunSummary} from '../../contract/api/index.ts';
import {followPoints, problemFrom, queries, type Problem} from '../connection/index.ts';
import {frameOfStart, isAveragedStart, RunPoints} from './run-points.ts';

/** A run that has just begun is asked for again after this, ms. */
const describedPollMs = 300;

/** Whether it is known what the run's points are: it has a stream, or ended before it had one. */
const isDescribed = ({streams, summary}: ApiOutputs['runs']['get']): boolean =>
  streams.length > 0 || summary.exitStatus !== null;

/** A run as a page looks at it. */
export interface RunView {
  readonly points: RunPoints | null;
  readonly summary: RunSummary | null;
  /** Start record: plan, sample, settings. */
  readonly start: Readonly<Record<string, unknown>> | null;
  readonly isLoading: boolean;
  readonly problem: Problem | null;
}

/**
 * Follows the points of a run from its first one, live or stored, over lost connections without a gap. While it runs
 * nothing is drawn by React: plane, track and ring tell their own viewers.
 */
export function useRunPoints(runUid: string | null, quantity: string): RunView {
  const run = useQuery(
    queries.runs.get.queryOptions({
      input: {runUid: runUid ?? ''},
      enabled: runUid !== null,
      // A start record never changes; how the run ended is told by the status.
      staleTime: 60_000,
      refetchInterval: ({state}) => (state.data && !isDescribed(state.data) ? describedPollMs : false),
      retry: 5,
      retryDelay: 300,
    }),
  );
  const described = run.data && isDescribed(run.data) ? run.data : null;
  const start = runUid === null ? null : (described?.start ?? null);
  const detector = described?.detector;
  const points = useMemo(
    () => (start ? new RunPoints(frameOfStart(start), detector, {isAveraged: isAveragedStart(start)}) : null),
    // Two runs may have equal start records only by being the same run, but the uid says so.
    // oxlint-disable-next-line react/exhaustive-deps
    [runUid, start],
  );
  const [failure, setFailure] = useState<{readonly of: RunPoints; readonly problem: Problem} | null>(null);
  useEffect(() => {
    if (runUid === null || !points) return;
    const ending = new AbortController();
    const readAll = async (): Promise<void> => {
      points.clear();
      await followPoints(runUid, (answer) => points.append(answer), {
        signal: ending.signal,
        onNewHost: () => points.clear(),
      });
    };
    const readToTheEnd = async (): Promise<void> => {
      await readAll();
      // That points are in doubt is known when the run is over: what was drawn of them live has to go.
      if (!points.isDoubtShown && !ending.signal.aborted) await readAll();
    };
    readToTheEnd().catch((error: unknown) => {
      if (!ending.signal.aborted) setFailure({of: points, problem: problemFrom(error)});
    });
    return () => ending.abort();
  }, [runUid, points]);
  useEffect(() => points?.show(quantity), [points, quantity]);
  return {
    points,
    summary: runUid === null ? null : (run.data?.summary ?? null),
    start,
    isLoading: runUid !== null && (run.isPending || (run.data !== undefined && described === null)),
    problem: run.error ? problemFrom(run.error) : failure?.of === points ? (failure?.problem ?? null) : null,
  };
}

const noSubscription = (): (() => void) => () => undefined;

/** How many points came; drawn anew at most `perS` times a second, so that only words and small charts may use it. */
export function usePointsVersion(points: RunPoints | null, perS = 5): number {
  return useSyncExternalStore(
    points ? throttledSubscription(points, 1000 / perS) : noSubscription,
    () => points?.version ?? 0,
  );
}

const subscriptions = new WeakMap<RunPoints, Map<number, (listener: () => void) => () => void>>();

/** The same function for the same points, as the store hook needs it. */
function throttledSubscription(points: RunPoints, restMs: number): (listener: () => void) => () => void {
  const known = subscriptions.get(points) ?? new Map<number, (listener: () => void) => () => void>();
  subscriptions.set(points, known);
  const found = known.get(restMs);
  if (found) return found;
  const subscribe = (listener: () => void): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = points.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        listener();
      }, restMs);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  };
  known.set(restMs, subscribe);
  return subscribe;
}
