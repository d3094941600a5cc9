import {randomUUID} from 'node:crypto';
import type {Clock} from '../../base/clock.ts';
import type {BenchDevice} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import type {QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import {type CleanUpDeadlines, defaultDeadlines} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import {abortedError, endingOf, stoppedError, withCleanUpErrors} from './endings.ts';
import {type EngineListener, type EngineState, createEventHub} from './events.ts';
import {Execution, type OperatorHandler, type Outcome} from './execution.ts';
import type {NotValidRetry} from './handler-context.ts';
import {type DurationProfile, Pace} from './pace.ts';
import {PauseGate} from './pause-gate.ts';
import type {Recorder} from './recorder.ts';
import {RunDocuments, type RunMetadata} from './run-documents.ts';
import type {Reconnect} from './reach.ts';
import {makeSafe, moversOf, stopMovers} from './safing.ts';
import {Watch, type WatchSettings, defaultWatch} from './watch.ts';

export interface EngineOptions {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly metadata?: RunMetadata;
  /** Does what a plan asks of a person; without one such a plan is refused at that point. */
  readonly operator?: OperatorHandler;
  /** Asks a person for a decision; without one what would be asked is refused. */
  readonly ask?: QuestionHandler | undefined;
  /** What becomes of settings that change what readings mean; asked by default. */
  readonly settingsPolicy?: SettingsPolicy | undefined;
  readonly createId?: () => string;
  /** Seconds since the epoch, UTC. */
  readonly utcNowS?: () => number;
  readonly notValidRetry?: NotValidRetry;
  readonly cleanUpDeadlines?: Partial<CleanUpDeadlines>;
  /** Real ms that an operation gets to end by itself after an abort, before the clean-up goes on without it. */
  readonly graceMs?: number;
  readonly sourceOnPause?: 'keep' | 'off';
  readonly watch?: Partial<WatchSettings>;
  /** Connects an instrument anew whose line has ended; without it such a one stays out of reach. */
  readonly reconnect?: Reconnect | undefined;
  readonly onListenerError?: (error: unknown) => void;
}

export interface RunOptions {
  /** Aborts the plan; a reason with code `plan/stopped` stops it instead. */
  readonly signal?: AbortSignal;
  /** From the dry run, for the time left; a function where the plan may grow or shrink while it runs. */
  readonly profile?: DurationProfile | (() => DurationProfile);
  /** Leaves a source on that the plan turned on, after a good ending only. */
  readonly keepSourceOn?: boolean;
}

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

interface Current {
  readonly execution: Execution;
  readonly gate: PauseGate;
  readonly ended: Promise<void>;
}

/** The run engine: executes plans against the instruments of one bench and commits what they measure. */
export function createEngine(options: EngineOptions): Engine {
  const createId = options.createId ?? randomUUID;
  const utcNowS = options.utcNowS ?? ((): number => Date.now() / 1000);
  const hub = createEventHub(options.onListenerError ?? warnOfListener);
  let state: EngineState = 'idle';
  let current: Current | undefined;

  const setState = (next: EngineState, reason = ''): void => {
    if (state === next) return;
    state = next;
    hub.emit({type: 'state', state, reason});
  };

  const createDocuments = (): RunDocuments =>
    new RunDocuments({
      recorder: options.recorder,
      metadata: options.metadata ?? {operator: ''},
      createId,
      utcNowS,
      onDocument: (document) => hub.hasListeners && hub.emit({type: 'document', document}),
    });

  const createExecution = (
    documents: RunDocuments,
    profile: RunOptions['profile'],
  ): Omit<Current, 'ended'> => {
    const gate = new PauseGate({
      sourceOnPause: options.sourceOnPause ?? 'keep',
      movedMm: 0.02,
      onState: (next) => setState(next),
    });
    const {clock, reconnect} = options;
    // Of this plan: an instrument that has to be connected anew takes its place in it.
    const devices = new Map(options.devices);
    const execution = new Execution({
      devices,
      clock,
      documents,
      hub,
      watch: new Watch({
        devices,
        clock,
        documents,
        hub,
        settings: {...defaultWatch, ...options.watch},
        utcNowS,
      }),
      reconnect: reconnect && reconnectInto(devices, reconnect),
      onFault: (error) => setState('aborting', error.message),
      pace: new Pace(profile),
      operator: options.operator ?? refuseManualStep,
      ask: options.ask,
      settingsPolicy: options.settingsPolicy ?? 'ask',
      notValidRetry: options.notValidRetry ?? {count: 3, waitMs: 200},
      deadlines: {...defaultDeadlines, ...options.cleanUpDeadlines},
      graceMs: options.graceMs ?? 2000,
      gate,
      addNote: (text) => {
        const {runUid} = documents;
        options.recorder.addNote({text, time: utcNowS(), ...(runUid !== undefined && {runUid})});
        hub.emit({type: 'note', text});
      },
    });
    return {execution, gate};
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
    {signal, profile, keepSourceOn}: RunOptions = {},
  ): Promise<Result> {
    if (current)
      throw new BenchError(
        'bench/busy',
        'A plan is under way on this bench. Wait for its end or stop it first.',
      );
    if (signal?.aborted) throw abortedError('the order was withdrawn before it began', signal.reason);
    const documents = createDocuments();
    const {execution, gate} = createExecution(documents, profile);
    const ended = Promise.withResolvers<void>();
    current = {execution, gate, ended: ended.promise};
    setState('running');
    const onAbort = (): void =>
      void (hasCode(signal?.reason, 'plan/stopped')
        ? stop(reasonOf(signal.reason, 'stopped by operator'))
        : abort(reasonOf(signal?.reason, 'aborted by operator'), signal?.reason));
    signal?.addEventListener('abort', onAbort, {once: true});
    let failure: {readonly error: unknown} | undefined;
    let outcome: Outcome<Result>;
    try {
      outcome = await execution.run(judgedFirst(plan));
      failure = await finish({execution, documents, outcome, keepSourceOn: keepSourceOn ?? false});
    } finally {
      signal?.removeEventListener('abort', onAbort);
      current = undefined;
      setState('idle', failure ? endingOf(failure.error).reason : '');
      gate.open();
      ended.resolve();
    }
    if (failure) throw failure.error;
    // A failed outcome always leaves a failure.
    return (outcome as Extract<Outcome<Result>, {isDone: true}>).result;
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

/** Nothing moves and no RF comes on before the settings that give readings their meaning were judged. */
function* judgedFirst<Result>(plan: Plan<Result>): Plan<Result> {
  yield {type: 'judge-settings'};
  return yield* plan;
}

/** Puts what comes back into its place; what was sought in vain is not sought again, for a plan has several ends. */
function reconnectInto(devices: Map<string, BenchDevice>, reconnect: Reconnect): Reconnect {
  const soughtInVain = new Map<string, unknown>();
  return async (role, lost, call) => {
    if (soughtInVain.has(role)) throw soughtInVain.get(role);
    try {
      const device = await reconnect(role, lost, call);
      devices.set(role, device);
      return device;
    } catch (error) {
      soughtInVain.set(role, error);
      throw error;
    }
  };
}

/** Makes the bench safe first and closes the records then: a full disk must not keep the source on. */
async function finish<Result>(ending: {
  readonly execution: Execution;
  readonly documents: RunDocuments;
  readonly outcome: Outcome<Result>;
  readonly keepSourceOn: boolean;
}): Promise<{readonly error: unknown} | undefined> {
  const {execution, documents, outcome, keepSourceOn} = ending;
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
  return errors.length === 0 ? undefined : {error: withCleanUpErrors(errors[0], errors.slice(1))};
}

const refuseManualStep: OperatorHandler = (request) =>
  Promise.reject(
    new BenchError(
      'plan/operator-refused',
      `The plan needs a manual step (${request.kind}), but nobody is there to do it. Run it where an operator can answer.`,
    ),
  );

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
