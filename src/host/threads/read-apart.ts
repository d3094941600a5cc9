import {BenchError} from '../../contract/errors.ts';
import {runOnce} from './run-once.ts';

/** Heap of the thread, megabytes; arrays of numbers lie outside and are bounded by the size of their files. */
const heapMb = 256;

/**
 * Reads a file that somebody has chosen on a thread of its own, so that STOP never waits for a parser. `entry` is the
 * module of the thread (see `serveOnce`), `input` what it is given. The thread is ended when it is late or takes too
 * much memory, which is reported as `file/invalid`. Throws what the reader throws.
 */
export async function readApart<Input, Output>(
  entry: URL,
  input: Input,
  options: {
    /** Names the file and what follows: `The bench file x`, `Nothing was opened.`. */
    readonly subject: string;
    readonly meaning: string;
    /** A hundred times what the largest valid file took, for slow computers. */
    readonly deadlineMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Output> {
  const {subject, meaning, deadlineMs, signal} = options;
  const late = AbortSignal.timeout(deadlineMs);
  try {
    return await runOnce<never, Output>(
      entry,
      input,
      'The thread that reads files has ended. Stored points are safe.',
      {signal: signal ? AbortSignal.any([signal, late]) : late, heapMb},
    );
  } catch (error) {
    const isTooMuch = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!late.aborted && !isTooMuch) throw error;
    if (signal?.aborted === true) throw error;
    throw new BenchError(
      'file/invalid',
      `${subject} cannot be used: reading it was given up ${isTooMuch ? `beyond ${heapMb} MB of memory` : `after ${deadlineMs / 1000} s`}, ` +
        `so it is not what it should be. ${meaning}`,
      {cause: error},
    );
  }
}
