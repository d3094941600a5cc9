import {isoFromS} from '../../base/utc-text.ts';
import type {SessionRecord} from '../../contract/run-records.ts';
import {textChecksum} from './checksums.ts';
import {damagedRecord} from './stored-points.ts';
import {type StoreContext, notFound, sessionIdOf} from './store-context.ts';

export interface NewSession {
  readonly title: string;
  readonly operator: string;
  readonly benchName: string;
  readonly designHash?: string;
  /** Anything else that belongs to the session: options of the campaign, versions, room temperature. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface StoredSession extends SessionRecord {
  readonly details: Readonly<Record<string, unknown>>;
  /** Its details are not as they were stored; only lists show such a one. */
  readonly isDamaged: boolean;
  readonly runCount: number;
}

export interface Sessions {
  createSession(session: NewSession): SessionRecord;
  closeSession(uid: string): void;
  getSession(uid: string): StoredSession;
  /** Counts up with every session that is begun: which of two is newer, whatever the clock was set to. */
  sessionOrder(uid: string): number;
  /** Newest first. */
  listSessions(limit?: number): StoredSession[];
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
  const {db, path, utcNowS, createId, clockWatch} = context;
  const getSession = (uid: string): StoredSession => {
    const row = db.prepare<[string], SessionRow>(`${sessionQuery} WHERE uid = ?`).get(uid);
    if (!row) throw notFound('session', uid, path);
    return sessionFrom(row);
  };
  return {
    createSession({title, operator, benchName, designHash, details = {}}) {
      clockWatch.look();
      const uid = createId();
      const time = utcNowS();
      const text = JSON.stringify(details);
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
        textOf(details['kind']),
        textOf(details['designName']),
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
    },
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
      if (session.isDamaged)
        throw damagedRecord(path, `What the session "${session.title}" (${uid}) was made with`);
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

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Details as they were stored; a damaged session keeps its place in lists, and says nothing of its details. */
function readDetails({details, checksum}: SessionRow): Pick<StoredSession, 'details' | 'isDamaged'> {
  try {
    if (checksum === null || checksum === textChecksum(details))
      return {details: JSON.parse(details) as Record<string, unknown>, isDamaged: false};
  } catch (error) {
    // One from before checksums.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {details: {}, isDamaged: true};
}

const sessionFrom = (row: SessionRow): StoredSession => ({
  uid: row.uid,
  title: row.title,
  operator: row.operator,
  createdAt: isoFromS(row.created_at),
  ...(row.closed_at !== null && {closedAt: isoFromS(row.closed_at)}),
  benchName: row.bench_name,
  ...(row.design_hash !== null && {designHash: row.design_hash}),
  ...readDetails(row),
  runCount: row.run_count,
});
