import {recallStands} from '../placements/plate-moves.ts';
import {join} from 'node:path';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {RunStatus} from '../../contract/api/index.ts';
import type {DetectorConfig} from '../../contract/bench-file.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {HostLog, Job} from '../services.ts';
import type {DataFolder} from '../data-folder.ts';
import type {Store} from '../store/open-store.ts';
import {closedBench, createBoard, type BoardParts} from './board.ts';
import {createByHand, type ByHand} from './by-hand.ts';
import {openStagePlaces} from '../bench/stage-places.ts';
import {detectorDriverOf} from '../devices/registry.ts';
import {closeBench} from './close-bench.ts';
import {assertRoom, watchDisk} from './disk-watch.ts';
import {createFreshness} from './freshness.ts';
import {createHands} from './hands.ts';
import {benchClosedError, haltBench, nothingToHalt} from './halt.ts';
import {hearEngine} from './hear-engine.ts';
import {createJobs} from './jobs.ts';
import {instrumentStatusOf, isKnown} from './lights.ts';
import {lockInStatusOf} from './lockin-status.ts';
import type {BenchChoice} from '../../contract/api/index.ts';
import type {HaltOutcome, LiveBench} from './live-bench.ts';
import {slotsOf, type LiveOpenBench, type Slots} from './live-open-bench.ts';
import {openChoice, type StartVirtualBench} from './open-choice.ts';
import {createPoller, type Poller} from './poller.ts';
import {createPortAssistant, type PortAssistant} from './port-assistant.ts';
import {createPresent, type LiveDetector, type Present} from './present.ts';
import {createPrompts, type PromptAnswer} from './prompts.ts';
import {createReadingsRing, detectorReadingColumns} from './readings.ts';
import type {Slot} from './slot.ts';
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
  readonly hand: ByHand;
  readonly poller: Poller;
}

const readingRows = 72_000;
const kinds = ['source', 'detector', 'stage', 'mount'] as const;
const emptied = {
  stage: null,
  detector: null,
  source: null,
  mount: null,
  prompt: null,
} satisfies Partial<BoardParts>;

