import {randomUUID} from 'node:crypto';
import {createChangeSignal, type FeedWait} from '../../base/feed.ts';
import type {Computation, ComputationResult} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';

/** What a computation is given: how to stop, and how to report. */
export interface ComputationHooks {
  readonly signal: AbortSignal;
  /** What is going on, kept as a note; a text that repeats is kept once. */
  readonly onNote: (text: string) => void;
  /** How far it is, with what is going on in words that are not kept. */
  readonly onProgress: (progress: NonNullable<Computation['progress']>, text?: string) => void;
}

export interface ComputationOrder {
  readonly kind: Computation['kind'];
  readonly title: string;
  /** What is kept when it is stopped, in a sentence. */
  readonly whenStopped: string;
  /** Computes on threads of its own. Throws what ended it early. */
  readonly run: (hooks: ComputationHooks) => Promise<ComputationResult>;
}

/** Runs long computations one at a time and says how they stand. */
export interface ComputationJobs extends AsyncDisposable {
  /** Throws `bench/busy` while another runs. */
  start(order: ComputationOrder): {readonly id: string};
  /** The computation under way and the last ones, newest first; waits while nothing has changed since `after`. */
  follow(wait: FeedWait): Promise<{readonly last: number; readonly computations: readonly Computation[]}>;
  /** Throws `store/not-found` without such a computation, `plan/invalid` without a result. */
  result(id: string): ComputationResult;
  /** Resolves when it has ended; false when it was not under way. Throws `store/not-found` without such a one. */
  stop(id: string, reason: string): Promise<boolean>;
}

export interface ComputationJobsOptions {
  readonly now: () => Date;
  /** Hears how a computation ended, in a sentence. */
  readonly onEnd: (computation: Computation, sentence: string) => void;
}

