import type {Computation, ComputationResult} from '../contract/api/index.ts';
import {BenchError, hasCode, isErrorCode} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import type {BenchClient} from './host-client.ts';

/** A long computation: what it is, how it is started, and where its news goes. */
export interface ComputationView<Kind extends ComputationResult['kind']> {
  readonly kind: Kind;
  /** Begins it: `twin.train`, `align.data`, ... */
  readonly start: () => Promise<{readonly id: string}>;
  /** Gets each sentence that the computation reports, once. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: NonNullable<Computation['progress']>, computation: Computation) => void;
}

/** What is asked of a host besides the start. */
export type ComputingClient = Pick<BenchClient, 'computations'>;

const waitMs = 10_000;

/**
 * Begins a long computation and shows how it goes until it is over. Resolves with what it came to. When the context's
 * signal is aborted it is stopped, and its end is waited for. Throws what ended it without a result, and
 * `api/disconnected` when the connection to the host is lost.
 */
export async function followComputation<Kind extends ComputationResult['kind']>(
  client: ComputingClient,
  {signal}: Pick<CliContext, 'signal'>,
  view: ComputationView<Kind>,
): Promise<Extract<ComputationResult, {kind: Kind}>> {
  signal.throwIfAborted();
  const {id} = await view.start();
  // How it has ended says whether it was stopped.
  const stop = (): void => void client.computations.stop({id}).catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, {once: true});
  try {
    let reportedCount = 0;
    for await (const computation of statesOf(client, id)) {
      const {notes, noteCount, progress} = computation;
      for (const text of notes.slice(Math.max(0, notes.length - (noteCount - reportedCount))))
        view.onNote?.(text);
      reportedCount = noteCount;
      if (progress) view.onProgress?.(progress, computation);
      if (computation.endedUtc !== null)
        return ofKind(await resultOf(client, computation, signal), view.kind);
    }
  } catch (error) {
    throw hasCode(error, 'api/disconnected') ? connectionLost(error) : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throw new BenchError('internal', 'The computation was not followed to its end.');
}

/** STOP of a bench ends no computation: what is left of this one is another matter than with a run. */
const connectionLost = (cause: BenchError): BenchError =>
  new BenchError(
    'api/disconnected',
    `The program that computes is gone, or the connection to it is. If it still runs, it goes on computing and keeps the result: its window shows that and can stop it. If it has ended, this computation has ended with it, and nothing of it is written but the last checkpoint of a training, from which the same command goes on.`,
    {cause, details: {url: cause.details['url']}},
  );

/** How one computation stands, again and again; ends never by itself. */
async function* statesOf(client: ComputingClient, id: string): AsyncGenerator<Computation> {
  for (let after = 0; ;) {
    const {last, computations} = await client.computations.status({after, waitMs});
    const own = computations.find((computation) => computation.id === id);
    if (!own) throw new BenchError('store/not-found', `The host knows the computation ${id} no longer.`);
    yield own;
    after = last;
  }
}

/** A stop from this terminal is reported with its own reason, any other ending with the host's. */
function resultOf(
  client: ComputingClient,
  {id, state, problem}: Computation,
  signal: AbortSignal,
): Promise<ComputationResult> {
  if (state === 'stopped') signal.throwIfAborted();
  if (problem === null) return client.computations.result({id});
  const {code, message, details} = problem;
  throw new BenchError(isErrorCode(code) ? code : 'internal', message, {details});
}

/** The host answers with the kind that was started; anything else is a fault of it. */
function ofKind<Kind extends ComputationResult['kind']>(
  result: ComputationResult,
  kind: Kind,
): Extract<ComputationResult, {kind: Kind}> {
  const isAsked = (one: ComputationResult): one is Extract<ComputationResult, {kind: Kind}> =>
    one.kind === kind;
  if (isAsked(result)) return result;
  throw new BenchError('internal', `The host has computed "${result.kind}" instead of "${kind}".`);
}
