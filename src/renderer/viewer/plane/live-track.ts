import type {PointMm} from './plane.ts';

/**
 * The way the stage has really gone: grows point by point, mm, in typed arrays. Viewers draw only what was
 * appended since the last frame. When `capacity` is reached every second point is dropped, so an old track
 * grows coarser, never longer.
 */
export class LiveTrack {
  readonly capacity: number;
  readonly xMm: Float32Array;
  readonly yMm: Float32Array;
  #length = 0;
  #generation = 0;
  readonly #listeners = new Set<() => void>();

  constructor(capacity = 65_536) {
    this.capacity = capacity;
    this.xMm = new Float32Array(capacity);
    this.yMm = new Float32Array(capacity);
  }

  /** Number of points held. */
  get length(): number {
    return this.#length;
  }

  /** Changes whenever points that were already drawn went away or moved. */
  get generation(): number {
    return this.#generation;
  }

  /** The newest point, mm; null before the first. */
  get last(): PointMm | null {
    const at = this.#length - 1;
    return at < 0 ? null : {xMm: this.xMm[at], yMm: this.yMm[at]};
  }

  /** Appends a point, mm. Places that are not finite are left out. */
  append(xMm: number, yMm: number): void {
    if (!Number.isFinite(xMm) || !Number.isFinite(yMm)) return;
    if (this.#length === this.capacity) this.#thin();
    this.xMm[this.#length] = xMm;
    this.yMm[this.#length] = yMm;
    this.#length++;
    for (const listener of this.#listeners) listener();
  }

  clear(): void {
    this.#length = 0;
    this.#generation++;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after every change. Returns the way to end it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #thin(): void {
    const kept = this.#length >> 1;
    for (let i = 0; i < kept; i++) {
      this.xMm[i] = this.xMm[i * 2 + 1];
      this.yMm[i] = this.yMm[i * 2 + 1];
    }
    this.#length = kept;
    this.#generation++;
  }
}

/** A place that moves often: the stage now. */
export class LivePoint {
  #value: PointMm | null = null;
  readonly #listeners = new Set<() => void>();

  /** The place now, mm; null while it is not known. */
  get value(): PointMm | null {
    return this.#value;
  }

  /** Sets the place, mm; null when it is not known. */
  set(value: PointMm | null): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after every change. Returns the way to end it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
