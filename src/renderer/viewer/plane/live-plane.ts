import {findExtremes, type Extremes} from '../colour/value-scale.ts';
import {cellAtMm, type Plane} from './plane.ts';

/** The frame of a plane that is about to be filled. */
export type PlaneFrame = Omit<Plane, 'values'>;

/**
 * A plane that is filled while it is shown. Writing a cell costs no allocation and no React render: viewers
 * subscribe, and look at `rowVersions` once a frame to paint only the rows that changed since they last did.
 */
export class LivePlane implements Plane {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  readonly xMm: readonly [number, number];
  readonly yMm: readonly [number, number];
  /** Version at which each row last changed. */
  readonly rowVersions: Float64Array;
  #version = 0;
  #measuredCount = 0;
  #extremes: {min: number; max: number; minPositive: number} = {...findExtremes([])};
  #areExtremesStale = false;
  readonly #listeners = new Set<() => void>();

  /** Starts with every cell unmeasured, or with a copy of `values` (rows x columns). */
  constructor(frame: PlaneFrame, values?: ArrayLike<number>) {
    this.rows = frame.rows;
    this.columns = frame.columns;
    this.xMm = frame.xMm;
    this.yMm = frame.yMm;
    this.values = new Float32Array(frame.rows * frame.columns).fill(NaN);
    this.rowVersions = new Float64Array(frame.rows);
    if (values) this.replace(values);
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Number of cells that hold a value. */
  get measuredCount(): number {
    return this.#measuredCount;
  }

  /** Extremes of the measured cells; worked out anew only after an extreme cell was written over. */
  get extremes(): Extremes {
    if (this.#areExtremesStale) {
      this.#extremes = {...findExtremes(this.values)};
      this.#areExtremesStale = false;
    }
    return this.#extremes;
  }

  /** Writes one cell, NaN to empty it. Throws a RangeError outside the grid. */
  setCell(row: number, column: number, value: number): void {
    if (!(row >= 0 && row < this.rows && column >= 0 && column < this.columns))
      throw new RangeError(`Cell ${row}, ${column} is outside a plane of ${this.rows} x ${this.columns}.`);
    this.#write(row, row * this.columns + column, value);
    this.#changed();
  }

  /** Writes the cell nearest to a place, mm. Returns false, and changes nothing, outside the plane. */
  setPoint(xMm: number, yMm: number, value: number): boolean {
    const cell = cellAtMm(this, {xMm, yMm});
    if (!cell) return false;
    this.#write(cell.row, cell.row * this.columns + cell.column, value);
    this.#changed();
    return true;
  }

  /** Writes many points at once and tells the viewers once. Returns how many lay inside. */
  setPoints(xMm: ArrayLike<number>, yMm: ArrayLike<number>, values: ArrayLike<number>): number {
    let inside = 0;
    for (let i = 0; i < values.length; i++) {
      const cell = cellAtMm(this, {xMm: xMm[i], yMm: yMm[i]});
      if (!cell) continue;
      this.#write(cell.row, cell.row * this.columns + cell.column, values[i]);
      inside++;
    }
    if (inside > 0) this.#changed();
    return inside;
  }

  /** Replaces all values (rows x columns). Throws a RangeError when the count differs. */
  replace(values: ArrayLike<number>): void {
    if (values.length !== this.values.length)
      throw new RangeError(`The plane has ${this.values.length} cells, not ${values.length}.`);
    this.values.set(values);
    this.#measuredCount = this.values.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
    this.#areExtremesStale = true;
    this.#version++;
    this.rowVersions.fill(this.#version);
    this.#changed();
  }

  /** Empties all cells. */
  clear(): void {
    this.replace(new Float32Array(this.values.length).fill(NaN));
  }

  /** Calls back after every change, synchronously and without arguments. Returns the way to end it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(row: number, index: number, asked: number): void {
    const before = this.values[index];
    this.values[index] = asked;
    // What is kept has single precision, so the extremes are those of what can be read back.
    const value = this.values[index];
    this.#version++;
    this.rowVersions[row] = this.#version;
    if (Number.isNaN(before) !== Number.isNaN(value)) this.#measuredCount += Number.isNaN(value) ? -1 : 1;
    const known = this.#extremes;
    if (before === known.min || before === known.max || before === known.minPositive)
      this.#areExtremesStale = true;
    if (!Number.isFinite(value)) return;
    if (value < known.min) known.min = value;
    if (value > known.max) known.max = value;
    if (value > 0 && value < known.minPositive) known.minPositive = value;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
