import type {Clock} from '../../base/clock.ts';
import type {BenchError} from '../../contract/errors.ts';
import type {QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import type {CleanUpDeadlines} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import type {EventHub} from './events.ts';
import type {NotValidRetry} from './handler-context.ts';
import type {Pace} from './pace.ts';
import type {PauseGate} from './pause-gate.ts';
import type {Reconnect} from './reach.ts';
import type {RunDocuments} from './run-documents.ts';
import type {Suspenders} from './suspenders.ts';
import type {Watch} from './watch.ts';
import type {OperatorHandler} from './watched-waits.ts';

/** What one plan is carried out with. */
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
  readonly suspenders: Suspenders | undefined;
  /** Seconds since the epoch, UTC. */
  readonly utcNowS: () => number;
  readonly reconnect: Reconnect | undefined;
  /** The line of an instrument has ended: the plan is being ended for it. */
  readonly onFault: (error: BenchError) => void;
  readonly addNote: (text: string) => void;
}

/** How a plan has ended, with what could not be cleaned up. */
export type Outcome<Result> =
  | {readonly isDone: true; readonly result: Result}
  | {readonly isDone: false; readonly error: unknown; readonly cleanUpErrors: readonly unknown[]};
