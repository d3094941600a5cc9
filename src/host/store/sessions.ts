import {isoFromS} from '../../base/utc-text.ts';
import {type BenchError, assertNever} from '../../contract/errors.ts';
import type {SessionRecord} from '../../contract/run-records.ts';
import {isJsonObject, type ReadRecord, type Stored} from '../../contract/stored/record.ts';
import {
  sessionRecords,
  type SessionDetails,
  type SessionKind,
} from '../../contract/stored/session-records.ts';
import {textChecksum} from './checksums.ts';
import {type StoreContext, notFound, sessionIdOf} from './store-context.ts';
import {damagedRecord} from './stored-documents.ts';
import {type Misfit, notAsStored, unreadableRecord} from './unreadable.ts';

export interface NewSession {
  readonly title: string;
  readonly operator: string;
  readonly benchName: string;
  readonly designHash?: string;
  /** What it is made with; without it, a session of any kind. */
  readonly details?: Stored<SessionDetails>;
}

export interface SessionFacts extends SessionRecord {
  readonly runCount: number;
}

/** One whose details fit their declaration (contract/stored/session-records.ts). */
export interface StoredSession extends SessionFacts {
  readonly details: SessionDetails;
  readonly isDamaged: false;
}

/** Its details are not as they were stored or do not fit; only lists show such a one. */
export interface DamagedSession extends SessionFacts {
  readonly details: null;
  readonly isDamaged: true;
  readonly damage: Misfit;
}

export interface Sessions {
  /** Throws `internal` for details that could not be read back. */
  createSession(session: NewSession): SessionRecord;
  closeSession(uid: string): void;
  /** Throws `store/not-found`, and `store/damaged` or `store/newer-version` for one that cannot be used. */
  getSession(uid: string): StoredSession;
  /** Counts up with every session that is begun: which of two is newer, whatever the clock was set to. */
  sessionOrder(uid: string): number;
  /** Newest first. */
  listSessions(limit?: number): (StoredSession | DamagedSession)[];
  /** Only what is given changes. Nothing is ever deleted: an archived session is only left out of lists. */
  changeSession(uid: string, change: SessionChange): void;
}

export interface SessionChange {
  readonly title?: string;
  /** All tags from now on; empty and repeated ones are left out. */
  readonly tags?: readonly string[];
  readonly isArchived?: boolean;
}

interface SessionRow {
  readonly uid: string;
  readonly title: string;
  readonly operator: string;
  readonly bench_name: string;
  readonly design_hash: string | null;
  readonly created_at: number;
  readonly closed_at: number | null;
  readonly details: string;
  readonly checksum: number | null;
  readonly run_count: number;
}

const sessionQuery = `
  SELECT uid, title, operator, bench_name, design_hash, created_at, closed_at, details, checksum,
    (SELECT count(*) FROM runs WHERE session_id = sessions.id) AS run_count
  FROM sessions`;

export function createSessions(context: StoreContext): Sessions {
  const {db, path, utcNowS, clockWatch} = context;
  const getSession = (uid: string): StoredSession | DamagedSession => {
    const row = db.prepare<[string], SessionRow>(`${sessionQuery} WHERE uid = ?`).get(uid);
    if (!row) throw notFound('session', uid, path);
    return sessionFrom(row);
  };
  return {
    createSession: (session) => createSession(context, session),
    closeSession(uid) {
      clockWatch.look();
      const id = sessionIdOf(context, uid);
      // Also where the clock was set back meanwhile: no session ends before it began, or before its runs ended.
      db.prepare(
        `UPDATE sessions SET closed_at = coalesce(closed_at, max(?, created_at,
           (SELECT coalesce(max(max(time, coalesce(stop_time, 0))), 0) FROM runs WHERE session_id = ?))) WHERE id = ?`,
      ).run(utcNowS(), id, id);
    },
    getSession(uid) {
      const session = getSession(uid);
      if (session.isDamaged) throw damageOf(path, session);
      return session;
    },
    sessionOrder: (uid) => sessionIdOf(context, uid),
    listSessions: (limit = 1000) =>
      db
        .prepare<[number], SessionRow>(`${sessionQuery} ORDER BY id DESC LIMIT ?`)
        .all(limit)
        .map(sessionFrom),
    changeSession(uid, {title, tags, isArchived}) {
      const id = sessionIdOf(context, uid);
      db.transaction(() => {
        if (title !== undefined) db.prepare('UPDATE sessions SET title = ? WHERE id = ?').run(title, id);
        if (isArchived !== undefined)
          db.prepare(
            'UPDATE sessions SET archived_at = CASE WHEN ? THEN coalesce(archived_at, ?) END WHERE id = ?',
          ).run(Number(isArchived), utcNowS(), id);
        if (tags !== undefined) {
          db.prepare('DELETE FROM session_tags WHERE session_id = ?').run(id);
          const add = db.prepare('INSERT OR IGNORE INTO session_tags (session_id, tag) VALUES (?, ?)');
          for (const tag of tags) if (tag.trim() !== '') add.run(id, tag.trim());
        }
      }).immediate();
    },
  };
}

