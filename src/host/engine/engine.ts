import {BenchError, hasCode} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {assembleExecution, type AssembledExecution} from './assemble-execution.ts';
import {abortedError, endingOf, stoppedError, withCleanUpErrors} from './endings.ts';
import type {EngineOptions, RunOptions} from './engine-options.ts';
import {type EngineListener, type EngineState, createEventHub} from './events.ts';
import type {Outcome} from './execution-options.ts';
import {makeSafe, moversOf, stopMovers} from './safing.ts';

export interface Engine {
  readonly state: EngineState;
  /** Executes a plan to its end, with clean-up in every ending. One at a time. */
  run<Result>(plan: Plan<Result>, options?: RunOptions): Promise<Result>;
  /** Pauses at the next checkpoint. True once it stands there, false when the plan ended before. */
  pause(): Promise<boolean>;
  resume(): void;
  /** Ends the plan at its next message, with its clean-up. Resolves when everything is safe and stored. */
  stop(reason?: string): Promise<void>;
  /**
   * Stops every stage and mount at once, then ends the plan with its clean-up. Resolves when everything is safe and stored.
   * Again: the plan's clean-up is given up and the engine makes the bench safe by itself.
   */
  abort(reason?: string): Promise<void>;
  /** Cuts the wait under way; false when there is none. */
  skipWait(): boolean;
  subscribe(listener: EngineListener): () => void;
}

interface Current extends AssembledExecution {
  readonly ended: Promise<void>;
}

/** The run engine: executes plans against the instruments of one bench and commits what they measure. */
export function createEngine(options: EngineOptions): Engine {
  const hub = createEventHub(options.onListenerError ?? warnOfListener);
  let state: EngineState = 'idle';
  let current: Current | undefined;

  const setState = (next: EngineState, reason = ''): void => {
    if (state === next) return;
    state = next;
    hub.emit({type: 'state', state, reason});
  };

  const abort = (reason: string, cause?: unknown): Promise<void> => {
    if (!current) return stopMovers(moversOf(options.devices)).then(throwFirst);
    setState('aborting', reason);
    current.execution.abort(abortedError(reason, cause));
    return current.ended;
  };

  const stop = (reason: string): Promise<void> => {
    if (!current) return Promise.resolve();
    if (state !== 'aborting') setState('stopping', reason);
    current.execution.stop(stoppedError(reason));
    return current.ended;
  };

  async function run<Result>(
    plan: Plan<Result>,
    {signal, profile, keepSourceOn = false}: RunOptions = {},
  ): Promise<Result> {
    if (current)
      throw new BenchError(
        'bench/busy',
        'A plan is under way on this bench. Wait for its end or stop it first.',
      );
    if (signal?.aborted) throw abortedError('the order was withdrawn before it began', signal.reason);
    const assembled = assembleExecution(options, {hub, onState: setState}, profile);
    const ended = Promise.withResolvers<void>();
    current = {...assembled, ended: ended.promise};
    setState('running');
    const stopListening = onceAborted(signal, {stop, abort});
    let ending: Ending<Result> | undefined;
    try {
      const outcome = await assembled.execution.run(judgedFirst(plan));
      ending = await finish(assembled, outcome, keepSourceOn);
    } finally {
      stopListening();
      current = undefined;
      setState('idle', ending?.isGood === false ? endingOf(ending.error).reason : '');
      assembled.gate.open();
      ended.resolve();
    }
    if (!ending.isGood) throw ending.error;
    return ending.result;
  }

  return {
    get state() {
      return state;
    },
    run,
    pause() {
      if (!current) return Promise.resolve(false);
      if (state === 'running') setState('pausing');
      return state === 'pausing' || state === 'paused' ? current.gate.request() : Promise.resolve(false);
    },
    resume() {
      if (!current || (state !== 'paused' && state !== 'pausing')) return;
      if (state === 'pausing') setState('running');
      current.gate.open();
    },
    stop: (reason = 'stopped by operator') => stop(reason),
    abort: (reason = 'aborted by operator') => abort(reason),
    skipWait: () => current?.execution.skipWait() ?? false,
    subscribe: (listener) => hub.subscribe(listener),
  };
}

/** Ends a plan when its caller's signal aborts: as a stop where the reason says so. Returns what ends the listening. */
function onceAborted(
  signal: AbortSignal | undefined,
  {
    stop,
    abort,
  }: {stop: (reason: string) => Promise<void>; abort: (reason: string, cause: unknown) => Promise<void>},
): () => void {
  const onAbort = (): void =>
    void (hasCode(signal?.reason, 'plan/stopped')
      ? stop(reasonOf(signal.reason, 'stopped by operator'))
      : abort(reasonOf(signal?.reason, 'aborted by operator'), signal?.reason));
  signal?.addEventListener('abort', onAbort, {once: true});
  return () => signal?.removeEventListener('abort', onAbort);
}

/** Nothing moves and no RF comes on before the settings that give readings their meaning were judged. */
function* judgedFirst<Result>(plan: Plan<Result>): Plan<Result> {
  yield {type: 'judge-settings'};
  return yield* plan;
}

/** How a plan ended, with its clean-up. */
type Ending<Result> =
  | {readonly isGood: true; readonly result: Result}
  | {readonly isGood: false; readonly error: unknown};

/** Makes the bench safe first and closes the records then: a full disk must not keep the source on. */
async function finish<Result>(
  {execution, documents}: AssembledExecution,
  outcome: Outcome<Result>,
  keepSourceOn: boolean,
): Promise<Ending<Result>> {
  const errors: unknown[] = outcome.isDone ? [] : [outcome.error, ...outcome.cleanUpErrors];
  errors.push(
    ...(await makeSafe({
      devices: execution.devices,
      bench: execution.bench,
      isGoodEnding: outcome.isDone,
      keepSourceOn,
      reconnect: execution.reconnect,
    })),
  );
  if (documents.runUid !== undefined) {
    execution.markDoubt();
    const {exitStatus, reason} = endingOf(errors[0]);
    try {
      documents.close(exitStatus, reason);
    } catch (error) {
      errors.push(error);
    }
  }
  if (outcome.isDone && errors.length === 0) return {isGood: true, result: outcome.result};
  return {isGood: false, error: withCleanUpErrors(errors[0], errors.slice(1))};
}

function throwFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw withCleanUpErrors(errors[0], errors.slice(1));
}

const reasonOf = (reason: unknown, otherwise: string): string => {
  if (reason instanceof BenchError && typeof reason.details['reason'] === 'string')
    return reason.details['reason'];
  // The default reason of AbortController.abort() says nothing that a person would want to read.
  if (reason instanceof Error && reason.name !== 'AbortError') return reason.message;
  return typeof reason === 'string' ? reason : otherwise;
};

const warnOfListener = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
