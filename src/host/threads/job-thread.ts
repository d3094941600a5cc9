import {Worker} from 'node:worker_threads';
import {BenchError, type ErrorCode} from '../../contract/errors.ts';

/** What a thread can do: by name, what it is given and what it answers. All of it can be cloned. */
export type JobMap = Readonly<Record<string, {readonly input: unknown; readonly output: unknown}>>;

export interface JobRequest {
  readonly id: number;
  readonly kind: string;
  readonly input: unknown;
}

export type JobReply =
  | {readonly id: number; readonly isDone: true; readonly value: unknown}
  | {
      readonly id: number;
      readonly isDone: false;
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };

/** A thread that does one job after the other. */
export interface JobThread<Jobs extends JobMap> extends AsyncDisposable {
  /** True once the thread is gone: it was disposed of, or it failed. */
  readonly hasEnded: boolean;
  /** An abort ends the waiting, not the thread's work. */
  ask<Kind extends keyof Jobs & string>(
    kind: Kind,
    input: Jobs[Kind]['input'],
    signal?: AbortSignal,
  ): Promise<Jobs[Kind]['output']>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function answer(caller: Waiting | undefined, reply: JobReply): void {
  if (reply.isDone) return caller?.resolve(reply.value);
  const {code, message, details} = reply.error;
  caller?.reject(new BenchError(code as ErrorCode, message, {details}));
}

/**
 * Starts the thread of a module that calls `serveJobs`. It does not keep the program running while it has no job. With
 * `heapMb` it ends when its heap grows beyond that, megabytes: its job fails with ERR_WORKER_OUT_OF_MEMORY.
 */
export function createJobThread<Jobs extends JobMap>(
  url: URL,
  workerData: unknown,
  what: string,
  {heapMb}: {readonly heapMb?: number} = {},
): JobThread<Jobs> {
  const worker = new Worker(url, {
    workerData,
    ...(heapMb === undefined ? {} : {resourceLimits: {maxOldGenerationSizeMb: heapMb}}),
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let hasEnded = false;
  const leave = (id: number): Waiting | undefined => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return caller;
  };
  const failAll = (error: unknown): void => {
    hasEnded = true;
    for (const id of [...waiting.keys()]) leave(id)?.reject(error);
  };
  const endedError = (): BenchError =>
    new BenchError('internal', `The thread that ${what} has ended. Stored points are safe.`);
  worker.on('message', (reply: JobReply) => answer(leave(reply.id), reply));
  worker.on('error', failAll);
  worker.on('exit', () => failAll(endedError()));

  return {
    get hasEnded() {
      return hasEnded;
    },
    async ask<Kind extends keyof Jobs & string>(
      kind: Kind,
      input: Jobs[Kind]['input'],
      signal?: AbortSignal,
    ): Promise<Jobs[Kind]['output']> {
      signal?.throwIfAborted();
      if (hasEnded) throw endedError();
      const id = nextId++;
      const {promise, resolve, reject} = Promise.withResolvers<unknown>();
      const onAbort = (): void => leave(id)?.reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, {once: true});
      waiting.set(id, {resolve, reject});
      worker.ref();
      const request: JobRequest = {id, kind, input};
      worker.postMessage(request);
      try {
        // `serveJobs` of the same map answers with the output of this kind.
        return await promise;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