function createSession(
  {db, utcNowS, createId, clockWatch}: StoreContext,
  {title, operator, benchName, designHash, details = {kind: 'session'}}: NewSession,
): SessionRecord {
  clockWatch.look();
  const uid = createId();
  const time = utcNowS();
  const text = writeDetails(details);
  db.prepare(
    `INSERT INTO sessions (uid, title, operator, bench_name, design_hash, created_at, details, kind, design_name,
       checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    uid,
    title,
    operator,
    benchName,
    designHash ?? null,
    time,
    text,
    details.kind,
    'designName' in details ? details.designName : '',
    textChecksum(text),
  );
  return {
    uid,
    title,
    operator,
    createdAt: isoFromS(time),
    benchName,
    ...(designHash !== undefined && {designHash}),
  };
}

function damageOf(path: string, {uid, title, damage}: DamagedSession): BenchError {
  const what = `What the session "${title}" (${uid}) was made with`;
  return damage === notAsStored
    ? damagedRecord(path, what)
    : unreadableRecord(path, {what, table: 'sessions', key: uid}, damage);
}

const isSessionKind = (kind: unknown): kind is SessionKind =>
  typeof kind === 'string' && Object.hasOwn(sessionRecords, kind);

/** Of a kind that only the type of its details knows. */
function writeDetails(details: Stored<SessionDetails>): string {
  switch (details.kind) {
    case 'campaign':
      return sessionRecords.campaign.write(details);
    case 'align-guide':
      return sessionRecords['align-guide'].write(details);
    case 'scan':
      return sessionRecords.scan.write(details);
    case 'session':
      return sessionRecords.session.write(details);
    default:
      return assertNever(details, 'kind of a session');
  }
}

/** The details in a text, by the kind that they name. */
export function readDetails(text: string): ReadRecord<SessionDetails> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {problem: 'it is no JSON', isNewer: false};
    throw error;
  }
  const kind = isJsonObject(json) ? (json['kind'] ?? 'session') : 'session';
  return isSessionKind(kind)
    ? sessionRecords[kind].read(json)
    : {problem: `this program does not know sessions of the kind ${JSON.stringify(kind)}`, isNewer: true};
}

/** What a session was made with, or why it cannot be used: its row has changed, or does not fit its declaration. */
export const readSessionDetails = ({
  details,
  checksum,
}: {
  readonly details: string;
  readonly checksum: number | null;
}): ReadRecord<SessionDetails> =>
  checksum !== null && checksum !== textChecksum(details) ? notAsStored : readDetails(details);

/** A damaged session keeps its place in lists, and says nothing of its details. */
function sessionFrom(row: SessionRow): StoredSession | DamagedSession {
  const facts: SessionFacts = {
    uid: row.uid,
    title: row.title,
    operator: row.operator,
    createdAt: isoFromS(row.created_at),
    ...(row.closed_at !== null && {closedAt: isoFromS(row.closed_at)}),
    benchName: row.bench_name,
    ...(row.design_hash !== null && {designHash: row.design_hash}),
    runCount: row.run_count,
  };
  const read = readSessionDetails(row);
  return read.problem === undefined
    ? {...facts, details: read.value, isDamaged: false}
    : {...facts, details: null, isDamaged: true, damage: read};
}
