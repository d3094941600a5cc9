import {BenchError} from '../../contract/errors.ts';
import type {ReadingKinds, ReadingRequest} from './reading-protocol.ts';
import {runOnce} from './run-once.ts';

/** Time that each kind may take, ms: a hundred times what the largest honest file took, for slow computers. */
const deadlineMs: Readonly<Record<keyof ReadingKinds, number>> = {
  benchFile: 20_000,
  plan: 20_000,
  design: 120_000,
};

/** Heap of the thread, megabytes; arrays of numbers lie outside and are bounded by the size of their files. */
const heapMb = 256;

/**
 * Reads a file that somebody has chosen on a thread of its own, so that STOP never waits for a parser: the thread is
 * ended when it is late or takes too much memory, which is told of as `file/invalid`. Throws what the reader throws.
 */
export async function readApart<Kind extends keyof ReadingKinds>(
  kind: Kind,
  input: ReadingKinds[Kind]['input'],
  options: {
    /** Names the file and what follows: `The bench file x`, `Nothing was opened.`. */
    readonly subject: string;
    readonly meaning: string;
    readonly signal?: AbortSignal | undefined;
    /** Instead of the usual time, for tests. */
    readonly deadlineMs?: number | undefined;
  },
): Promise<ReadingKinds[Kind]['output']> {
  const {subject, meaning, signal} = options;
  const limitMs = options.deadlineMs ?? deadlineMs[kind];
  const late = AbortSignal.timeout(limitMs);
  // The map of kinds says what belongs to which name; the union of requests cannot follow a type parameter.
  const request = {kind, input} as ReadingRequest;
  try {
    return await runOnce<never, ReadingKinds[Kind]['output']>(
      './reading-worker.ts',
      request,
      'The thread that reads files has ended. Stored points are safe.',
      {signal: signal ? AbortSignal.any([signal, late]) : late, heapMb},
    );
  } catch (error) {
    const isTooMuch = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!late.aborted && !isTooMuch) throw error;
    if (signal?.aborted === true) throw error;
    throw new BenchError(
      'file/invalid',
      `${subject} cannot be used: reading it was given up ${isTooMuch ? `beyond ${heapMb} MB of memory` : `after ${limitMs / 1000} s`}, ` +
        `so it is not what it should be. ${meaning}`,
      {cause: error},
    );
  }
}
