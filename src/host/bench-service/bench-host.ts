import {countOf, pluralOf} from '../../base/count-text.ts';
import {recallStands} from '../placements/plate-moves.ts';
import {join} from 'node:path';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {RunStatus} from '../../contract/api/index.ts';
import type {BenchFile, DetectorConfig} from '../../contract/bench-file.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {HostLog, Job} from '../services.ts';
import type {DataFolder} from '../data-folder.ts';
import type {Store} from '../store/open-store.ts';
import {closedBench, createBenchStatus, type BenchStatusParts} from './bench-status.ts';
import {createManualControl, type ManualControl} from './manual-control.ts';
import {openStagePlaces} from '../bench/stage-places.ts';
import {detectorDriverOf} from '../devices/driver-catalogue.ts';
import {createHeldSources} from '../instruments/held-sources.ts';
import {closeBench} from './close-bench.ts';
import {assertRoom, watchDisk} from './disk-watch.ts';
import type {LiveDetector} from './detector-state.ts';
import {createManualActivity} from './manual-activity.ts';
import {benchClosedError, haltBench, nothingToHalt} from './halt.ts';
import {onEngineEvent} from './on-engine-event.ts';
import {createJobs} from './jobs.ts';
import {KnownInstruments, shownKinds, type Instruments} from './known-instruments.ts';
import {lockInStatusOf} from './lockin-status.ts';
import type {BenchChoice} from '../../contract/api/index.ts';
import type {HaltOutcome, LiveBench} from './live-bench.ts';
import {connectionsOf, type LiveOpenBench, type DeviceConnections} from './live-open-bench.ts';
import {openChoice, type StartVirtualBench} from './open-choice.ts';
import {createPoller, type Poller} from './poller.ts';
import {createPortAssistant, type PortAssistant} from './port-assistant.ts';
import {createLiveState} from './live-state.ts';
import {createPrompts, type PromptAnswer} from './prompts.ts';
import {createReadingsRing, detectorReadingColumns} from './readings.ts';
import {createRunEvents} from './run-events.ts';
import type {DeviceConnection} from './device-connection.ts';
import {trustOf} from '../bench/stage-trust.ts';
import {createWireLog} from './wire-log.ts';

export interface BenchServiceOptions {
  readonly startVirtualBench: StartVirtualBench;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  readonly data: DataFolder;
  readonly store: Store;
  readonly log: HostLog;
}

type Level = 'info' | 'attention' | 'error';

interface Opened {
  readonly bench: LiveOpenBench;
  readonly manual: ManualControl;
  readonly poller: Poller;
}

const readingRows = 72_000;
const emptied = {
  stage: null,
  detector: null,
  source: null,
  mount: null,
  prompt: null,
} satisfies Partial<BenchStatusParts>;

