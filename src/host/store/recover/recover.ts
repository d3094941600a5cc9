import {closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {BenchError} from '../../../contract/errors.ts';
import {makePrivateFile} from '../../files/private.ts';
import {migrate} from '../migrate.ts';
import {openStore} from '../open-store.ts';
import {migrations} from '../schema.ts';
import {translated} from '../sqlite-errors.ts';
import type {DataDamage} from '../verify.ts';
import {openDatabaseImage, type DatabaseImage} from './database-image.ts';
import {completeParents, type MadeRows} from './complete-parents.ts';
import {createPointJudge, isSoundBlob, lostPoints} from './judge-points.ts';
import {mapPages, rowsOf, type FoundRow} from './read-rows.ts';
import {readTableShapes, type TableShape} from './table-shapes.ts';

/** What `recoverDatabase` found and what it did not. */
export interface RecoveryReport {
  readonly from: string;
  /** The new database. */
  readonly to: string;
  readonly pageCount: number;
  /** Pages of the journal beside it that were damaged. */
  readonly damagedJournalPageCount: number;
  /** Rows that were salvaged, by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly pointCount: number;
  /** Of them those from before points had checksums. */
  readonly uncheckedPointCount: number;
  /** Points that could not be salvaged, as far as their places, ends of runs and damaged rows tell. */
  readonly lostPointCount: number;
  /** Rows of other tables that are known to be missing: nothing is ever deleted, so that their numbers have no gaps. */
  readonly lostRowCount: number;
  /** Rows that were made so that others can be read: of runs, sessions or starts whose own are lost. */
  readonly madeRowCount: number;
  /** What of the new database is not as it was stored, as "sessions verify" says it; at most the first 1000. */
  readonly damage: readonly DataDamage[];
}

/** What a recovery tells while it works: pages read, of how many. */
export type RecoveryProgress = (donePages: number, pageCount: number) => void;

/**
 * Salvages what can be read of a damaged database (and of the journal beside it) into a new one, `bench.sqlite` in
 * `toFolder`. The damaged one is read byte by byte, without SQLite, and never changed. Rows are taken that have the shape
 * of a table; points only if their checksum fits. Throws `file/not-found`, `file/invalid` where there is a database
 * already, `store/not-found` where nothing of ours was found (then nothing is made), `store/locked` where another program
 * writes the file, `store/full`.
 */
export function recoverDatabase(
  from: string,
  toFolder: string,
  {onProgress}: {readonly onProgress?: RecoveryProgress | undefined} = {},
): RecoveryReport {
  const to = join(toFolder, 'bench.sqlite');
  if (existsSync(to))
    throw new BenchError(
      'file/invalid',
      `There is a database ${to} already. Nothing was made; name a folder without one.`,
      {details: {path: to}},
    );
  const before = fingerprintOf(from);
  using image = openDatabaseImage(from);
  const draft = `${to}.salvage`;
  try {
    mkdirSync(toFolder, {recursive: true, mode: 0o700});
    const salvaged = translated(draft, () => salvage(image, draft, from, onProgress));
    if (fingerprintOf(from) !== before)
      throw new BenchError(
        'store/locked',
        `The database ${from} was written by a program while it was read. Nothing was made; close that program and try again.`,
        {details: {path: from}},
      );
    const {pageCount, damagedJournalPageCount} = image;
    return {...published(draft, to), from, to, pageCount, damagedJournalPageCount, ...salvaged};
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${end}`, {force: true});
  }
}

/** Changes whenever a program writes the database or its journal. */
const fingerprintOf = (path: string): string =>
  [path, `${path}-wal`]
    .map((file) => {
      const stats = statSync(file, {throwIfNoEntry: false, bigint: true});
      return stats ? `${stats.size} ${stats.mtimeNs}` : '';
    })
    .join(', ');

type Salvaged = Omit<RecoveryReport, 'from' | 'to' | 'pageCount' | 'damagedJournalPageCount' | 'damage'>;

function salvage(
  image: DatabaseImage,
  draft: string,
  from: string,
  onProgress: RecoveryProgress | undefined,
): Salvaged {
  makePrivateFile(draft);
  const db = new Database(draft);
  try {
    db.pragma('foreign_keys = OFF');
    // A draft that is cut off is begun anew; it is made safe before it gets its name.
    db.pragma('synchronous = OFF');
    migrate(db, migrations, () => undefined);
    const shapes = readTableShapes();
    const taken = db.transaction(() => takeRows(db, image, shapes, onProgress))();
    if (Object.values(taken.rows).every((count) => count === 0))
      throw new BenchError(
        'store/not-found',
        `Nothing of a database of this program was found in ${from} (${image.pageCount} pages). Nothing was made; the file was left as it is.`,
        {details: {path: from}},
      );
    return {...taken, ...db.transaction(() => countLosses(db, completeParents(db)))()};
  } finally {
    db.close();
  }
}

/** First all rows but points, then the points of the streams that there are. */
function takeRows(
  db: Database.Database,
  image: DatabaseImage,
  shapes: readonly TableShape[],
  onProgress: RecoveryProgress | undefined,
): Pick<Salvaged, 'rows' | 'pointCount' | 'uncheckedPointCount'> {
  const {pages} = mapPages(image, shapes);
  db.exec('DELETE FROM counters');
  const inserts = new Map(
    shapes.map(({name, columns}) => [
      name,
      db.prepare(
        `INSERT OR IGNORE INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ),
    ]),
  );
  const rows: Record<string, number> = Object.fromEntries(shapes.map(({name}) => [name, 0]));
  const keep = ({table, values}: FoundRow): boolean => {
    const isNew = inserts.get(table.name)?.run(...values).changes === 1;
    if (isNew) rows[table.name]++;
    return isNew;
  };
  let doneCount = 0;
  const walk = (isWanted: (table: string) => boolean, onRow: (row: FoundRow) => void): void => {
    for (const page of pages) {
      if (++doneCount % 1000 === 0) onProgress?.(Math.floor(doneCount / 2), pages.length);
      if (page.table && !isWanted(page.table.name)) continue;
      for (const row of rowsOf(image, page, shapes)) if (isWanted(row.table.name)) onRow(row);
    }
  };
  walk(
    (table) => table !== 'points',
    (row) => void (isSoundBlob(row) && keep(row)),
  );
  const judge = createPointJudge(db);
  let uncheckedPointCount = 0;
  walk(
    (table) => table === 'points',
    (row) => {
      const verdict = judge(row);
      if (verdict !== 'damaged' && keep(row) && verdict === 'unchecked') uncheckedPointCount++;
    },
  );
  onProgress?.(pages.length, pages.length);
  return {rows, pointCount: rows['points'], uncheckedPointCount};
}

/** Numbers of rows and points that are missing, and the counter of runs. */
function countLosses(
  db: Database.Database,
  {lostRowCount, madeRowCount}: MadeRows,
): Pick<Salvaged, 'lostPointCount' | 'lostRowCount' | 'madeRowCount'> {
  db.exec(`INSERT INTO counters (name, value) VALUES ('scan_id', 0) ON CONFLICT DO NOTHING`);
  db.exec(
    `UPDATE counters SET value = max(value, (SELECT coalesce(max(scan_id), 0) FROM runs)) WHERE name = 'scan_id'`,
  );
  return {lostPointCount: lostPoints(db), lostRowCount, madeRowCount};
}

/** The new database under its name, safe on the disk, with what a check of it finds. */
function published(draft: string, to: string): Pick<RecoveryReport, 'damage'> {
  syncFile(draft);
  renameSync(draft, to);
  using store = openStore(to, {readOnly: true});
  return {damage: store.verify().damage};
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
