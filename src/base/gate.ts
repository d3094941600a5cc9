/** Lets a few through at a time; the others wait in the order in which they came. */
export interface Gate {
  /** Runs `work` when there is room. Rejects without running it when the signal aborts before. */
  run<Value>(work: () => Promise<Value>, signal?: AbortSignal): Promise<Value>;
}

/** A gate with room for `count` at once. */
export function createGate(count: number): Gate {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async run(work, signal) {
      if (free > 0) free--;
      // Whoever leaves hands over its place.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        signal?.throwIfAborted();
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
