import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Clock} from '../../base/clock.ts';
import type {CallOptions, FactAspect, RepeatedQuestion} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Msg, OperatorRequest, Plan} from '../../contract/messages.ts';
import type {OperatorQuestion, SettingsPolicy} from '../../contract/questions.ts';
import {boundedCleanUp} from './deadlines.ts';
import {distrustRun} from './distrust-run.ts';
import type {DeviceMap} from './device-values.ts';
import type {ExecutionOptions, Outcome} from './execution-options.ts';
import type {EventHub} from './events.ts';
import {
  createBenchMemory,
  type BenchMemory,
  type Distrust,
  type HandlerContext,
  type NotValidRetry,
} from './handler-context.ts';
import {handlers} from './handlers.ts';
import {checkBeforeMessage} from './check-before-message.ts';
import {OperationUnderWay} from './operation-under-way.ts';
import {PlanErrors} from './plan-errors.ts';
import {RunClosing} from './run-closing.ts';
import {repeatText} from './repeat-text.ts';
import type {RunDocuments} from './run-documents.ts';
import {moversOf, stopMovers} from './safing.ts';
import type {Reconnect} from './reach.ts';
import {suspendRun} from './suspend-run.ts';
import type {Suspenders} from './suspenders.ts';
import {WatchedWaits} from './watched-waits.ts';

type Step =
  | {readonly kind: 'answer'; readonly value: unknown}
  | {readonly kind: 'throw'; readonly error: unknown};

/** After so many messages without a break other work of the process gets its turn. */
const messagesPerLook = 256;
const turnMs = 8;

