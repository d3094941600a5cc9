import {BenchError} from '../../contract/errors.ts';
import type {StoreContext} from './store-context.ts';

/** What a person names by the beginning of its uid: where it stands, and what tells one from another in words. */
const subjects = {
  session: {rows: `SELECT uid, title AS label FROM sessions WHERE true`, list: 'sessions list'},
  run: {
    rows: `SELECT uid, plan_name || ', run ' || scan_id AS label FROM runs WHERE true`,
    list: 'sessions show',
  },
  alignment: {
    rows: `SELECT uid, strftime('%Y-%m-%d %H:%M UTC', time, 'unixepoch') AS label FROM calibrations WHERE kind = 'alignment'`,
    list: 'align list',
  },
} as const;

/** As many candidates as a person chooses from; the newest. */
const mostNamed = 5;

export interface UidSearch {
  /**
   * The uid of the only session, run or alignment whose uid begins with `start`. Throws `store/not-found` when there is
   * none or more than one; the candidates are named then, the newest first.
   */
  findUid(subject: keyof typeof subjects, start: string): string;
}

export function createUidSearch({db, path}: StoreContext): UidSearch {
  return {
    findUid(subject, start) {
      const {rows, list} = subjects[subject];
      const found = db
        .prepare<[string, string], {uid: string; label: string}>(
          `${rows} AND substr(uid, 1, length(?)) = ? ORDER BY id DESC`,
        )
        .all(start, start);
      if (start !== '' && found.length === 1) return found[0].uid;
      const named = found.slice(0, mostNamed).map(({uid, label}) => `${uid} (${label})`);
      if (found.length > named.length) named.push(`${found.length - named.length} more`);
      throw new BenchError(
        'store/not-found',
        found.length === 0
          ? `There is no ${subject} ${start} in ${path}. Nothing was changed and nothing moved; d2nn-bench ${list} shows what there is.`
          : `${found.length} ${subject}s begin with "${start}": ${named.join(', ')}. Nothing was changed and nothing moved; give more of the uid.`,
        {details: {start, candidates: found.slice(0, mostNamed).map(({uid}) => uid)}},
      );
    },
  };
}
