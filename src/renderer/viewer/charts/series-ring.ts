/** Readings over time in a ring of typed arrays: memory stays what it was at the start. */
export class SeriesRing {
  readonly capacity: number;
  readonly channelCount: number;
  readonly #timeS: Float64Array;
  readonly #channels: readonly Float32Array[];
  #start = 0;
  #length = 0;
  readonly #listeners = new Set<() => void>();

  /** Room for `capacity` instants of `channelCount` values; the oldest go first. */
  constructor(channelCount: number, capacity = 65_536) {
    this.capacity = capacity;
    this.channelCount = channelCount;
    this.#timeS = new Float64Array(capacity);
    this.#channels = Array.from({length: channelCount}, () => new Float32Array(capacity));
  }

  /** Number of instants held. */
  get length(): number {
    return this.#length;
  }

  /** Time of the newest instant, s; NaN while empty. */
  get newestS(): number {
    return this.#length === 0 ? NaN : this.timeS(this.#length - 1);
  }

  /**
   * Appends one instant; times must not go back. A missing value is NaN and shows as a gap.
   * Throws a RangeError when the number of values is not that of the channels.
   */
  push(timeS: number, values: ArrayLike<number>): void {
    if (values.length !== this.channelCount)
      throw new RangeError(`The ring holds ${this.channelCount} values an instant, not ${values.length}.`);
    const at = (this.#start + this.#length) % this.capacity;
    this.#timeS[at] = timeS;
    for (let channel = 0; channel < this.channelCount; channel++)
      this.#channels[channel][at] = values[channel];
    if (this.#length < this.capacity) this.#length++;
    else this.#start = (this.#start + 1) % this.capacity;
    for (const listener of this.#listeners) listener();
  }

  /** Time of an instant, s; 0 is the oldest. */
  timeS(index: number): number {
    return this.#timeS[(this.#start + index) % this.capacity];
  }

  /** Value of a channel at an instant; 0 is the oldest. */
  value(channel: number, index: number): number {
    return this.#channels[channel][(this.#start + index) % this.capacity];
  }

  /** First instant at or after a time, s; `length` when there is none. */
  firstAt(timeS: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeS(middle) < timeS) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The instant nearest to a time, s; -1 while empty. */
  nearest(timeS: number): number {
    const after = this.firstAt(timeS);
    if (after === 0) return this.#length === 0 ? -1 : 0;
    if (after === this.#length) return after - 1;
    return timeS - this.timeS(after - 1) <= this.timeS(after) - timeS ? after - 1 : after;
  }

  clear(): void {
    this.#start = 0;
    this.#length = 0;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after every change. Returns the way to end it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
