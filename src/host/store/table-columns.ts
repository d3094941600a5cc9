import Database from 'better-sqlite3';
import {migrate} from './migrate.ts';
import {migrations} from './schema.ts';

const readColumns = (db: Database.Database): ReadonlySet<string> =>
  new Set(
    db
      .prepare<[], string>(
        `SELECT tables.name || '.' || columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table'`,
      )
      .pluck()
      .all(),
  );

/**
 * A column (`table.column`) that every database of format `version` has and this one lacks; undefined where all are
 * there. SQLite's own check takes a definition whose letters are damaged for another table, not for damage.
 */
export function findMissingColumn(db: Database.Database, version: number): string | undefined {
  const model = new Database(':memory:');
  try {
    const upTo = migrations.filter((migration) => migration.version <= version);
    migrate(model, upTo, () => undefined);
    const own = readColumns(db);
    return [...readColumns(model)].find((column) => !own.has(column));
  } finally {
    model.close();
  }
}
