import type {Clock} from '../../base/clock.ts';
import type {QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import type {CleanUpDeadlines} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import type {OperatorHandler} from './watched-waits.ts';
import type {NotValidRetry} from './handler-context.ts';
import type {DurationProfile} from './pace.ts';
import type {Reconnect} from './reach.ts';
import type {Recorder} from './recorder.ts';
import type {RunMetadata} from './run-documents.ts';
import type {Suspender} from '../../contract/suspender.ts';
import type {Surroundings} from './suspenders.ts';
import type {WatchSettings} from './watch.ts';

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
  /** What suspends a run until it is well again. */
  readonly suspenders?: readonly Suspender[] | undefined;
  /** What those ask beside the instruments; without it only instruments are asked. */
  readonly surroundings?: Surroundings | undefined;
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
