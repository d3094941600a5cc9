import {moduleUrl} from '../../base/module-url.ts';
import type {PlaneOrder} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {createJobThread, type JobThread} from '../threads/job-thread.ts';
import type {ProbeJobs} from './probe-protocol.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {listSessionScans} from '../planes/session-planes.ts';

/** What to measure next and which planes tell most, each computed once on a thread of its own and kept. */
export interface ProbeCache extends AsyncDisposable {
  /**
   * Throws `store/not-found` without such an alignment. `mayStore` is false for one who may only look: the host
   * remembers the answer then, and the store stays as it is.
   */
  next(request: {
    readonly uid: string;
    readonly objectCount: number;
    readonly mayStore: boolean;
  }): Promise<ProbePlan>;
  /** Throws what `readSessionPlanes` throws. */
  order(request: {readonly sessionUid: string; readonly mayStore: boolean}): Promise<PlaneOrder>;
}

const kinds = {next: 'probe-plan', order: 'plane-order'} as const;

/** Requests for a result that is being computed share it; one that is aborted does not end the computation. */
export function createProbeCache(store: Store): ProbeCache {
  const underWay = new Map<string, Promise<unknown>>();
  const worker = createProbeWorker(store.path);

  const get = async <Kind extends keyof ProbeJobs>(
    kind: Kind,
    {
      sessionUid,
      key,
      mayStore,
    }: {readonly sessionUid: string; readonly key: string; readonly mayStore: boolean},
    input: ProbeJobs[Kind]['input'],
  ): Promise<ProbeJobs[Kind]['output']> => {
    const kept = store.listResults(sessionUid, kinds[kind]).find((result) => result.key === key);
    if (kept) return kept.value;
    const name = `${kind} ${sessionUid} ${key}`;
    let job = underWay.get(name) as Promise<ProbeJobs[Kind]['output']> | undefined;
    if (!job) {
      job = worker.compute(kind, input);
      underWay.set(name, job);
      // A finished value is kept for the next caller; a failure goes to whoever awaits it, and the next caller tries
      // again.
      job.catch(() => underWay.delete(name));
    }
    const value = await job;
    if (mayStore)
      store.putResult({
        sessionUid,
        kind: kinds[kind],
        key,
        madeBy: `d2nn-bench ${programVersion}`,
        value,
      });
    return value;
  };

  return {
    async next({uid, objectCount, mayStore}) {
      const {sessionUid} = getAlignment(store, uid);
      const place = {sessionUid, key: `${uid} ${objectCount}`, mayStore};
      return await get('next', place, {alignmentUid: uid, objectCount});
    },
    async order({sessionUid, mayStore}) {
      const scans = listSessionScans(store, store.getSession(sessionUid));
      const usable = scans.filter(({isUsable}) => isUsable).map(({run}) => run.uid);
      // More planes, or some left out, make another order.
      const excluded = store.listExclusions(sessionUid).map(({campaignIndex}) => campaignIndex);
      const key = JSON.stringify({usable, excluded});
      return await get('order', {sessionUid, key, mayStore}, {sessionUid});
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await Promise.allSettled(underWay.values());
    },
  };
}

/** Does one job after the other, each on a thread that ends with it. */
function createProbeWorker(databasePath: string) {
  let thread: JobThread<ProbeJobs> | undefined;
  let isDisposed = false;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    async compute<Kind extends keyof ProbeJobs>(
      kind: Kind,
      input: ProbeJobs[Kind]['input'],
    ): Promise<ProbeJobs[Kind]['output']> {
      const before = queue;
      const {promise, resolve} = Promise.withResolvers<void>();
      queue = promise;
      await before;
      try {
        if (isDisposed) throw new BenchError('plan/aborted', 'The program ends; nothing more is planned.');
        thread = createJobThread<ProbeJobs>(
          moduleUrl('./probe-worker.ts', import.meta.url),
          {databasePath},
          'says what to measure next',
        );
        return await thread.ask(kind, input);
      } finally {
        await thread?.[Symbol.asyncDispose]();
        thread = undefined;
        resolve();
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isDisposed = true;
      await thread?.[Symbol.asyncDispose]();
    },
  };
}
