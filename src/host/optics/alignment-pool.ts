import {availableParallelism} from 'node:os';
import {moduleUrl} from '../../base/module-url.ts';
import type {PlaneValues} from '../../twin/alignment/evaluate-plane.ts';
import {heightCountOf, type EvaluationRequest} from '../../twin/alignment/evaluator.ts';
import type {AlignmentEngine} from '../../twin/alignment/problem.ts';
import type {AlignmentJobs, AlignmentSpec} from './alignment-protocol.ts';
import {createJobThread, type JobThread} from '../threads/job-thread.ts';

/** Threads that share the planes and parameters of an alignment. */
export interface AlignmentPool extends AlignmentEngine, AsyncDisposable {}

/** Fewer derivatives than this are not worth a second propagation of the plane itself. */
const smallestShare = 8;

/** Starts threads (all cores by default); each plane is a job, and a plane with many derivatives is several. */
export function createAlignmentPool(
  spec: AlignmentSpec,
  {
    workerCount = availableParallelism(),
    signal,
  }: {workerCount?: number; signal?: AbortSignal | undefined} = {},
): AlignmentPool {
  const threads = Array.from({length: workerCount}, () =>
    createJobThread<AlignmentJobs>(
      moduleUrl('./alignment-worker.ts', import.meta.url),
      spec,
      'computes planes for an alignment',
    ),
  );
  return {
    heightCount: heightCountOf(spec),
    async evaluate(requests) {
      const jobs = requests.flatMap((request, index) =>
        splitRequest(request, workerCount).map((job) => ({...job, index})),
      );
      const results = await shareOut(threads, jobs, (thread, {request}) =>
        thread.ask('evaluate', request, signal),
      );
      return requests.map((_, index): PlaneValues => {
        const derivatives: Float64Array[] = [];
        let power: Float64Array | undefined;
        jobs.forEach((job, j) => {
          if (job.index !== index) return;
          power ??= results[j].power;
          results[j].derivatives.forEach((column, i) => (derivatives[job.indices[i]] = column));
        });
        return {power: power ?? new Float64Array(), derivatives};
      });
    },
    vjpHeights: (requests) =>
      shareOut(threads, requests, (thread, request) => thread.ask('pull-heights', request, signal)),
    vjpParameters: (requests) =>
      shareOut(threads, requests, (thread, request) => thread.ask('pull-parameters', request, signal)),
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}

/** Every n-th derivative to each part: those of the first plates take the longest way, so each part gets of all. */
function splitRequest(
  request: EvaluationRequest,
  workerCount: number,
): {readonly request: EvaluationRequest; readonly indices: readonly number[]}[] {
  const {parameters} = request;
  const parts = Math.max(1, Math.min(workerCount, Math.floor(parameters.length / smallestShare)));
  return Array.from({length: parts}, (_, part) => {
    const indices = parameters.flatMap((_, i) => (i % parts === part ? [i] : []));
    return {request: {...request, parameters: indices.map((i) => parameters[i])}, indices};
  });
}

/** Each thread takes the next job when it has done one. */
async function shareOut<Job, Result>(
  threads: readonly JobThread<AlignmentJobs>[],
  jobs: readonly Job[],
  perform: (thread: JobThread<AlignmentJobs>, job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  await Promise.all(
    threads.map(async (thread) => {
      for (let i = next++; i < jobs.length; i = next++) results[i] = await perform(thread, jobs[i]);
    }),
  );
  return results;
}
