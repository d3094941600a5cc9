import {randomUUID} from 'node:crypto';
import {createChangeSignal} from '../../base/feed.ts';
import type {AlignJob, CalibrationHours} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import type {Store} from '../store/open-store.ts';
import type {SessionAlignmentProgress} from '../alignment/session-alignment-protocol.ts';
import {
  alignSession,
  type AlignSessionOutcome,
  type AlignSessionRequest,
} from '../alignment/align-session.ts';

/** Runs alignments of stored sessions one at a time and says how the one under way stands. */
export interface AlignJobService extends AsyncDisposable {
  /** Throws `bench/busy` while another runs, `store/not-found` without such a session. */
  start(request: AlignSessionRequest): {readonly id: string};
  /** The job under way or the last one; waits up to `waitMs` while nothing has changed since `after`. */
  follow(wait: {
    readonly after: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<{readonly last: number; readonly job: AlignJob | null}>;
  /** Resolves when it has ended; false when none was under way. */
  stop(reason: string): Promise<boolean>;
}

export interface AlignJobServiceOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly hours: () => CalibrationHours;
  /** Gets what a job has found, also where nothing of it was stored. */
  readonly onOutcome: (job: AlignJob, outcome: AlignSessionOutcome) => void;
  /** Called with a sentence that says how a job ended. */
  readonly onEnd: (job: AlignJob, sentence: string) => void;
}

interface Live {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Changes closer together than this are reported together, ms. */
const quietMs = 100;

export function createAlignJobService(options: AlignJobServiceOptions): AlignJobService {
  const {store, now, hours} = options;
  const changeSignal = createChangeSignal(quietMs);
  let job: AlignJob | null = null;
  let live: Live | undefined;
  let startedMs = 0;
  const elapsedS = (): number => sFromMs(performance.now() - startedMs);

  const show = (next: AlignJob): AlignJob => {
    job = next;
    changeSignal.notify();
    return next;
  };
  const run = async (begun: AlignJob, request: AlignSessionRequest, signal: AbortSignal): Promise<void> => {
    // Nothing but this run changes the job while it is under way.
    const current = (): AlignJob => job ?? begun;
    const onProgress = (progress: SessionAlignmentProgress): void =>
      void show({...current(), ...progressOf(progress, current())});
    let ending: JobEnding;
    try {
      const outcome = await alignSession(store, request, {signal, onProgress, hours: hours()});
      options.onOutcome(show(current()), outcome);
      ending = endingOfOutcome(outcome);
    } catch (error) {
      ending = endingOfError(error);
    }
    live = undefined;
    const {change, sentence} = ending;
    const times = {endedUtc: now().toISOString(), elapsedS: elapsedS(), timeLeftS: null};
    options.onEnd(show({...current(), ...change, ...times, stage: 'ended', text: sentence}), sentence);
  };
  const stop = async (reason: string): Promise<boolean> => {
    if (!live || !job) return false;
    const {controller, ended} = live;
    show({...job, state: 'stopping', text: 'stopping'});
    controller.abort(
      new BenchError('plan/stopped', `The alignment was ended: ${reason}. Nothing of it is stored.`),
    );
    await ended;
    return true;
  };

  return {
    start(request) {
      if (live)
        throw new BenchError(
          'bench/busy',
          `An alignment ("${job?.title ?? ''}") is under way; one is computed at a time. Wait for it or stop it.`,
        );
      const {title} = store.getSession(request.sessionUid);
      startedMs = performance.now();
      const begun = show(newJob(request, title, now()));
      const controller = new AbortController();
      const ended = Promise.withResolvers<void>();
      live = {controller, ended: ended.promise};
      void run(begun, request, controller.signal).finally(ended.resolve);
      return {id: begun.id};
    },
    async follow(wait) {
      await changeSignal.wait(wait);
      return {last: changeSignal.count, job: job && live ? withTimes(job, elapsedS()) : job};
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop('the program ends');
    },
  };
}

const newJob = ({sessionUid, runUids}: AlignSessionRequest, title: string, startedAt: Date): AlignJob => ({
  id: randomUUID(),
  sessionUid,
  title,
  state: 'running',
  stage: 'reading',
  text: 'reading planes',
  doneRatio: 0,
  convergence: [],
  planeCount: runUids?.length ?? 0,
  startedUtc: startedAt.toISOString(),
  endedUtc: null,
  elapsedS: 0,
  timeLeftS: null,
  alignmentUid: null,
  problem: null,
});

function progressOf(
  {stage, text, doneRatio, unexplainedRatio, planeCount}: SessionAlignmentProgress,
  {convergence, doneRatio: doneBefore}: AlignJob,
): Partial<AlignJob> {
  const isPoint = unexplainedRatio !== undefined && Number.isFinite(unexplainedRatio);
  return {
    stage,
    text,
    planeCount,
    // A second fit without the lines that were left out must not go backwards.
    doneRatio: Math.max(doneBefore, doneRatio),
    ...(isPoint
      ? {convergence: [...convergence, {iteration: convergence.length + 1, unexplainedRatio}]}
      : {}),
  };
}

interface JobEnding {
  readonly change: Partial<AlignJob>;
  readonly sentence: string;
}

/** A result that was not stored because it is not to be trusted is a failure. */
function endingOfOutcome({uid, result}: AlignSessionOutcome): JobEnding {
  if (uid === null)
    return endingOfError(
      new BenchError('twin/invalid', `${result.reasons.join(' ')} Nothing was stored.`, {
        details: {verdict: result.verdict},
      }),
    );
  return {
    change: {state: 'done', alignmentUid: uid, doneRatio: 1},
    sentence: `Alignment done: ${result.verdict}.`,
  };
}

function endingOfError(error: unknown): JobEnding {
  const {code, message, details} = benchErrorFrom(error).toJSON();
  const isStopped = isAbort(error);
  return {
    change: {
      state: isStopped ? 'stopped' : 'failed',
      problem: {code, message, details: {...details}},
    },
    sentence: isStopped ? 'Alignment stopped; nothing of it is stored.' : `Alignment failed: ${message}`,
  };
}

/** Before the fit the search may take one round or eight, so that the end cannot be estimated. */
function withTimes(job: AlignJob, elapsedS: number): AlignJob {
  const {stage, doneRatio} = job;
  const isForeseeable = (stage === 'fit' || stage === 'error-bars') && doneRatio > 0;
  return {...job, elapsedS, timeLeftS: isForeseeable ? (elapsedS * (1 - doneRatio)) / doneRatio : null};
}
