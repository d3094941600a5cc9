import {BenchError} from '../../contract/errors.ts';

/** Something that is done by hand, from a window, with one instrument. */
export interface ManualTask {
  readonly role: string;
  /** In words: `go-to`, `homing`, `RF on`. */
  readonly what: string;
  /** Moves the stage or turns RF on: nothing else of that kind and no run may go on beside it. */
  readonly isExclusive: boolean;
}

/** What is being done by hand now; it and runs exclude each other. */
export interface ManualActivity {
  /** Anything exclusive under way: a run may not begin. */
  readonly isBusy: boolean;
  /** Names what is under way; '' for nothing. */
  readonly what: string;
  /** Something is being done with this instrument now, exclusive or not. */
  isUsing(role: string): boolean;
  /** Something exclusive is being done with this instrument now. */
  isOccupying(role: string): boolean;
  /** Resolves when what is read or set of this instrument now is done; what begins meanwhile is not waited for. */
  readingsOf(role: string): Promise<void>;
  /** Does it. Throws `bench/busy` when a run or something exclusive with the same instrument is under way. */
  run<T>(work: ManualTask, task: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends what is under way, with one instrument or with all. */
  abort(reason: BenchError, role?: string): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

/** `runTitle` tells the run under way; '' for none. */
export function createManualActivity(runTitle: () => string): ManualActivity {
  const active = new Map<
    ManualTask,
    {readonly controller: AbortController; readonly ended: Promise<unknown>}
  >();
  const exclusive = (): ManualTask | undefined => [...active.keys()].find(({isExclusive}) => isExclusive);

  const assertMay = ({role, isExclusive}: ManualTask): void => {
    const title = runTitle();
    if (title !== '')
      throw new BenchError(
        'bench/busy',
        `"${title}" is under way and has the instruments to itself. Nothing was sent; wait for its end, or stop it first.`,
      );
    const other = isExclusive
      ? [...active.keys()].find((work) => work.isExclusive && work.role === role)
      : undefined;
    if (other)
      throw new BenchError(
        'bench/busy',
        `The ${other.role} is busy: ${other.what} by hand. Nothing was sent; wait for its end, or press STOP.`,
      );
  };

  return {
    get isBusy() {
      return exclusive() !== undefined;
    },
    get what() {
      const work = exclusive();
      return work ? `${work.what} (${work.role})` : '';
    },
    isUsing: (role) => [...active.keys()].some((work) => work.role === role),
    isOccupying: (role) => [...active.keys()].some((work) => work.isExclusive && work.role === role),
    async readingsOf(role) {
      const readings = [...active].filter(([work]) => !work.isExclusive && work.role === role);
      await Promise.allSettled(readings.map(([, {ended}]) => ended));
    },
    async run(work, task) {
      assertMay(work);
      const controller = new AbortController();
      // Its own object as a key: the same work may be asked for twice.
      const key = {...work};
      const running = task(controller.signal);
      active.set(key, {controller, ended: running});
      try {
        return await running;
      } finally {
        active.delete(key);
      }
    },
    abort(reason, role) {
      for (const [work, {controller}] of active)
        if (role === undefined || work.role === role) controller.abort(reason);
    },
    async settled() {
      while (active.size > 0) await Promise.allSettled([...active.values()].map(({ended}) => ended));
    },
  };
}
