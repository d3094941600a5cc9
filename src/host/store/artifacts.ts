import {createHash} from 'node:crypto';
import {
  artifactRecords,
  type ArtifactKind,
  type ArtifactMetadata,
} from '../../contract/stored/artifact-records.ts';
import type {Stored} from '../../contract/stored/record.ts';
import {damagedRecord} from './stored-documents.ts';
import {type StoreContext, notFound, sessionIdOf} from './store-context.ts';
import {unreadableRecord} from './unreadable.ts';
import {isContent} from './checksums.ts';

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
  readonly sha256: string;
  readonly byteCount: number;
}

export interface NewArtifact<Kind extends ArtifactKind> {
  readonly sessionUid: string;
  readonly kind: Kind;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly runUid?: string;
  readonly metadata: Stored<ArtifactMetadata[Kind]>;
}

/** Files and arrays that belong to a session: what was simulated, masks, the design. */
export interface Artifacts {
  /** Stores bytes once per content. Throws `internal` for metadata that could not be read back. */
  addArtifact<Kind extends ArtifactKind>(artifact: NewArtifact<Kind>): string;
  listArtifacts(sessionUid: string, kind?: string): Artifact[];
  getArtifact(uid: string): Artifact;
  /**
   * What is said of an artifact's bytes. Throws `store/not-found` for one of another kind, and `store/damaged` or
   * `store/newer-version` where it cannot be used.
   */
  readMetadata<Kind extends ArtifactKind>(uid: string, kind: Kind): ArtifactMetadata[Kind];
  readArtifact(uid: string): Uint8Array;
}

interface ArtifactRow {
  readonly id: number;
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
  readonly media_type: string;
  readonly time: number;
  readonly run_uid: string | null;
  readonly sha256: string;
  readonly byte_count: number;
}

const artifactQuery = `
  SELECT id, uid, kind, name, media_type, time, run_uid, sha256,
    (SELECT length(bytes) FROM blobs WHERE blobs.sha256 = artifacts.sha256) AS byte_count
  FROM artifacts`;

export function createArtifacts(context: StoreContext): Artifacts {
  const {db, path, utcNowS, createId} = context;

  const getArtifact = (uid: string): Artifact => {
    const row = db.prepare<[string], ArtifactRow>(`${artifactQuery} WHERE uid = ?`).get(uid);
    if (!row) throw notFound('artifact', uid, path);
    return artifactFrom(row);
  };

  return {
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
          artifactRecords[artifact.kind].write(artifact.metadata),
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

    readMetadata: (uid, kind) => readMetadata(context, uid, kind),

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
  };
}

function readMetadata<Kind extends ArtifactKind>(
  {db, path}: StoreContext,
  uid: string,
  kind: Kind,
): ArtifactMetadata[Kind] {
  const text = db
    .prepare<[string, string], string>('SELECT metadata FROM artifacts WHERE uid = ? AND kind = ?')
    .pluck()
    .get(uid, kind);
  if (text === undefined) throw notFound(`artifact of the kind ${kind}`, uid, path);
  const read = artifactRecords[kind].readText(text);
  if (read.problem === undefined) return read.value;
  const what = `What is said of the artifact ${kind} ${uid}`;
  throw unreadableRecord(path, {what, table: 'artifacts', key: uid}, read);
}

const artifactFrom = (row: ArtifactRow): Artifact => ({
  uid: row.uid,
  order: row.id,
  kind: row.kind,
  name: row.name,
  mediaType: row.media_type,
  timeS: row.time,
  ...(row.run_uid !== null && {runUid: row.run_uid}),
  sha256: row.sha256,
  byteCount: row.byte_count,
});
