import type {EngineEvent} from './engine/events.ts';
import type {DataFolder} from './data-folder.ts';
import type {OpenBench} from './bench/open-bench.ts';
import type {Suspender} from '../contract/suspender.ts';
import type {SettingsPolicy} from '../contract/questions.ts';
import type {LogEntry, RunStatus, Settings} from '../contract/api/index.ts';
import type {CampaignControls} from './campaign/run-campaign.ts';
import type {Store} from './store/open-store.ts';

/** What a job on the bench is given: how it is stopped, and whom it reports to. */
export interface JobHooks {
  /** Aborted by STOP (reason `plan/aborted`) or by a stop (reason `plan/stopped`). */
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onText: (text: string) => void;
  /** Hands over what pauses, resumes and skips, as soon as there is an engine. */
  readonly onStart: (controls: CampaignControls) => void;
}

export interface Job {
  readonly kind: RunStatus['kind'];
  readonly title: string;
  /** Digits of a campaign, for the run's status. */
  readonly itemCount?: number;
  /** What becomes of settings that nobody named and that change what readings mean; asked by default. */
  readonly settingsPolicy?: SettingsPolicy | undefined;
  /** What suspends it until it is well again; what the bench file says unless given. */
  readonly suspenders?: readonly Suspender[] | undefined;
  /** False where nobody can answer a question: what would be asked is refused then. True unless given. */
  readonly isAttended?: boolean | undefined;
  /** Ends when everything is safe and stored. Throws what ended it early. */
  run(bench: OpenBench, hooks: JobHooks): Promise<void>;
}

/** The bench that is open, for as long as it is. One job at a time. */
export interface BenchService {
  /** Throws `bench/closed` when none is open. */
  requireOpen(): OpenBench;
  /** The bench that is open; undefined when none is. */
  readonly openBench: OpenBench | undefined;
  /** Starts a job and returns at once. Throws `bench/busy` while another runs or something is moved by hand. */
  startJob(job: Job): {readonly id: string};
  readonly isBusy: boolean;
  /** Session into which the next runs go; undefined lets each make its own. */
  sessionUid: string | undefined;
}

export interface HostLog {
  add(entry: Omit<LogEntry, 'id' | 'utc'>): void;
}

export interface SettingsStore {
  get(): Settings;
  /** Written whole, flushed and renamed before this resolves. */
  change(changes: Partial<Settings>): Promise<Settings>;
}

/** Windows and other clients that are connected now; the transports count. */
export interface ConnectedClients {
  readonly count: number;
  /** Since the last one left, s; 0 while there is one. */
  readonly absentS: number;
  /** Counts one more until what it returned is called. */
  enter(): () => void;
}

/** What the features of the API are made of. */
export interface HostServices {
  readonly hostId: string;
  readonly startedUtc: string;
  readonly data: DataFolder;
  readonly store: Store;
  readonly log: HostLog;
  readonly settings: SettingsStore;
  readonly bench: BenchService;
  readonly clients: ConnectedClients;
}
