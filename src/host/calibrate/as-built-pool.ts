import {availableParallelism} from 'node:os';
import {moduleUrl} from '../../base/module-url.ts';
import type {BatchGradient} from '../../twin/calibration/plate-training.ts';
import {createJobThread} from '../threads/job-thread.ts';
import type {AsBuiltJob, AsBuiltJobs, AsBuiltWork, GradientJob} from './as-built-protocol.ts';

/** Threads that share the objects of a batch behind a network as it was built. */
export interface AsBuiltPool extends AsyncDisposable {
  /** Sums over the objects, with the mean gradient. */
  gradient(job: GradientJob): Promise<BatchGradient>;
  /** Energies of the regions of each object, in the order of the indices. */
  energies(job: AsBuiltJob): Promise<readonly Float64Array[]>;
  /** The output plane behind the first object of a job. */
  plane(job: AsBuiltJobs['plane']['input']): Promise<AsBuiltJobs['plane']['output']>;
}

/** Starts as many threads as there are cores unless told how many; an abort ends the waiting for them. */
export function createAsBuiltPool(
  work: AsBuiltWork,
  {
    workerCount = availableParallelism(),
    signal,
  }: {readonly workerCount?: number | undefined; readonly signal?: AbortSignal | undefined} = {},
): AsBuiltPool {
  const threads = Array.from({length: workerCount}, () =>
    createJobThread<AsBuiltJobs>(
      moduleUrl('./as-built-worker.ts', import.meta.url),
      work,
      'computes a network as it was built',
    ),
  );
  const shared = <Kind extends 'gradient' | 'energies'>(
    kind: Kind,
    {measured, ...job}: GradientJob,
  ): Promise<AsBuiltJobs[Kind]['output'][]> => {
    const parts = sharesOf(measured ?? [], workerCount);
    return Promise.all(
      sharesOf(job.indices, workerCount).map((indices, i) =>
        threads[i].ask(kind, {...job, indices, ...(measured && {measured: parts[i]})}, signal),
      ),
    );
  };
  return {
    async gradient(job) {
      const parts = await shared('gradient', job);
      const heights = new Float32Array(parts[0].heights.length);
      for (const part of parts)
        for (let i = 0; i < heights.length; i++) heights[i] += part.heights[i] / job.indices.length;
      const sum = (of: (part: BatchGradient) => number): number =>
        parts.reduce((total, part) => total + of(part), 0);
      return {
        loss: sum(({loss}) => loss),
        right: sum(({right}) => right),
        margin: sum(({margin}) => margin),
        heights,
      };
    },
    plane: (job) => threads[0].ask('plane', job, signal),
    energies: async (job) => (await shared('energies', job)).flat(),
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}

/** Neighbours to each of at most `count` threads, none without any. */
function sharesOf<Item>(items: readonly Item[], count: number): (readonly Item[])[] {
  const parts = Math.max(1, Math.min(count, items.length));
  return Array.from({length: parts}, (_, i) =>
    items.slice(Math.floor((items.length * i) / parts), Math.floor((items.length * (i + 1)) / parts)),
  );
}
