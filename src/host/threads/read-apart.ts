import {BenchError} from '../../contract/errors.ts';
import {hasErrorCode} from '../files/read-if-there.ts';
import {createJobThread, type JobThread} from './job-thread.ts';

/** What a thread that reads files answers: its module calls `serveJobs` with this. */
export interface ReadJobs<Input, Output> {
  readonly [kind: string]: {readonly input: Input; readonly output: Output};
  readonly read: {readonly input: Input; readonly output: Output};
}

/** Heap of the thread, megabytes; arrays of numbers lie outside and are bounded by the size of their files. */
const heapMb = 256;

/** How long a thread that has read waits for the next file: to start one costs more than to read a small file, ms. */
const restMs = 10_000;

interface Resting {
  readonly thread: JobThread<ReadJobs<unknown, unknown>>;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Threads that have nothing to read, by their module: one of each. */
const resting = new Map<string, Resting>();

/**
 * Reads a file that somebody has chosen on a thread of its own, so that STOP never waits for a parser. `entry` is the
 * module of the thread (see `ReadJobs`), `input` what it is given. The thread is ended when it is late, takes too much
 * memory or is no longer waited for; the first two are reported as `file/invalid`. Throws what the reader throws.
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
  signal?.throwIfAborted();
  const late = AbortSignal.timeout(deadlineMs);
  const ending = signal ? AbortSignal.any([signal, late]) : late;
  const thread = takeThread(entry);
  try {
    // The module of the entry reads files of this kind alone.
    return (await thread.ask('read', input, ending)) as Output;
  } catch (error) {
    const isTooMuch = hasErrorCode(error, 'ERR_WORKER_OUT_OF_MEMORY');
    if (!late.aborted && !isTooMuch) throw error;
    if (signal?.aborted === true) throw error;
    throw new BenchError(
      'file/invalid',
      `${subject} cannot be used: reading it was given up ${isTooMuch ? `beyond ${heapMb} MB of memory` : `after ${deadlineMs / 1000} s`}, ` +
        `so it is not what it should be. ${meaning}`,
      {cause: error},
    );
  } finally {
    // One that was given up goes on reading until it is ended.
    if (ending.aborted) await thread[Symbol.asyncDispose]();
    else letRest(entry, thread);
  }
}

function takeThread({href}: URL): Resting['thread'] {
  const own = resting.get(href);
  resting.delete(href);
  clearTimeout(own?.timer);
  if (own && !own.thread.hasEnded) return own.thread;
  return createJobThread(new URL(href), undefined, 'reads files', {heapMb});
}

function letRest({href}: URL, thread: Resting['thread']): void {
  if (thread.hasEnded || resting.has(href)) return void thread[Symbol.asyncDispose]();
  const timer = setTimeout(() => {
    resting.delete(href);
    void thread[Symbol.asyncDispose]();
  }, restMs);
  timer.unref();
  resting.set(href, {thread, timer});
}