/** One plan under way: pulls its messages, answers them, and brings every interruption into the generator. */
export class Execution implements HandlerContext {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly notValidRetry: NotValidRetry;
  readonly settingsPolicy: SettingsPolicy;
  readonly suspenders: Suspenders | undefined;
  readonly reconnect: Reconnect | undefined;
  readonly bench: BenchMemory = createBenchMemory();
  readonly #options: ExecutionOptions;
  readonly #startedMs: number;
  readonly #errors = new PlanErrors();
  readonly #operation = new OperationUnderWay();
  readonly #waits: WatchedWaits;
  readonly #closing: RunClosing;
  #isGivenUp = false;
  #stopping: Promise<unknown[]> | undefined;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.devices = options.devices;
    this.clock = options.clock;
    this.documents = options.documents;
    this.hub = options.hub;
    this.notValidRetry = options.notValidRetry;
    this.settingsPolicy = options.settingsPolicy;
    this.suspenders = options.suspenders;
    this.reconnect = options.reconnect;
    this.#startedMs = options.clock.nowMs();
    this.#waits = new WatchedWaits(options, this);
    this.#closing = new RunClosing({...options, errors: this.#errors});
  }

  get signal(): AbortSignal {
    return this.#operation.signal;
  }

  readonly callOf = (role: string): CallOptions => ({
    signal: this.signal,
    onRepeat: (repeat) => this.#countRepeat(role, repeat),
  });

  /** Counted with the run each time, reported once. */
  #countRepeat(role: string, repeat: RepeatedQuestion): void {
    const {documents} = this;
    if (documents.countRepeat(role)) this.addNote(repeatText(role, repeat, documents));
  }

  /** Pulls the plan to its end, and ends it when the line of an instrument ends. Never rejects. */
  async run<Result>(plan: Plan<Result>): Promise<Outcome<Result>> {
    const hearing = [...this.devices.values()].map((device) =>
      device.onLineEnd((reason) => this.#fault(device.role, reason)),
    );
    try {
      return await this.#advance(plan);
    } finally {
      for (const stopListening of hearing) stopListening();
    }
  }

  async #advance<Result>(plan: Plan<Result>): Promise<Outcome<Result>> {
    let step: Step = {kind: 'answer', value: undefined};
    let sinceLook = 0;
    let lookedMs = performance.now();
    for (;;) {
      let pulled: IteratorResult<Msg, Result>;
      try {
        pulled = step.kind === 'throw' ? plan.throw(step.error) : plan.next(step.value);
      } catch (error) {
        return this.#failed(error);
      }
      if (pulled.done)
        return this.#errors.isDelivered
          ? this.#failed(this.#errors.interruption?.error)
          : {isDone: true, result: pulled.value};
      if (this.#isGivenUp) return this.#failed(this.#errors.interruption?.error);
      if (this.#operation.isSignalSpent) await this.#renewSignal();
      const message: Msg = pulled.value;
      if (this.#errors.mayInterruptAt(message)) {
        step = {kind: 'throw', error: this.#errors.deliver()};
        continue;
      }
      try {
        const answer = this.#handle(message);
        step = {
          kind: 'answer',
          value: answer instanceof Promise ? await this.#await(answer, message) : answer,
        };
      } catch (error) {
        step = {kind: 'throw', error: this.#errors.afterFailed(error)};
      }
      if (++sinceLook >= messagesPerLook) {
        sinceLook = 0;
        if (performance.now() - lookedMs > turnMs) {
          await nextTurn();
          lookedMs = performance.now();
        }
      }
    }
  }

  /** Ends the plan at its next message; a wait ends now. */
  stop(error: BenchError): void {
    if (this.#errors.interruption) return;
    this.#errors.interrupt({kind: 'stop', error});
    this.#waits.end(error);
  }

  /** Stops all that moves now, then ends the operation under way and the plan. A second abort gives up the clean-up. */
  abort(error: BenchError): void {
    if (this.#errors.interruption?.kind === 'abort') {
      this.#isGivenUp = true;
      this.#operation.cut(error);
      return;
    }
    this.#breakOff('abort', error);
  }

  /** As an abort, for an instrument that is gone; what is being ended already goes on as it is. */
  #fault(role: string, reason: Error): void {
    if (this.isEnding) return;
    const error = new BenchError(
      'port/closed',
      `The line of the ${role} ended while it was needed: ${reason.message} ${this.#options.watch.doubtText()} ` +
        'Measure again when it is back.',
      {details: {role}, cause: reason},
    );
    this.#options.onFault(error);
    this.#breakOff('fault', error);
  }

  #breakOff(kind: 'abort' | 'fault', error: BenchError): void {
    // One that is out of reach is stopped by the clean-up, over a new line.
    this.#stopping = stopMovers(moversOf(this.devices).filter(({isLineOpen}) => isLineOpen));
    this.#errors.interrupt({kind, error});
    this.#waits.end(error);
    this.#operation.abort(error);
    this.#operation.cutAfter(this.#options.graceMs, error);
  }

  skipWait(): boolean {
    return this.#waits.skip();
  }

  wait(ms: number, what: string): Promise<void> | undefined {
    return ms > 0 ? this.#waits.wait(ms, what) : undefined;
  }

  askOperator(request: OperatorRequest): Promise<void> {
    return this.#waits.askOperator(request);
  }

  ask(question: OperatorQuestion): Promise<string> | undefined {
    return this.#waits.ask(question);
  }

  compute(
    label: string,
    work: (options: {readonly signal: AbortSignal}) => Promise<unknown>,
  ): Promise<unknown> {
    return this.#waits.compute(label, work);
  }

  reachCheckpoint(): Promise<void> | undefined {
    this.#options.pace.passCheckpoint();
    // Only the ordinary course of a plan has checkpoints: one that reaches it swallowed the stop,
    const {interruption, failure} = this.#errors;
    if (interruption) throw interruption.error;
    // or has dealt with the error that was thrown into it.
    if (failure) this.#goOnAfter(failure.error);
    const {gate, watch, suspenders} = this.#options;
    if (suspenders && suspenders.tripped.size > 0) return this.suspend().then(() => undefined);
    return gate.isClosing ? this.#waits.guarding(gate.hold(this)).then(() => watch.demand()) : undefined;
  }

  async suspend(aspect?: FactAspect): Promise<boolean> {
    return suspendRun({...this.#options, waits: this.#waits, execution: this}, aspect);
  }

  readonly distrust = (found: Distrust): Promise<void> =>
    distrustRun({...this.#options, waits: this.#waits, execution: this}, found);

  readonly addNote = (text: string): void => this.#options.addNote(text);

  reportProgress(label: string, done: number, total: number): void {
    if (!this.hub.hasListeners) return;
    const elapsedMs = this.clock.nowMs() - this.#startedMs - this.#options.gate.heldMs;
    const timeLeft = this.#options.pace.timeLeft({label, done, total, elapsedMs});
    this.hub.emit({type: 'progress', label, done, total, elapsedMs, ...timeLeft});
  }

  passRunEnd(): void {
    this.#options.pace.passRunEnd();
  }

  get isInterrupted(): boolean {
    return this.#errors.interruption !== undefined || this.#options.watch.failure !== undefined;
  }

  /** It was interrupted or cleans up. */
  get isEnding(): boolean {
    return this.#errors.interruption !== undefined || this.#errors.isCleaningUp;
  }

  #handle(message: Msg): unknown {
    if (message.type === 'close-run' && this.documents.runUid !== undefined)
      return this.#closing.close(message, {
        call: this,
        isOutOfReach: this.#operation.isSignalSpent,
        close: (closing) => this.#carryOut(closing),
      });
    if (this.#errors.isCleaningUp) return this.#carryOut(message);
    const check = checkBeforeMessage(message, {watch: this.#options.watch, context: this});
    return check ? check.then(() => this.#carryOut(message)) : this.#carryOut(message);
  }

  /** Writes into the run's stop record which points are in doubt (see `Watch`). */
  markDoubt(): void {
    this.#closing.markDoubt();
  }

  #carryOut(message: Msg): unknown {
    // The table is typed per message type; that the key fits its own message is what the compiler cannot follow.
    const handler = handlers[message.type] as (message: Msg, context: HandlerContext) => unknown;
    return handler(message, this);
  }

  /** Awaits an operation so that an abort or, during clean-up, a deadline can end the waiting. */
  #await(operation: Promise<unknown>, message: Msg): Promise<unknown> {
    if (!this.#errors.isCleaningUp) return this.#operation.await(operation);
    const bench = {devices: this.devices, clock: this.clock, positionsMm: this.bench.targetsMm};
    const bounded = boundedCleanUp(operation, message, {deadlines: this.#options.deadlines, bench});
    return this.#operation.await(
      bounded.catch((error: unknown) => {
        // Late or failed: the signal ends what of it still runs; the next message gets a signal of its own.
        this.#operation.abort(error);
        throw error;
      }),
    );
  }

  /** After an abort or a missed deadline. Nothing may move before the stop is through: it would end that move too. */
  async #renewSignal(): Promise<void> {
    await this.#stopping;
    this.#operation.renewSignal();
  }

  #goOnAfter(error: unknown): void {
    this.#errors.forgetFailure();
    this.addNote(
      `The plan went on after an error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  async #failed<Result>(thrown: unknown): Promise<Outcome<Result>> {
    const stopErrors = (await this.#stopping) ?? [];
    return {isDone: false, ...this.#errors.blame(thrown, stopErrors)};
  }
}
