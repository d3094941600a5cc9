import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {OnceMessage} from './run-once.ts';

/**
 * Entry of a thread that does one thing and ends, the other side of `runOnce`: carries out `work` with what the thread
 * was given and answers with its output or its error. Arrays named by `transferOf` are handed over, not copied.
 */
export async function serveOnce<Input, Output>(
  work: (input: Input) => Promise<Output>,
  transferOf: (output: Output) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  const send = (message: OnceMessage<never, Output>, transfer: readonly ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  try {
    // Only `runOnce` of the same subject starts the thread, with an input of this type.
    const output = await work(workerData as Input);
    send({kind: 'done', output}, transferOf(output));
  } catch (error) {
    send({kind: 'failed', error: benchErrorFrom(error).toJSON()});
  }
}
