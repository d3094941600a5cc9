import type {ApiOutputs} from '../../contract/api/index.ts';
import {cellAtMm, LivePlane, LivePoint, LiveTrack, type PlaneFrame} from '../viewer/index.ts';
import {type PointColumns, PointRing} from './point-ring.ts';
import {type DetectorColumns, impliedColumns} from '../../contract/detector.ts';
import {type Quantity, quantitiesOf, quantityOf} from './quantities.ts';

type PointsAnswer = Pick<ApiOutputs['runs']['points'], 'count' | 'timeS' | 'columns'> &
  Partial<Pick<ApiOutputs['runs']['points'], 'damage' | 'doubtful' | 'suspended'>>;
type PointDoubt = NonNullable<ApiOutputs['runs']['points']['doubtful']>;

/** Points that the trace keeps; a map keeps its cells beside them. */
const ringCapacity = 50_000;

/**
 * Energy of one detector region as far as it is measured: sum of the signal (of its square where it is proportional to the
 * field) times the area of each point, in its unit and mm2.
 */
export interface RegionSum {
  readonly energy: number;
  readonly count: number;
}

/**
 * Everything that a page shows of one run, of bounded size: the cells of a grid for all quantities (a cell that
 * is measured again is written over), the latest points for the trace, the way of the stage. Batches of columns come
 * in; another quantity is drawn without another request.
 */
export class RunPoints {
  readonly frame: PlaneFrame | null;
  /** The shown quantity on the run's grid; null for a run that is no grid. */
  readonly plane: LivePlane | null;
  /** What the run's detector tells at a point. */
  readonly quantities: readonly Quantity[];
  readonly ring: PointRing;
  readonly track = new LiveTrack();
  readonly place = new LivePoint();
  readonly #detector: DetectorColumns;
  readonly #cells: ReadonlyMap<string, Float32Array> | null;
  /** How often each cell was measured; null for a run that measures each once. */
  readonly #counts: Uint8Array | null;
  #regionSums: RegionSum[] = [];
  #damaged: string[] = [];
  #doubt: PointDoubt | null = null;
  #suspended: readonly PointDoubt[] = [];
  #isDoubtShown = true;
  #quantity: Quantity;
  #version = 0;
  readonly #listeners = new Set<() => void>();

  /** `isAveraged`: cells hold the mean of what was read there, instead of the last. */
  constructor(
    frame: PlaneFrame | null,
    detector: DetectorColumns = impliedColumns,
    {isAveraged = false}: {readonly isAveraged?: boolean} = {},
  ) {
    this.frame = frame;
    this.#detector = detector;
    this.quantities = quantitiesOf(detector);
    this.ring = new PointRing(
      ringCapacity,
      this.quantities.map(({key}) => key),
    );
    this.plane = frame ? new LivePlane(frame) : null;
    this.#quantity = this.quantities[0];
    this.#counts = frame && isAveraged ? new Uint8Array(frame.rows * frame.columns) : null;
    this.#cells =
      frame &&
      new Map(this.quantities.map(({key}) => [key, new Float32Array(frame.rows * frame.columns).fill(NaN)]));
  }

  get quantity(): Quantity {
    return this.#quantity;
  }

  /** Points that came so far. */
  get count(): number {
    return this.ring.takenCount;
  }

  /** Grows with every batch and every change of the quantity. */
  get version(): number {
    return this.#version;
  }

  /** By index of the region in the design; empty for runs that do not name regions. */
  get regionSums(): readonly RegionSum[] {
    return this.#regionSums;
  }

  /** A sentence on each point whose row in the database is damaged; its cell stays unmeasured. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  /** Points in doubt, known once the run is over. Their cells stay unmeasured where something had changed. */
  get doubt(): PointDoubt | null {
    return this.#doubt;
  }

  /** False when points came before it was known that they are in doubt: then they have to be read again. */
  get isDoubtShown(): boolean {
    return this.#isDoubtShown;
  }

