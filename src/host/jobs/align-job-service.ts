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
  /** Hears how a job ended, in a sentence. */
  readonly onEnd: (job: AlignJob, sentence: string) => void;
}

interface Live {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Changes closer together than this are reported together, ms. */
const quietMs = 100;

export function createAlignJobService(options: AlignJobServiceOptions): AlignJobService {
  const {store, now, hours, onEnd} = options;
  const changeSignal = createChangeSignal(quietMs);
  let job: AlignJob | null = null;
  let live: Live | undefined;
  let startedMs = 0;

  const update = (change: Partial<AlignJob>): AlignJob => {
    // Only called for a job that was begun.
    job = {...(job as AlignJob), ...change};
    changeSignal.notify();
    return job;
  };
  const onProgress = ({
    stage,
    text,
    doneRatio,
    unexplainedRatio,
    planeCount,
  }: SessionAlignmentProgress): void => {
    const before = job?.convergence ?? [];
    const isPoint = unexplainedRatio !== undefined && Number.isFinite(unexplainedRatio);
    update({
      stage,
      text,
      planeCount,
      // A second fit without the lines that were left out must not go backwards.
      doneRatio: Math.max(job?.doneRatio ?? 0, doneRatio),
      ...(isPoint ? {convergence: [...before, {iteration: before.length + 1, unexplainedRatio}]} : {}),
    });
  };

  const run = async (request: AlignSessionRequest, controller: AbortController): Promise<void> => {
    try {
      const hooks = {signal: controller.signal, onProgress, hours: hours()};
      const outcome = await alignSession(store, request, hooks);
      const {uid, result} = outcome;
      options.onOutcome(update({}), outcome);
      if (uid === null)
        throw new BenchError('twin/invalid', `${result.reasons.join(' ')} Nothing was stored.`, {
          details: {verdict: result.verdict},
        });
      end({state: 'done', alignmentUid: uid, doneRatio: 1}, `Alignment done: ${result.verdict}.`);
    } catch (error) {
      const problem = benchErrorFrom(error);
      const {code, message, details} = problem.toJSON();
      const isStopped = isAbort(error);
      end(
        {state: isStopped ? 'stopped' : 'failed', problem: {code, message, details: {...details}}},
        isStopped ? 'Alignment stopped; nothing of it is stored.' : `Alignment failed: ${message}`,
      );
    }
  };
  const end = (change: Partial<AlignJob>, sentence: string): void => {
    live = undefined;
    onEnd(
      update({
        ...change,
        stage: 'ended',
        text: sentence,
        endedUtc: now().toISOString(),
        elapsedS: sFromMs(performance.now() - startedMs),
        timeLeftS: null,
      }),
      sentence,
    );
  };
  const stop = async (reason: string): Promise<boolean> => {
    if (!live) return false;
    const {controller, ended} = live;
    update({state: 'stopping', text: 'stopping'});
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
      const id = randomUUID();
      job = {
        id,
        sessionUid: request.sessionUid,
        title,
        state: 'running',
        stage: 'reading',
        text: 'reading planes',
        doneRatio: 0,
        convergence: [],
        planeCount: request.runUids?.length ?? 0,
        startedUtc: now().toISOString(),
        endedUtc: null,
        elapsedS: 0,
        timeLeftS: null,
        alignmentUid: null,
        problem: null,
      };
      changeSignal.notify();
      const controller = new AbortController();
      const ended = Promise.withResolvers<void>();
      live = {controller, ended: ended.promise};
      void run(request, controller).finally(ended.resolve);
      return {id};
    },
    async follow(wait) {
      await changeSignal.wait(wait);
      return {
        last: changeSignal.count,
        job: job && (live ? withTimes(job, sFromMs(performance.now() - startedMs)) : job),
      };
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop('the program ends');
    },
  };
}

/** Before the fit the search may take one round or eight, so that the end cannot be estimated. */
function withTimes(job: AlignJob, elapsedS: number): AlignJob {
  const {stage, doneRatio} = job;
  const isForeseeable = (stage === 'fit' || stage === 'error-bars') && doneRatio > 0;
  return {...job, elapsedS, timeLeftS: isForeseeable ? (elapsedS * (1 - doneRatio)) / doneRatio : null};
}
