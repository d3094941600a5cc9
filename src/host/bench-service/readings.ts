import {createBell, spanAfter, type FeedSpan, type FeedWait} from '../../base/feed.ts';

/** Columns of the live readings, in order. `axis` marks those that not every stage has. */
export const readingColumns = [
  {name: 'lockin.rV', label: 'R', unit: 'V'},
  {name: 'lockin.xV', label: 'X', unit: 'V'},
  {name: 'lockin.yV', label: 'Y', unit: 'V'},
  {name: 'lockin.thetaDeg', label: 'theta', unit: 'deg'},
  {name: 'stage.xMm', label: 'x', unit: 'mm', axis: 'x'},
  {name: 'stage.yMm', label: 'y', unit: 'mm', axis: 'y'},
  {name: 'stage.zMm', label: 'z', unit: 'mm', axis: 'z'},
  {name: 'source.powerDbm', label: 'Level', unit: 'dBm'},
] as const;

export type ReadingName = (typeof readingColumns)[number]['name'];

export interface ReadingRows extends FeedSpan {
  /** Seconds since the epoch, UTC. */
  readonly timeS: Float64Array<ArrayBuffer>;
  /** A column each, in the order of `readingColumns`; NaN where a value is not known. */
  readonly columns: readonly Float32Array<ArrayBuffer>[];
}

/** The newest readings, column by column: memory is taken once and never grows. */
export interface ReadingsRing {
  add(timeS: number, values: Readonly<Partial<Record<ReadingName, number | undefined>>>): void;
  read(after: number, limit: number): ReadingRows;
  follow(wait: FeedWait & {readonly limit: number}): Promise<ReadingRows>;
}

const quietMs = 33;

export function createReadingsRing(capacity: number): ReadingsRing {
  const bell = createBell(quietMs);
  const times = new Float64Array(capacity);
  const columns = readingColumns.map(() => new Float32Array(capacity));

  const read = (after: number, limit: number): ReadingRows => {
    const total = bell.count;
    const span = spanAfter(after, limit, {total, keptCount: Math.min(total, capacity)});
    const timeS = new Float64Array(span.count);
    const values = columns.map(() => new Float32Array(span.count));
    for (let row = 0; row < span.count; row++) {
      const index = (span.first + row - 1) % capacity;
      timeS[row] = times[index];
      for (let column = 0; column < columns.length; column++) values[column][row] = columns[column][index];
    }
    return {...span, timeS, columns: values};
  };

  return {
    add(timeS, values) {
      const index = bell.count % capacity;
      times[index] = timeS;
      for (const [column, {name}] of readingColumns.entries())
        columns[column][index] = values[name] ?? Number.NaN;
      bell.ring();
    },
    read,
    async follow({limit, ...wait}) {
      await bell.wait(wait);
      return read(wait.after, limit);
    },
  };
}
