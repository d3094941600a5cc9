import {recoverDatabase, type RecoveryReport} from '../store/recover/recover.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {PageProgress, RecoverOrder} from './backups.ts';

// Entry of the thread that salvages a damaged database: reading all its pages takes seconds.
await serveOnce<RecoverOrder, RecoveryReport, PageProgress>(async ({from, toFolder}, {onProgress}) =>
  recoverDatabase(from, toFolder, {
    onProgress: (donePages, pageCount) => onProgress({donePages, pageCount}),
  }),
);