interface Live {
  readonly entry: Entry;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

interface Entry {
  computation: Computation;
  result: ComputationResult | null;
  readonly startedMs: number;
  /** Where the counting began: a training that goes on has steps behind it that took no time now. */
  first: {readonly ms: number; readonly doneRatio: number} | null;
}

/** Changes closer together than this are reported together, ms. */
const quietMs = 100;
const keptCount = 20;
const keptNoteCount = 500;

export function createComputationJobs({now, onEnd}: ComputationJobsOptions): ComputationJobs {
  const kept = createKeptComputations();
  let live: Live | undefined;

  const end = (entry: Entry, change: Partial<Computation>, sentence: string): void => {
    live = undefined;
    const elapsedS = sFromMs(performance.now() - entry.startedMs);
    const ended = {text: sentence, endedUtc: now().toISOString(), elapsedS, timeLeftS: null};
    onEnd(kept.update(entry, {...change, ...ended}), sentence);
  };
  const run = async (entry: Entry, order: ComputationOrder, signal: AbortSignal): Promise<void> => {
    const {title} = order;
    try {
      entry.result = await order.run({
        signal,
        ...listenersOf(entry, (own, change) => void kept.update(own, change)),
      });
      end(entry, {state: 'done'}, `Done: ${title}.`);
    } catch (error) {
      const {code, message, details} = benchErrorFrom(error).toJSON();
      const problem = {code, message, details: {...details}};
      if (isAbort(error)) end(entry, {state: 'stopped', problem}, `Stopped: ${title}. ${order.whenStopped}`);
      else end(entry, {state: 'failed', problem}, `Failed: ${title}. ${message}`);
    }
  };
  const stop = async (id: string, reason: string): Promise<boolean> => {
    const entry = kept.get(id);
    if (live?.entry !== entry) return false;
    const {controller, ended} = live;
    kept.update(entry, {state: 'stopping', text: 'stopping'});
    controller.abort(new BenchError('plan/stopped', `The computation was ended: ${reason}.`));
    await ended;
    // It may have come to its end before it heard.
    return entry.computation.state === 'stopped';
  };

  return {
    start(order) {
      if (live)
        throw new BenchError(
          'bench/busy',
          `"${live.entry.computation.title}" is being computed; one thing is computed at a time. Wait for it or stop it.`,
        );
      const entry = createEntry(order, now());
      kept.add(entry);
      const controller = new AbortController();
      const ended = Promise.withResolvers<void>();
      live = {entry, controller, ended: ended.promise};
      void run(entry, order, controller.signal).finally(ended.resolve);
      return {id: entry.computation.id};
    },
    follow: (wait) => kept.follow(wait),
    result: (id) => resultOf(kept.get(id)),
    stop,
    async [Symbol.asyncDispose]() {
      if (live) await stop(live.entry.computation.id, 'the program ends');
    },
  };
}

/** The last computations, and who waits for a change of them. */
function createKeptComputations() {
  const changeSignal = createChangeSignal(quietMs);
  /** Newest first. */
  const entries: Entry[] = [];
  return {
    add(entry: Entry): void {
      entries.unshift(entry);
      entries.splice(keptCount);
      changeSignal.notify();
    },
    update(entry: Entry, change: Partial<Computation>): Computation {
      entry.computation = {...entry.computation, ...change};
      changeSignal.notify();
      return entry.computation;
    },
    get(id: string): Entry {
      const entry = entries.find(({computation}) => computation.id === id);
      if (entry) return entry;
      throw new BenchError(
        'store/not-found',
        `There is no computation ${id}: the last ${keptCount} are kept until the program ends.`,
      );
    },
    async follow(wait: FeedWait): Promise<{last: number; computations: Computation[]}> {
      await changeSignal.wait(wait);
      return {last: changeSignal.count, computations: entries.map(withTimes)};
    },
  };
}

function resultOf({computation, result}: Entry): ComputationResult {
  if (result) return result;
  throw new BenchError(
    'plan/invalid',
    computation.endedUtc === null
      ? `"${computation.title}" is still being computed; its result comes when it is done.`
      : `"${computation.title}" has no result: ${computation.problem?.message ?? computation.text}`,
  );
}

function createEntry({kind, title}: ComputationOrder, startedAt: Date): Entry {
  return {
    computation: {
      id: randomUUID(),
      kind,
      title,
      state: 'running',
      text: 'starting',
      notes: [],
      noteCount: 0,
      progress: null,
      startedUtc: startedAt.toISOString(),
      endedUtc: null,
      elapsedS: 0,
      timeLeftS: null,
      problem: null,
    },
    result: null,
    startedMs: performance.now(),
    first: null,
  };
}

/** What a computation tells goes into its entry. */
function listenersOf(
  entry: Entry,
  update: (entry: Entry, change: Partial<Computation>) => void,
): Pick<ComputationHooks, 'onNote' | 'onProgress'> {
  return {
    onNote(text) {
      const {notes, noteCount} = entry.computation;
      if (notes.at(-1) === text) return;
      update(entry, {text, notes: [...notes, text].slice(-keptNoteCount), noteCount: noteCount + 1});
    },
    onProgress(progress, text) {
      entry.first ??= {ms: performance.now(), doneRatio: progress.done / progress.total};
      update(entry, {progress, ...(text === undefined ? {} : {text})});
    },
  };
}

/** Time so far and time left: at the pace since the first count, when a part of it is done. */
function withTimes({computation, startedMs, first}: Entry): Computation {
  if (computation.endedUtc !== null) return computation;
  const nowMs = performance.now();
  const elapsedS = sFromMs(nowMs - startedMs);
  if (!first || !computation.progress) return {...computation, elapsedS};
  const doneRatio = computation.progress.done / computation.progress.total;
  const own = doneRatio - first.doneRatio;
  const timeLeftS = own > 0 ? (sFromMs(nowMs - first.ms) * (1 - doneRatio)) / own : null;
  return {...computation, elapsedS, timeLeftS};
}
