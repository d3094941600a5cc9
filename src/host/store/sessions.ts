import type {SessionRecord} from '../../contract/run-records.ts';
import {type StoreContext, isoFromS, notFound, sessionIdOf} from './store-context.ts';

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
  readonly run_count: number;
}

const sessionQuery = `
  SELECT uid, title, operator, bench_name, design_hash, created_at, closed_at, details,
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
      db.prepare(
        `INSERT INTO sessions (uid, title, operator, bench_name, design_hash, created_at, details, kind, design_name)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        uid,
        title,
        operator,
        benchName,
        designHash ?? null,
        time,
        JSON.stringify(details),
        textOf(details['kind']),
        textOf(details['designName']),
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
    getSession,
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

const sessionFrom = (row: SessionRow): StoredSession => ({
  uid: row.uid,
  title: row.title,
  operator: row.operator,
  createdAt: isoFromS(row.created_at),
  ...(row.closed_at !== null && {closedAt: isoFromS(row.closed_at)}),
  benchName: row.bench_name,
  ...(row.design_hash !== null && {designHash: row.design_hash}),
  details: JSON.parse(row.details) as Record<string, unknown>,
  runCount: row.run_count,
});
