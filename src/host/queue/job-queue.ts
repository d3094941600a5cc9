import {randomUUID} from 'node:crypto';
import {createChangeSignal, type ChangeSignal, type Feed} from '../../base/feed.ts';
import type {QueueState, RunEvent} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom, isErrorCode} from '../../contract/errors.ts';
import type {QueuedJob, QueueItem, StoredQueue} from '../../contract/queue.ts';

/** What the queue may ask of the host. */
export interface QueueHost {
  readonly runEvents: Feed<RunEvent>;
  /** Whether something is measured or moved now. */
  readonly isBusy: () => boolean;
  readonly isBenchOpen: () => boolean;
  /** Starts a job; rejects with what it is refused for. */
  readonly start: (job: QueuedJob, title: string) => Promise<{readonly id: string}>;
  /** Session of the job under way, or of the last one. */
  readonly sessionOfRun: () => string | null;
  /** Seconds that are left of the job under way; null where that is not known. */
  readonly secondsLeft: () => number | null;
  /** Keeps the queue; resolves when it is safe. */
  readonly save: (queue: StoredQueue) => Promise<void>;
  readonly say: (level: 'info' | 'attention', text: string) => void;
}

const restartedText = 'the program was started anew; go on with the queue when the bench is ready';
/** How often it is looked whether the bench is free, ms; a job that ends is heard of at once. */
const lookMs = 1000;

/**
 * Measures one item after the other. Each change is kept before it is answered, so that the queue is there after a restart;
 * it is paused then, since nothing moves by itself where nobody has said so. An item that fails pauses it, unless the item
 * says otherwise; STOP always does.
 */
export class JobQueue implements Disposable {
  readonly changes: ChangeSignal = createChangeSignal();
  readonly #host: QueueHost;
  readonly #ending = new AbortController();
  #queue: StoredQueue;
  /** Of the item that is measured. */
  #jobId: string | undefined;
  #isStarting = false;
  #isWatching = false;
  #saving: Promise<void> = Promise.resolve();

  /** `kept`: the queue as it was when the program ended. */
  constructor(host: QueueHost, kept: StoredQueue | undefined) {
    this.#host = host;
    this.#queue = kept ? afterRestart(kept) : {items: [], isPaused: false, pausedBecause: ''};
  }

