import {percentText} from '../base/number-format.ts';
import type {AlignJob, ApiInputs, ApiOutputs} from '../contract/api/index.ts';
import {BenchError, benchErrorFrom, hasCode, isErrorCode} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import type {BenchClient} from './host-client.ts';

export type AlignmentOutcome = ApiOutputs['align']['outcome'];

const waitMs = 10_000;

/**
 * Aligns planes of stored sessions and logs each step once. Resolves with what was found, also where
 * nothing of it was stored. When the context's signal is aborted the alignment is stopped, which stores nothing.
 */
export async function followAlignment(
  client: BenchClient,
  {signal, output}: Pick<CliContext, 'signal' | 'output'>,
  request: ApiInputs['align']['start'],
): Promise<AlignmentOutcome> {
  signal.throwIfAborted();
  const {id} = await client.align.start(request);
  // How it has ended says whether it was stopped.
  const stop = (): void => void client.align.stop().catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, {once: true});
  try {
    let last = '';
    for await (const job of statesOf(client, id)) {
      if (job.endedUtc !== null) return await outcomeOf(client, job, signal);
      const line = lineOf(job);
      if (line !== last) output.log(line);
      last = line;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throw new BenchError('internal', 'The alignment was not followed to its end.');
}

async function* statesOf(client: BenchClient, id: string): AsyncGenerator<AlignJob> {
  for (let after = 0; ;) {
    const {last, job} = await client.align.status({after, waitMs});
    if (job?.id !== id)
      throw new BenchError('bench/busy', 'Another alignment was begun meanwhile; look at its results.');
    yield job;
    after = last;
  }
}

function lineOf({stage, text, convergence}: AlignJob): string {
  const last = stage === 'fit' ? convergence.at(-1) : undefined;
  const unexplained = last ? `, ${percentText(last.unexplainedRatio, 2)} of the light unexplained` : '';
  return `${stage}: ${text}${unexplained}`;
}

function stoppedBy(signal: AbortSignal): BenchError {
  const {code, message, details} = benchErrorFrom(signal.reason);
  return new BenchError(
    code,
    `${message} Nothing of this alignment was stored; the measured planes are as they were, and it can be started again.`,
    {details, cause: signal.reason},
  );
}

/** The result is given also where nothing was stored; a stop from this terminal is reported with its reason. */
async function outcomeOf(
  client: BenchClient,
  {id, state, problem}: AlignJob,
  signal: AbortSignal,
): Promise<AlignmentOutcome> {
  if (state === 'stopped' && signal.aborted) throw stoppedBy(signal);
  try {
    return await client.align.outcome({id});
  } catch (error) {
    if (!hasCode(error, 'store/not-found') || problem === null) throw error;
    const {code, message, details} = problem;
    throw new BenchError(isErrorCode(code) ? code : 'internal', message, {details, cause: error});
  }
}
