import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Clock} from '../../base/clock.ts';
import type {CallOptions, RepeatedQuestion} from '../../contract/devices.ts';
import {BenchError, hasCode, isAbort} from '../../contract/errors.ts';
import type {Msg, OperatorRequest, Plan} from '../../contract/messages.ts';
import type {OperatorQuestion, QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import {type CleanUpDeadlines, deadlineOf, withDeadline} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import type {EventHub} from './events.ts';
import {
  type BenchMemory,
  type HandlerContext,
  type NotValidRetry,
  createBenchMemory,
} from './handler-context.ts';
import {handlers} from './handlers.ts';
import {endingOf} from './endings.ts';
import {isSafing, checkBeforeMessage} from './check-before-message.ts';
import type {Pace} from './pace.ts';
import type {PauseGate} from './pause-gate.ts';
import type {RunDocuments} from './run-documents.ts';
import {moversOf, stopMovers} from './safing.ts';
import type {Reconnect} from './reach.ts';
import {Waits} from './waits.ts';
import type {Watch} from './watch.ts';

export type OperatorHandler = (
  request: OperatorRequest,
  options: {readonly signal: AbortSignal},
) => Promise<void>;

export interface ExecutionOptions {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly pace: Pace;
  readonly operator: OperatorHandler;
  readonly ask: QuestionHandler | undefined;
  readonly settingsPolicy: SettingsPolicy;
  readonly notValidRetry: NotValidRetry;
  readonly deadlines: CleanUpDeadlines;
  /** Real ms that an operation gets to end by itself after an abort. */
  readonly graceMs: number;
  readonly gate: PauseGate;
  readonly watch: Watch;
  readonly reconnect: Reconnect | undefined;
  /** The line of an instrument has ended: the plan is being ended for it. */
  readonly onFault: (error: BenchError) => void;
  readonly addNote: (text: string) => void;
}

export type Outcome<Result> =
  | {readonly isDone: true; readonly result: Result}
  | {readonly isDone: false; readonly error: unknown; readonly cleanUpErrors: readonly unknown[]};

type Step =
  {readonly kind: 'answer'; readonly value: unknown} | {readonly kind: 'throw'; readonly error: unknown};

/** After so many messages without a break other work of the process gets its turn. */
const messagesPerLook = 256;
const turnMs = 8;
/** Waits shorter than this, in real time, are not worth an event: nobody could skip them. */
const shortestReportedRealMs = 250;
/** A run that ends waits no longer than this for its last look, ms of real time. */
const longestLastLookMs = 12_000;

/** One plan under way: pulls its messages, answers them, and brings every interruption into the generator. */
export class Execution implements HandlerContext {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly notValidRetry: NotValidRetry;
  readonly settingsPolicy: SettingsPolicy;
  readonly bench: BenchMemory = createBenchMemory();
  readonly #options: ExecutionOptions;
  readonly #startedMs: number;
  readonly #cleanUpErrors: unknown[] = [];
  #controller = new AbortController();
  #isSignalSpent = false;
  readonly #waits = new Waits((what) => this.addNote(`The operator skipped a wait: ${what}.`));
  #cut: ((error: Error) => void) | undefined;
  #interrupt: {readonly kind: 'stop' | 'abort' | 'fault'; readonly error: BenchError} | undefined;
  #isInterruptDelivered = false;
  #isGivenUp = false;
  /** The error that the plan is cleaning up after. */
  #failure: {readonly error: unknown} | undefined;
  #stopping: Promise<unknown[]> | undefined;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.devices = options.devices;
    this.clock = options.clock;
    this.documents = options.documents;
    this.hub = options.hub;
    this.notValidRetry = options.notValidRetry;
    this.settingsPolicy = options.settingsPolicy;
    this.#startedMs = options.clock.nowMs();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly callOf = (role: string): CallOptions => ({
    signal: this.signal,
    onRepeat: (repeat) => this.#countRepeat(role, repeat),
  });

  /** Counted with the run each time, reported once. */
  #countRepeat(role: string, {asked, why}: RepeatedQuestion): void {
    const {documents} = this;
    if (!documents.countRepeat(role)) return;
    const point = documents.runUid === undefined ? '' : ` at point ${documents.pointCount + 1}`;
    this.addNote(
      `${role} ${why === 'silent' ? 'did not answer' : 'answered with a damaged line to'} "${asked}"${point}; it was asked ` +
        'again. Further ones are counted in the record of the run.',
    );
  }

  get reconnect(): Reconnect | undefined {
    return this.#options.reconnect;
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
        return this.#isInterruptDelivered
          ? this.#failed(this.#interrupt?.error)
          : this.#succeeded(pulled.value);
      if (this.#isGivenUp) return this.#failed(this.#interrupt?.error);
      if (this.#isSignalSpent) await this.#renewSignal();
      const message: Msg = pulled.value;
      if (this.#interrupt && this.#mayInterruptAt(message)) {
        step = this.#deliverInterrupt(this.#interrupt.error);
        continue;
      }
      try {
        const answer = this.#handle(message);
        step = {
          kind: 'answer',
          value: answer instanceof Promise ? await this.#await(answer, message) : answer,
        };
      } catch (error) {
        step = this.#stepAfterError(error);
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
    if (this.#interrupt) return;
    this.#interrupt = {kind: 'stop', error};
    this.#waits.end(error);
    this.#options.gate.open();
  }

  /** Stops all that moves now, then ends the operation under way and the plan. A second abort gives up the clean-up. */
  abort(error: BenchError): void {
    if (this.#interrupt?.kind === 'abort') {
      this.#isGivenUp = true;
      this.#cut?.(error);
      return;
    }
    this.#breakOff('abort', error);
  }

  /** As an abort, for an instrument that is gone; what is being ended already goes on as it is. */
  #fault(role: string, reason: Error): void {
    if (this.#interrupt || this.#failure) return;
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
    this.#interrupt = {kind, error: this.#interrupt?.error ?? error};
    this.#waits.end(error);
    this.#controller.abort(error);
    this.#isSignalSpent = true;
    this.#options.gate.open();
    const cut = this.#cut;
    if (cut) setTimeout(() => this.#cut === cut && cut(error), this.#options.graceMs).unref();
  }

  skipWait(): boolean {
    return this.#waits.skip();
  }

  wait(ms: number, what: string): Promise<void> | undefined {
    if (!(ms > 0)) return undefined;
    const waiting = this.#looking(
      this.#waits.skippable(what, (signal) => this.clock.sleepMs(ms, {signal})),
      ms / this.clock.speed,
    );
    if (!this.hub.hasListeners || ms / this.clock.speed < shortestReportedRealMs) return waiting;
    this.hub.emit({type: 'wait', text: what, ms, isDone: false});
    return waiting.finally(() => this.hub.emit({type: 'wait', text: what, ms, isDone: true}));
  }

  askOperator(request: OperatorRequest): Promise<void> {
    this.hub.emit({type: 'operator', request, isDone: false});
    const asking = this.#waits.skippable('operator', (signal) => this.#options.operator(request, {signal}));
    return this.#guarding(asking).then(() => this.hub.emit({type: 'operator', request, isDone: true}));
  }

  ask(question: OperatorQuestion): Promise<string> | undefined {
    const {ask} = this.#options;
    if (ask === undefined) return undefined;
    this.hub.emit({type: 'question', question, isDone: false});
    return this.#guarding(this.#waits.interruptible((signal) => ask(question, {signal}))).finally(() =>
      this.hub.emit({type: 'question', question, isDone: true}),
    );
  }

  compute(
    label: string,
    work: (options: {readonly signal: AbortSignal}) => Promise<unknown>,
  ): Promise<unknown> {
    this.hub.emit({type: 'compute', label, isDone: false});
    return this.#waits
      .interruptible((signal) => work({signal}))
      .finally(() => this.hub.emit({type: 'compute', label, isDone: true}));
  }

  reachCheckpoint(): Promise<void> | undefined {
    this.#options.pace.passCheckpoint();
    // Only the ordinary course of a plan has checkpoints: one that reaches it swallowed the stop,
    if (this.#interrupt) throw this.#interrupt.error;
    // or has dealt with the error that was thrown into it.
    if (this.#failure) this.#forgetFailure(this.#failure.error);
    const {gate, watch} = this.#options;
    return gate.isClosing ? this.#guarding(gate.hold(this)).then(() => watch.demand()) : undefined;
  }

  addNote(text: string): void {
    this.#options.addNote(text);
  }

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
    return this.#interrupt !== undefined || this.#options.watch.failure !== undefined;
  }

  get #isCleaningUp(): boolean {
    return this.#isInterruptDelivered || this.#failure !== undefined;
  }

  #handle(message: Msg): unknown {
    if (message.type === 'close-run' && this.documents.runUid !== undefined) return this.#closeRun(message);
    if (this.#isCleaningUp) return this.#carryOut(message);
    const check = checkBeforeMessage(message, {watch: this.#options.watch, context: this});
    return check ? check.then(() => this.#carryOut(message)) : this.#carryOut(message);
  }

  /** No run is a success before a last look has vouched for all of its points. */
  async #closeRun(message: Extract<Msg, {type: 'close-run'}>): Promise<void> {
    const {watch} = this.#options;
    const isGood = message.exitStatus === 'success' && !this.#isCleaningUp;
    const mayLook = isGood || (this.#mayStillLook && watch.doubt('', false) !== undefined);
    try {
      if (mayLook) await withDeadline(watch.look(this), longestLastLookMs, 'The last look');
    } catch (error) {
      if (isGood) {
        this.markDoubt();
        this.#carryOut({...message, ...endingOf(this.#interrupt?.error ?? error)});
        throw error;
      }
      // It ends early already; which points are in doubt is added to the reason for that.
    }
    this.markDoubt();
    this.#carryOut(message);
  }

  /** After a failure or a stop the instruments can still be asked; after an abort nothing waits for an answer. */
  get #mayStillLook(): boolean {
    const isBrokenOff = this.#interrupt !== undefined && this.#interrupt.kind !== 'stop';
    return !isBrokenOff && !this.#isSignalSpent && this.#options.watch.failure === undefined;
  }

  /** Tells the run's stop record which points no look vouches for. */
  markDoubt(): void {
    const {watch} = this.#options;
    const found = watch.failure ?? (this.#interrupt?.kind === 'fault' ? this.#interrupt.error : undefined);
    this.documents.doubtful = watch.doubt(
      found?.message ?? 'The run ended before the instruments were looked at again.',
      found !== undefined,
    );
  }

  /** Looks at the bench while a long wait goes on; what is found wrong ends the wait. */
  #looking<Value>(waiting: Promise<Value>, realMs: number): Promise<Value> {
    const {watch} = this.#options;
    if (realMs <= watch.realIntervalMs) return waiting;
    return this.#everyInterval(waiting, async () => {
      await watch.begin(this.documents.runUid === undefined ? 'sources' : 'bench', this);
      await watch.pending;
    });
  }

  /**
   * While a person decides, the bench may differ from what was checked; only a level above its limit ends the waiting.
   */
  #guarding<Value>(waiting: Promise<Value>): Promise<Value> {
    return this.#everyInterval(waiting, () => this.#options.watch.guard(this));
  }

  #everyInterval<Value>(waiting: Promise<Value>, look: () => Promise<void>): Promise<Value> {
    const {watch, gate} = this.#options;
    const timer = setInterval(() => {
      if (this.#isCleaningUp || this.#interrupt) return;
      look()
        .catch(() => undefined) // `failure` tells
        .finally(() => {
          if (!watch.failure) return;
          this.#waits.end(watch.failure);
          gate.open();
        });
    }, watch.realIntervalMs);
    timer.unref();
    return waiting.finally(() => clearInterval(timer));
  }

  #carryOut(message: Msg): unknown {
    // The table is typed per message type; that the key fits its own message is what the compiler cannot follow.
    const handler = handlers[message.type] as (message: Msg, context: HandlerContext) => unknown;
    return handler(message, this);
  }

  /** Awaits an operation so that an abort or, during clean-up, a deadline can end the waiting. */
  #await(operation: Promise<unknown>, message: Msg): Promise<unknown> {
    const bounded = this.#isCleaningUp ? this.#bounded(operation, message) : operation;
    return new Promise((resolve, reject) => {
      const cut = (error: Error): void => reject(error);
      this.#cut = cut;
      const settle = (): void => {
        if (this.#cut === cut) this.#cut = undefined;
      };
      bounded.then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: Error) => {
          settle();
          reject(error);
        },
      );
    });
  }

  #bounded(operation: Promise<unknown>, message: Msg): Promise<unknown> {
    const deadlineMs = deadlineOf(message, this.#options.deadlines, {
      devices: this.devices,
      clock: this.clock,
      positionsMm: this.bench.targetsMm,
    });
    return withDeadline(operation, deadlineMs, `"${describeMessage(message)}" during clean-up`).catch(
      (error: unknown) => {
        // Late or failed: whatever of it still runs is told to end; the next message gets a signal of its own.
        this.#controller.abort(error);
        this.#isSignalSpent = true;
        throw error;
      },
    );
  }

  /** During clean-up nothing more is thrown in: what comes then is already the way out. */
  #mayInterruptAt(message: Msg): boolean {
    return !this.#isInterruptDelivered && !this.#failure && !isSafing(message);
  }

  #deliverInterrupt(error: unknown): Step {
    this.#isInterruptDelivered = true;
    return {kind: 'throw', error};
  }

  /** After an abort or a missed deadline. Nothing may move before the stop is through: it would end that move too. */
  async #renewSignal(): Promise<void> {
    await this.#stopping;
    this.#controller = new AbortController();
    this.#isSignalSpent = false;
  }

  #stepAfterError(error: unknown): Step {
    if (this.#interrupt && !this.#isInterruptDelivered && !this.#failure) {
      // The interruption ended this operation; an instrument that failed meanwhile is reported in addition.
      const isItsConsequence = this.#interrupt.kind === 'fault' && hasCode(error, 'port/closed');
      if (!isAbort(error) && !isItsConsequence) this.#cleanUpErrors.push(error);
      return this.#deliverInterrupt(this.#interrupt.error);
    }
    if (!this.#isInterruptDelivered && !this.#failure) this.#failure = {error};
    else if (!isAbort(error)) this.#cleanUpErrors.push(error);
    return {kind: 'throw', error};
  }

  #forgetFailure(error: unknown): void {
    this.#failure = undefined;
    this.#cleanUpErrors.length = 0;
    this.addNote(
      `The plan went on after an error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #succeeded<Result>(result: Result): Outcome<Result> {
    return {isDone: true, result};
  }

  /** The error to blame: the first one, unless the plan itself made another out of it. */
  async #failed<Result>(thrown: unknown): Promise<Outcome<Result>> {
    const first = this.#failure?.error ?? (this.#isInterruptDelivered ? this.#interrupt?.error : undefined);
    const isConsequence =
      thrown === this.#interrupt?.error || this.#cleanUpErrors.includes(thrown) || isAbort(thrown);
    const stopErrors = (await this.#stopping) ?? [];
    return {
      isDone: false,
      error: first !== undefined && isConsequence ? first : thrown,
      cleanUpErrors: [...stopErrors, ...this.#cleanUpErrors],
    };
  }
}

const describeMessage = (message: Msg): string => {
  const parts: string[] = [message.type];
  if ('device' in message) parts.push(message.device);
  if (message.type === 'call') parts.push(message.action);
  return parts.join(' ');
};
