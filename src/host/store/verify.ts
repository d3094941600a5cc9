import {artifactRecords} from '../../contract/stored/artifact-records.ts';
import type {AnyRecordKind, ReadRecord} from '../../contract/stored/record.ts';
import {resultRecords} from '../../contract/stored/result-records.ts';
import {
  auditDetails,
  descriptorRecord,
  runStartRecord,
  runStopRecord,
  streamColumns,
} from '../../contract/stored/run-document-records.ts';
import {createCalibrationLedger} from './calibration-ledger.ts';
import {readDetails} from './sessions.ts';
import {misfitText, notAsStored, type RecordPlace} from './unreadable.ts';
import {isContent, textChecksum} from './checksums.ts';
import {stopFactsOf, type RunRow, type StreamRow} from './stored-documents.ts';
import type {StoreContext} from './store-context.ts';
import {type PointRow, damageText, pointColumns, pointsInPlace} from './stored-points.ts';

/** One thing that is not as it was stored. */
export interface DataDamage {
  /** `run 12, stream primary`, `calibration dark-level 4f...`, `artifact mask.npy`. */
  readonly where: string;
  readonly text: string;
}

export interface DataCheck {
  readonly runCount: number;
  readonly pointCount: number;
  /** Points from before rows had checksums: their number and length were checked, their content cannot be. */
  readonly uncheckedPointCount: number;
  readonly artifactCount: number;
  /** At most `listedDamage` of them. */
  readonly damage: readonly DataDamage[];
  readonly damageCount: number;
}

export interface DataChecks {
  /**
   * Reads everything and says what does not fit its checksum, its number or its declaration: pages of the file, points
   * and their numbers, records of sessions and runs, calibrations, artifacts, results, the audit trail. Takes about a second for a million points; changes nothing.
   */
  verify(): DataCheck;
}

/** More damage than this is counted only. */
export const listedDamage = 1000;

type Report = (where: string, text: string) => void;

const recordDamage = 'It is not as it was stored.';

const isSound = (checksum: number | null, ...texts: readonly string[]): boolean =>
  checksum === null || checksum === textChecksum(...texts);

export function createDataChecks(context: StoreContext): DataChecks {
  const {db} = context;
  return {
    verify() {
      const damage: DataDamage[] = [];
      let damageCount = 0;
      const report: Report = (where, text) => {
        damageCount++;
        if (damage.length < listedDamage) damage.push({where, text});
      };
      for (const finding of db.pragma('integrity_check(100)', {simple: false}) as {integrity_check: string}[])
        if (finding.integrity_check !== 'ok') report('pages of the database file', finding.integrity_check);
      const runs = db
        .prepare<[], RunRow>(
          'SELECT id, scan_id, start, start_checksum, stop, stop_checksum FROM runs ORDER BY id',
        )
        .all();
      checkSessions(context, report);
      const points = {all: 0, unchecked: 0};
      for (const run of runs) checkRun(context, run, points, report);
      checkStrayPoints(context, report);
      checkCalibrations(context, report);
      checkOtherRecords(context, report);
      return {
        runCount: runs.length,
        pointCount: points.all,
        uncheckedPointCount: points.unchecked,
        artifactCount: checkArtifacts(context, report),
        damage,
        damageCount,
      };
    },
  };
}

function checkSessions({db}: StoreContext, report: Report): void {
  const rows = db
    .prepare<[], {uid: string; title: string; details: string; checksum: number | null}>(
      'SELECT uid, title, details, checksum FROM sessions ORDER BY id',
    )
    .all();
  for (const {uid, title, details, checksum} of rows) {
    const where = `session "${title}" (${uid})`;
    if (!isSound(checksum, details)) report(where, recordDamage);
    else reportMisfit(report, where, {table: 'sessions', key: uid}, readDetails(details));
  }
}

/** Tells a record that does not fit its declaration. */
function reportMisfit(
  report: Report,
  where: string,
  place: Omit<RecordPlace, 'what'>,
  read: ReadRecord<unknown>,
): void {
  if (read.problem !== undefined) report(where, misfitText(place, read));
}

