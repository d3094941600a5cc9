import type {BenchChoice} from '../../contract/api/index.ts';
import type {BenchFile, DetectorConfig} from '../../contract/bench-file.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {openStagePlaces} from '../bench/stage-places.ts';
import type {HazardWatch} from '../devices/hazard-watch.ts';
import {detectorDriverOf} from '../devices/driver-catalogue.ts';
import {recallStands} from '../placements/plate-moves.ts';
import type {Store} from '../store/open-store.ts';
import type {BenchRuns, Say} from './bench-runs.ts';
import {closedBench, type BenchStatus, type BenchStatusParts} from './bench-status.ts';
import type {LiveDetector} from './detector-state.ts';
import type {Instruments, KnownInstruments} from './known-instruments.ts';
import type {DeviceConnections, LiveOpenBench} from './live-open-bench.ts';
import {createLiveState} from './live-state.ts';
import type {ManualActivity} from './manual-activity.ts';
import {createManualControl, type ManualControl} from './manual-control.ts';
import {openChoice, type StartVirtualBench} from './open-choice.ts';
import {createPoller, type Poller} from './poller.ts';
import {detectorReadingColumns, type ReadingsRing} from './readings.ts';
import type {WireLog} from './wire-log.ts';

/** A bench that is open, with what lives over it. */
export interface Opened {
  readonly bench: LiveOpenBench;
  readonly manual: ManualControl;
  readonly poller: Poller;
}

export interface BenchOpeningOptions {
  readonly startVirtualBench: StartVirtualBench;
  readonly timeoutScale: number | undefined;
  readonly store: Store;
  /** Folder of the data. */
  readonly dataPath: string;
  readonly benchStatus: BenchStatus;
  readonly instruments: KnownInstruments;
  readonly manualActivity: ManualActivity;
  readonly runs: BenchRuns;
  readonly readings: ReadingsRing;
  readonly wire: WireLog;
  readonly hazards: HazardWatch;
  readonly mayReconnect: () => boolean;
  readonly say: Say;
}

/** Opens the instruments of a choice and puts the live parts over them. Throws what keeps it from opening. */
export async function openInstruments(
  choice: BenchChoice,
  signal: AbortSignal,
  options: BenchOpeningOptions,
): Promise<Opened> {
  const {store, dataPath, benchStatus, instruments, runs, wire, say} = options;
  const bench = await openChoice(choice, {
    recallPlates: (mount, place) => recallStands(store, mount, place),
    startVirtualBench: options.startVirtualBench,
    timeoutScale: options.timeoutScale,
    places: openStagePlaces(dataPath),
    prompts: runs.prompts,
    signal,
    onTrace: (role, entry) => wire.add(role, entry),
    hazards: options.hazards,
    mayReconnect: options.mayReconnect,
    onChange: () => {
      instruments.noteConnections();
      benchStatus.changeSignal.notify();
    },
    onSentence: (role, level, text, code) => say(level, role, text, code),
    onFile: ({name, suspenders = []}) =>
      changeBench(benchStatus, {name, suspenders, text: `Connecting the instruments of ${name}.`}),
    onConnections: (connections, clock, file) =>
      instruments.begin(watchedInstruments(connections, {speed: clock.speed, file}, options)),
  });
  return {bench, ...liveParts(bench, options)};
}

/** Changes what the status says of the bench as a whole. */
export function changeBench(benchStatus: BenchStatus, changes: Partial<BenchStatusParts['bench']>): void {
  benchStatus.update({bench: {...benchStatus.parts.bench, ...changes}});
}

/** What is known of instruments that are about to be connected: nothing yet. */
function watchedInstruments(
  connections: DeviceConnections,
  {speed, file}: {readonly speed: number; readonly file: BenchFile},
  {readings, benchStatus, instruments}: BenchOpeningOptions,
): Instruments {
  const detector = liveDetectorOf(file.detector);
  readings.setDetector(detectorReadingColumns(detector.role, detector.declaration));
  const liveState = createLiveState({
    benchStatus,
    readings,
    source: file.source,
    area: file.stage,
    detector,
    stage: () => connections.stage.device,
    mount: () => connections.mount?.device,
    speed,
    onSettingsChanged: (kind) => instruments.settingsChanged(kind),
  });
  return {connections, detector, liveState};
}

/** Work by hand and the poll, over an open bench. */
function liveParts(
  bench: LiveOpenBench,
  {benchStatus, instruments, manualActivity, runs, store, say}: BenchOpeningOptions,
): Omit<Opened, 'bench'> {
  const liveState = instruments.now?.liveState;
  if (!liveState) throw new BenchError('internal', 'The bench opened without instruments.');
  return {
    manual: createManualControl({
      bench,
      manualActivity,
      jobs: runs.jobs,
      liveState,
      store,
      onSettingsChanged: (role) => {
        instruments.settingsChanged(...instruments.kindsOf(role));
        benchStatus.changeSignal.notify();
      },
    }),
    poller: createPoller({
      connections: bench.connections,
      liveState,
      isUsed: (role) => manualActivity.isUsing(role),
      onResult: (role, problem) => {
        if (!instruments.noteResult(role, problem)) return;
        benchStatus.changeSignal.notify();
        // It has turned RF off; whoever comes back to the window must find why.
        if (problem?.code === 'source/limit') say('error', role, problem.message, problem.code);
      },
    }),
  };
}

/** Tells in status and log what kept a bench from opening; the error to be thrown. */
export function failOpening(
  error: unknown,
  {benchStatus, instruments, say}: Pick<BenchOpeningOptions, 'benchStatus' | 'instruments' | 'say'>,
): BenchError {
  instruments.end();
  const known =
    isAbort(error) && !(error instanceof BenchError)
      ? new BenchError('plan/aborted', 'Opening the bench was broken off. Nothing moved.', {cause: error})
      : benchErrorFrom(error);
  const {code, message} = known;
  if (isAbort(known)) benchStatus.update({bench: closedBench});
  else
    changeBench(benchStatus, {
      state: 'failed',
      text: 'The bench could not be opened.',
      problem: {code, message, details: {...known.details}},
    });
  say(isAbort(known) ? 'attention' : 'error', 'bench', message, code);
  return known;
}

const liveDetectorOf = ({role, driver}: DetectorConfig): LiveDetector => {
  const {declaration, parameters} = detectorDriverOf(driver);
  return {role, declaration, parameters};
};

/** What the status says of a bench whose opening begins. */
export function openingBench(choice: BenchChoice): BenchStatusParts['bench'] {
  const shared = {...closedBench, state: 'opening', kind: choice.kind} as const;
  if (choice.kind === 'file')
    return {...shared, name: choice.path, path: choice.path, text: 'Reading the bench file.'};
  const {seed, speed, isRobotMounting} = choice;
  return {
    ...shared,
    name: 'virtual bench',
    seed,
    speed,
    isRobotMounting,
    text: 'Starting the virtual bench.',
  };
}
