import type {Stored} from '../../contract/stored/record.ts';
import {resultRecords, type ResultKind, type ResultValues} from '../../contract/stored/result-records.ts';
import {type StoreContext, sessionIdOf} from './store-context.ts';
import {unreadableRecord} from './unreadable.ts';

interface ResultFacts<Kind extends ResultKind> {
  readonly sessionUid: string;
  readonly kind: Kind;
  readonly key: string;
  /** Program and version that computed it. */
  readonly madeBy: string;
}

export interface NewResult<Kind extends ResultKind> extends ResultFacts<Kind> {
  readonly value: Stored<ResultValues[Kind]>;
}

/** A derived value as it was stored, by its declaration (contract/stored/result-records.ts). */
export interface StoredResult<Kind extends ResultKind> extends ResultFacts<Kind> {
  readonly timeS: number;
  readonly value: ResultValues[Kind];
}

/** What was computed from the raw data of a session, and what a person decided of it. */
export interface Results {
  /** Stores or replaces a derived value: it can always be computed again from the raw data. */
  putResult<Kind extends ResultKind>(result: NewResult<Kind>): void;
  /** Those that can be used, by key: what is left out can be computed again. */
  listResults<Kind extends ResultKind>(sessionUid: string, kind: Kind): StoredResult<Kind>[];
  /** All of them, by key; throws `store/damaged` or `store/newer-version` for one that cannot be used. */
  readResults<Kind extends ResultKind>(sessionUid: string, kind: Kind): StoredResult<Kind>[];
}

export function createResults(context: StoreContext): Results {
  const {db, path, utcNowS} = context;

  const readRows = <Kind extends ResultKind>(sessionUid: string, kind: Kind) =>
    db
      .prepare<[number, string], {key: string; time: number; made_by: string; value: string}>(
        'SELECT key, time, made_by, value FROM results WHERE session_id = ? AND kind = ? ORDER BY key',
      )
      .all(sessionIdOf(context, sessionUid), kind)
      .map(({key, time, made_by, value}) => {
        const read = resultRecords[kind].readText(value);
        if (read.problem !== undefined) return {key, result: {isDamaged: true, damage: read} as const};
        const stored: StoredResult<Kind> = {
          sessionUid,
          kind,
          key,
          timeS: time,
          madeBy: made_by,
          value: read.value,
        };
        return {key, result: {isDamaged: false, stored} as const};
      });

  return {
    putResult({sessionUid, kind, key, madeBy, value}) {
      db.prepare(
        `INSERT INTO results (session_id, kind, key, time, made_by, value) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET time = excluded.time, made_by = excluded.made_by, value = excluded.value`,
      ).run(sessionIdOf(context, sessionUid), kind, key, utcNowS(), madeBy, resultRecords[kind].write(value));
    },

    listResults: (sessionUid, kind) =>
      readRows(sessionUid, kind).flatMap(({result}) => (result.isDamaged ? [] : [result.stored])),

    readResults: (sessionUid, kind) =>
      readRows(sessionUid, kind).map(({key, result}) => {
        if (!result.isDamaged) return result.stored;
        const what = `The result ${kind} "${key}" of session ${sessionUid}`;
        throw unreadableRecord(
          path,
          {what, table: 'results', key: `${sessionUid}, ${kind}, ${key}`},
          result.damage,
        );
      }),
  };
}
