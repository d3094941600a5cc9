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

/**
 * Shares planes out among at most `workerCount` threads (all cores by default): each plane is a job, and a plane with
 * many derivatives is several. A thread is started when a job finds none that is free, so that few planes start few.
 */
export function createAlignmentPool(
  spec: AlignmentSpec,
  {
    workerCount = availableParallelism(),
    signal,
  }: {workerCount?: number; signal?: AbortSignal | undefined} = {},
): AlignmentPool {
  const threads = createThreads(workerCount, () =>
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
      const results = await Promise.all(
        jobs.map(({request}) => threads.use((thread) => thread.ask('evaluate', request, signal))),
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
      Promise.all(
        requests.map((request) => threads.use((thread) => thread.ask('pull-heights', request, signal))),
      ),
    vjpParameters: (requests) =>
      Promise.all(
        requests.map((request) => threads.use((thread) => thread.ask('pull-parameters', request, signal))),
      ),
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
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

type AlignmentThread = JobThread<AlignmentJobs>;

interface Threads extends AsyncDisposable {
  /** Waits for a thread that is free and does something on it. */
  use<Result>(perform: (thread: AlignmentThread) => Promise<Result>): Promise<Result>;
}

function createThreads(most: number, start: () => AlignmentThread): Threads {
  const started: AlignmentThread[] = [];
  const free: AlignmentThread[] = [];
  const waiting: ((thread: AlignmentThread) => void)[] = [];
  const startOne = (): AlignmentThread => {
    const thread = start();
    started.push(thread);
    return thread;
  };
  const take = async (): Promise<AlignmentThread> =>
    free.pop() ??
    (started.length < most
      ? startOne()
      : await new Promise<AlignmentThread>((resolve) => waiting.push(resolve)));
  const giveBack = (thread: AlignmentThread): void => {
    const next = waiting.shift();
    if (next) next(thread);
    else free.push(thread);
  };
  return {
    async use(perform) {
      const thread = await take();
      try {
        return await perform(thread);
      } finally {
        giveBack(thread);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}
