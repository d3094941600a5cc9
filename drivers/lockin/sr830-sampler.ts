import type {CallOptions} from '../../src/contract/devices.ts';
import {askAgain, parseNumbers} from '../kit/index.ts';
import {filterChangedMask, liaBits} from './sr830-status.ts';
import type {Sr830Wire} from './sr830-wire.ts';

export const snap = 'SNAP?1,2,3,4';

/** One SNAP with the status that belongs to it. */
export interface Sample {
  readonly values: readonly number[];
  readonly lias: number;
}

export interface SamplerHooks {
  /** Waits until the filter has forgotten. */
  settle(options: CallOptions): Promise<void>;
  /** The instrument has changed its filter by itself: what the driver computes with is read anew. */
  refresh(options: CallOptions): Promise<void>;
}

/**
 * Readings with the status that belongs to them. LIAS latches what was and clears what it tells: every bit is taken off
 * once and goes with the reading that it spoils.
 */
export class Sr830Sampler {
  readonly #wire: Sr830Wire;
  readonly #hooks: SamplerHooks;
  /** Latched bits tell of the time before; they are thrown away ahead of the next reading. */
  #mustDiscardLatch = true;
  /** Status bits that reading the condition has taken off the latch and that belong to the next reading. */
  #keptLatch = 0;
  /** A lost answer to LIAS? may have taken an overload with it: nothing is known of the time before. */
  #isLatchLost = false;

  constructor(wire: Sr830Wire, hooks: SamplerHooks) {
    this.#wire = wire;
    this.#hooks = hooks;
  }

  /** What is latched now belongs to no reading. */
  discardLatch(): void {
    this.#mustDiscardLatch = true;
  }

  async sample(options: CallOptions): Promise<Sample> {
    if (this.#isLatchLost) await this.#hooks.settle(options);
    return this.#askClearing(snap, () => this.#sampleOnce(options), options);
  }

  async #sampleOnce(options: CallOptions): Promise<Sample> {
    if (this.#isLatchLost) this.#mustDiscardLatch = true;
    const discard = this.#mustDiscardLatch ? 'LIAS?;' : '';
    const line = `${discard}${snap};LIAS?`;
    const replies = await this.#wire.askLines(line, discard === '' ? 2 : 3, options);
    const source = {from: this.#wire.from, asked: line};
    const values = parseNumbers(replies.at(-2) ?? '', 4, source);
    const kept = this.#mustDiscardLatch ? 0 : this.#keptLatch;
    const lias = this.#wire.parseByte(replies.at(-1) ?? '', line) | kept;
    this.#mustDiscardLatch = false;
    this.#isLatchLost = false;
    this.#keptLatch = 0;
    if ((lias & filterChangedMask) !== 0) await this.#hooks.refresh(options);
    return {values, lias};
  }

  /** Asked twice, for the first answer tells of the time since it was last asked; that belongs to the next reading. */
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
   * As `askAgain`, for lines with LIAS?. A lost answer may have taken an overload with it, which the filter still
   * remembers: it is given the time to forget, and what the next answer tells is of that time.
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
