import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../../base/module-url.ts';
import {BenchError, type ErrorCode} from '../../contract/errors.ts';
import type {
  SessionAlignmentMessage,
  SessionAlignmentOutput,
  SessionAlignmentProgress,
  SessionAlignmentRequest,
} from './session-alignment-protocol.ts';

/**
 * Aligns a session on a thread of its own, so that the loop that serves the instruments is never held up. An abort
 * ends the thread and all that it has started. Throws what `readSessionPlanes` and `alignBench` throw.
 */
export async function runSessionAlignment(
  request: SessionAlignmentRequest,
  {
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: SessionAlignmentProgress) => void) | undefined;
  } = {},
): Promise<SessionAlignmentOutput> {
  signal?.throwIfAborted();
  const worker = new Worker(moduleUrl('./session-alignment-worker.ts', import.meta.url), {
    workerData: request,
  });
  const {promise, resolve, reject} = Promise.withResolvers<SessionAlignmentOutput>();
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, {once: true});
  worker.on('message', (message: SessionAlignmentMessage) => {
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
    reject(new BenchError('internal', 'The thread that aligns has ended. Stored points are safe.')),
  );
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
