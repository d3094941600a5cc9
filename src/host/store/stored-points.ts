import {countOf} from '../../base/count-text.ts';
import type {RunEvent} from '../../contract/run-records.ts';
import type {ReadRecord, RecordValue} from '../../contract/stored/record.ts';
import {pointExtra} from '../../contract/stored/run-document-records.ts';
import {pointChecksum, streamSeed} from './checksums.ts';

/** What is wrong with the row of a point. Its numbers are served as not-a-number, at its own place. */
export interface PointDamage {
  readonly seqNum: number;
  /** missing: there is no such row. length: too few or too many bytes. checksum: something of it has changed. */
  readonly kind: 'missing' | 'length' | 'checksum';
}

const damageLabels: Readonly<Record<PointDamage['kind'], string>> = {
  missing: 'its row is missing',
  length: 'its row has not the length that its columns ask for',
  checksum: 'its checksum does not fit: something in the row has changed since it was stored',
};

/** A sentence on a damaged point. */
export const damageText = ({seqNum, kind}: PointDamage): string =>
  `Point ${seqNum} is damaged in the database (${damageLabels[kind]}); it counts as not measured.`;

/** A sentence on all damaged points of a stream, or '' where there are none. */
export function damageSummary(damage: readonly PointDamage[]): string {
  const [first] = damage;
  if (!first) return '';
  if (damage.length === 1) return damageText(first);
  const named = damage.slice(0, 10).map(({seqNum}) => seqNum);
  const others = damage.length > named.length ? ` and ${countOf(damage.length - named.length, 'other')}` : '';
  return `Points ${named.join(', ')}${others} are damaged in the database and count as not measured (of the first, ${damageLabels[first.kind]}).`;
}

/** A stream as its points need it. */
export interface PointStream {
  readonly id: number;
  readonly uid: string;
  readonly columns: readonly string[];
}

export type PointRow = readonly [
  seqNum: number,
  time: number,
  data: Uint8Array,
  extra: string | null,
  checksum: number | null,
];

export const pointColumns = 'seq_num, time, data, extra, checksum';

/** What is wrong with a row; undefined for a sound one, and for one from before rows had checksums that has its length. */
export function damageOf(
  [seqNum, time, data, extra, checksum]: PointRow,
  seed: number,
  columnCount: number,
): PointDamage | undefined {
  if (data.length !== columnCount * 8) return {seqNum, kind: 'length'};
  if (checksum !== null && checksum !== pointChecksum(seed, {seqNum, timeS: time}, data, extra))
    return {seqNum, kind: 'checksum'};
  // A row from before checksums shows at least this.
  return checksum === null && extra !== null && pointExtra.readText(extra).problem !== undefined
    ? {seqNum, kind: 'checksum'}
    : undefined;
}

/** Points `after + 1` to `last` of a stream in their order, each with its row, or with what is wrong. */
export function* pointsInPlace(
  stream: PointStream,
  rows: Iterable<PointRow>,
  {after, last}: {readonly after: number; readonly last: number},
): Generator<{readonly seqNum: number; readonly row: PointRow} | PointDamage, void, undefined> {
  const seed = streamSeed(stream.uid);
  let seqNum = after;
  for (const row of rows) {
    if (row[0] <= after || row[0] > last) continue;
    while (++seqNum < row[0]) yield {seqNum, kind: 'missing'};
    yield damageOf(row, seed, stream.columns.length) ?? {seqNum, row};
  }
  while (++seqNum <= last) yield {seqNum, kind: 'missing'};
}

/** Columns of the points `after + 1` to `last`; not-a-number where a point is damaged. */
export function readColumns(
  stream: PointStream,
  rows: Iterable<PointRow>,
  {after, last}: {readonly after: number; readonly last: number},
): {
  readonly timeS: Float64Array<ArrayBuffer>;
  readonly values: readonly Float64Array<ArrayBuffer>[];
  readonly damage: readonly PointDamage[];
} {
  const count = Math.max(0, last - after);
  const timeS = new Float64Array(count).fill(NaN);
  const values = stream.columns.map(() => new Float64Array(count).fill(NaN));
  const scratch = new Float64Array(stream.columns.length);
  const scratchBytes = new Uint8Array(scratch.buffer);
  const damage: PointDamage[] = [];
  for (const point of pointsInPlace(stream, rows, {after, last})) {
    if (!('row' in point)) {
      damage.push(point);
      continue;
    }
    const index = point.seqNum - after - 1;
    const [, time, data] = point.row;
    scratchBytes.set(data);
    timeS[index] = time;
    for (let column = 0; column < values.length; column++) values[column][index] = scratch[column];
  }
  return {timeS, values, damage};
}

const noExtra: ReadRecord<RecordValue<typeof pointExtra>> = {value: {}};

const damagedEvent = ({uid}: PointStream, seqNum: number, damaged: string): RunEvent => ({
  uid: `${uid}:${seqNum}`,
  descriptor: uid,
  seq_num: seqNum,
  time: 0,
  data: {},
  timestamps: {},
  damaged,
});

/** The event of a point as it was recorded. A damaged one has no data, and says what is wrong with it. */
export function eventFrom(
  point: {readonly seqNum: number; readonly row: PointRow} | PointDamage,
  stream: PointStream,
): RunEvent {
  const {seqNum} = point;
  if (!('row' in point)) return damagedEvent(stream, seqNum, damageText(point));
  const [, time, data, extraText] = point.row;
  const {value: extra, problem} = extraText === null ? noExtra : pointExtra.readText(extraText);
  if (extra === undefined)
    return damagedEvent(
      stream,
      seqNum,
      `Point ${seqNum} cannot be used (column extra: ${problem}); it counts as not measured.`,
    );
  const numbers = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values: Record<string, number | string | boolean> = {};
  stream.columns.forEach((name, i) => (values[name] = numbers.getFloat64(i * 8, true)));
  Object.assign(values, extra.data);
  return {
    uid: extra.uid ?? `${stream.uid}:${seqNum}`,
    descriptor: stream.uid,
    seq_num: seqNum,
    time,
    data: values,
    timestamps: extra.timestamps ?? Object.fromEntries(Object.keys(values).map((name) => [name, time])),
  };
}

/** Numbers of points are their places; no run has more of them than this. */
const plausiblePointCount = 100_000_000;

/**
 * How many points a stream has: what its stop record says, or else the largest number. A number that no run reaches is
 * a damaged one; then the rows are counted.
 */
export function pointCountFrom(
  stopCount: number | undefined,
  largest: number,
  countRows: () => number,
): number {
  if (stopCount !== undefined && Number.isSafeInteger(stopCount) && stopCount >= 0) return stopCount;
  return largest <= plausiblePointCount ? largest : countRows();
}
