import {isoFromS} from '../../base/utc-text.ts';
import {readSessionDetails} from './sessions.ts';
import {type StoreContext, notFound, pointCountOfRun} from './store-context.ts';
import {sessionTags} from '../../contract/stored/session-records.ts';

export interface SessionSearch {
  /** Words, each to be found in title, operator, design, tags, notes, or samples and purposes of the runs. */
  readonly text?: string | undefined;
  readonly operator?: string | undefined;
  readonly designHash?: string | undefined;
  /** Class of a digit that was measured to its end. */
  readonly label?: string | undefined;
  readonly tag?: string | undefined;
  /** When the session began, seconds since the epoch, UTC. */
  readonly sinceS?: number | undefined;
  readonly untilS?: number | undefined;
  readonly withArchived?: boolean | undefined;
  readonly limit: number;
}

/** A session as a list shows it. */
export interface SessionListing {
  readonly uid: string;
  readonly title: string;
  readonly operator: string;
  readonly benchName: string;
  readonly designHash: string | null;
  readonly designName: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly runCount: number;
  readonly pointCount: number;
  readonly noteCount: number;
  readonly tags: string[];
  readonly isArchived: boolean;
  /** Why what it was made with cannot be used, as the end of a sentence; '' for a session that is whole. */
  readonly damage: string;
}

/** What there is to filter by. */
export interface SessionFacets {
  readonly operators: string[];
  readonly designs: {hash: string; name: string}[];
  readonly tags: string[];
  readonly labels: string[];
}

export interface SessionSearches {
  /** Newest first. */
  searchSessions(search: SessionSearch): SessionListing[];
  getSessionListing(uid: string): SessionListing;
  /** Over all sessions, archived ones too. */
  sessionFacets(): SessionFacets;
  /** Design folders that sessions name, each once. They may be gone by now. */
  designFolders(): string[];
}

interface ListingRow {
  readonly uid: string;
  readonly title: string;
  readonly operator: string;
  readonly bench_name: string;
  readonly design_hash: string | null;
  readonly design_name: string;
  readonly kind: string;
  readonly created_at: number;
  readonly closed_at: number | null;
  readonly archived_at: number | null;
  readonly run_count: number;
  readonly point_count: number;
  readonly note_count: number;
  readonly tags: string;
  readonly details: string;
  readonly checksum: number | null;
}

const listingQuery = `
  SELECT sessions.uid, title, sessions.operator, bench_name, sessions.design_hash, design_name, kind, created_at,
    closed_at, archived_at, details, checksum,
    (SELECT count(*) FROM runs WHERE session_id = sessions.id) AS run_count,
    (SELECT coalesce(sum(coalesce(point_count, (${pointCountOfRun}))), 0) FROM runs
      WHERE session_id = sessions.id) AS point_count,
    (SELECT count(*) FROM notes WHERE session_id = sessions.id) AS note_count,
    (SELECT json_group_array(tag) FROM session_tags WHERE session_id = sessions.id) AS tags
  FROM sessions`;

export function createSessionSearches({db, path}: StoreContext): SessionSearches {
  const column = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
  return {
    searchSessions(search) {
      const {where, values} = conditionsOf(search);
      return db
        .prepare<unknown[], ListingRow>(`${listingQuery} ${where} ORDER BY sessions.id DESC LIMIT ?`)
        .all(...values, search.limit)
        .map(listingFrom);
    },
    getSessionListing(uid) {
      const row = db.prepare<[string], ListingRow>(`${listingQuery} WHERE sessions.uid = ?`).get(uid);
      if (!row) throw notFound('session', uid, path);
      return listingFrom(row);
    },
    designFolders: () =>
      column(
        `SELECT DISTINCT CASE WHEN json_valid(details) THEN json_extract(details, '$.designFolder') END AS folder
         FROM sessions WHERE kind = 'campaign' AND folder IS NOT NULL ORDER BY folder`,
      ),
    sessionFacets: () => ({
      operators: column(`SELECT DISTINCT operator FROM sessions WHERE operator <> '' ORDER BY operator`),
      designs: db
        .prepare<[], {hash: string; name: string}>(
          `SELECT design_hash AS hash, max(design_name) AS name FROM sessions WHERE design_hash IS NOT NULL
           GROUP BY design_hash ORDER BY name, hash`,
        )
        .all(),
      tags: column('SELECT DISTINCT tag FROM session_tags ORDER BY tag'),
      labels: column(
        `SELECT DISTINCT label FROM runs WHERE label IS NOT NULL AND exit_status = 'success' ORDER BY label`,
      ),
    }),
  };
}

const listingFrom = (row: ListingRow): SessionListing => ({
  uid: row.uid,
  title: row.title,
  operator: row.operator,
  benchName: row.bench_name,
  designHash: row.design_hash,
  designName: row.design_name,
  kind: row.kind,
  createdAt: isoFromS(row.created_at),
  closedAt: row.closed_at === null ? null : isoFromS(row.closed_at),
  runCount: row.run_count,
  pointCount: row.point_count,
  noteCount: row.note_count,
  // Made by SQLite from the tags' rows: there is always a list.
  tags: sessionTags.readText(row.tags).value ?? [],
  isArchived: row.archived_at !== null,
  damage: readSessionDetails(row).problem ?? '',
});

/**
 * Session words are looked for first and the runs of a session only when they do not hold the word: most hits need no
 * look at the runs at all.
 */
const wordCondition = `(
  title || ' ' || sessions.operator || ' ' || design_name LIKE @word ESCAPE '\\'
  OR EXISTS (SELECT 1 FROM session_tags WHERE session_id = sessions.id AND tag LIKE @word ESCAPE '\\')
  OR EXISTS (SELECT 1 FROM notes WHERE session_id = sessions.id AND text LIKE @word ESCAPE '\\')
  OR EXISTS (SELECT 1 FROM runs WHERE session_id = sessions.id
    AND coalesce(sample, '') || ' ' || coalesce(purpose, '') LIKE @word ESCAPE '\\'))`;

function conditionsOf(search: SessionSearch): {where: string; values: (string | number)[]} {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...given: (string | number)[]): void => {
    parts.push(sql);
    values.push(...given);
  };
  if (search.withArchived !== true) add('archived_at IS NULL');
  if (search.operator !== undefined) add('sessions.operator = ?', search.operator);
  if (search.designHash !== undefined) add('sessions.design_hash = ?', search.designHash);
  if (search.sinceS !== undefined) add('created_at >= ?', search.sinceS);
  if (search.untilS !== undefined) add('created_at <= ?', search.untilS);
  if (search.tag !== undefined)
    add('EXISTS (SELECT 1 FROM session_tags WHERE session_id = sessions.id AND tag = ?)', search.tag);
  if (search.label !== undefined)
    add(
      `sessions.id IN (SELECT session_id FROM runs WHERE label = ? AND label IS NOT NULL AND exit_status = 'success')`,
      search.label,
    );
  for (const word of search.text?.split(/\s+/).filter(Boolean) ?? []) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    add(wordCondition.replaceAll('@word', '?'), pattern, pattern, pattern, pattern);
  }
  return {where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values};
}
