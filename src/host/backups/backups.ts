import {moduleUrl} from '../../base/module-url.ts';
import type {BackupOutcome} from '../store/backup.ts';
import type {RecoveryReport} from '../store/recover/recover.ts';
import {onThread} from '../threads/run-once.ts';

/** Pages that are done, of how many. */
export interface PageProgress {
  readonly donePages: number;
  readonly pageCount: number;
}

export interface BackUpOrder {
  readonly databasePath: string;
  readonly folder: string;
  readonly keepCount: number;
}

/** Makes a backup on a thread of its own (store/backup.ts): whatever measures goes on. */
export const backUpApart = onThread<BackUpOrder, BackupOutcome, PageProgress>(
  moduleUrl('./backup-worker.ts', import.meta.url),
  'The thread that makes a backup has ended. Nothing of the database was changed, and earlier backups stay.',
);

export interface RecoverOrder {
  readonly from: string;
  readonly toFolder: string;
}

/** Salvages a damaged database on a thread of its own (store/recover). */
export const recoverApart = onThread<RecoverOrder, RecoveryReport, PageProgress>(
  moduleUrl('./recover-worker.ts', import.meta.url),
  'The thread that salvages a database has ended. The damaged database is as it was.',
);
