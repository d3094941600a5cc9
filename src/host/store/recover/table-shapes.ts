import Database from 'better-sqlite3';
import {migrate} from '../migrate.ts';
import {migrations} from '../schema.ts';
import type {PageRow, StoredValue} from './page-rows.ts';

/** A table of ours, as far as its rows can be told from those of the others. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Whether its rows stand on pages of tables; else on those of indexes. */
  readonly hasRowId: boolean;
  /** Rows of it that stand where no tree leads to are known for what they are: it is only ever added to. */
  readonly isFoundAstray: boolean;
  /** The row in the order of `columns`, with what earlier formats had not; undefined for one that does not fit. */
  fit(row: PageRow): readonly StoredValue[] | undefined;
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
}

/** Tables whose rows are never taken away and have a shape of their own. */
const astray = new Set([
  ...['instances', 'sessions', 'runs', 'streams', 'points', 'notes', 'audit'],
  ...['calibrations', 'blobs', 'artifacts'],
]);

/** All tables of today's format. */
export function readTableShapes(): readonly TableShape[] {
  const first = new Database(':memory:');
  const db = new Database(':memory:');
  try {
    migrate(first, migrations.slice(0, 1), () => undefined);
    migrate(db, migrations, () => undefined);
    const names = db
      .prepare<[], {name: string; sql: string}>(
        `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'formats'`,
      )
      .all();
    return names.map(({name, sql}) => {
      const columns = db.pragma(`table_info(${name})`) as ColumnInfo[];
      const earlier = (first.pragma(`table_info(${name})`) as ColumnInfo[]).length;
      return shapeOf(name, columns, {
        fewest: earlier === 0 ? columns.length : earlier,
        hasRowId: !sql.includes('WITHOUT ROWID'),
      });
    });
  } finally {
    first.close();
    db.close();
  }
}

function shapeOf(
  name: string,
  columns: readonly ColumnInfo[],
  {fewest, hasRowId}: {readonly fewest: number; readonly hasRowId: boolean},
): TableShape {
  return {
    name,
    columns: columns.map((column) => column.name),
    hasRowId,
    isFoundAstray: astray.has(name),
    fit({rowId, values}) {
      if (values.length < fewest || values.length > columns.length || (rowId !== null) !== hasRowId)
        return undefined;
      const fitted: StoredValue[] = [];
      for (const [i, column] of columns.entries()) {
        // The number of a row stands for its key.
        const isNumber = hasRowId && column.pk === 1 && column.type === 'INTEGER';
        if (isNumber && values[i] !== null) return undefined;
        const value = isNumber ? rowId : i < values.length ? values[i] : defaultOf(column);
        if (!isOfColumn(value, column)) return undefined;
        fitted.push(value);
      }
      return fitted;
    },
  };
}

function isOfColumn(value: StoredValue, {type, notnull, pk}: ColumnInfo): boolean {
  if (value === null) return notnull === 0 && pk === 0;
  if (type === 'INTEGER') return Number.isInteger(value);
  if (type === 'REAL') return typeof value === 'number';
  return type === 'TEXT' ? typeof value === 'string' : value instanceof Uint8Array;
}

/** What a row has in a column that came later: nothing, an empty text, or a number. */
function defaultOf({dflt_value: text}: ColumnInfo): StoredValue {
  if (text === null) return null;
  return text.startsWith("'") ? text.slice(1, -1) : Number(text);
}
