import {randomUUID} from 'node:crypto';
import type Database from 'better-sqlite3';
import type {RunStart, RunStop} from '../../../contract/run-records.ts';
import {
  descriptorRecord,
  runStartRecord,
  runStopRecord,
} from '../../../contract/stored/run-document-records.ts';
import {sessionRecords} from '../../../contract/stored/session-records.ts';
import {textChecksum} from '../checksums.ts';

/** What was lost of the tables that are only ever added to, and how many rows had to be made for others. */
export interface MadeRows {
  readonly lostRowCount: number;
  readonly madeRowCount: number;
}

const numbered = [
  ...['instances', 'sessions', 'runs', 'streams', 'notes', 'audit', 'calibrations', 'artifacts'],
] as const;
const ofSessions = [
  'runs',
  'notes',
  'calibrations',
  'artifacts',
  'results',
  'session_tags',
  'digit_exclusions',
];

/**
 * Makes the rows that salvaged ones hang on where their own are lost, each saying so: the run of a stream, the session of
 * a run, the start of the program that wrote it. Without them nothing could be read that hangs on them.
 */
export function completeParents(db: Database.Database): MadeRows {
  const lostRowCount = numbered.reduce(
    (sum, table) => sum + ask(db, `SELECT coalesce(max(id), 0) - count(*) FROM ${table}`),
    0,
  );
  returnStreams(db);
  const madeRowCount = makeRuns(db) + makeSessions(db) + makeInstances(db);
  db.exec('UPDATE notes SET run_id = NULL WHERE run_id NOT IN (SELECT id FROM runs)');
  return {lostRowCount, madeRowCount};
}

const ask = (db: Database.Database, sql: string, ...values: readonly string[]): number =>
  db
    .prepare<string[], number>(sql)
    .pluck()
    .get(...values) ?? 0;

interface OrphanStream {
  readonly id: number;
  readonly run_id: number;
  readonly time: number;
  readonly descriptor: string;
  readonly name: string;
  readonly count: number;
}

const orphanStreams = (db: Database.Database): readonly OrphanStream[] =>
  db
    .prepare<[], OrphanStream>(
      `SELECT id, run_id, time, descriptor, name,
         (SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = streams.id) AS count
       FROM streams WHERE run_id NOT IN (SELECT id FROM runs) ORDER BY id`,
    )
    .all();

/** A damaged row may name a run that never was, while its descriptor still says which one it is of, and that one is there. */
function returnStreams(db: Database.Database): void {
  // A run has one stream of a name: where it has it already, this one stays an orphan.
  const giveBack = db.prepare(
    `UPDATE OR IGNORE streams SET run_id = (SELECT id FROM runs WHERE uid = @uid)
     WHERE id = @id AND EXISTS (SELECT 1 FROM runs WHERE uid = @uid)`,
  );
  for (const {id, descriptor} of orphanStreams(db)) {
    const uid = descriptorRecord.readText(descriptor).value?.run_start;
    if (uid !== undefined) giveBack.run({id, uid});
  }
}

/** The start of a run is lost, what was measured is not: its streams say when, in which units and of which run. */
function makeRuns(db: Database.Database): number {
  const runs = new Map<number, OrphanStream[]>();
  for (const stream of orphanStreams(db))
    runs.set(stream.run_id, [...(runs.get(stream.run_id) ?? []), stream]);
  if (runs.size === 0) return 0;
  const sessionId = ask(
    db,
    'SELECT max(coalesce(max(id), 0), (SELECT coalesce(max(session_id), 0) FROM runs)) + 1 FROM sessions',
  );
  const sessionUid = insertSession(db, sessionId, 'runs without a session, salvaged');
  const insert = db.prepare(
    `INSERT INTO runs (id, uid, session_id, instance_id, scan_id, time, plan_name, operator, start, start_checksum,
       stop_time, exit_status, reason, stop, stop_checksum, point_count)
     VALUES (?, ?, ?, 1, ?, ?, ?, '', ?, ?, ?, 'fail', ?, ?, ?, ?)`,
  );
  for (const [id, own] of runs) {
    const {time, descriptor} = own[0];
    const ownUid = descriptorRecord.readText(descriptor).value?.run_start;
    const isFree = ownUid !== undefined && ask(db, 'SELECT count(*) FROM runs WHERE uid = ?', ownUid) === 0;
    const uid = isFree ? ownUid : randomUUID();
    const scanId = ask(db, 'SELECT coalesce(max(scan_id), 0) + 1 FROM runs');
    const {startText, stopText, reason} = recordsOf(uid, own, {scanId, sessionUid});
    const count = own.reduce((sum, stream) => sum + stream.count, 0);
    insert.run(
      ...[id, uid, sessionId, scanId, time, salvagedPlan, startText, textChecksum(startText)],
      ...[time, reason, stopText, textChecksum(stopText), count],
    );
  }
  return runs.size + 1;
}

const salvagedPlan = 'salvaged';

function recordsOf(
  uid: string,
  streams: readonly OrphanStream[],
  {scanId, sessionUid}: {readonly scanId: number; readonly sessionUid: string},
): {readonly startText: string; readonly stopText: string; readonly reason: string} {
  const {time} = streams[0];
  const reason = 'the record of this run was lost with damaged pages; its points were salvaged';
  const start: RunStart = {
    uid,
    time,
    session_uid: sessionUid,
    scan_id: scanId,
    plan_name: salvagedPlan,
    plan_args: {},
    plan_type: 'generator',
    operator: '',
  };
  const stop: RunStop = {
    uid: randomUUID(),
    run_start: uid,
    time,
    exit_status: 'fail',
    reason,
    num_events: Object.fromEntries(streams.map(({name, count}) => [name, count])),
  };
  return {startText: runStartRecord.write(start), stopText: runStopRecord.write(stop), reason};
}

function makeSessions(db: Database.Database): number {
  const missing = db
    .prepare<[], number>(
      `SELECT DISTINCT session_id FROM (${ofSessions.map((table) => `SELECT session_id FROM ${table}`).join(' UNION ')})
       WHERE session_id IS NOT NULL AND session_id NOT IN (SELECT id FROM sessions)`,
    )
    .pluck()
    .all();
  for (const id of missing) insertSession(db, id, `session ${id}, whose own record is lost`);
  return missing.length;
}

function insertSession(db: Database.Database, id: number, title: string): string {
  const uid = randomUUID();
  const details = sessionRecords.session.write({kind: 'session'});
  db.prepare(
    `INSERT INTO sessions (id, uid, title, operator, bench_name, created_at, details, kind, checksum)
     VALUES (?, ?, ?, '', '', (SELECT coalesce(min(time), 0) FROM runs WHERE session_id = ?), ?, 'session', ?)`,
  ).run(id, uid, title, id, details, textChecksum(details));
  return uid;
}

function makeInstances(db: Database.Database): number {
  const {changes} = db
    .prepare(
      `INSERT INTO instances (id, uid, pid, host, opened_at, closed_at, ending)
       SELECT DISTINCT instance_id, 'lost-' || instance_id, 0, '', 0, NULL, NULL
       FROM (SELECT instance_id FROM runs UNION SELECT instance_id FROM audit)
       WHERE instance_id NOT IN (SELECT id FROM instances)`,
    )
    .run();
  return changes;
}
