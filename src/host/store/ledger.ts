import {createHash} from 'node:crypto';
import {type CalibrationLedger, createCalibrationLedger} from './calibration-ledger.ts';
import {damagedRecord} from './stored-points.ts';
import {isContent} from './verify.ts';
import {type StoreContext, notFound, runIdOf, sessionIdOf} from './store-context.ts';

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

export interface Artifact {
  readonly uid: string;
  /** Counts up with every artifact that is stored. */
  readonly order: number;
  /** `prediction-nominal`, `prediction-registered`, `object`, `report`, ... */
  readonly kind: string;
  readonly name: string;
  readonly mediaType: string;
  readonly timeS: number;
  readonly runUid?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly sha256: string;
  readonly byteCount: number;
}

export interface NewArtifact {
  readonly sessionUid: string;
  readonly kind: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly runUid?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface DerivedResult {
  readonly sessionUid: string;
  readonly kind: string;
  readonly key: string;
  /** Program and version that computed it. */
  readonly madeBy: string;
  readonly value: unknown;
}

export interface Ledger extends CalibrationLedger {
  addNote(note: NewNote): string;
  listNotes(sessionUid: string): StoredNote[];
  /** Adds to the audit trail, which is never changed. */
  audit(entry: AuditEntry): void;
  listAudit(limit?: number): (AuditEntry & {readonly timeS: number})[];
  /** Stores bytes once per content. */
  addArtifact(artifact: NewArtifact): string;
  listArtifacts(sessionUid: string, kind?: string): Artifact[];
  getArtifact(uid: string): Artifact;
  readArtifact(uid: string): Uint8Array;
  /** Stores or replaces a derived value: it can always be computed again from the raw data. */
  putResult(result: DerivedResult): void;
  listResults(sessionUid: string, kind?: string): (DerivedResult & {readonly timeS: number})[];
}

interface ArtifactRow {
  readonly id: number;
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
  readonly media_type: string;
  readonly time: number;
  readonly run_uid: string | null;
  readonly metadata: string;
  readonly sha256: string;
  readonly byte_count: number;
}

const artifactQuery = `
  SELECT id, uid, kind, name, media_type, time, run_uid, metadata, sha256,
    (SELECT length(bytes) FROM blobs WHERE blobs.sha256 = artifacts.sha256) AS byte_count
  FROM artifacts`;

export function createLedger(context: StoreContext): Ledger {
  const {db, path, utcNowS, createId, instanceId} = context;

  const getArtifact = (uid: string): Artifact => {
    const row = db.prepare<[string], ArtifactRow>(`${artifactQuery} WHERE uid = ?`).get(uid);
    if (!row) throw notFound('artifact', uid, path);
    return artifactFrom(row);
  };

  return {
    ...createCalibrationLedger(context),

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
      ).run(utcNowS(), instanceId, actor, action, subject, JSON.stringify(details));
    },

    listAudit: (limit = 500) =>
      db
        .prepare<[number], {time: number; actor: string; action: string; subject: string; details: string}>(
          'SELECT time, actor, action, subject, details FROM audit ORDER BY id DESC LIMIT ?',
        )
        .all(limit)
        .map(({time, details, ...entry}) => ({
          ...entry,
          timeS: time,
          details: JSON.parse(details) as Record<string, unknown>,
        })),

    addArtifact(artifact) {
      const uid = createId();
      const sessionId = sessionIdOf(context, artifact.sessionUid);
      const sha256 = createHash('sha256').update(artifact.bytes).digest('hex');
      db.transaction(() => {
        db.prepare('INSERT OR IGNORE INTO blobs (sha256, bytes) VALUES (?, ?)').run(sha256, artifact.bytes);
        db.prepare(
          `INSERT INTO artifacts (uid, session_id, run_uid, kind, name, media_type, time, metadata, sha256)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          uid,
          sessionId,
          artifact.runUid ?? null,
          artifact.kind,
          artifact.name,
          artifact.mediaType,
          utcNowS(),
          JSON.stringify(artifact.metadata ?? {}),
          sha256,
        );
      }).immediate();
      return uid;
    },

    listArtifacts: (sessionUid, kind) =>
      db
        .prepare<[number, string | null], ArtifactRow>(
          `${artifactQuery} WHERE session_id = ? AND kind = coalesce(?, kind) ORDER BY id`,
        )
        .all(sessionIdOf(context, sessionUid), kind ?? null)
        .map(artifactFrom),

    getArtifact,

    readArtifact(uid) {
      const bytes = db
        .prepare<[string], Uint8Array>(
          'SELECT bytes FROM artifacts JOIN blobs ON blobs.sha256 = artifacts.sha256 WHERE uid = ?',
        )
        .pluck()
        .get(uid);
      if (!bytes) throw notFound('artifact', uid, path);
      const {name, kind, sha256} = getArtifact(uid);
      if (!isContent(bytes, sha256)) throw damagedRecord(path, `The artifact ${name} (${kind}, ${uid})`);
      return bytes;
    },

    putResult({sessionUid, kind, key, madeBy, value}) {
      db.prepare(
        `INSERT INTO results (session_id, kind, key, time, made_by, value) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET time = excluded.time, made_by = excluded.made_by, value = excluded.value`,
      ).run(sessionIdOf(context, sessionUid), kind, key, utcNowS(), madeBy, JSON.stringify(value));
    },

    listResults: (sessionUid, kind) =>
      db
        .prepare<
          [number, string | null],
          {kind: string; key: string; time: number; made_by: string; value: string}
        >(
          `SELECT kind, key, time, made_by, value FROM results WHERE session_id = ? AND kind = coalesce(?, kind)
           ORDER BY kind, key`,
        )
        .all(sessionIdOf(context, sessionUid), kind ?? null)
        .map((row) => ({
          sessionUid,
          kind: row.kind,
          key: row.key,
          timeS: row.time,
          madeBy: row.made_by,
          value: JSON.parse(row.value) as unknown,
        })),
  };
}

const artifactFrom = (row: ArtifactRow): Artifact => ({
  uid: row.uid,
  order: row.id,
  kind: row.kind,
  name: row.name,
  mediaType: row.media_type,
  timeS: row.time,
  ...(row.run_uid !== null && {runUid: row.run_uid}),
  metadata: JSON.parse(row.metadata) as Record<string, unknown>,
  sha256: row.sha256,
  byteCount: row.byte_count,
});
