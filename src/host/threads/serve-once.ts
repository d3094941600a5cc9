import {parentPort, workerData} from 'node:worker_threads';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {stopRequest, type OnceMessage} from './run-once.ts';

/** What the work of a thread may use beside its input. */
export interface OnceWork<Progress> {
  /** Aborted when `runOnce` asks to stop (`graceMs`). */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Entry of a thread that does one thing and ends, the other side of `runOnce`: carries out `work` with what the thread
 * was given and answers with its output or its error. Arrays named by `transferOf` are handed over, not copied.
 */
export async function serveOnce<Input, Output, Progress = never>(
  work: (input: Input, hooks: OnceWork<Progress>) => Promise<Output>,
  transferOf: (output: Output) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  const send = (message: OnceMessage<Progress, Output>, transfer: readonly ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  const controller = new AbortController();
  const onMessage = (message: unknown): void => {
    if (message === stopRequest)
      controller.abort(new BenchError('plan/stopped', 'The thread was asked to stop.'));
  };
  parentPort?.on('message', onMessage);
  try {
    // Only `runOnce` of the same subject starts the thread, with an input of this type.
    const output = await work(workerData as Input, {
      signal: controller.signal,
      onProgress: (progress) => send({kind: 'progress', progress}),
    });
    send({kind: 'done', output}, transferOf(output));
  } catch (error) {
    send({kind: 'failed', error: benchErrorFrom(error).toJSON()});
  } finally {
    // A thread that is listened to does not end by itself.
    parentPort?.off('message', onMessage);
  }
}
