import type {ChangeSignal} from '../../base/feed.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {InstrumentKind} from '../../contract/instruments.ts';
import type {BenchFile} from '../../contract/bench-file.ts';
import type {BenchChoice, LogEntry, RunEvent, RunStatus, Status} from '../../contract/api/index.ts';
import type {BenchService, HostServices} from '../services.ts';
import type {Feed} from '../../base/feed.ts';
import type {HazardWatch} from '../devices/hazard-watch.ts';
import type {DriverDevice} from '../devices/registry.ts';
import type {ManualControl} from './manual-control.ts';
import type {BenchStatusParts} from './bench-status.ts';
import type {HeldSources} from '../instruments/held-sources.ts';
import type {PromptAnswer} from './prompts.ts';
import type {PortAssistant} from './port-assistant.ts';
import type {ReadingsRing} from './readings.ts';
import type {WireLog} from './wire-log.ts';

export interface HaltOutcome {
  readonly sentence: string;
  /** Until everything that could be proven safe was, ms. */
  readonly tookMs: number;
  /** Until the stop had been sent to stage and mounts, ms; null when there was nothing to stop. */
  readonly sentMs: number | null;
  readonly problems: string[];
}

/** The bench of this host, open or not: everything that a window may ask of it. */
export interface LiveBench extends BenchService {
  /** Rings with every change of `parts`. */
  readonly changeSignal: ChangeSignal;
  readonly parts: Readonly<BenchStatusParts> & Pick<Status, 'lockin'>;
  readonly readings: ReadingsRing;
  readonly wire: WireLog;
  /** What runs do, in the order in which they do it. */
  readonly runEvents: Feed<RunEvent>;
  readonly ports: PortAssistant;
  /** Sources that are held on beside the open bench. */
  readonly heldSources: HeldSources;
  /** Work by hand on the open bench. */
  readonly manual: ManualControl;
  open(choice: BenchChoice): Promise<{readonly name: string}>;
  /** Ends a run, makes the bench safe, lets the ports go. Resolves with what did not work, in sentences. */
  close(reason: string): Promise<string[]>;
  /** Stops stage and mounts ahead of everything, turns the source off, ends the run. Never rejects; calls at once are one. */
  halt(reason: string): Promise<HaltOutcome>;
  answerPrompt(answer: PromptAnswer): void;
  pauseRun(): Promise<boolean>;
  resumeRun(): Promise<void>;
  /** Resolves with a sentence when everything is safe and stored. */
  stopRun(reason: string): Promise<string>;
  skipWait(): boolean;
  /** The run under way or the last one; live while it is not `ended`. */
  readonly run: RunStatus | null;
  /** Instruments of the open bench in a fixed order. Throws `bench/closed`. */
  instruments(): readonly {
    readonly kind: InstrumentKind;
    readonly role: string;
    readonly driver: string;
    readonly device: DriverDevice | undefined;
  }[];
  /** Where the stage is, as far as it is known without asking it. */
  positionMm(): PositionMm | undefined;
  /** Throws `bench/closed`. */
  benchFile(): BenchFile;
  connect(role: string): Promise<void>;
  disconnect(role: string): Promise<void>;
}

/** What the API's features at the bench are made of. */
export interface LiveServices extends HostServices {
  readonly bench: LiveBench;
  /** Makes instruments safe when this program cannot do it any more. */
  readonly guard: HazardWatch;
  readonly logFeed: Feed<Omit<LogEntry, 'id'>>;
  /** Whether the bench that is opened is the one that the next start opens by itself. */
  readonly remembersBench: boolean;
  /** Makes everything safe and ends the host. Resolves with what did not work, in sentences. */
  shutDown(reason: string): Promise<string[]>;
  /** The status as the feed gives it. */
  status(): Omit<Status, 'last' | 'lostCount'>;
}