/** The bench of this host for as long as the host lives: opened, closed, watched, worked on. */
export class BenchHost implements LiveBench, AsyncDisposable {
  readonly readings = createReadingsRing(readingRows);
  readonly wire = createWireLog();
  readonly ports: PortAssistant;
  readonly #options: BenchServiceOptions;
  readonly #board = createBoard();
  readonly #prompts = createPrompts((prompt) => {
    this.#board.update({prompt});
    this.#shareLines();
    if (prompt) this.#say('attention', 'bench', prompt.text);
  });
  readonly #hands = createHands(() => this.#jobs.title);
  readonly #jobs = createJobs({
    onStatus: (run) => this.#board.update({run}),
    onText: (text) => this.#say('info', 'run', text),
    onEvent: (event) => {
      const say = (level: Level, source: string, text: string): void => this.#say(level, source, text);
      hearEngine(event, {
        present: this.#present,
        board: this.#board,
        say,
        detector: this.#detector,
        stageRole: this.#slots?.stage.role,
      });
      if (event.type === 'state') this.#shareLines();
    },
    beforeResume: async () => {
      await this.#opened?.poller.hold();
    },
    before: async () => {
      await this.#opened?.poller.hold();
      await this.#hands.settled();
      this.#problems.clear();
    },
    after: (error, status) => {
      this.#opened?.poller.release();
      // A run sets what it needs at the instruments.
      this.#freshness.change(...kinds);
      this.#storedPointCount += status.totalPointCount;
      this.#tellEnding(error, status);
    },
  });
  readonly #disk: Disposable;
  /** What the last asking of each instrument found. */
  readonly #problems = new Map<string, BenchError | null>();
  readonly #freshness = createFreshness();
  #slots: Slots | undefined;
  #detector: LiveDetector | undefined;
  #present: Present | undefined;
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
      this.#board.update({
        saved: {...this.#board.parts.saved, diskFreeBytes, problem: readOnlyBecause?.message ?? problem},
      }),
    );
    this.ports = createPortAssistant({
      memoryPath: join(path, 'ports.json'),
      used: () =>
        this.#slots ? slotsOf(this.#slots).map(({role, linkText}) => ({role, path: pathOf(linkText)})) : [],
      onTrace: (role, entry) => this.wire.add(role, entry),
      onDamaged: (text) => this.#say('attention', 'app', text),
    });
  }

  get bell() {
    return this.#board.bell;
  }

  get parts(): LiveBench['parts'] {
    const {saved, stage, ...parts} = this.#board.parts;
    const pointCount = this.#storedPointCount + (this.#jobs.isLive ? this.#jobs.pointCount : 0);
    return {
      ...parts,
      lockin: lockInStatusOf(parts.detector),
      // Whether the position is trusted is told at once, also while the stage cannot be asked where it is.
      stage: stage && this.#slots ? {...stage, ...trustOf(this.#slots.stage)} : stage,
      saved: {...saved, pointCount},
      run: this.#jobs.status,
      instruments: this.#instrumentsNow(),
    };
  }

  get run(): RunStatus | null {
    return this.#jobs.status;
  }

  get isBusy(): boolean {
    return this.#jobs.isLive || this.#hands.isBusy;
  }

  get hand(): ByHand {
    return this.#requireOpened().hand;
  }

  get sessionUid(): string | undefined {
    return this.#sessionUid;
  }

  set sessionUid(uid: string | undefined) {
    const session = uid === undefined ? undefined : this.#options.store.getSession(uid);
    this.#sessionUid = uid;
    this.#board.update({session: session ? {uid: session.uid, title: session.title} : null});
  }

  requireOpen(): LiveOpenBench {
    return this.#requireOpened().bench;
  }

  benchFile() {
    return this.requireOpen().file;
  }

  positionMm(): PositionMm | undefined {
    return this.#present?.position?.mm;
  }

  instruments() {
    const {slots} = this.requireOpen();
    return kinds.flatMap((kind) => {
      const slot: Slot | undefined = slots[kind];
      return slot ? [{kind, role: slot.role, driver: slot.driver, device: slot.device}] : [];
    });
  }

  startJob(job: Job): {readonly id: string} {
    const {bench} = this.#requireOpened();
    if (this.#jobs.isLive)
      throw new BenchError(
        'bench/busy',
        `"${this.#jobs.title}" is under way. Nothing was begun; wait for its end, or stop it first.`,
      );
    if (this.#hands.isBusy)
      throw new BenchError(
        'bench/busy',
        `Something is being done by hand: ${this.#hands.what}. Nothing was begun; wait for its end, or press STOP.`,
      );
    if (this.#options.store.readOnlyBecause) throw this.#options.store.readOnlyBecause;
    assertRoom(this.#options.data.path);
    for (const slot of slotsOf(bench.slots)) slot.require();
    this.#say('info', 'run', `"${job.title}" begins.`);
    return this.#jobs.start(job, bench);
  }

  async open(choice: BenchChoice): Promise<{readonly name: string}> {
    const {state, name} = this.#board.parts.bench;
    if (state !== 'closed' && state !== 'failed')
      throw new BenchError(
        'bench/busy',
        `A bench is ${state} already (${name}). Nothing was changed; close it first.`,
      );
    const controller = new AbortController();
    this.#opening = controller;
    this.#board.update({...emptied, bench: openingBench(choice)});
    try {
      const bench = await this.#connect(choice, controller.signal);
      this.#changeBench({state: 'open', text: `${bench.file.name} is open.`});
      const models = this.#instrumentsNow().map(({role, model}) => `${role} ${model}`);
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
    return `"${title}" was ended: ${this.#jobs.pointCount} points are stored.`;
  }

  skipWait(): boolean {
    return this.#jobs.skipWait();
  }

  async connect(role: string): Promise<void> {
    await this.#idleSlot(role, 'connected').connect();
    this.#say('info', role, `The ${role} is connected.`);
  }

  async disconnect(role: string): Promise<void> {
    await this.#idleSlot(role, 'disconnected').disconnect();
    this.#say('attention', role, `The ${role} was disconnected by hand and its port is free.`);
  }

  /** Closes the bench; throws what could not be made safe. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disk[Symbol.dispose]();
    const left = await this.close('the program ends');
    if (left.length > 0) throw new BenchError('device/fault', left.join(' '));
  }

  #say(level: Level, source: string, text: string, code: string | null = null): void {
    this.#options.log.add({level, source, text, code});
  }

  /** While a run rests, paused or waiting for a person, its instruments are looked at; else its lines are its own. */
  #shareLines(): void {
    const poller = this.#opened?.poller;
    if (!poller || !this.#jobs.isLive) return;
    if (this.#jobs.status?.state === 'paused' || this.#board.parts.prompt !== null) poller.release();
    else void poller.hold();
  }

  #changeBench(changes: Partial<BoardParts['bench']>): void {
    this.#board.update({bench: {...this.#board.parts.bench, ...changes}});
  }

  #requireOpened(): Opened {
    if (!this.#opened || this.#board.parts.bench.state !== 'open') throw benchClosedError();
    return this.#opened;
  }

  #requireRun(): void {
    if (!this.#jobs.isLive) throw new BenchError('plan/invalid', 'No run is under way. Nothing was changed.');
  }

  #idleSlot(role: string, what: string): Slot {
    const slot = slotsOf(this.requireOpen().slots).find((candidate) => candidate.role === role);
    if (!slot) throw new BenchError('device/unknown', `This bench has no "${role}". Nothing was sent.`);
    if (this.#jobs.isLive || this.#hands.isUsing(role))
      throw new BenchError(
        'bench/busy',
        `The ${role} is in use and was not ${what}. Wait, or stop what uses it.`,
      );
    return slot;
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
        this.#noteConnections();
        this.#board.bell.ring();
      },
      onSentence: (role, level, text, code) => this.#say(level, role, text, code),
      onFile: ({name}) => this.#changeBench({name, text: `Connecting the instruments of ${name}.`}),
      onSlots: (slots, clock, file) => {
        this.#slots = slots;
        this.#problems.clear();
        this.#detector = liveDetectorOf(file.detector);
        this.readings.setDetector(detectorReadingColumns(this.#detector.role, this.#detector.declaration));
        this.#present = createPresent({
          board: this.#board,
          readings: this.readings,
          source: file.source,
          detector: this.#detector,
          stage: () => slots.stage.device,
          mount: () => slots.mount?.device,
          speed: clock.speed,
          onSettingsChanged: (kind) => this.#freshness.change(kind),
        });
      },
    });
    const [present, hands, jobs] = [this.#present, this.#hands, this.#jobs];
    if (!present) throw new BenchError('internal', 'The bench opened without instruments.');
    this.#opened = {
      bench,
      hand: createByHand({
        bench,
        hands,
        jobs,
        present,
        store: this.#options.store,
        onSettingsChanged: (role) => this.#settingsChanged(role),
      }),
      poller: createPoller({
        slots: bench.slots,
        present,
        isUsed: (role) => hands.isUsing(role),
        onResult: (role, problem) => {
          const isNew = this.#problems.get(role)?.message !== problem?.message;
          this.#problems.set(role, problem);
          if (isNew) this.#board.bell.ring();
          // It has turned RF off; whoever comes back to the window must find why.
          if (isNew && problem?.code === 'source/limit')
            this.#say('error', role, problem.message, problem.code);
        },
      }),
    };
    return bench;
  }

  #failOpening(error: unknown): BenchError {
    this.#slots = undefined;
    const known =
      isAbort(error) && !(error instanceof BenchError)
        ? new BenchError('plan/aborted', 'Opening the bench was broken off. Nothing moved.', {cause: error})
        : benchErrorFrom(error);
    const {code, message} = known;
    if (isAbort(known)) this.#board.update({bench: closedBench});
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
      return nothingToHalt(this.#board.parts.bench.state);
    }
    const {slots} = this.#opened.bench;
    const onSourceOff = (): void => this.#present?.onSourceOff();
    const outcome = await haltBench({slots, hands: this.#hands, jobs: this.#jobs, onSourceOff}, reason);
    this.#freshness.change(...kinds);
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
      if (this.#board.parts.bench.state === 'failed') this.#board.update({bench: closedBench});
      return [];
    }
    const {bench, poller} = this.#opened;
    this.#changeBench({state: 'closing', text: 'Making the bench safe.'});
    const left = await closeBench({
      bench,
      poller,
      jobs: this.#jobs,
      hands: this.#hands,
      halt: () => this.halt(reason),
      reason,
    });
    this.#opened = undefined;
    this.#slots = undefined;
    this.#present = undefined;
    this.#board.update({...emptied, bench: closedBench});
    for (const sentence of left) this.#say('error', 'bench', sentence);
    if (left.length === 0) this.#say('info', 'bench', 'The bench was closed: RF off, ports free.');
    return left;
  }

  #tellEnding(error: BenchError | null, {title, totalPointCount}: RunStatus): void {
    const points = `${totalPointCount} points are stored.`;
    if (error === null) this.#say('info', 'run', `"${title}" is complete: ${points}`);
    else
      this.#say(
        isAbort(error) ? 'attention' : 'error',
        'run',
        `"${title}" ended early: ${error.message} ${points}`,
        error.code,
      );
  }

  #settingsChanged(role: string): void {
    const slots = this.#slots;
    if (slots) this.#freshness.change(...kinds.filter((kind) => slots[kind]?.role === role));
    this.#board.bell.ring();
  }

  /** What was known of an instrument says nothing of the one that was connected now. */
  #noteConnections(): void {
    for (const kind of kinds) {
      const slot: Slot | undefined = this.#slots?.[kind];
      if (!slot || !this.#freshness.isNewConnection(kind, slot.connectionCount)) continue;
      this.#problems.delete(slot.role);
      this.#present?.forget(kind);
    }
  }

  #instrumentsNow() {
    const slots = this.#slots;
    if (!slots) return [];
    return kinds.flatMap((kind) => {
      const slot: Slot | undefined = slots[kind];
      if (!slot) return [];
      const status = instrumentStatusOf(kind, slot, {
        problem: this.#problems.get(slot.role) ?? null,
        stageWord: this.#present?.stageWord ?? '',
        isHomed: slots.stage.device?.isPositionTrusted ?? false,
        isHomingDue: slots.stage.device?.isHomingDue ?? false,
        source: this.#board.parts.source,
        mount: this.#board.parts.mount,
        isKnown: isKnown(this.#board.parts, kind),
        settingsRevision: this.#freshness.revision(kind),
      });
      return [status];
    });
  }
}

const liveDetectorOf = ({role, driver}: DetectorConfig): LiveDetector => {
  const {declaration, parameters} = detectorDriverOf(driver);
  return {role, declaration, parameters};
};

const pathOf = (linkText: string): string => linkText.split(',')[0] ?? '';

function openingBench(choice: BenchChoice): BoardParts['bench'] {
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
