/**
 * Tells those who follow a run, within this process, that something more of it is stored. Nothing is queued for
 * anybody: who is woken reads from the store what came since.
 */
export interface RunChanges {
  /** Whether this process records the run: otherwise its changes are not reported here. */
  isRecording(runUid: string): boolean;
  /** Resolves when a document of the run was committed, after `waitMs`, or on abort, whichever is first. */
  next(runUid: string, waitMs: number, signal?: AbortSignal): Promise<void>;
}

export interface RunChangesSource extends RunChanges {
  noteStart(runUid: string): void;
  noteCommit(runUid: string): void;
  noteEnd(runUid: string): void;
}

export function createRunChanges(): RunChangesSource {
  const recording = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const wake = (runUid: string): void => {
    // A commit that nobody waits for costs one look into an empty map.
    const own = waiting.size === 0 ? undefined : waiting.get(runUid);
    if (!own) return;
    waiting.delete(runUid);
    for (const go of own) go();
  };
  return {
    isRecording: (runUid) => recording.has(runUid),
    noteStart: (runUid) => void recording.add(runUid),
    noteCommit: wake,
    noteEnd(runUid) {
      recording.delete(runUid);
      wake(runUid);
    },
    next(runUid, waitMs, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const own = waiting.get(runUid) ?? new Set();
        waiting.set(runUid, own);
        const go = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', go);
          own.delete(go);
          if (own.size === 0 && waiting.get(runUid) === own) waiting.delete(runUid);
          resolve();
        };
        const timer = setTimeout(go, waitMs);
        signal?.addEventListener('abort', go, {once: true});
        own.add(go);
      });
    },
  };
}
