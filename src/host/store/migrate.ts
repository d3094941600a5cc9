import type Database from 'better-sqlite3';
import {programVersion} from '../version.ts';
import {applicationId, firstNamedFormat, type Migration} from './schema.ts';

/** Brings a database to the latest version, each step in one transaction, after keeping a copy of what there was. */
export function migrate(
  db: Database.Database,
  migrations: readonly Migration[],
  keepCopy: (version: number) => void,
): void {
  const readVersion = (): number => db.pragma('user_version', {simple: true}) as number;
  const due = migrations.filter(({version}) => version > readVersion());
  if (due.length === 0) return;
  if (readVersion() > 0) keepCopy(readVersion());
  // @position migration.copy-kept
  for (const {version, sql} of due) {
    db.transaction(() => {
      // Another process may have done it while this one waited for its turn.
      if (readVersion() >= version) return;
      db.exec(sql);
      if (version >= firstNamedFormat)
        db.prepare('INSERT INTO formats (version, program) VALUES (?, ?)').run(version, programVersion);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${version}`);
      // @position migration.step-uncommitted
    }).immediate();
    // @position migration.step-done
  }
}
