/**
 * Feeds: lists that grow while clients read them. Entries are numbered from 1; a client asks for what came after
 * the number it has and waits when there is nothing. Nothing is kept for a listener, so a slow or dead one costs
 * nothing.
 */

export interface FeedWait {
  /** Number that the caller has. */
  readonly after: number;
  /** Longest time to wait for a higher one, ms of real time; 0 not at all. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A number that only grows and that can be waited for. */
export interface ChangeSignal {
  readonly count: number;
  notify(): void;
  /** Resolves when `count` is above `after`, when the time is over or when the signal aborts. Never rejects. */
  wait(wait: FeedWait): Promise<void>;
}

/** `quietMs` is the least time between two notifications: faster changes are reported together. */
export function createChangeSignal(quietMs = 0): ChangeSignal {
  const waiters = new Set<{readonly after: number; readonly wake: () => void}>();
  let count = 0;
  let wokenMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wake = (): void => {
    timer = undefined;
    wokenMs = performance.now();
    for (const waiter of [...waiters]) if (waiter.after < count) waiter.wake();
  };
  const schedule = (): void => {
    if (timer !== undefined || waiters.size === 0) return;
    timer = setTimeout(wake, Math.max(0, wokenMs + quietMs - performance.now()));
  };

  return {
    get count() {
      return count;
    },
    notify() {
      count += 1;
      schedule();
    },
    wait({after, waitMs, signal}) {
      if (waitMs <= 0 || signal?.aborted === true) return Promise.resolve();
      // Someone with a number from another start of the host has nothing in common with this one.
      const known = after > count ? -1 : after;
      return new Promise((resolve) => {
        const finish = (): void => {
          waiters.delete(waiter);
          clearTimeout(limit);
          signal?.removeEventListener('abort', finish);
          resolve();
        };
        const waiter = {after: known, wake: finish};
        const limit = setTimeout(finish, waitMs);
        signal?.addEventListener('abort', finish, {once: true});
        waiters.add(waiter);
        if (known < count) schedule();
      });
    },
  };
}

/** Which entries answer a question: `first` is the number of the first one. */
export interface FeedSpan {
  readonly first: number;
  readonly count: number;
  /** Number of the last one in this answer; the asked number when there is none. */
  readonly last: number;
  /** Entries after the asked number that are no longer kept. */
  readonly lostCount: number;
}

/** The span that answers `after` in a ring that keeps the newest `keptCount` of `total` entries. */
export function spanAfter(
  after: number,
  limit: number,
  {total, keptCount}: {readonly total: number; readonly keptCount: number},
): FeedSpan {
  const known = after > total ? 0 : after;
  const first = Math.max(known + 1, total - keptCount + 1);
  const count = Math.max(0, Math.min(limit, total - first + 1));
  if (count === 0) return {first, count, last: known, lostCount: 0};
  return {first, count, last: first + count - 1, lostCount: first - known - 1};
}

/** A run of consecutive entries, oldest first, with their numbers. */
export interface FeedAnswer<Entry> extends FeedSpan {
  readonly entries: readonly Entry[];
}

/** The newest `capacity` entries, numbered. */
export interface Feed<Entry> {
  readonly last: number;
  /** Adds one and returns its number. */
  add(entry: Entry): number;
  /** The oldest entries after `after`, at most `limit`. */
  read(after: number, limit: number): FeedAnswer<Entry>;
  /** As `read`, and waits when there is nothing yet. */
  follow(wait: FeedWait & {readonly limit: number}): Promise<FeedAnswer<Entry>>;
}

/** An empty feed; the first entry gets the number 1. `quietMs` as in `createChangeSignal`. */
export function createFeed<Entry>({
  capacity,
  quietMs = 0,
}: {
  readonly capacity: number;
  readonly quietMs?: number;
}): Feed<Entry> {
  const notify: Entry[] = [];
  const changeSignal = createChangeSignal(quietMs);

  const read = (after: number, limit: number): FeedAnswer<Entry> => {
    const span = spanAfter(after, limit, {total: changeSignal.count, keptCount: notify.length});
    const entries = Array.from(
      {length: span.count},
      (_, index) => notify[(span.first + index - 1) % capacity],
    );
    return {...span, entries};
  };

  return {
    get last() {
      return changeSignal.count;
    },
    add(entry) {
      notify[changeSignal.count % capacity] = entry;
      changeSignal.notify();
      return changeSignal.count;
    },
    read,
    async follow({limit, ...wait}) {
      await changeSignal.wait(wait);
      return read(wait.after, limit);
    },
  };
}
