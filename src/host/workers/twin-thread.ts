import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../../base/module-url.ts';
import {BenchError, type ErrorCode} from '../../contract/errors.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {BenchFit, KnownPlane} from '../campaign/bench-fit.ts';
import type {PredictRequest, TwinReply, TwinRequest, TwinSpec} from './twin-protocol.ts';

/** The twin on a thread of its own: predicts readings and fits the bench without holding up this one. */
export interface TwinThread extends AsyncDisposable {
  predict(request: PredictRequest, signal?: AbortSignal): Promise<Float64Array>;
  /** An abort ends the waiting, not the thread's work. */
  fit(illumination: Illumination, planes: readonly KnownPlane[], signal?: AbortSignal): Promise<BenchFit>;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
interface Waiting {
  readonly resolve: (reply: TwinReply) => void;
  readonly reject: (error: Error) => void;
}

export function createTwinThread(spec: TwinSpec): TwinThread {
  const worker = new Worker(moduleUrl('./twin-worker.ts', import.meta.url), {workerData: spec});
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  const failAll = (error: Error): void => {
    for (const {reject} of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (reply: TwinReply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if (reply.kind === 'error')
      caller?.reject(new BenchError(reply.error.code as ErrorCode, reply.error.message));
    else caller?.resolve(reply);
  });
  worker.on('error', failAll);
  worker.on('exit', () =>
    failAll(
      new BenchError('internal', 'The thread that computes predictions has ended. Stored points are safe.'),
    ),
  );

  const ask = (request: WithoutId<TwinRequest>, signal?: AbortSignal): Promise<TwinReply> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = nextId++;
      const onAbort = (): void => {
        waiting.delete(id);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, {once: true});
      const leave = (): void => signal?.removeEventListener('abort', onAbort);
      waiting.set(id, {
        resolve: (reply) => {
          leave();
          resolve(reply);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      });
      worker.ref();
      worker.postMessage({...request, id});
    });

  return {
    async predict(request, signal) {
      const reply = await ask({kind: 'predict', ...request}, signal);
      if (reply.kind !== 'predict')
        throw new BenchError('internal', `The twin answered ${reply.kind} to predict.`);
      return reply.value;
    },
    async fit(illumination, planes, signal) {
      const reply = await ask({kind: 'fit', illumination, planes}, signal);
      if (reply.kind !== 'fit') throw new BenchError('internal', `The twin answered ${reply.kind} to fit.`);
      return reply.value;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
