import type {Clock} from '../../base/clock.ts';
import type {OperatorRequest} from '../../contract/messages.ts';
import type {OperatorQuestion, QuestionHandler} from '../../contract/questions.ts';
import type {EventHub} from './events.ts';
import type {PauseGate} from './pause-gate.ts';
import type {RunDocuments} from './run-documents.ts';
import {Waits} from './waits.ts';
import type {LookCall, Watch} from './watch.ts';

export type OperatorHandler = (
  request: OperatorRequest,
  options: {readonly signal: AbortSignal},
) => Promise<void>;

export interface WatchedWaitsOptions {
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly watch: Watch;
  readonly gate: PauseGate;
  readonly operator: OperatorHandler;
  readonly ask: QuestionHandler | undefined;
  readonly addNote: (text: string) => void;
}

/** Whose waits they are. */
interface Waiting extends LookCall {
  /** It is being ended or cleans up: its instruments are not looked at by the way. */
  readonly isEnding: boolean;
}

/** Waits shorter than this, in real time, are not worth an event: nobody could skip them. */
const shortestReportedRealMs = 250;

/** The waits of a plan, during which its instruments are looked at: what is found wrong ends the wait. */
export class WatchedWaits {
  readonly #options: WatchedWaitsOptions;
  readonly #whose: Waiting;
  readonly #waits: Waits;

  constructor(options: WatchedWaitsOptions, whose: Waiting) {
    this.#options = options;
    this.#whose = whose;
    this.#waits = new Waits((what) => options.addNote(`The operator skipped a wait: ${what}.`));
  }

  /** What is under way rejects with the reason; a pause is over. */
  end(reason: Error): void {
    this.#waits.end(reason);
    this.#options.gate.open();
  }

  /** Ends the wait as if it were over; false when there is none that may be skipped. */
  skip(): boolean {
    return this.#waits.skip();
  }

  /** `ms` of bench time. */
  wait(ms: number, what: string): Promise<void> {
    const {clock, hub} = this.#options;
    const realMs = ms / clock.speed;
    const waiting = this.#looking(
      this.#waits.skippable(what, (signal) => clock.sleepMs(ms, {signal})),
      realMs,
    );
    if (!hub.hasListeners || realMs < shortestReportedRealMs) return waiting;
    hub.emit({type: 'wait', text: what, ms, isDone: false});
    return waiting.finally(() => hub.emit({type: 'wait', text: what, ms, isDone: true}));
  }

  askOperator(request: OperatorRequest): Promise<void> {
    const {hub, operator} = this.#options;
    hub.emit({type: 'operator', request, isDone: false});
    const asking = this.#waits.skippable('operator', (signal) => operator(request, {signal}));
    return this.guarding(asking).then(() => hub.emit({type: 'operator', request, isDone: true}));
  }

  /** Undefined where nobody is there to be asked. */
  ask(question: OperatorQuestion): Promise<string> | undefined {
    const {hub, ask} = this.#options;
    if (ask === undefined) return undefined;
    hub.emit({type: 'question', question, isDone: false});
    return this.guarding(this.#waits.interruptible((signal) => ask(question, {signal}))).finally(() =>
      hub.emit({type: 'question', question, isDone: true}),
    );
  }

  compute(
    label: string,
    work: (options: {readonly signal: AbortSignal}) => Promise<unknown>,
  ): Promise<unknown> {
    const {hub} = this.#options;
    hub.emit({type: 'compute', label, isDone: false});
    return this.#waits
      .interruptible((signal) => work({signal}))
      .finally(() => hub.emit({type: 'compute', label, isDone: true}));
  }

  /**
   * While a person decides, the bench may differ from what was checked; only a level above its limit ends the waiting.
   */
  guarding<Value>(waiting: Promise<Value>): Promise<Value> {
    return this.#everyInterval(waiting, () => this.#options.watch.guard(this.#whose));
  }

  /** Looks at the bench while a long wait goes on; what is found wrong ends the wait. */
  #looking<Value>(waiting: Promise<Value>, realMs: number): Promise<Value> {
    const {watch, documents} = this.#options;
    if (realMs <= watch.realIntervalMs) return waiting;
    return this.#everyInterval(waiting, async () => {
      await watch.begin(documents.runUid === undefined ? 'sources' : 'bench', this.#whose);
      await watch.pending;
    });
  }

  #everyInterval<Value>(waiting: Promise<Value>, look: () => Promise<void>): Promise<Value> {
    const {watch} = this.#options;
    const timer = setInterval(() => {
      if (this.#whose.isEnding) return;
      look()
        .catch(() => undefined) // `failure` tells
        .finally(() => {
          if (watch.failure) this.end(watch.failure);
        });
    }, watch.realIntervalMs);
    timer.unref();
    return waiting.finally(() => clearInterval(timer));
  }
}
