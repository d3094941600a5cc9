import type {KnownProcess} from '../files/living-process.ts';
import type {WatchedInstrument} from '../devices/hazard-watch.ts';
import type {GuardedRun, ToGuard} from './guard-messages.ts';

/** Why the guard acts. */
export type GuardCause = 'died' | 'hung';

/** What it acts on. */
export interface GuardTask {
  readonly cause: GuardCause;
  /** Since the host was last heard, ms. */
  readonly silentMs: number;
  readonly instruments: readonly WatchedInstrument[];
  readonly run: GuardedRun | null;
}

/** What the guard may do to the world. */
export interface GuardHands {
  /** Real time that does not go on while the computer sleeps, ms. */
  readonly nowMs: () => number;
  readonly isAlive: (host: KnownProcess) => Promise<boolean>;
  /** Called once with the hello of the host. */
  readonly begin: (hello: Extract<ToGuard, {type: 'hello'}>) => Promise<void>;
  readonly act: (task: GuardTask) => Promise<void>;
}

/** Longer between two looks than this, and it was the guard itself that stood still, as when the computer slept, ms. */
const standstillMs = 2000;

/**
 * Decides when a host is gone: its process is dead, or it has not spoken for the time that counts as hanging while one of
 * its instruments may do harm. A host that said good-bye is never acted upon. `look` is called several times a second.
 */
export class GuardDuty {
  readonly #hands: GuardHands;
  readonly #instruments = new Map<string, WatchedInstrument>();
  readonly #hazards = new Set<string>();
  #hello: Extract<ToGuard, {type: 'hello'}> | undefined;
  #beginning: Promise<void> = Promise.resolve();
  #run: GuardedRun | null = null;
  #isGone = false;
  #heardMs: number;
  #lookedMs: number;
  #isLooking = false;
  #isOver = false;

  constructor(hands: GuardHands) {
    this.#hands = hands;
    this.#heardMs = hands.nowMs();
    this.#lookedMs = this.#heardMs;
  }

  /** Nothing is left to be done: the guard may end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  hear(message: ToGuard): void {
    this.#heardMs = this.#hands.nowMs();
    switch (message.type) {
      case 'hello':
        this.#hello = message;
        this.#beginning = this.#hands.begin(message);
        return;
      case 'watch':
        // What may be on stays so: another line to it proves nothing.
        this.#instruments.set(message.id, message.instrument);
        return;
      case 'hazard':
        if (message.isPossible) this.#hazards.add(message.id);
        else this.#hazards.delete(message.id);
        return;
      case 'run':
        this.#run = message.run;
        return;
      case 'bye':
        this.#isOver = true;
        return;
      case 'beat':
        return;
    }
  }

  /** The channel to the host has closed: it is dead, or about to be. */
  noteGone(): void {
    this.#isGone = true;
    if (!this.#hello) this.#isOver = true;
  }

  /** Looks whether the host is gone and acts then. Resolves when that is done. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#isOver || !this.#hello) return;
    this.#isLooking = true;
    try {
      const nowMs = this.#hands.nowMs();
      if (nowMs - this.#lookedMs > standstillMs) this.#heardMs = nowMs;
      this.#lookedMs = nowMs;
      const cause = await this.#causeAt(nowMs, this.#hello);
      // Heard meanwhile: it lives after all.
      if (cause === undefined || this.#isOver || (cause === 'hung' && this.#heardMs > nowMs)) return;
      await this.#beginning;
      const instruments = [...this.#hazards].flatMap((id) => this.#instruments.get(id) ?? []);
      if (instruments.length > 0)
        await this.#hands.act({cause, silentMs: nowMs - this.#heardMs, instruments, run: this.#run});
      // Only now: the process ends when there is nothing left to be done.
      this.#isOver = true;
    } finally {
      this.#isLooking = false;
    }
  }

  async #causeAt(
    nowMs: number,
    {host, hangMs}: Extract<ToGuard, {type: 'hello'}>,
  ): Promise<GuardCause | undefined> {
    if (this.#isGone && !(await this.#hands.isAlive(host))) return 'died';
    return this.#hazards.size > 0 && nowMs - this.#heardMs > hangMs ? 'hung' : undefined;
  }
}
