import type {Statement} from 'better-sqlite3';
import {BenchError, assertNever} from '../../contract/errors.ts';
import type {EventDescriptor, RunDocument, RunEvent, RunStart, RunStop} from '../../contract/run-records.ts';
import {
  descriptorRecord,
  runStartRecord,
  runStopRecord,
  streamColumns,
} from '../../contract/stored/run-document-records.ts';
import {pointChecksum, streamSeed, textChecksum} from './checksums.ts';
import {translated} from './sqlite-errors.ts';
import {type StoreContext, pointCountOfRun, runIdOf, sessionIdOf} from './store-context.ts';

/**
 * Commits the documents of one session's runs. Each call is one transaction: when it returns, the process may be killed,
 * and power may fail, except for points, which `PointSync` makes safe from that within the time that is set.
 */
export interface StoreRecorder {
  readonly sessionUid: string;
  allocateScanId(): number;
  write(document: RunDocument): void;
  addNote(note: {readonly text: string; readonly time: number; readonly runUid?: string}): void;
}

interface OpenStream {
  readonly runUid: string;
  readonly id: number;
  readonly seed: number;
  readonly columns: readonly string[];
  /** Written over for each point: SQLite copies it. */
  readonly values: Float64Array;
  readonly bytes: Buffer;
  count: number;
}

export const createStoreRecorder = (context: StoreContext, sessionUid: string): StoreRecorder =>
  new SessionRecorder(context, sessionUid);

class SessionRecorder implements StoreRecorder {
  readonly sessionUid: string;
  readonly #context: StoreContext;
  readonly #sessionId: number;
  readonly #runIds = new Map<string, number>();
  readonly #streams = new Map<string, OpenStream>();
  readonly #insertPoint: Statement;
  readonly #nextScanId: Statement<[], number>;

  constructor(context: StoreContext, sessionUid: string) {
    this.#context = context;
    this.sessionUid = sessionUid;
    this.#sessionId = sessionIdOf(context, sessionUid);
    this.#insertPoint = context.db.prepare(
      'INSERT INTO points (stream_id, seq_num, time, data, extra, checksum) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#nextScanId = context.db
      .prepare<[], number>(`UPDATE counters SET value = value + 1 WHERE name = 'scan_id' RETURNING value`)
      .pluck();
  }