  /** Shows another quantity, from the points that are kept; the strength where this run has no such one. */
  show(key: string): void {
    const quantity = quantityOf(this.quantities, key);
    if (quantity === this.#quantity) return;
    this.#quantity = quantity;
    const cells = this.#cells?.get(quantity.key);
    if (this.plane && cells) this.plane.replace(cells);
    this.#changed();
  }

  /** Takes a batch as it comes from the host. A batch without positions or readings is left out. */
  append(answer: PointsAnswer): void {
    this.#learnDoubt(answer.doubtful ?? null);
    this.#learnSuspended(answer.suspended ?? []);
    if (answer.count === 0) return;
    const all = columnsOf(answer, this.quantities);
    if (!all) return;
    const doubts = this.#doubt ? [...this.#suspended, this.#doubt] : this.#suspended;
    const columns = doubts.reduce((left, doubt) => withoutDoubt(left, this.count, doubt), all);
    this.#damaged.push(...(answer.damage ?? []).map(({text}) => text));
    this.ring.append(columns);
    for (let i = 0; i < columns.count; i++) this.track.append(columns.xMm[i], columns.yMm[i]);
    this.place.set(this.track.last);
    this.#fillCells(columns);
    this.#sumRegions(answer, columns);
    this.#changed();
  }

  /** Forgets all points: the host was started anew and tells them again. */
  clear(): void {
    this.ring.clear();
    this.track.clear();
    this.place.set(null);
    this.plane?.clear();
    for (const cells of this.#cells?.values() ?? []) cells.fill(NaN);
    this.#counts?.fill(0);
    this.#regionSums = [];
    this.#damaged = [];
    this.#doubt = null;
    this.#suspended = [];
    this.#isDoubtShown = true;
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #learnSuspended(suspended: readonly PointDoubt[]): void {
    if (suspended.length === this.#suspended.length) return;
    this.#suspended = suspended;
    if (suspended.some(({first}) => first <= this.count)) this.#isDoubtShown = false;
  }

  #learnDoubt(doubt: PointDoubt | null): void {
    if (!doubt || this.#doubt) return;
    this.#doubt = doubt;
    if (doubt.isChanged && doubt.first <= this.count) this.#isDoubtShown = false;
    this.#changed();
  }

  #fillCells({count, xMm, yMm, values}: PointColumns): void {
    const {plane} = this;
    if (!plane || !this.#cells) return;
    const shown = Float64Array.from(values[this.#quantity.key]);
    for (let i = 0; i < count; i++) {
      const cell = cellAtMm(plane, {xMm: xMm[i], yMm: yMm[i]});
      if (!cell) continue;
      const index = cell.row * plane.columns + cell.column;
      const before = this.#counts?.[index] ?? 0;
      let isRead = false;
      for (const {key, isPhase} of this.quantities) {
        const cells = this.#cells.get(key);
        if (!cells) continue;
        const value = values[key][i];
        isRead ||= !Number.isNaN(value);
        // A phase runs around: its mean is the host's business, the last one is shown. What is in doubt changes no mean.
        if (before === 0 || isPhase) cells[index] = value;
        else if (!Number.isNaN(value)) cells[index] = (cells[index] * before + value) / (before + 1);
        if (key === this.#quantity.key) shown[i] = cells[index];
      }
      if (this.#counts && isRead) this.#counts[index] = before + 1;
    }
    plane.setPoints(xMm, yMm, shown);
  }

  #sumRegions({columns}: PointsAnswer, {count, values}: PointColumns): void {
    const indices = columns.find(({name}) => name === 'region_index')?.values;
    const areas = columns.find(({name}) => name === 'area_mm2')?.values;
    if (!indices || !areas) return;
    const {column, complex, proportionalTo} = this.#detector.signal;
    const strength = proportionalTo === 'field' ? (complex?.magnitude ?? column) : column;
    const signal = values[this.quantities.find((quantity) => quantity.column === strength)?.key ?? ''];
    const sums = [...this.#regionSums];
    for (let i = 0; i < count; i++) {
      if (Number.isNaN(indices[i]) || Number.isNaN(signal[i])) continue;
      const before = sums[indices[i]] ?? {energy: 0, count: 0};
      sums[indices[i]] = {
        energy: before.energy + (proportionalTo === 'field' ? signal[i] ** 2 : signal[i]) * areas[i],
        count: before.count + 1,
      };
    }
    this.#regionSums = sums;
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

function columnsOf(
  {count, timeS, columns}: PointsAnswer,
  quantities: readonly Quantity[],
): PointColumns | null {
  const of = (name: string): Float64Array | undefined =>
    columns.find((column) => column.name === name)?.values;
  const [xMm, yMm] = [of('x_mm'), of('y_mm')];
  const values: Record<string, Float64Array> = {};
  for (const {key, column} of quantities) {
    const own = of(column);
    if (!own) return null;
    values[key] = own;
  }
  return xMm && yMm ? {count, timeS, xMm, yMm, values} : null;
}

/** Points in doubt because something had changed keep their place and have no reading. `before`: points that came before. */
function withoutDoubt(points: PointColumns, before: number, doubt: PointDoubt | null): PointColumns {
  if (doubt?.isChanged !== true || doubt.first > before + points.count || doubt.last <= before) return points;
  const left = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value, i) =>
      before + i + 1 >= doubt.first && before + i + 1 <= doubt.last ? NaN : value,
    );
  const values = Object.entries(points.values).map(([key, own]) => [key, left(own)] as const);
  return {...points, values: Object.fromEntries(values)};
}

/** The grid that a start record announces; null for runs that are no grids. */
export function frameOfStart(start: Readonly<Record<string, unknown>>): PlaneFrame | null {
  const {shape, extents} = start;
  if (!isNumberList(shape) || shape.length !== 2 || !Array.isArray(extents) || extents.length !== 2)
    return null;
  const [rows, columns] = shape;
  const [yMm, xMm] = extents as unknown[];
  if (!isPair(yMm) || !isPair(xMm) || rows < 1 || columns < 1) return null;
  return {rows, columns, xMm, yMm};
}

/** Whether a run measures its grid several times, for the mean. */
export function isAveragedStart({plan_args: args}: Readonly<Record<string, unknown>>): boolean {
  if (typeof args !== 'object' || args === null) return false;
  const timesOf = (name: string): number =>
    Number(new Map<string, unknown>(Object.entries(args)).get(name) ?? 1);
  return timesOf('averagePlanes') * timesOf('averageFrequencies') > 1;
}

const isNumberList = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'number');
const isPair = (value: unknown): value is readonly [number, number] =>
  isNumberList(value) && value.length === 2;