  get state(): QueueState {
    const {items, isPaused, pausedBecause} = this.#queue;
    const open = items.filter(({state}) => state === 'waiting' || state === 'running');
    const left = open.map(({state, seconds}) => (state === 'running' ? this.#host.secondsLeft() : seconds));
    const secondsLeft = left.every((seconds) => seconds !== null)
      ? left.reduce<number>((sum, seconds) => sum + seconds, 0)
      : null;
    return {items: [...items], isPaused, pausedBecause, secondsLeft, version: this.changes.count};
  }

  async add(
    job: QueuedJob,
    {
      title,
      seconds,
      goesOnAfterFailure,
    }: {readonly title: string; readonly seconds: number | null; readonly goesOnAfterFailure: boolean},
  ): Promise<string> {
    const id = randomUUID();
    const item: QueueItem = {
      id,
      title,
      job,
      state: 'waiting',
      reason: '',
      goesOnAfterFailure,
      seconds,
      addedUtc: new Date().toISOString(),
      startedUtc: null,
      endedUtc: null,
      sessionUid: null,
    };
    await this.#change({items: [...this.#queue.items, item]});
    return id;
  }

  /** Throws `store/not-found`, or `plan/invalid` for the item that is measured. */
  async remove(id: string): Promise<void> {
    const {state, title} = this.#itemOf(id);
    if (state === 'running')
      throw new BenchError(
        'plan/invalid',
        `"${title}" is measured now. Nothing was changed; stop its run first, what it has measured is kept.`,
      );
    await this.#change({items: this.#queue.items.filter((item) => item.id !== id)});
  }

  /** Moves an item that waits to a place among those that wait, from 0. */
  async move(id: string, place: number): Promise<void> {
    const item = this.#itemOf(id);
    if (item.state !== 'waiting')
      throw new BenchError('plan/invalid', `"${item.title}" does not wait any more. Nothing was changed.`);
    const others = this.#queue.items.filter((other) => other.id !== id);
    const waiting = others.filter(({state}) => state === 'waiting');
    const next = waiting[place];
    const at = next ? others.indexOf(next) : others.length;
    await this.#change({items: [...others.slice(0, at), item, ...others.slice(at)]});
  }

  async setGoesOn(id: string, goesOnAfterFailure: boolean): Promise<void> {
    await this.#changeItem(this.#itemOf(id).id, {goesOnAfterFailure});
  }

  async pause(because: string): Promise<void> {
    await this.#change({isPaused: true, pausedBecause: because});
  }

  async resume(): Promise<void> {
    await this.#change({isPaused: false, pausedBecause: ''});
  }

  /** Begins nothing more and forgets the job under way; what is kept stays as it is. */
  [Symbol.dispose](): void {
    this.#ending.abort();
  }

  #itemOf(id: string): QueueItem {
    const item = this.#queue.items.find((own) => own.id === id);
    if (item) return item;
    throw new BenchError('store/not-found', `The queue has no item ${id}. Nothing was changed.`);
  }

  #changeItem(id: string, change: Partial<QueueItem>): Promise<void> {
    return this.#change({
      items: this.#queue.items.map((item) => (item.id === id ? {...item, ...change} : item)),
    });
  }

  /** Answers once it is kept. One writing after the other, so that the last change is the one that stays. */
  async #change(change: Partial<StoredQueue>): Promise<void> {
    const before = this.#queue;
    this.#queue = {...before, ...change};
    const saving = this.#saving.catch(() => undefined).then(() => this.#host.save(this.#queue));
    this.#saving = saving;
    this.changes.notify();
    void this.#watch();
    await saving;
  }

  get #hasWork(): boolean {
    const {items, isPaused} = this.#queue;
    return this.#jobId !== undefined || (!isPaused && items.some(({state}) => state === 'waiting'));
  }

  /** Starts what is next and hears of its end, for as long as there is something to do. */
  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const {signal} = this.#ending;
    let after = this.#host.runEvents.last;
    try {
      while (this.#hasWork && !signal.aborted) {
        await this.#startNext();
        const {entries, last} = await this.#host.runEvents.follow({
          after,
          waitMs: lookMs,
          limit: 500,
          signal,
        });
        after = last;
        for (const event of entries) if (event.type === 'ended') await this.#onEnded(event);
      }
    } catch (error) {
      // The queue could not be kept: nothing more is begun, so that it does not say what is not so.
      this.#host.say('attention', `The queue has stopped: ${benchErrorFrom(error).message}`);
      this.#queue = {...this.#queue, isPaused: true, pausedBecause: benchErrorFrom(error).message};
      this.changes.notify();
    } finally {
      this.#isWatching = false;
    }
  }

  async #startNext(): Promise<void> {
    const next = this.#queue.items.find(({state}) => state === 'waiting');
    if (!next || this.#jobId !== undefined || this.#isStarting || this.#queue.isPaused) return;
    if (!this.#host.isBenchOpen() || this.#host.isBusy()) return;
    this.#isStarting = true;
    try {
      // Kept before it begins: a program that is killed on the way must not measure it a second time by itself.
      await this.#changeItem(next.id, {state: 'running', startedUtc: new Date().toISOString()});
      const {id} = await this.#host.start(next.job, next.title);
      this.#jobId = id;
    } catch (error) {
      const {code, message} = benchErrorFrom(error);
      // Somebody else was quicker: it waits for its turn.
      if (code === 'bench/busy' || code === 'bench/closed')
        await this.#changeItem(next.id, {state: 'waiting', startedUtc: null});
      else await this.#end(next.id, {reason: message, code});
    } finally {
      this.#isStarting = false;
    }
  }

  async #onEnded({jobId, error}: Extract<RunEvent, {type: 'ended'}>): Promise<void> {
    const item = this.#queue.items.find(({state}) => state === 'running');
    if (jobId !== this.#jobId || !item) return;
    this.#jobId = undefined;
    await this.#end(item.id, error && {reason: error.message, code: error.code});
  }

  async #end(id: string, failure: {readonly reason: string; readonly code: string} | null): Promise<void> {
    const item = this.#itemOf(id);
    await this.#changeItem(id, {
      state: failure ? 'failed' : 'done',
      reason: failure?.reason ?? '',
      endedUtc: new Date().toISOString(),
      sessionUid: this.#host.sessionOfRun(),
    });
    if (!failure) return;
    const isStop = isErrorCode(failure.code) && failure.code === 'plan/aborted';
    if (item.goesOnAfterFailure && !isStop) {
      this.#host.say(
        'attention',
        `"${item.title}" of the queue failed, and the queue goes on: ${failure.reason}`,
      );
      return;
    }
    await this.pause(`"${item.title}" failed: ${failure.reason}`);
    this.#host.say('attention', `The queue is paused: "${item.title}" failed: ${failure.reason}`);
  }
}

/** Nothing is measured any more, and nothing begins by itself. */
function afterRestart({items, isPaused, pausedBecause}: StoredQueue): StoredQueue {
  const waits = items.some(({state}) => state === 'waiting');
  return {
    items: items.map((item) =>
      item.state === 'running'
        ? {
            ...item,
            state: 'failed',
            reason:
              'the program ended while it was measured; what was measured is kept, and its run can go on',
          }
        : item,
    ),
    isPaused: isPaused || waits,
    pausedBecause: isPaused ? pausedBecause : waits ? restartedText : '',
  };
}