  allocateScanId(): number {
    return translated(this.#context.path, () => this.#nextScanId.get() ?? 0);
  }

  write(document: RunDocument): void {
    translated(this.#context.path, () => this.#write(document));
  }

  addNote({text, time, runUid}: Parameters<StoreRecorder['addNote']>[0]): void {
    const {db, path, createId} = this.#context;
    translated(path, () => {
      const runId = runUid === undefined ? null : runIdOf(this.#context, runUid);
      db.prepare(
        'INSERT INTO notes (uid, session_id, run_id, time, author, text) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(createId(), this.#sessionId, runId, time, 'engine', text);
    });
  }

  #write(document: RunDocument): void {
    this.#context.clockWatch.look();
    const [name, body] = document;
    switch (name) {
      case 'start':
        return this.#writeStart(body);
      case 'descriptor':
        return this.#writeDescriptor(body);
      case 'event':
        return this.#writeEvent(body);
      case 'stop':
        return this.#writeStop(body);
      default:
        return assertNever(name, 'document');
    }
  }

  #writeStart(start: RunStart): void {
    // What is set holds for a run as a whole.
    this.#context.pointSync.setSafeWithin(this.#context.safeWithinMs());
    const text = runStartRecord.write(start);
    const {lastInsertRowid} = this.#context.db
      .prepare(
        `INSERT INTO runs (uid, session_id, instance_id, scan_id, time, plan_name, operator, sample, purpose,
           design_hash, campaign_index, label, start, start_checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
           (SELECT CASE WHEN json_valid(details) THEN json_extract(details, ?) END FROM sessions WHERE id = ?), ?, ?)`,
      )
      .run(
        start.uid,
        this.#sessionId,
        this.#context.instanceId,
        start.scan_id,
        start.time,
        start.plan_name,
        start.operator,
        start.sample ?? null,
        start.purpose ?? null,
        start.design_hash ?? null,
        start.campaign_index ?? null,
        labelPathOf(start.campaign_index),
        this.#sessionId,
        text,
        textChecksum(text),
      );
    // @position run.start-stored
    this.#runIds.set(start.uid, Number(lastInsertRowid));
    this.#context.changes.noteStart(start.uid);
  }

  #requireRun(uid: string): number {
    const id = this.#runIds.get(uid);
    if (id === undefined)
      throw new BenchError('internal', `A record names the run "${uid}", which this recorder did not open.`);
    return id;
  }

  #writeDescriptor(descriptor: EventDescriptor): void {
    const columns = Object.entries(descriptor.data_keys)
      .filter(([, key]) => key.dtype === 'number' || key.dtype === 'integer')
      .map(([name]) => name);
    const [columnText, text] = [streamColumns.write(columns), descriptorRecord.write(descriptor)];
    const {lastInsertRowid} = this.#context.db
      .prepare(
        'INSERT INTO streams (uid, run_id, name, time, columns, descriptor, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        descriptor.uid,
        this.#requireRun(descriptor.run_start),
        descriptor.name,
        descriptor.time,
        columnText,
        text,
        textChecksum(text, columnText),
      );
    // @position run.columns-stored
    const values = new Float64Array(columns.length);
    this.#streams.set(descriptor.uid, {
      runUid: descriptor.run_start,
      id: Number(lastInsertRowid),
      seed: streamSeed(descriptor.uid),
      columns,
      values,
      bytes: Buffer.from(values.buffer),
      count: 0,
    });
    this.#context.changes.noteCommit(descriptor.run_start);
  }

  #writeEvent(event: RunEvent): void {
    const stream = this.#streams.get(event.descriptor);
    if (!stream)
      throw new BenchError(
        'internal',
        `A point names the stream "${event.descriptor}", which was not declared.`,
      );
    if (event.seq_num !== stream.count + 1)
      throw new BenchError(
        'internal',
        `Point ${event.seq_num} cannot follow point ${stream.count}: there is a gap.`,
      );
    for (let i = 0; i < stream.columns.length; i++) {
      // `columns` has an entry at each index below its length.
      const value = event.data[stream.columns[i]];
      stream.values[i] = typeof value === 'number' ? value : NaN;
    }
    const extra = extraOf(event, stream.columns.length);
    const {id, seed, bytes} = stream;
    const checksum = pointChecksum(seed, {seqNum: event.seq_num, timeS: event.time}, bytes, extra);
    // @position run.point-storing
    this.#context.pointSync.commit(() =>
      this.#insertPoint.run(id, event.seq_num, event.time, bytes, extra, checksum),
    );
    // @position run.point-stored
    stream.count = event.seq_num;
    this.#context.changes.noteCommit(stream.runUid);
  }

  #writeStop(stop: RunStop): void {
    const id = this.#requireRun(stop.run_start);
    const text = runStopRecord.write(stop);
    // @position run.stop-storing
    this.#context.db
      .prepare(
        `UPDATE runs SET stop_time = ?, exit_status = ?, reason = ?, stop = ?, stop_checksum = ?,
         point_count = (${pointCountOfRun}) WHERE id = ?`,
      )
      .run(stop.time, stop.exit_status, stop.reason, text, textChecksum(text), id);
    // @position run.stop-stored
    this.#runIds.delete(stop.run_start);
    this.#streams.clear();
    this.#context.changes.noteEnd(stop.run_start);
  }
}

/** Where the details of a campaign's session name the class of a digit; numbers that are no index have none. */
const labelPathOf = (campaignIndex: number | undefined): string | null =>
  campaignIndex !== undefined && Number.isSafeInteger(campaignIndex) && campaignIndex >= 0
    ? `$.digits[${campaignIndex}].label`
    : null;

/** What the columns of numbers cannot hold of an event, as JSON, or null for nothing. */
function extraOf(event: RunEvent, columnCount: number): string | null {
  const extra: {uid?: string; timestamps?: RunEvent['timestamps']; data?: Record<string, string | boolean>} =
    {};
  if (event.uid !== `${event.descriptor}:${event.seq_num}`) extra.uid = event.uid;
  let nameCount = 0;
  for (const name in event.data) {
    nameCount++;
    if (event.timestamps[name] !== event.time) extra.timestamps = event.timestamps;
  }
  if (nameCount !== columnCount) {
    extra.data = {};
    for (const [name, value] of Object.entries(event.data))
      if (typeof value !== 'number') extra.data[name] = value;
  }
  return extra.uid === undefined && extra.timestamps === undefined && extra.data === undefined
    ? null
    : JSON.stringify(extra);
}
