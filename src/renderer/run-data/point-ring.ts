import {type Quantity, quantities} from './quantities.ts';

/** Points in the order they were taken, as columns. */
export interface PointColumns {
  readonly count: number;
  readonly timeS: ArrayLike<number>;
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly values: Readonly<Record<Quantity, ArrayLike<number>>>;
}

/** The latest points of a run, in order: as many as `capacity`, whatever the length of the run. */
export class PointRing {
  readonly capacity: number;
  readonly #timeS: Float64Array;
  readonly #xMm: Float32Array;
  readonly #yMm: Float32Array;
  readonly #values: Readonly<Record<Quantity, Float32Array>>;
  #taken = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#timeS = new Float64Array(capacity);
    this.#xMm = new Float32Array(capacity);
    this.#yMm = new Float32Array(capacity);
    this.#values = {
      r: new Float32Array(capacity),
      x: new Float32Array(capacity),
      y: new Float32Array(capacity),
      theta: new Float32Array(capacity),
    };
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
      for (const quantity of quantities) this.#values[quantity][slot] = columns.values[quantity][i];
    }
    this.#taken += columns.count;
  }

  /** The last `count` points of one quantity, oldest first, with what `along` says is their place. */
  latest(
    quantity: Quantity,
    along: 'number' | 'time' | 'x' | 'y',
    count = this.capacity,
  ): {readonly along: Float64Array; readonly values: Float32Array} {
    const kept = Math.min(count, this.length);
    const places = new Float64Array(kept);
    const values = new Float32Array(kept);
    const source = {number: null, time: this.#timeS, x: this.#xMm, y: this.#yMm}[along];
    for (let i = 0; i < kept; i++) {
      const number = this.#taken - kept + i;
      const slot = number % this.capacity;
      places[i] = source ? source[slot] : number + 1;
      values[i] = this.#values[quantity][slot];
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
