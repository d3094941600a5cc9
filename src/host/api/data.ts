import {statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {backupFolderOf} from '../data-folder.ts';
import {backUpApart, recoverApart} from '../backups/backups.ts';
import type {HostServices} from '../services.ts';
import {listBackups} from '../store/backup.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

/** The database as a file: its backups, and what can be saved of a damaged one. */
export const dataApi = (services: HostServices) => {
  const {data, store, settings, log} = services;
  const backupFolder = backupFolderOf(data);
  let isBackingUp = false;
  return {
    state: os.data.state.handler(() => ({
      databasePath: data.databasePath,
      sizeBytes: statSync(data.databasePath, {throwIfNoEntry: false})?.size ?? 0,
      backupFolder,
      backups: listBackups(backupFolder),
    })),

    backUp: os.data.backUp.handler(async ({input, context, signal}) => {
      const folder =
        input.folder === undefined
          ? backupFolder
          : namedPath(join(input.folder, '.'), {within: [backupFolder], subject: 'back-up'}, context);
      if (isBackingUp)
        throw new BenchError('bench/busy', 'A backup is being made already. Wait until it is done.');
      isBackingUp = true;
      try {
        const keepCount = input.keepCount ?? settings.get().backupKeepCount;
        const made = await backUpApart({databasePath: data.databasePath, folder, keepCount}, {signal});
        log.add({
          level: made.damageCount === 0 ? 'info' : 'error',
          source: 'store',
          text:
            made.damageCount === 0
              ? `Backup ${made.path} is made and checked.`
              : `Backup ${made.path} is made, and ${made.damageCount} of what it holds is damaged: so it is in the database. No older backup was taken away.`,
          code: null,
        });
        return {...made, damage: [...made.damage], removedPaths: [...made.removedPaths]};
      } finally {
        isBackingUp = false;
      }
    }),

    recover: os.data.recover.handler(async ({input, context, signal}) => {
      const anywhere = {within: [], subject: 'recover-data'};
      const from = input.from === undefined ? data.databasePath : namedPath(input.from, anywhere, context);
      const toFolder = namedPath(input.toFolder, anywhere, context);
      // Closing a file that SQLite has open here would give up its locks (POSIX).
      if (resolve(from) === resolve(store.path) && store.isOpen)
        throw new BenchError(
          'bench/busy',
          `${from} is in use by this program, so it can be opened. Back it up instead; to salvage it all the same, end this program and use "data recover" at a terminal.`,
          {details: {path: from}},
        );
      const {rows, damage, ...report} = await recoverApart({from, toFolder}, {signal});
      return {...report, rows: {...rows}, damage: [...damage]};
    }),
  };
};