/** The bench of this host for as long as the host lives: opened, closed, watched, worked on. */
export class BenchHost implements LiveBench, AsyncDisposable {
  readonly readings = createReadingsRing(readingRows);
  readonly wire = createWireLog();
  readonly #runEvents = createRunEvents();
  readonly runEvents = this.#runEvents.feed;
  readonly heldSources = createHeldSources((error) =>
    this.#say('error', 'source', error.message, error.code),
  );
  readonly ports: PortAssistant;
  readonly #options: BenchServiceOptions;
  readonly #benchStatus = createBenchStatus();
  readonly #prompts = createPrompts((prompt) => {
    this.#benchStatus.update({prompt});
    this.#runEvents.prompt(prompt);
    this.#shareLines();
    if (prompt) this.#say('attention', 'bench', prompt.text);
  });
  readonly #manualActivity = createManualActivity(() => this.#jobs.title);
  readonly #jobs = createJobs({
    onBegin: (status, speed) => this.#runEvents.begin(status, speed),
    onStatus: (run) => this.#benchStatus.update({run}),
    onText: (text) => {
      this.#say('info', 'run', text);
      this.#runEvents.note(text);
    },
    onEvent: (event) => {
      this.#runEvents.onEngineEvent(event);
      const say = (level: Level, source: string, text: string): void => this.#say(level, source, text);
      onEngineEvent(event, {
        liveState: this.#instruments.now?.liveState,
        benchStatus: this.#benchStatus,
        say,
        detector: this.#instruments.now?.detector,
        stageRole: this.#instruments.now?.connections.stage.role,
      });
      if (event.type === 'state') this.#shareLines();
    },
    beforeResume: async () => {
      await this.#opened?.poller.hold();
    },
    before: async () => {
      await this.#opened?.poller.hold();
      await this.#manualActivity.settled();
      this.#instruments.clearProblems();
    },
    after: (error, status) => {
      this.#opened?.poller.release();
      // A run sets what it needs at the instruments.
      this.#instruments.settingsChanged(...shownKinds);
      this.#storedPointCount += status.totalPointCount;
      this.#reportEnding(error, status);
      this.#runEvents.end(status, error);
    },
  });
  readonly #disk: Disposable;
  readonly #instruments = new KnownInstruments(this.#benchStatus);
  #opened: Opened | undefined;
  #opening: AbortController | undefined;
  #closing: Promise<string[]> | undefined;
  #halting: Promise<HaltOutcome> | undefined;
  #sessionUid: string | undefined;
  /** Of all ended jobs since the host began. */
  #storedPointCount = 0;

  constructor(options: BenchServiceOptions) {
    this.#options = options;
    const {path} = options.data;
    const {readOnlyBecause} = options.store;
    this.#disk = watchDisk(path, ({diskFreeBytes, problem}) =>
      this.#benchStatus.update({
        saved: {
          ...this.#benchStatus.parts.saved,
          diskFreeBytes,
          problem: readOnlyBecause?.message ?? problem,
        },
      }),
    );
    this.ports = createPortAssistant({
      memoryPath: join(path, 'ports.json'),
      used: () => {
        const instruments = this.#instruments.now;
        if (!instruments) return [];
        return connectionsOf(instruments.connections).map(({role, linkText}) => ({
          role,
          path: pathOf(linkText),
        }));
      },
      onTrace: (role, entry) => this.wire.add(role, entry),
      onDamaged: (text) => this.#say('attention', 'app', text),
    });
  }

  get changeSignal() {
    return this.#benchStatus.changeSignal;
  }

  get parts(): LiveBench['parts'] {
    const {saved, stage, ...parts} = this.#benchStatus.parts;
    const connections = this.#instruments.now?.connections;
    const pointCount = this.#storedPointCount + (this.#jobs.isLive ? this.#jobs.pointCount : 0);
    return {
      ...parts,
      lockin: lockInStatusOf(parts.detector),
      // Whether the position is trusted is told at once, also while the stage cannot be asked where it is.
      stage: stage && connections ? {...stage, ...trustOf(connections.stage)} : stage,
      saved: {...saved, pointCount},
      run: this.#jobs.status,
      instruments: this.#instruments.statuses(),
    };
  }

  get run(): RunStatus | null {
    return this.#jobs.status;
  }

  get isBusy(): boolean {
    return this.#jobs.isLive || this.#manualActivity.isBusy;
  }

  get manual(): ManualControl {
    return this.#requireOpened().manual;
  }

  get sessionUid(): string | undefined {
    return this.#sessionUid;
  }

  set sessionUid(uid: string | undefined) {
    const session = uid === undefined ? undefined : this.#options.store.getSession(uid);
    this.#sessionUid = uid;
    this.#benchStatus.update({session: session ? {uid: session.uid, title: session.title} : null});
  }

  get openBench(): LiveOpenBench | undefined {
    return this.#benchStatus.parts.bench.state === 'open' ? this.#opened?.bench : undefined;
  }

  requireOpen(): LiveOpenBench {
    return this.#requireOpened().bench;
  }

  benchFile() {
    return this.requireOpen().file;
  }

  positionMm(): PositionMm | undefined {
    return this.#instruments.now?.liveState.position?.mm;
  }

  instruments() {
    const {connections} = this.requireOpen();
    return shownKinds.flatMap((kind) => {
      const connection: DeviceConnection | undefined = connections[kind];
      return connection
        ? [{kind, role: connection.role, driver: connection.driver, device: connection.device}]
        : [];
    });
  }

  startJob(job: Job): {readonly id: string} {
    const {bench} = this.#requireOpened();
    if (this.#jobs.isLive)
      throw new BenchError(
        'bench/busy',
        `"${this.#jobs.title}" is under way. Nothing was begun; wait for its end, or stop it first.`,
      );
    if (this.#manualActivity.isBusy)
      throw new BenchError(
        'bench/busy',
        `Something is being done by hand: ${this.#manualActivity.what}. Nothing was begun; wait for its end, or press STOP.`,
      );
    if (this.#options.store.readOnlyBecause) throw this.#options.store.readOnlyBecause;
    assertRoom(this.#options.data.path);
    for (const connection of connectionsOf(bench.connections)) connection.require();
    this.#say('info', 'run', `"${job.title}" begins.`);
    return this.#jobs.start(job, bench);
  }

  async open(choice: BenchChoice): Promise<{readonly name: string}> {
    const {state, name} = this.#benchStatus.parts.bench;
    if (state !== 'closed' && state !== 'failed')
      throw new BenchError(
        'bench/busy',
        `A bench is ${state} already (${name}). Nothing was changed; close it first.`,
      );
    const controller = new AbortController();
    this.#opening = controller;
    this.#benchStatus.update({...emptied, bench: openingBench(choice)});
    try {
      const bench = await this.#connect(choice, controller.signal);
      this.#changeBench({
        state: 'open',
        design: bench.design ?? null,
        text: `${bench.file.name} is open.`,
      });
      const models = this.#instruments.statuses().map(({role, model}) => `${role} ${model}`);
      this.#say('info', 'bench', `${bench.file.name} is open: ${models.join(', ')}.`);
      return {name: bench.file.name};
    } catch (error) {
      // What broke it off is the reason, whatever it made fail.
      throw this.#failOpening(controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      this.#opening = undefined;
    }
  }

  close(reason: string): Promise<string[]> {
    return (this.#closing ??= this.#closeNow(reason).finally(() => {
      this.#closing = undefined;
    }));
  }

  halt(reason: string): Promise<HaltOutcome> {
    return (this.#halting ??= this.#haltNow(reason).finally(() => {
      this.#halting = undefined;
    }));
  }

  answerPrompt(answer: PromptAnswer) {
    this.#prompts.answer(answer);
  }

  async pauseRun(): Promise<boolean> {
    this.#requireRun();
    return this.#jobs.pause();
  }

  async resumeRun(): Promise<void> {
    this.#requireRun();
    await this.#jobs.resume();
  }

  async stopRun(reason: string): Promise<string> {
    this.#requireRun();
    const {title} = this.#jobs;
    await this.#jobs.stop(reason);
    return `"${title}" was ended: ${countOf(this.#jobs.pointCount, 'point')} ${pluralOf(this.#jobs.pointCount, 'is', 'are')} stored.`;
  }

  skipWait(): boolean {
    return this.#jobs.skipWait();
  }

  async connect(role: string): Promise<void> {
    await (await this.#idleConnection(role, 'connected')).connect();
    this.#say('info', role, `The ${role} is connected.`);
  }

  async disconnect(role: string): Promise<void> {
    await (await this.#idleConnection(role, 'disconnected')).disconnect();
    this.#say('attention', role, `The ${role} was disconnected by hand and its port is free.`);
  }

  /** Closes the bench; throws what could not be made safe. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disk[Symbol.dispose]();
    const left = [...(await this.heldSources.endAll()), ...(await this.close('the program ends'))];
    if (left.length > 0) throw new BenchError('device/fault', left.join(' '));
  }

  #say(level: Level, source: string, text: string, code: string | null = null): void {
    this.#options.log.add({level, source, text, code});
  }

  /** While a run rests, paused or waiting for a person, its instruments are looked at; else its lines are its own. */
  #shareLines(): void {
    const poller = this.#opened?.poller;
    if (!poller || !this.#jobs.isLive) return;
    if (this.#jobs.status?.state === 'paused' || this.#benchStatus.parts.prompt !== null) poller.release();
    else void poller.hold();
  }

  #changeBench(changes: Partial<BenchStatusParts['bench']>): void {
    this.#benchStatus.update({bench: {...this.#benchStatus.parts.bench, ...changes}});
  }

  #requireOpened(): Opened {
    if (!this.#opened || this.#benchStatus.parts.bench.state !== 'open') throw benchClosedError();
    return this.#opened;
  }

  #requireRun(): void {
    if (!this.#jobs.isLive) throw new BenchError('plan/invalid', 'No run is under way. Nothing was changed.');
  }

  /** A window reads settings again after every act: that is waited for, and no reason to refuse. */
  async #idleConnection(role: string, what: string): Promise<DeviceConnection> {
    const connection = connectionsOf(this.requireOpen().connections).find((own) => own.role === role);
    if (!connection) throw new BenchError('device/unknown', `This bench has no "${role}". Nothing was sent.`);
    await this.#manualActivity.readingsOf(role);
    if (this.#jobs.isLive || this.#manualActivity.isOccupying(role))
      throw new BenchError(
        'bench/busy',
        `The ${role} is in use and was not ${what}. Wait, or stop what uses it.`,
      );
    return connection;
  }

  /** Opens the instruments and puts the live parts over them. */
  async #connect(choice: BenchChoice, signal: AbortSignal): Promise<LiveOpenBench> {
    const bench = await openChoice(choice, {
      recallPlates: (mount, place) => recallStands(this.#options.store, mount, place),
      startVirtualBench: this.#options.startVirtualBench,
      timeoutScale: this.#options.timeoutScale,
      places: openStagePlaces(this.#options.data.path),
      prompts: this.#prompts,
      signal,
      onTrace: (role, entry) => this.wire.add(role, entry),
      mayReconnect: () => !this.#jobs.isLive && this.#closing === undefined,
      onChange: () => {
        this.#instruments.noteConnections();
        this.#benchStatus.changeSignal.notify();
      },
      onSentence: (role, level, text, code) => this.#say(level, role, text, code),
      onFile: ({name}) => this.#changeBench({name, text: `Connecting the instruments of ${name}.`}),
      onConnections: (connections, clock, file) =>
        this.#instruments.begin(this.#watched(connections, clock.speed, file)),
    });
    this.#opened = {bench, ...this.#liveParts(bench)};
    return bench;
  }

  /** What is known of instruments that are about to be connected: nothing yet. */
  #watched(connections: DeviceConnections, speed: number, file: BenchFile): Instruments {
    const detector = liveDetectorOf(file.detector);
    this.readings.setDetector(detectorReadingColumns(detector.role, detector.declaration));
    const liveState = createLiveState({
      benchStatus: this.#benchStatus,
      readings: this.readings,
      source: file.source,
      detector,
      stage: () => connections.stage.device,
      mount: () => connections.mount?.device,
      speed,
      onSettingsChanged: (kind) => this.#instruments.settingsChanged(kind),
    });
    return {connections, detector, liveState};
  }

  /** Work by hand and the poll, over an open bench. */
  #liveParts(bench: LiveOpenBench): Omit<Opened, 'bench'> {
    const liveState = this.#instruments.now?.liveState;
    if (!liveState) throw new BenchError('internal', 'The bench opened without instruments.');
    const manualActivity = this.#manualActivity;
    return {
      manual: createManualControl({
        bench,
        manualActivity,
        jobs: this.#jobs,
        liveState,
        store: this.#options.store,
        onSettingsChanged: (role) => {
          this.#instruments.settingsChanged(...this.#instruments.kindsOf(role));
          this.#benchStatus.changeSignal.notify();
        },
      }),
      poller: createPoller({
        connections: bench.connections,
        liveState,
        isUsed: (role) => manualActivity.isUsing(role),
        onResult: (role, problem) => {
          if (!this.#instruments.noteResult(role, problem)) return;
          this.#benchStatus.changeSignal.notify();
          // It has turned RF off; whoever comes back to the window must find why.
          if (problem?.code === 'source/limit') this.#say('error', role, problem.message, problem.code);
        },
      }),
    };
  }

  #failOpening(error: unknown): BenchError {
    this.#instruments.end();
    const known =
      isAbort(error) && !(error instanceof BenchError)
        ? new BenchError('plan/aborted', 'Opening the bench was broken off. Nothing moved.', {cause: error})
        : benchErrorFrom(error);
    const {code, message} = known;
    if (isAbort(known)) this.#benchStatus.update({bench: closedBench});
    else
      this.#changeBench({
        state: 'failed',
        text: 'The bench could not be opened.',
        problem: {code, message, details: {...known.details}},
      });
    this.#say(isAbort(known) ? 'attention' : 'error', 'bench', message, code);
    return known;
  }

  async #haltNow(reason: string): Promise<HaltOutcome> {
    if (!this.#opened) {
      this.#breakOffOpening(reason);
      const nothing = nothingToHalt(this.#benchStatus.parts.bench.state);
      return {...nothing, problems: await this.heldSources.endAll()};
    }
    const {connections} = this.#opened.bench;
    const onSourceOff = (): void => this.#instruments.now?.liveState.onSourceOff();
    const halting = haltBench(
      {connections, manualActivity: this.#manualActivity, jobs: this.#jobs, onSourceOff},
      reason,
    );
    const heldProblems = await this.heldSources.endAll();
    const halted = await halting;
    const outcome = {...halted, problems: [...halted.problems, ...heldProblems]};
    this.#instruments.settingsChanged(...shownKinds);
    this.#say('attention', 'bench', `STOP (${reason}): ${outcome.sentence}`);
    for (const problem of outcome.problems) this.#say('error', 'bench', problem);
    return outcome;
  }

  #breakOffOpening(reason: string): void {
    this.#opening?.abort(
      new BenchError('plan/aborted', `Opening the bench was broken off: ${reason}. Nothing moved.`),
    );
  }

  async #closeNow(reason: string): Promise<string[]> {
    this.#breakOffOpening(reason);
    if (!this.#opened) {
      if (this.#benchStatus.parts.bench.state === 'failed') this.#benchStatus.update({bench: closedBench});
      return [];
    }
    const {bench, poller} = this.#opened;
    this.#changeBench({state: 'closing', text: 'Making the bench safe.'});
    const left = await closeBench({
      bench,
      poller,
      jobs: this.#jobs,
      manualActivity: this.#manualActivity,
      halt: () => this.halt(reason),
      reason,
    });
    this.#opened = undefined;
    this.#instruments.end();
    this.#benchStatus.update({...emptied, bench: closedBench});
    for (const sentence of left) this.#say('error', 'bench', sentence);
    if (left.length === 0) this.#say('info', 'bench', 'The bench was closed: RF off, ports free.');
    return left;
  }

  #reportEnding(error: BenchError | null, {title, totalPointCount}: RunStatus): void {
    const points = `${countOf(totalPointCount, 'point')} ${pluralOf(totalPointCount, 'is', 'are')} stored.`;
    if (error === null) this.#say('info', 'run', `"${title}" is complete: ${points}`);
    else
      this.#say(
        isAbort(error) ? 'attention' : 'error',
        'run',
        `"${title}" ended early: ${error.message} ${points}`,
        error.code,
      );
  }
}

const liveDetectorOf = ({role, driver}: DetectorConfig): LiveDetector => {
  const {declaration, parameters} = detectorDriverOf(driver);
  return {role, declaration, parameters};
};

const pathOf = (linkText: string): string => linkText.split(',')[0] ?? '';

function openingBench(choice: BenchChoice): BenchStatusParts['bench'] {
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