function checkRun(
  {db}: StoreContext,
  run: RunRow,
  points: {all: number; unchecked: number},
  report: Report,
): void {
  const where = `run ${run.scan_id}`;
  const place = {table: 'runs', key: `scan_id ${run.scan_id}`};
  if (!isSound(run.start_checksum, run.start)) report(`${where}, start record`, recordDamage);
  else reportMisfit(report, `${where}, start record`, place, runStartRecord.readText(run.start));
  if (run.stop !== null) {
    if (!isSound(run.stop_checksum, run.stop)) report(`${where}, stop record`, recordDamage);
    else reportMisfit(report, `${where}, stop record`, place, runStopRecord.readText(run.stop));
  }
  const streams = db
    .prepare<[number], StreamRow>(
      'SELECT id, uid, name, columns, descriptor, checksum FROM streams WHERE run_id = ? ORDER BY id',
    )
    .all(run.id);
  for (const {id, uid, name, columns, descriptor, checksum} of streams) {
    const stream = `${where}, stream ${name}`;
    if (!isSound(checksum, descriptor, columns)) {
      report(stream, `Its descriptor is not as it was stored, so that its points cannot be read.`);
      continue;
    }
    const place = {table: 'streams', key: uid};
    reportMisfit(report, stream, place, descriptorRecord.readText(descriptor));
    const names = streamColumns.readText(columns);
    if (names.problem !== undefined) {
      reportMisfit(report, stream, place, names);
      continue;
    }
    const rows = db
      .prepare<[number], PointRow>(`SELECT ${pointColumns} FROM points WHERE stream_id = ? ORDER BY seq_num`)
      .raw()
      .all(id);
    points.unchecked += rows.filter((row) => row[4] === null).length;
    const last = stopFactsOf(run.stop, run.stop_checksum).num_events?.[name] ?? rows.at(-1)?.[0] ?? 0;
    for (const [seqNum] of rows.filter(([number]) => number < 1 || number > last))
      report(stream, `There is a row for a point ${seqNum}, of ${last} that were taken.`);
    const own = {id, uid, columns: names.value};
    for (const point of pointsInPlace(own, rows, {after: 0, last})) {
      points.all++;
      if (!('row' in point)) report(stream, damageText(point));
    }
  }
}

/** A row whose stream does not exist belongs nowhere: its stream's number has changed. */
function checkStrayPoints({db}: StoreContext, report: Report): void {
  const strays = db
    .prepare<[], number>('SELECT count(*) FROM points WHERE stream_id NOT IN (SELECT id FROM streams)')
    .pluck()
    .get();
  if (strays !== undefined && strays > 0) report('points', `${strays} rows belong to no stream.`);
}

function checkCalibrations(context: StoreContext, report: Report): void {
  for (const calibration of createCalibrationLedger(context).listAllCalibrations()) {
    if (!calibration.isDamaged) continue;
    const {uid, kind, damage} = calibration;
    const text =
      damage === notAsStored ? recordDamage : misfitText({table: 'calibrations', key: uid}, damage);
    report(`calibration ${kind} ${uid}`, `${text} It counts for nothing.`);
  }
}

/** Records without a checksum: what is said of artifacts, results, the audit trail. */
function checkOtherRecords({db}: StoreContext, report: Report): void {
  const artifacts = db
    .prepare<[], {uid: string; name: string; kind: string; metadata: string}>(
      'SELECT uid, name, kind, metadata FROM artifacts ORDER BY id',
    )
    .all();
  for (const {uid, name, kind, metadata} of artifacts)
    reportMisfit(
      report,
      `artifact ${name} (${kind}, ${uid})`,
      {table: 'artifacts', key: uid},
      readOfKind(artifactRecords, kind, metadata),
    );
  const results = db
    .prepare<[], {uid: string; kind: string; key: string; value: string}>(
      'SELECT uid, results.kind, key, value FROM results JOIN sessions ON sessions.id = session_id',
    )
    .all();
  for (const {uid, kind, key, value} of results)
    reportMisfit(
      report,
      `result ${kind} "${key}" of session ${uid}`,
      {table: 'results', key: `${uid}, ${kind}, ${key}`},
      readOfKind(resultRecords, kind, value),
    );
  const lines = db.prepare<[], {id: number; details: string}>('SELECT id, details FROM audit').all();
  for (const {id, details} of lines)
    reportMisfit(
      report,
      `line ${id} of the audit trail`,
      {table: 'audit', key: String(id)},
      auditDetails.readText(details),
    );
}

/** A record by the kind that its row names. */
const readOfKind = (
  kinds: Readonly<Record<string, AnyRecordKind>>,
  kind: string,
  text: string,
): ReadRecord<unknown> =>
  Object.hasOwn(kinds, kind)
    ? kinds[kind].readText(text)
    : {problem: `this program does not know the kind "${kind}"`, isNewer: true};

function checkArtifacts({db}: StoreContext, report: Report): number {
  const rows = db
    .prepare<[], {uid: string; name: string; kind: string; sha256: string}>(
      'SELECT uid, name, kind, sha256 FROM artifacts ORDER BY id',
    )
    .all();
  const read = db.prepare<[string], Uint8Array>('SELECT bytes FROM blobs WHERE sha256 = ?').pluck();
  const verdicts = new Map<string, string>();
  for (const {uid, name, kind, sha256} of rows) {
    let verdict = verdicts.get(sha256);
    if (verdict === undefined) {
      const bytes = read.get(sha256);
      verdict = bytes === undefined ? 'Its bytes are missing.' : isContent(bytes, sha256) ? '' : recordDamage;
      verdicts.set(sha256, verdict);
    }
    if (verdict !== '') report(`artifact ${name} (${kind}, ${uid})`, verdict);
  }
  return rows.length;
}
