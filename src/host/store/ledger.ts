import {auditDetails} from '../../contract/stored/run-document-records.ts';
import {type Artifacts, createArtifacts} from './artifacts.ts';
import {type CalibrationLedger, createCalibrationLedger} from './calibration-ledger.ts';
import {type Results, createResults} from './results.ts';
import {type StoreContext, runIdOf, sessionIdOf} from './store-context.ts';
import {misfitText} from './unreadable.ts';

export interface StoredNote {
  readonly uid: string;
  readonly timeS: number;
  readonly author: string;
  readonly text: string;
  readonly runUid?: string;
}

export interface NewNote {
  readonly text: string;
  readonly author: string;
  readonly sessionUid?: string;
  readonly runUid?: string;
}

export interface AuditEntry {
  readonly actor: string;
  /** What was done, as `verb-noun`. */
  readonly action: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Ledger extends CalibrationLedger, Artifacts, Results {
  addNote(note: NewNote): string;
  listNotes(sessionUid: string): StoredNote[];
  /** Adds to the audit trail, which is never changed. */
  audit(entry: AuditEntry): void;
  listAudit(limit?: number): (AuditEntry & {readonly timeS: number})[];
}

export function createLedger(context: StoreContext): Ledger {
  const {db, utcNowS, createId, instanceId} = context;

  return {
    ...createCalibrationLedger(context),
    ...createArtifacts(context),
    ...createResults(context),

    addNote({text, author, sessionUid, runUid}) {
      const uid = createId();
      const runId = runUid === undefined ? null : runIdOf(context, runUid);
      // A note on a run belongs to the run's session as well.
      const sessionId =
        runId === null
          ? sessionUid === undefined
            ? null
            : sessionIdOf(context, sessionUid)
          : db.prepare<[number], number>('SELECT session_id FROM runs WHERE id = ?').pluck().get(runId);
      db.prepare(
        'INSERT INTO notes (uid, session_id, run_id, time, author, text) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(uid, sessionId, runId, utcNowS(), author, text);
      return uid;
    },

    listNotes(sessionUid) {
      const sessionId = sessionIdOf(context, sessionUid);
      return db
        .prepare<
          [number, number],
          {uid: string; time: number; author: string; text: string; run_uid: string | null}
        >(
          `SELECT notes.uid, notes.time, author, text, runs.uid AS run_uid FROM notes
           LEFT JOIN runs ON runs.id = run_id WHERE notes.session_id = ? OR runs.session_id = ? ORDER BY notes.id`,
        )
        .all(sessionId, sessionId)
        .map(({uid, time, author, text, run_uid}) => ({
          uid,
          timeS: time,
          author,
          text,
          ...(run_uid !== null && {runUid: run_uid}),
        }));
    },

    audit({actor, action, subject, details = {}}) {
      db.prepare(
        'INSERT INTO audit (time, instance_id, actor, action, subject, details) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(utcNowS(), instanceId, actor, action, subject, auditDetails.write({...details}));
    },

    listAudit: (limit = 500) =>
      db
        .prepare<[number], AuditRow>(
          'SELECT id, time, actor, action, subject, details FROM audit ORDER BY id DESC LIMIT ?',
        )
        .all(limit)
        .map(({id, time, details, ...entry}) => ({
          ...entry,
          timeS: time,
          details: detailsFrom(details, id),
        })),
  };
}

interface AuditRow {
  readonly id: number;
  readonly time: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
}

/** Details of a line of the audit trail; one that cannot be used says so in their place, and the line stays. */
function detailsFrom(text: string, id: number): Readonly<Record<string, unknown>> {
  const read = auditDetails.readText(text);
  return read.problem === undefined
    ? read.value
    : {unreadable: misfitText({table: 'audit', key: String(id)}, read)};
}
