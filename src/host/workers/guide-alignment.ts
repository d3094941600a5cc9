import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../../base/module-url.ts';
import {BenchError, type ErrorCode} from '../../contract/errors.ts';
import type {
  GuideAlignmentMessage,
  GuideAlignmentOutput,
  GuideAlignmentProgress,
  GuideAlignmentRequest,
} from './guide-alignment-protocol.ts';

/**
 * Finds one more plate on a thread of its own, so that the loop that serves the instruments is never held up. An abort
 * ends the thread and all that it has started. Throws what `alignBench` throws.
 */
export async function runGuideAlignment(
  request: GuideAlignmentRequest,
  {
    signal,
    onProgress,
  }: {
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: GuideAlignmentProgress) => void;
  },
): Promise<GuideAlignmentOutput> {
  signal.throwIfAborted();
  const worker = new Worker(moduleUrl('./guide-alignment-worker.ts', import.meta.url), {
    workerData: request,
  });
  const {promise, resolve, reject} = Promise.withResolvers<GuideAlignmentOutput>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, {once: true});
  worker.on('message', (message: GuideAlignmentMessage) => {
    switch (message.kind) {
      case 'progress':
        onProgress?.(message.progress);
        break;
      case 'done':
        resolve(message.output);
        break;
      case 'failed': {
        const {code, message: text, details} = message.error;
        reject(new BenchError(code as ErrorCode, text, {details}));
      }
    }
  });
  worker.on('error', reject);
  worker.on('exit', () =>
    reject(
      new BenchError('internal', 'The thread that looks for the plate has ended. Stored points are safe.'),
    ),
  );
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
