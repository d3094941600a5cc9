import type {Computation, ComputationResult} from '../contract/api/index.ts';
import {BenchError, isErrorCode} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import type {BenchClient} from './host-client.ts';

/** A long computation: what it is, how it is started, and where its news goes. */
export interface ComputationView<Kind extends ComputationResult['kind']> {
  readonly kind: Kind;
  /** Begins it: `twin.train`, `align.data`, ... */
  readonly start: () => Promise<{readonly id: string}>;
  /** Gets each sentence that the computation tells, once. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: NonNullable<Computation['progress']>, computation: Computation) => void;
}

const waitMs = 10_000;

/**
 * Begins a long computation and shows how it goes until it is over. Resolves with what it came to. When the context's signal is aborted it is stopped, and its end is waited for. Throws what ended
 * it without a result.
 */
export async function followComputation<Kind extends ComputationResult['kind']>(
  client: BenchClient,
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
    let told = 0;
    for await (const computation of statesOf(client, id)) {
      const {notes, noteCount, progress} = computation;
      for (const text of notes.slice(Math.max(0, notes.length - (noteCount - told)))) view.onNote?.(text);
      told = noteCount;
      if (progress) view.onProgress?.(progress, computation);
      if (computation.endedUtc !== null)
        return ofKind(await resultOf(client, computation, signal), view.kind);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throw new BenchError('internal', 'The computation was not followed to its end.');
}

/** How one computation stands, again and again; ends never by itself. */
async function* statesOf(client: BenchClient, id: string): AsyncGenerator<Computation> {
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
  client: BenchClient,
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
