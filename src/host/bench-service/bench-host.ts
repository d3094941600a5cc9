import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {BenchChoice, RunStatus} from '../../contract/api/index.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {Job} from '../services.ts';
import {trustOf} from '../bench/stage-trust.ts';
import {createHeldSources} from '../instruments/held-sources.ts';
import {changeBench, failOpening, openingBench, openInstruments, type Opened} from './bench-opening.ts';
import {BenchRuns, type Say} from './bench-runs.ts';
import {closedBench, createBenchStatus, emptied} from './bench-status.ts';
import {closeBench} from './close-bench.ts';
import {connectManually, disconnectManually} from './manual-connection.ts';
import {freeBytesAt, watchDisk} from './disk-watch.ts';
import type {BenchServiceOptions} from './bench-service-options.ts';
import {noteStandstill} from './standstill.ts';
import {benchClosedError, haltAll, nothingToHalt} from './halt.ts';
import {devicesOf, KnownInstruments} from './known-instruments.ts';
import type {HaltOutcome, LiveBench} from './live-bench.ts';
import type {LiveOpenBench} from './live-open-bench.ts';
import {lockInStatusOf} from './lockin-status.ts';
import {createManualActivity} from './manual-activity.ts';
import type {ManualControl} from './manual-control.ts';
import {createPortAssistant, type PortAssistant} from './port-assistant.ts';
import type {PromptAnswer} from './prompts.ts';
import {createReadingsRing} from './readings.ts';
import {createWireLog} from './wire-log.ts';

const readingRows = 72_000;
/** The bench of this host for as long as the host lives: opened, closed, watched, worked on. */
export class BenchHost implements LiveBench, AsyncDisposable {
  readonly readings = createReadingsRing(readingRows);
  readonly wire = createWireLog();
  readonly heldSources = createHeldSources((error) =>
    this.#say('error', 'source', error.message, error.code),
  );
  readonly ports: PortAssistant;
  readonly #options: BenchServiceOptions;
  readonly #benchStatus = createBenchStatus();
  readonly #instruments = new KnownInstruments(this.#benchStatus);
  readonly #manualActivity = createManualActivity(() => this.#runs.jobs.title);
  readonly #runs: BenchRuns;
  readonly #disk: Disposable;
  #opened: Opened | undefined;
  #opening: AbortController | undefined;
  #closing: Promise<string[]> | undefined;
  #halting: Promise<HaltOutcome> | undefined;
  #sessionUid: string | undefined;

  constructor(options: BenchServiceOptions) {
    this.#options = options;
    const {path} = options.data;
    const {readOnlyBecause} = options.store;
    this.#runs = new BenchRuns({
      store: options.store,
      dataPath: path,
      benchStatus: this.#benchStatus,
      instruments: this.#instruments,
      manualActivity: this.#manualActivity,
      poller: () => this.#opened?.poller,
      say: this.#say,
      surroundings: {absentS: options.absentS, freeBytes: () => freeBytesAt(path)},
      onRun: (run) => options.guard.noteRun(run),
    });
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
      used: () => this.#instruments.usedPorts(),
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
    return {
      ...parts,
      lockin: lockInStatusOf(parts.detector),
      // Whether the position is trusted is told at once, also while the stage cannot be asked where it is.
      stage: stage && connections ? {...stage, ...trustOf(connections.stage)} : stage,
      saved: {...saved, pointCount: this.#runs.pointCount},
      run: this.#runs.jobs.status,
      instruments: this.#instruments.statuses(),
    };
  }

  get runEvents() {
    return this.#runs.events;
  }

  get run(): RunStatus | null {
    return this.#runs.jobs.status;
  }

  get isBusy(): boolean {
    return this.#runs.jobs.isLive || this.#manualActivity.isBusy;
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
    return devicesOf(this.requireOpen().connections);
  }

  startJob(job: Job): {readonly id: string} {
    return this.#runs.start(job, this.requireOpen());
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
      this.#opened = await openInstruments(choice, controller.signal, {
        ...this.#shared,
        startVirtualBench: this.#options.startVirtualBench,
        timeoutScale: this.#options.timeoutScale,
        hazards: this.#options.guard,
        mayReconnect: () => !this.#runs.jobs.isLive && this.#closing === undefined,
      });
      const {file, design = null} = this.#opened.bench;
      changeBench(this.#benchStatus, {state: 'open', design, text: `${file.name} is open.`});
      const models = this.#instruments.statuses().map(({role, model}) => `${role} ${model}`);
      this.#say('info', 'bench', `${file.name} is open: ${models.join(', ')}.`);
      return {name: file.name};
    } catch (error) {
      // What broke it off is the reason, whatever it made fail.
      throw failOpening(controller.signal.aborted ? controller.signal.reason : error, this.#shared);
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
    this.#runs.prompts.answer(answer);
  }

  pauseRun(): Promise<boolean> {
    return this.#runs.pause();
  }

  resumeRun(): Promise<void> {
    return this.#runs.resume();
  }

  stopRun(reason: string): Promise<string> {
    return this.#runs.stop(reason);
  }

  skipWait(): boolean {
    return this.#runs.jobs.skipWait();
  }

  noteStandstill(seconds: number): void {
    noteStandstill(seconds, {jobs: this.#runs.jobs, store: this.#options.store, say: this.#say});
  }

  async connect(role: string): Promise<void> {
    await connectManually(role, this.requireOpen().connections, this.#shared);
  }

  async disconnect(role: string): Promise<void> {
    await disconnectManually(role, this.requireOpen().connections, this.#shared);
  }

  /** Closes the bench; throws what could not be made safe. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disk[Symbol.dispose]();
    const left = [...(await this.heldSources.endAll()), ...(await this.close('the program ends'))];
    if (left.length > 0) throw new BenchError('device/fault', left.join(' '));
  }

  readonly #say: Say = (level, source, text, code = null) => {
    this.#options.log.add({level, source, text, code});
  };

  /** What opening a bench may use of this one. */
  get #shared() {
    return {
      store: this.#options.store,
      dataPath: this.#options.data.path,
      benchStatus: this.#benchStatus,
      instruments: this.#instruments,
      manualActivity: this.#manualActivity,
      runs: this.#runs,
      readings: this.readings,
      wire: this.wire,
      say: this.#say,
    };
  }

  #requireOpened(): Opened {
    if (!this.#opened || this.#benchStatus.parts.bench.state !== 'open') throw benchClosedError();
    return this.#opened;
  }

  async #haltNow(reason: string): Promise<HaltOutcome> {
    if (!this.#opened) {
      this.#breakOffOpening(reason);
      const nothing = nothingToHalt(this.#benchStatus.parts.bench.state);
      return {...nothing, problems: await this.heldSources.endAll()};
    }
    const {connections} = this.#opened.bench;
    return haltAll({...this.#shared, connections, heldSources: this.heldSources}, reason);
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
    changeBench(this.#benchStatus, {state: 'closing', text: 'Making the bench safe.'});
    const left = await closeBench({
      bench,
      poller,
      jobs: this.#runs.jobs,
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
}
