/** Lets one task in at a time, in order of arrival. */
export interface TaskQueue {
  /** Runs `task` when all earlier ones have ended. A signal that aborts while waiting takes the task out again. */
  run<T>(task: () => Promise<T>, options?: {readonly signal?: AbortSignal | undefined}): Promise<T>;
  /** Rejects every task that has not begun. */
  rejectWaiting(reason: Error): void;
  readonly waitingCount: number;
}

interface Waiter {
  enter(): void;
  reject(reason: Error): void;
}

/** An empty queue; tasks run one at a time, in the order in which they were added. */
export function createTaskQueue(): TaskQueue {
  const waiters: Waiter[] = [];
  let isBusy = false;

  const leave = (): void => {
    const next = waiters.shift();
    if (next === undefined) isBusy = false;
    else next.enter();
  };

  const waitForTurn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        const index = waiters.indexOf(waiter);
        if (index >= 0) waiters.splice(index, 1);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        enter: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', onAbort);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', onAbort, {once: true});
      waiters.push(waiter);
    });

  return {
    async run(task, {signal} = {}) {
      signal?.throwIfAborted();
      if (isBusy) await waitForTurn(signal);
      isBusy = true;
      try {
        return await task();
      } finally {
        leave();
      }
    },
    rejectWaiting(reason) {
      for (const waiter of waiters.splice(0)) waiter.reject(reason);
    },
    get waitingCount() {
      return waiters.length;
    },
  };
}
