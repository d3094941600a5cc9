import {availableParallelism} from 'node:os';
import {moduleUrl} from '../../base/module-url.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import {createJobThread, type JobThread} from '../threads/job-thread.ts';
import type {MeasureJobs, MeasureSpec} from './measure-protocol.ts';

/** Threads that measure a design on drawn benches. */
export interface MeasureThreads extends AsyncDisposable {
  readonly count: number;
  /** Has the jobs done in their order, as many at a time as there are threads. Rejects with the first error. */
  forEach<Job>(
    jobs: readonly Job[],
    work: (thread: JobThread<MeasureJobs>, job: Job) => Promise<void>,
  ): Promise<void>;
}

/** How many threads are used where nothing else is said: all cores. */
export const measureThreadCount = (workerCount?: number): number => workerCount ?? availableParallelism();

/** Starts the threads; they share the pixels of the images. */
export function createMeasureThreads(
  {images, pictures, ...spec}: MeasureSpec,
  workerCount: number | undefined,
): MeasureThreads {
  const given: MeasureSpec = {
    ...spec,
    images: sharedImages(images),
    ...(pictures && {pictures: sharedImages(pictures)}),
  };
  const threads = Array.from({length: measureThreadCount(workerCount)}, () =>
    createJobThread<MeasureJobs>(
      moduleUrl('./measured-bench-worker.ts', import.meta.url),
      given,
      'measures a design on drawn benches',
    ),
  );
  return {
    count: threads.length,
    async forEach(jobs, work) {
      let next = 0;
      await Promise.all(
        threads.map(async (thread) => {
          for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await work(thread, job);
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}

function sharedImages(images: LabelledImages): LabelledImages {
  const bytes = new Uint8Array(new SharedArrayBuffer(images.bytes.length));
  bytes.set(images.bytes);
  return {...images, bytes};
}
