import {createChangeSignal, spanAfter, type FeedSpan, type FeedWait} from '../../base/feed.ts';
import {type DetectorColumns, strengthColumn} from '../../contract/detector.ts';

/** A column of the live readings. */
export interface ReadingColumn {
  /** Role and column: `lockin.rV`. */
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  /** Of those that not every stage has. */
  readonly axis?: 'x' | 'y' | 'z';
}

/** What every bench has besides its detector. */
const commonColumns: readonly ReadingColumn[] = [
  {name: 'stage.xMm', label: 'x', unit: 'mm', axis: 'x'},
  {name: 'stage.yMm', label: 'y', unit: 'mm', axis: 'y'},
  {name: 'stage.zMm', label: 'z', unit: 'mm', axis: 'z'},
  {name: 'source.powerDbm', label: 'Level', unit: 'dBm'},
];

/** Columns of a detector's live readings, what tells the strength first. */
export function detectorReadingColumns(role: string, detector: DetectorColumns): readonly ReadingColumn[] {
  const first = strengthColumn(detector.signal);
  return [...detector.columns]
    .sort((one, other) => Number(other.name === first) - Number(one.name === first))
    .map(({name, label, unit}) => ({name: `${role}.${name}`, label, unit}));
}

export interface ReadingRows extends FeedSpan {
  /** Seconds since the epoch, UTC. */
  readonly timeS: Float64Array<ArrayBuffer>;
  /** NaN where a value is not known. */
  readonly columns: readonly (ReadingColumn & {readonly values: Float32Array<ArrayBuffer>})[];
}

/** The newest readings, column by column: memory is taken once and never grows. */
export interface ReadingsRing {
  /** Another detector stands there from now on: the numbers of the one before are dropped. */
  setDetector(columns: readonly ReadingColumn[]): void;
  /** `values` by the names of the columns; others than those are ignored. */
  add(timeS: number, values: Readonly<Record<string, number | undefined>>): void;
  read(after: number, limit: number): ReadingRows;
  follow(wait: FeedWait & {readonly limit: number}): Promise<ReadingRows>;
}

const quietMs = 33;

export function createReadingsRing(capacity: number): ReadingsRing {
  const changeSignal = createChangeSignal(quietMs);
  const times = new Float64Array(capacity);
  const filled = (column: ReadingColumn) => ({column, kept: new Float32Array(capacity).fill(NaN)});
  const common = commonColumns.map(filled);
  let columns = common;

  const rowsAfter = (after: number, limit: number): ReadingRows => {
    const total = changeSignal.count;
    const span = spanAfter(after, limit, {total, keptCount: Math.min(total, capacity)});
    const timeS = new Float64Array(span.count);
    const read = columns.map(({column}) => ({...column, values: new Float32Array(span.count)}));
    for (let row = 0; row < span.count; row++) {
      const index = (span.first + row - 1) % capacity;
      timeS[row] = times[index];
      for (let column = 0; column < columns.length; column++)
        read[column].values[row] = columns[column].kept[index];
    }
    return {...span, timeS, columns: read};
  };

  return {
    setDetector(fresh) {
      columns = [...fresh.map(filled), ...common];
    },
    add(timeS, values) {
      const index = changeSignal.count % capacity;
      times[index] = timeS;
      for (const {column, kept} of columns) kept[index] = values[column.name] ?? Number.NaN;
      changeSignal.notify();
    },
    read: rowsAfter,
    async follow({limit, ...wait}) {
      await changeSignal.wait(wait);
      return rowsAfter(wait.after, limit);
    },
  };
}
