/** Points in the order they were taken, as columns. */
export interface PointColumns {
  readonly count: number;
  readonly timeS: ArrayLike<number>;
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  /** By key of the quantity. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
}

/** The latest points of a run, in order: as many as `capacity`, whatever the length of the run. */
export class PointRing {
  readonly capacity: number;
  readonly #timeS: Float64Array;
  readonly #xMm: Float32Array;
  readonly #yMm: Float32Array;
  readonly #values: ReadonlyMap<string, Float32Array>;
  #taken = 0;

  /** `keys`: of the quantities that are kept. */
  constructor(capacity: number, keys: readonly string[]) {
    this.capacity = capacity;
    this.#timeS = new Float64Array(capacity);
    this.#xMm = new Float32Array(capacity);
    this.#yMm = new Float32Array(capacity);
    this.#values = new Map(keys.map((key) => [key, new Float32Array(capacity)]));
  }

  /** All points that ever came. */
  get takenCount(): number {
    return this.#taken;
  }

  /** Points that are kept. */
  get length(): number {
    return Math.min(this.#taken, this.capacity);
  }

  /** Number (from 1) of the oldest kept point; 1 when none is. */
  get firstNumber(): number {
    return this.#taken - this.length + 1;
  }

  clear(): void {
    this.#taken = 0;
  }

  append(columns: PointColumns): void {
    // Of a batch larger than the ring only the end is kept.
    const skipped = Math.max(0, columns.count - this.capacity);
    for (let i = skipped; i < columns.count; i++) {
      const slot = (this.#taken + i) % this.capacity;
      this.#timeS[slot] = columns.timeS[i];
      this.#xMm[slot] = columns.xMm[i];
      this.#yMm[slot] = columns.yMm[i];
      for (const [key, kept] of this.#values) kept[slot] = columns.values[key][i];
    }
    this.#taken += columns.count;
  }

  /** The last `count` points of one quantity, oldest first, with what `along` says is their place. */
  latest(
    key: string,
    along: 'number' | 'time' | 'x' | 'y',
    count = this.capacity,
  ): {readonly along: Float64Array; readonly values: Float32Array} {
    const kept = Math.min(count, this.length);
    const places = new Float64Array(kept);
    const values = new Float32Array(kept);
    const readings = this.#values.get(key);
    const source = {number: null, time: this.#timeS, x: this.#xMm, y: this.#yMm}[along];
    for (let i = 0; i < kept; i++) {
      const number = this.#taken - kept + i;
      const slot = number % this.capacity;
      places[i] = source ? source[slot] : number + 1;
      values[i] = readings?.[slot] ?? NaN;
    }
    return {along: places, values};
  }

  /** Points since the stage last changed its row (moved less than `sameMm` in y), at most the kept ones. */
  presentRowLength(sameMm: number): number {
    const kept = this.length;
    if (kept === 0) return 0;
    const yOf = (back: number): number => this.#yMm[(this.#taken - 1 - back) % this.capacity];
    const yMm = yOf(0);
    let count = 1;
    while (count < kept && Math.abs(yOf(count) - yMm) < sameMm) count++;
    return count;
  }

  /** The newest point; null before the first. */
  get last(): {readonly xMm: number; readonly yMm: number; readonly timeS: number} | null {
    if (this.#taken === 0) return null;
    const slot = (this.#taken - 1) % this.capacity;
    return {xMm: this.#xMm[slot], yMm: this.#yMm[slot], timeS: this.#timeS[slot]};
  }
}
