import {BenchError} from '../../contract/errors.ts';
import type {EventDescriptor, RunStart, RunStop} from '../../contract/run-records.ts';
import type {RecordKind} from '../../contract/stored/record.ts';
import {
  descriptorRecord,
  runStartRecord,
  runStopRecord,
  streamColumns,
} from '../../contract/stored/run-document-records.ts';
import {textChecksum} from './checksums.ts';
import {type RecordPlace, unreadableRecord} from './unreadable.ts';

/** A stream of a run as it is stored. */
export interface StreamRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly columns: string;
  readonly descriptor: string;
  readonly checksum: number | null;
}

/** A run as it is stored, with its checksums. */
export interface RunRow {
  readonly id: number;
  readonly scan_id: number;
  readonly start: string;
  readonly start_checksum: number | null;
  readonly stop: string | null;
  readonly stop_checksum: number | null;
}

/**
 * A record as it was stored; the first of the texts that its checksum covers. Throws `store/damaged` where the checksum
 * does not fit (one from before has none), and that or `store/newer-version` where it does not fit its declaration.
 */
function recordFrom<Value>(
  record: RecordKind<Value>,
  texts: readonly [text: string, ...others: string[]],
  checksum: number | null,
  {path, ...place}: RecordPlace & {readonly path: string},
): Value {
  if (checksum !== null && checksum !== textChecksum(...texts)) throw damagedRecord(path, place.what);
  const read = record.readText(texts[0]);
  if (read.problem === undefined) return read.value;
  throw unreadableRecord(path, place, read);
}

const placeOfRun = (path: string, what: string, scanId: number) => ({
  path,
  what: `The ${what} record of run ${scanId}`,
  table: 'runs',
  key: `scan_id ${scanId}`,
});

/** Throws `store/damaged` or `store/newer-version`, as the others, for a record that cannot be used. */
export const startFrom = (path: string, {scan_id, start, start_checksum}: RunRow): RunStart =>
  recordFrom(runStartRecord, [start], start_checksum, placeOfRun(path, 'start', scan_id));

/** Undefined while the run is under way. */
export const stopFrom = (path: string, {scan_id, stop, stop_checksum}: RunRow): RunStop | undefined =>
  stop === null
    ? undefined
    : recordFrom(runStopRecord, [stop], stop_checksum, placeOfRun(path, 'stop', scan_id));

/** `of` says which run: `of run 12`. */
export const descriptorFrom = (
  path: string,
  {uid, name, columns, descriptor, checksum}: Omit<StreamRow, 'id'>,
  of: string,
): EventDescriptor =>
  recordFrom(descriptorRecord, [descriptor, columns], checksum, {
    path,
    what: `The descriptor of the stream "${name}" ${of}`,
    table: 'streams',
    key: uid,
  });

/** Names of a stream's numbers; covered by the checksum of its descriptor, which is looked at before. */
export const columnsFrom = (path: string, {uid, columns}: Pick<StreamRow, 'uid' | 'columns'>): string[] =>
  recordFrom(streamColumns, [columns], null, {
    path,
    what: `The list of columns of the stream ${uid}`,
    table: 'streams',
    key: uid,
  });

/** What of a run's stop record can be relied on; empty while there is none, and where it is damaged. */
export function stopFactsOf(stop: string | null, checksum: number | null): Partial<RunStop> {
  if (stop === null || (checksum !== null && checksum !== textChecksum(stop))) return {};
  return runStopRecord.readText(stop).value ?? {};
}

/** A record (start, descriptor, stop) that is not as it was stored. Nothing that it says can be relied on. */
export const damagedRecord = (path: string, what: string): BenchError =>
  new BenchError(
    'store/damaged',
    `${what} in ${path} is damaged: it is not as it was stored. The file was left as it is and everything else can be read; "sessions verify" lists all damage. Restore it from a copy.`,
    {details: {path, what}},
  );
