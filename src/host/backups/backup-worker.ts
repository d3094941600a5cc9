import {backUpDatabase, type BackupOutcome} from '../store/backup.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {BackUpOrder, PageProgress} from './backups.ts';

// Entry of the thread that makes a backup over a connection of its own.
await serveOnce<BackUpOrder, BackupOutcome, PageProgress>(({databasePath, folder, keepCount}, {onProgress}) =>
  backUpDatabase(databasePath, folder, {
    keepCount,
    nowS: Date.now() / 1000,
    onProgress: (donePages, pageCount) => onProgress({donePages, pageCount}),
  }),
);
