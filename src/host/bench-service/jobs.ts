import {randomUUID} from 'node:crypto';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {benchErrorFrom, BenchError, isAbort} from '../../contract/errors.ts';
import type {RunStatus} from '../../contract/api/index.ts';
import type {ExitStatus} from '../../contract/run-records.ts';
import type {Job} from '../services.ts';
import {suspendersOf, type RunControls} from '../bench/bench-engine.ts';
import type {BenchSurroundings, OpenBench} from '../bench/open-bench.ts';
import {abortedError, stoppedError} from '../engine/endings.ts';
import type {EngineEvent} from '../engine/events.ts';
import {createRunTracker, type RunTracker, type TrackedJob} from './run-tracker.ts';

/** The one job on the bench: started, followed, paused, ended. */
export interface Jobs {
  readonly isLive: boolean;
  /** Title of the live one; ''. */
  readonly title: string;
  readonly pointCount: number;
  readonly status: RunStatus | null;
  start(job: Job, bench: OpenBench): {readonly id: string};
  pause(): Promise<boolean>;
  /** Gets the lines quiet and lets it go on. */
  resume(): Promise<void>;
  skipWait(): boolean;
  /** Ends it at its next message. Resolves when the whole job is over, records and all. */
  stop(reason: string): Promise<void>;
  /** Stops the stages and ends it. Resolves when the bench is safe; what is computed of it afterwards goes on. */
  abort(reason: string): Promise<void>;
}

export interface JobsOptions {
  /** A job begins; `speed` is bench time per real time. */
  readonly onBegin: (status: RunStatus, speed: number) => void;
  readonly onStatus: (status: RunStatus) => void;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onText: (text: string) => void;
  /** Gets the lines quiet again before a paused job goes on. */
  readonly beforeResume: () => Promise<void>;
  /** Gets the lines quiet before, and lets the poll go on after. */
  readonly before: () => Promise<void>;
  readonly after: (error: BenchError | null, status: RunStatus) => void;
  readonly surroundings?: BenchSurroundings | undefined;
}

interface Live {
  readonly job: Job;
  readonly controller: AbortController;
  readonly tracker: RunTracker;
  readonly ended: Promise<void>;
  readonly safe: PromiseWithResolvers<void>;
  controls: RunControls | undefined;
}

export function createJobs(options: JobsOptions): Jobs {
  let live: Live | undefined;
  let last: RunTracker | undefined;

  const run = async (begun: Live, bench: OpenBench): Promise<void> => {
    const failure = await carryOut(begun, bench, options);
    begun.safe.resolve();
    // The engine's last words are delivered behind its work.
    await nextTurn();
    live = undefined;
    const {tracker} = begun;
    tracker.end(...endingOf(failure));
    options.after(failure, tracker.status);
  };

  return {
    get isLive() {
      return live !== undefined;
    },
    get title() {
      return live?.job.title ?? '';
    },
    get pointCount() {
      return last?.status.totalPointCount ?? 0;
    },
    get status() {
      return last?.status ?? null;
    },
    start(job, bench) {
      const id = randomUUID();
      const tracker = createRunTracker({
        id,
        ...trackedOf(job, bench),
        speed: bench.clock.speed,
        onChange: options.onStatus,
      });
      last = tracker;
      const ended = Promise.withResolvers<void>();
      live = {
        job,
        controller: new AbortController(),
        tracker,
        safe: Promise.withResolvers(),
        controls: undefined,
        ended: ended.promise,
      };
      options.onBegin(tracker.status, bench.clock.speed);
      void run(live, bench).finally(ended.resolve);
      return {id};
    },
    async pause() {
      const isPaused = (await live?.controls?.pause()) ?? false;
      // The engine tells its state behind its work; whoever asked for a pause must find it in the status.
      await nextTurn();
      return isPaused;
    },
    async resume() {
      const resumed = live;
      if (resumed?.tracker.status.state === 'paused') await options.beforeResume();
      resumed?.controls?.resume();
    },
    skipWait: () => live?.controls?.skipWait() ?? false,
    async stop(reason) {
      const ending = live;
      if (!ending) return;
      ending.controller.abort(stoppedError(reason));
      await ending.ended;
    },
    async abort(reason) {
      const ending = live;
      if (!ending) return;
      const {controller, controls, safe} = ending;
      if (!controller.signal.aborted) controller.abort(abortedError(reason));
      // It is being ended already: a stop becomes an abort, an abort gives its clean-up up.
      else if (controls && controls.state !== 'idle') void controls.abort(reason).catch(() => undefined); // job.run tells
      await safe.promise;
    },
  };
}

/** What is told of a job from its beginning. */
const trackedOf = (
  job: Job,
  bench: OpenBench,
): Pick<TrackedJob, 'kind' | 'title' | 'itemCount' | 'suspenders'> => ({
  kind: job.kind,
  title: job.title,
  itemCount: job.itemCount,
  suspenders: [...suspendersOf(benchFor(job, bench, undefined))],
});

/** Does the work of a job. Never rejects: returns what ended it early, or null. */
async function carryOut(
  live: Live,
  bench: OpenBench,
  {before, onText, onEvent, surroundings}: JobsOptions,
): Promise<BenchError | null> {
  const {job, controller, tracker, safe} = live;
  try {
    await before();
    controller.signal.throwIfAborted();
    await job.run(benchFor(job, bench, surroundings), {
      signal: controller.signal,
      onText,
      onStart: (controls) => {
        live.controls = controls;
      },
      onEvent: (event) => {
        tracker.onEvent(event);
        onEvent(event);
        if (event.type === 'state' && event.state === 'idle') safe.resolve();
      },
    });
    return null;
  } catch (error) {
    return isAbort(error) && !(error instanceof BenchError)
      ? abortedError('withdrawn', error)
      : benchErrorFrom(error);
  }
}

/** How a job ended, and why: in the words of who ended it, where there are any. */
function endingOf(failure: BenchError | null): [exitStatus: ExitStatus, reason: string] {
  if (failure === null) return ['success', ''];
  const given = failure.details['reason'];
  return [
    isAbort(failure) ? 'abort' : 'fail',
    typeof given === 'string' && given !== '' ? given : failure.message,
  ];
}

/** The bench as a job has it: with its own policy, and with nobody to ask where nobody follows it. */
function benchFor(
  {settingsPolicy, suspenders, isAttended = true}: Job,
  bench: OpenBench,
  surroundings: BenchSurroundings | undefined,
): OpenBench {
  return {
    ...bench,
    surroundings,
    ...(suspenders === undefined ? {} : {suspenders}),
    ...(settingsPolicy === undefined ? {} : {settingsPolicy}),
    ...(isAttended ? {} : {ask: undefined}),
  };
}
