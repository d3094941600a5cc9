import type {CallOptions} from '../../src/contract/devices.ts';
import {askAgain, parseNumbers} from '../kit/index.ts';
import {inOrder, snapAt} from './sr830-reading.ts';
import {filterChangedMask, liaBits} from './sr830-status.ts';
import type {Sr830Wire} from './sr830-wire.ts';

/** One SNAP with the status that belongs to it. */
export interface Sample {
  /** X, Y, R and theta. */
  readonly values: readonly number[];
  /** The four as they came, to the question of `turn`. */
  readonly answered: readonly number[];
  readonly turn: number;
  readonly lias: number;
}

export interface SamplerHooks {
  /** Waits for the settling time of the filter. */
  settle(options: CallOptions): Promise<void>;
  /** The instrument has changed its filter by itself: what the driver computes with is read anew. */
  refresh(options: CallOptions): Promise<void>;
  /** Of the question that is about to be asked. */
  nextTurn(): number;
}

/**
 * Readings with the status that belongs to them. LIAS keeps its bits until it is read and clears them then, so that each
 * bit is read once and goes with the reading that it makes invalid.
 */
export class Sr830Sampler {
  readonly #wire: Sr830Wire;
  readonly #hooks: SamplerHooks;
  /** Bits that LIAS holds are of the time before the next reading: they are read and discarded ahead of it. */
  #mustDiscardLatch = true;
  /** Bits of LIAS that were cleared by reading the condition, and that belong to the next reading. */
  #keptLatch = 0;
  /** An answer to LIAS? was lost, perhaps with an overload in it: whether there was one is not known. */
  #isLatchLost = false;

  constructor(wire: Sr830Wire, hooks: SamplerHooks) {
    this.#wire = wire;
    this.#hooks = hooks;
  }

  /** Bits that LIAS holds now belong to no reading. */
  discardLatch(): void {
    this.#mustDiscardLatch = true;
  }

  async sample(options: CallOptions): Promise<Sample> {
    if (this.#isLatchLost) await this.#hooks.settle(options);
    return this.#askClearing('SNAP?', () => this.#sampleOnce(options), options);
  }

  async #sampleOnce(options: CallOptions): Promise<Sample> {
    if (this.#isLatchLost) this.#mustDiscardLatch = true;
    const discard = this.#mustDiscardLatch ? 'LIAS?;' : '';
    const turn = this.#hooks.nextTurn();
    const line = `${discard}${snapAt(turn)};LIAS?`;
    const replies = await this.#wire.askLines(line, discard === '' ? 2 : 3, options);
    const source = {from: this.#wire.from, asked: line};
    const answered = parseNumbers(replies.at(-2) ?? '', 4, source);
    const kept = this.#mustDiscardLatch ? 0 : this.#keptLatch;
    const lias = this.#wire.parseByte(replies.at(-1) ?? '', line) | kept;
    this.#mustDiscardLatch = false;
    this.#isLatchLost = false;
    this.#keptLatch = 0;
    if ((lias & filterChangedMask) !== 0) await this.#hooks.refresh(options);
    return {values: inOrder(turn, answered), answered, turn, lias};
  }

  /**
   * Whether the reference is locked now. Asks twice: the first answer is of the time since LIAS was last read, and is kept
   * for the next reading.
   */
  async isLocked(options: CallOptions): Promise<boolean> {
    const line = 'LIAS?;LIAS?';
    const ask = async (): Promise<number> => {
      const [since = '', now = ''] = await this.#wire.askLines(line, 2, options);
      const [before, present] = [this.#wire.parseByte(since, line), this.#wire.parseByte(now, line)];
      this.#keptLatch |= before | present;
      this.#isLatchLost = false;
      return present;
    };
    const present = await this.#askClearing(line, ask, options);
    return (present & liaBits.referenceUnlock) === 0;
  }

  /**
   * As `askAgain`, for lines with LIAS?. A lost answer may have had an overload in it, which still shows in the output of
   * the filter: before the question is repeated, the filter gets its settling time.
   */
  #askClearing<T>(line: string, ask: () => Promise<T>, options: CallOptions): Promise<T> {
    const asking = async (): Promise<T> => {
      try {
        return await ask();
      } catch (error) {
        this.#isLatchLost = true;
        throw error;
      }
    };
    const beforeRepeat = (): Promise<void> => this.#hooks.settle(options);
    return askAgain(this.#wire.link, line, asking, {...options, beforeRepeat});
  }
}
