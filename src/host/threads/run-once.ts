import {Worker} from 'node:worker_threads';
import {BenchError, type ErrorCode} from '../../contract/errors.ts';

/** What a thread that does one thing and ends says on its way. */
export type OnceMessage<Progress, Output> =
  | {readonly kind: 'progress'; readonly progress: Progress}
  | {readonly kind: 'done'; readonly output: Output}
  | {
      readonly kind: 'failed';
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };

export interface OnceHooks<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the thread when its heap grows beyond this, megabytes: it fails with ERR_WORKER_OUT_OF_MEMORY. */
  readonly heapMb?: number | undefined;
  /**
   * After an abort the thread is asked to stop (the signal of `serveOnce`) and ended only when it has not stopped within
   * this time, ms; ended at once without it.
   */
  readonly graceMs?: number | undefined;
}

/**
 * A function that has one kind of work done on a thread of its own for each call: `entry` is the thread's module,
 * `endedText` as of `runOnce`, `own` holds for every call. An abort of the call ends the thread and all that it started.
 */
export const onThread =
  <Request, Output, Progress = never>(
    entry: URL,
    endedText: string,
    own: Pick<OnceHooks<Progress>, 'heapMb' | 'graceMs'> = {},
  ): ((request: Request, hooks?: OnceHooks<Progress>) => Promise<Output>) =>
  (request, hooks = {}) =>
    runOnce<Progress, Output>(entry, request, endedText, {...hooks, ...own});

/** What `runOnce` says to its thread: stop as soon as it is safe. */
export const stopRequest = 'stop';

/**
 * Has one thing done on a thread of its own (`entry` its module, `request` its workerData), so that the loop that serves
 * the instruments is never held up. An abort ends the thread and all that it has started. Throws what the thread
 * reports, and `internal` with `endedText` when it ends without a result.
 */
export async function runOnce<Progress, Output>(
  entry: URL,
  request: unknown,
  endedText: string,
  {signal, onProgress, heapMb, graceMs = 0}: OnceHooks<Progress>,
): Promise<Output> {
  signal?.throwIfAborted();
  const worker = new Worker(entry, {
    workerData: request,
    ...(heapMb === undefined ? {} : {resourceLimits: {maxOldGenerationSizeMb: heapMb}}),
  });
  const {promise, resolve, reject} = Promise.withResolvers<Output>();
  let grace: ReturnType<typeof setTimeout> | undefined;
  const giveUp = (): void => reject(signal?.reason);
  const onAbort = (): void => {
    if (graceMs <= 0) return giveUp();
    worker.postMessage(stopRequest);
    grace = setTimeout(giveUp, graceMs);
  };
  signal?.addEventListener('abort', onAbort, {once: true});
  worker.on('message', (message: OnceMessage<Progress, Output>) => {
    switch (message.kind) {
      case 'progress':
        onProgress?.(message.progress);
        break;
      case 'done':
        resolve(message.output);
        break;
      case 'failed': {
        if (signal?.aborted === true) return giveUp();
        const {code, message: text, details} = message.error;
        reject(new BenchError(code as ErrorCode, text, {details}));
      }
    }
  });
  worker.on('error', reject);
  worker.on('exit', () => reject(new BenchError('internal', endedText)));
  try {
    return await promise;
  } finally {
    clearTimeout(grace);
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
