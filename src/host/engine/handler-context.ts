import type {Clock} from '../../base/clock.ts';
import type {CallOptions, FactAspect, PositionMm} from '../../contract/devices.ts';
import type {Msg, OperatorRequest} from '../../contract/messages.ts';
import type {OperatorQuestion, SettingOutcome, SettingsPolicy} from '../../contract/questions.ts';
import type {DeviceMap} from './device-values.ts';
import type {EventHub} from './events.ts';
import type {Reconnect} from './reach.ts';
import type {RunDocuments} from './run-documents.ts';
import type {Suspenders} from './suspenders.ts';

/** How often and after what wait a reading that the instrument itself calls invalid is taken again. */
export interface NotValidRetry {
  readonly count: number;
  /** Wait before each, ms of bench time; the detector's last settle time is waited too. */
  readonly waitMs: number;
}

/** What a plan has found out from its own readings: points that count for nothing, and that the run cannot go on as it is. */
export type Distrust = Omit<Extract<Msg, {type: 'distrust'}>, 'type'>;

/** What the handlers may use of the run under way. */
export interface HandlerContext {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly bench: BenchMemory;
  readonly notValidRetry: NotValidRetry;
  /** Aborted when the operation under way must end. */
  readonly signal: AbortSignal;
  readonly settingsPolicy: SettingsPolicy;
  /** What every exchange with an instrument is given: the signal, and what is called when a question is asked again. */
  readonly callOf: (role: string) => CallOptions;
  /** Waits bench time; the operator may skip it. Returns nothing when there is nothing to wait for. */
  wait(ms: number, what: string): Promise<void> | undefined;
  askOperator(request: OperatorRequest): Promise<void>;
  /** A decision by a person: the id of a choice. Undefined where nobody is there to be asked. */
  ask(question: OperatorQuestion): Promise<string> | undefined;
  /** Work away from the bench; ended by a stop as by an abort. */
  compute(
    label: string,
    work: (options: {readonly signal: AbortSignal}) => Promise<unknown>,
  ): Promise<unknown>;
  reachCheckpoint(): Promise<void> | undefined;
  readonly suspenders: Suspenders | undefined;
  /**
   * Pauses until every condition that suspends the run is well again; false where there is no reason to. With an aspect the
   * instruments are looked at before.
   */
  suspend(aspect?: FactAspect): Promise<boolean>;
  /** Pauses until a person lets it go on, or throws. */
  distrust(found: Distrust): Promise<void>;
  addNote(text: string): void;
  reportProgress(label: string, done: number, total: number): void;
  passRunEnd(): void;
  /** Connects an instrument anew; undefined where nobody can. */
  readonly reconnect: Reconnect | undefined;
}

/** What the engine must know of the bench to leave it safe and to go on after a pause. */
export interface BenchMemory {
  /** Something at the bench may be different because of this plan. */
  isTouched: boolean;
  /** Last target of each stage that the plan moved. */
  readonly targetsMm: Map<string, PositionMm>;
  /** Stages that were sent somewhere since they were last stopped. */
  readonly movedStages: Set<string>;
  /** Sources that the plan turned on and did not turn off. */
  readonly sourcesOn: Set<string>;
  /** Frequency behind the chain that the plan last asked of each source; none where it is the bench file's. */
  readonly outputFrequenciesHz: Map<string, number>;
  /** Sources that the plan turned off, proven, and did not turn on since. */
  readonly provenOff: Set<string>;
  /** Residual that the plan last asked of each detector. */
  readonly residualRatios: Map<string, number>;
  /** Detectors whose filter may still remember the time before a pause. */
  readonly unsettled: Set<string>;
  /** Settings that were not as they should be, and what became of them. */
  readonly settingOutcomes: SettingOutcome[];
}

export const createBenchMemory = (): BenchMemory => ({
  isTouched: false,
  targetsMm: new Map(),
  movedStages: new Set(),
  sourcesOn: new Set(),
  outputFrequenciesHz: new Map(),
  provenOff: new Set(),
  residualRatios: new Map(),
  unsettled: new Set(),
  settingOutcomes: [],
});
