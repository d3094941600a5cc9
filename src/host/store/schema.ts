/**
 * The database, version by version. A migration is never edited once it was released; a new one is added.
 *
 * Times are seconds since the epoch, UTC, as in run records. `points.data` holds the numbers of one point as
 * little-endian float64 in the order of `streams.columns` (a JSON list of names): 8 bytes a number, read back
 * without parsing.
 */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Marks our files in the SQLite header: "D2NB". */
export const applicationId = 0x44324e42;

const version1 = `
CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  opened_at REAL NOT NULL,
  closed_at REAL,
  ending TEXT
) STRICT;

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('scan_id', 0);

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  operator TEXT NOT NULL,
  bench_name TEXT NOT NULL,
  design_hash TEXT,
  created_at REAL NOT NULL,
  closed_at REAL,
  details TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  scan_id INTEGER NOT NULL UNIQUE,
  time REAL NOT NULL,
  plan_name TEXT NOT NULL,
  operator TEXT NOT NULL,
  sample TEXT,
  purpose TEXT,
  design_hash TEXT,
  campaign_index INTEGER,
  start TEXT NOT NULL,
  stop_time REAL,
  exit_status TEXT CHECK (exit_status IN ('success', 'abort', 'fail')),
  reason TEXT,
  stop TEXT
) STRICT;
CREATE INDEX runs_by_session ON runs (session_id, id);
CREATE INDEX runs_by_time ON runs (time);
CREATE INDEX runs_open ON runs (instance_id) WHERE stop IS NULL;

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  time REAL NOT NULL,
  columns TEXT NOT NULL,
  descriptor TEXT NOT NULL,
  UNIQUE (run_id, name)
) STRICT;

CREATE TABLE points (
  stream_id INTEGER NOT NULL REFERENCES streams (id),
  seq_num INTEGER NOT NULL,
  time REAL NOT NULL,
  data BLOB NOT NULL,
  extra TEXT,
  PRIMARY KEY (stream_id, seq_num)
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  session_id INTEGER REFERENCES sessions (id),
  run_id INTEGER REFERENCES runs (id),
  time REAL NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_session ON notes (session_id, id);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  time REAL NOT NULL,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

CREATE TABLE calibrations (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  time REAL NOT NULL,
  valid_until REAL,
  session_id INTEGER REFERENCES sessions (id),
  run_uid TEXT,
  depends_on TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX calibrations_by_kind ON calibrations (kind, time);

CREATE TABLE blobs (
  sha256 TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  run_uid TEXT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  time REAL NOT NULL,
  metadata TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blobs (sha256)
) STRICT;
CREATE INDEX artifacts_by_session ON artifacts (session_id, kind);

CREATE TABLE results (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  time REAL NOT NULL,
  made_by TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session_id, kind, key)
) STRICT, WITHOUT ROWID;
`;

/**
 * Sessions get tags and may be archived, digits may be left out of an evaluation. What lists of many sessions show is
 * kept beside the rows (kind and design of a session, points and class of a run) instead of being counted and parsed
 * each time; `runs.point_count` is null while a run is under way.
 */
const version2 = `
ALTER TABLE sessions ADD COLUMN archived_at REAL;
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN design_name TEXT NOT NULL DEFAULT '';
UPDATE sessions SET
  kind = coalesce(json_extract(details, '$.kind'), ''),
  design_name = coalesce(json_extract(details, '$.designName'), '');

ALTER TABLE runs ADD COLUMN point_count INTEGER;
ALTER TABLE runs ADD COLUMN label TEXT;
UPDATE runs SET point_count = (
  SELECT coalesce(sum((SELECT coalesce(max(seq_num), 0) FROM points WHERE stream_id = streams.id)), 0)
  FROM streams WHERE run_id = runs.id
) WHERE stop IS NOT NULL;
UPDATE runs SET label = (
  SELECT json_extract(details, '$.digits[' || campaign_index || '].label') FROM sessions WHERE sessions.id = session_id
) WHERE campaign_index IS NOT NULL;
CREATE INDEX runs_totals ON runs (session_id, point_count);
CREATE INDEX runs_by_label ON runs (label, session_id) WHERE label IS NOT NULL AND exit_status = 'success';
UPDATE notes SET session_id = (SELECT session_id FROM runs WHERE runs.id = run_id) WHERE session_id IS NULL;
CREATE INDEX notes_by_run ON notes (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE session_tags (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (session_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_tags_by_tag ON session_tags (tag);

CREATE TABLE digit_exclusions (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  campaign_index INTEGER NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  time REAL NOT NULL,
  PRIMARY KEY (session_id, campaign_index)
) STRICT, WITHOUT ROWID;
`;

/**
 * Checksums (checksums.ts) of points and of the records that say what they mean. Rows from before have none and are
 * reported as unchecked: a checksum made now would vouch for data that was never checked.
 */
const version3 = `
ALTER TABLE points ADD COLUMN checksum INTEGER;
ALTER TABLE runs ADD COLUMN start_checksum INTEGER;
ALTER TABLE runs ADD COLUMN stop_checksum INTEGER;
ALTER TABLE streams ADD COLUMN checksum INTEGER;
ALTER TABLE calibrations ADD COLUMN checksum INTEGER;
`;

/**
 * The computer's clock is watched (clock-watch.ts): `clock_frames` has, for each start of a computer, what its clock
 * showed beside a counter that cannot be set, and `clock_steps` when it was set. `after_scan_id` of a calibration is the
 * run that had been begun last when it was written, so that both stand in one order without asking the clock; of rows
 * from before, it is derived from the clock once.
 */
const version4 = `
CREATE TABLE clock_frames (
  frame TEXT PRIMARY KEY,
  offset_s REAL NOT NULL,
  seen_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clock_steps (
  id INTEGER PRIMARY KEY,
  instance_id INTEGER NOT NULL,
  from_s REAL NOT NULL,
  to_s REAL NOT NULL,
  step_s REAL,
  calibration_id INTEGER NOT NULL
) STRICT;

ALTER TABLE calibrations ADD COLUMN after_scan_id INTEGER NOT NULL DEFAULT 0;
UPDATE calibrations SET after_scan_id =
  (SELECT coalesce(max(scan_id), 0) FROM runs WHERE runs.time <= calibrations.time);
`;

/** What a session was made with never changes, and gets a checksum as well. */
const version5 = `
ALTER TABLE sessions ADD COLUMN checksum INTEGER;
`;

/**
 * Records carry versions of their own from here on (contract/stored), which a program of format 5 would misread: it
 * refuses this format. `formats` says which program made each format, for a program that refuses it.
 */
const version6 = `
CREATE TABLE formats (
  version INTEGER PRIMARY KEY,
  program TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The first format that `formats` knows. */
export const firstNamedFormat = 6;

export const migrations: readonly Migration[] = [
  {version: 1, sql: version1},
  {version: 2, sql: version2},
  {version: 3, sql: version3},
  {version: 4, sql: version4},
  {version: 5, sql: version5},
  {version: 6, sql: version6},
];
