import {countOf, pluralOf} from '../../base/count-text.ts';
import type {RunStatus} from '../../contract/api/index.ts';
import type {RunDocument} from '../../contract/run-records.ts';
import {BenchError, isAbort} from '../../contract/errors.ts';
import type {BenchSurroundings} from '../bench/open-bench.ts';
import type {Job} from '../services.ts';
import type {Store} from '../store/open-store.ts';
import type {BenchStatus} from './bench-status.ts';
import {assertRoom} from './disk-watch.ts';
import {createJobs, type Jobs} from './jobs.ts';
import {type KnownInstruments, shownKinds} from './known-instruments.ts';
import {connectionsOf, type LiveOpenBench} from './live-open-bench.ts';
import type {ManualActivity} from './manual-activity.ts';
import {onEngineEvent} from './on-engine-event.ts';
import type {Poller} from './poller.ts';
import {createPrompts, type Prompts} from './prompts.ts';
import {createRunEvents} from './run-events.ts';

/** Writes a sentence into the host's log. */
export type Say = (
  level: 'info' | 'attention' | 'error',
  source: string,
  text: string,
  code?: string | null,
) => void;

export interface BenchRunsOptions {
  readonly store: Store;
  /** Folder of the data. */
  readonly dataPath: string;
  readonly benchStatus: BenchStatus;
  readonly instruments: KnownInstruments;
  readonly manualActivity: ManualActivity;
  /** Of the bench that is open. */
  readonly poller: () => Poller | undefined;
  readonly say: Say;
  readonly surroundings: BenchSurroundings;
  /** Hears which run is under way from now on. */
  readonly onRun: (run: {readonly uid: string; readonly title: string} | null) => void;
}

/** The runs of this host, one at a time: begun, followed, paused, ended, and what they ask of a person. */
export class BenchRuns {
  readonly jobs: Jobs;
  readonly prompts: Prompts;
  readonly #options: BenchRunsOptions;
  readonly #events = createRunEvents();
  /** What runs do, in the order in which they do it. */
  readonly events = this.#events.feed;
  /** Of all ended jobs since the host began. */
  #storedPointCount = 0;

  constructor(options: BenchRunsOptions) {
    this.#options = options;
    const {benchStatus, say} = options;
    this.prompts = createPrompts((prompt) => {
      benchStatus.update({prompt});
      this.#events.prompt(prompt);
      this.#shareLines();
      if (prompt) say('attention', 'bench', prompt.text);
    });
    this.jobs = this.#createJobs();
  }

  #createJobs(): Jobs {
    const {benchStatus, instruments, manualActivity, poller, say} = this.#options;
    return createJobs({
      surroundings: this.#options.surroundings,
      onBegin: (status, speed) => this.#events.begin(status, speed),
      onStatus: (run) => benchStatus.update({run}),
      onText: (text) => {
        say('info', 'run', text);
        this.#events.note(text);
      },
      onEvent: (event) => {
        this.#events.onEngineEvent(event);
        const {now} = instruments;
        onEngineEvent(event, {
          liveState: now?.liveState,
          benchStatus,
          say,
          detector: now?.detector,
          stageRole: now?.connections.stage.role,
        });
        if (event.type === 'state') this.#shareLines();
        if (event.type === 'document') this.#noteRun(event.document);
      },
      beforeResume: async () => {
        await poller()?.hold();
      },
      before: async () => {
        await poller()?.hold();
        await manualActivity.settled();
        instruments.clearProblems();
      },
      after: (error, status) => {
        poller()?.release();
        // A run sets what it needs at the instruments.
        instruments.settingsChanged(...shownKinds);
        this.#storedPointCount += status.totalPointCount;
        this.#reportEnding(error, status);
        this.#events.end(status, error);
      },
    });
  }

  /** Points stored by runs since the host began, those of the run under way among them. */
  get pointCount(): number {
    return this.#storedPointCount + (this.jobs.isLive ? this.jobs.pointCount : 0);
  }

  /** Throws `bench/busy`, or why nothing could be stored, before anything is begun. */
  start(job: Job, bench: LiveOpenBench): {readonly id: string} {
    const {store, dataPath, manualActivity, say} = this.#options;
    if (this.jobs.isLive)
      throw new BenchError(
        'bench/busy',
        `"${this.jobs.title}" is under way. Nothing was begun; wait for its end, or stop it first.`,
      );
    if (manualActivity.isBusy)
      throw new BenchError(
        'bench/busy',
        `Something is being done by hand: ${manualActivity.what}. Nothing was begun; wait for its end, or press STOP.`,
      );
    if (store.readOnlyBecause) throw store.readOnlyBecause;
    assertRoom(dataPath);
    for (const connection of connectionsOf(bench.connections)) connection.require();
    say('info', 'run', `"${job.title}" begins.`);
    return this.jobs.start(job, bench);
  }

  async pause(): Promise<boolean> {
    this.#requireLive();
    return this.jobs.pause();
  }

  async resume(): Promise<void> {
    this.#requireLive();
    await this.jobs.resume();
  }

  /** Resolves with a sentence when everything is safe and stored. */
  async stop(reason: string): Promise<string> {
    this.#requireLive();
    const {title} = this.jobs;
    await this.jobs.stop(reason);
    return `"${title}" was ended: ${storedText(this.jobs.pointCount)}`;
  }

  #noteRun([name, document]: RunDocument): void {
    if (name === 'start')
      this.#options.onRun({uid: document.uid, title: `run ${document.scan_id} (${document.plan_name})`});
    else if (name === 'stop') this.#options.onRun(null);
  }

  #requireLive(): void {
    if (!this.jobs.isLive) throw new BenchError('plan/invalid', 'No run is under way. Nothing was changed.');
  }

  /** While a run rests, paused or waiting for a person, its instruments are looked at; else its lines are its own. */
  #shareLines(): void {
    const poller = this.#options.poller();
    if (!poller || !this.jobs.isLive) return;
    const isWaiting = this.#options.benchStatus.parts.prompt !== null;
    if (this.jobs.status?.state === 'paused' || isWaiting) poller.release();
    else void poller.hold();
  }

  #reportEnding(error: BenchError | null, {title, totalPointCount}: RunStatus): void {
    const {say} = this.#options;
    const points = storedText(totalPointCount);
    if (error === null) say('info', 'run', `"${title}" is complete: ${points}`);
    else
      say(
        isAbort(error) ? 'attention' : 'error',
        'run',
        `"${title}" ended early: ${error.message} ${points}`,
        error.code,
      );
  }
}

const storedText = (pointCount: number): string =>
  `${countOf(pointCount, 'point')} ${pluralOf(pointCount, 'is', 'are')} stored.`;
