import {statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {backupFolderOf} from '../data-folder.ts';
import {backupKeeperOf} from '../backups/backup-keeper.ts';
import {putInPlace} from '../backups/put-in-place.ts';
import type {HostServices} from '../services.ts';
import {listBackups} from '../store/backup.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

const stampOf = (time: Date): string => time.toISOString().slice(0, 19).replaceAll(':', '-');

/** The database as a file: its backups, and what can be saved of a damaged one. */
export const dataApi = (services: HostServices) => {
  const {data, store} = services;
  const keeper = backupKeeperOf(services);
  return {
    state: os.data.state.handler(() => ({
      databasePath: data.databasePath,
      sizeBytes: statSync(data.databasePath, {throwIfNoEntry: false})?.size ?? 0,
      backupFolder: keeper.folder,
      backups: listBackups(keeper.folder),
      work: keeper.work,
      last: keeper.last,
      nextUtc: keeper.nextUtc,
    })),

    backUp: os.data.backUp.handler(async ({input, context, signal}) => {
      const within = [backupFolderOf(data), keeper.folder];
      const folder =
        input.folder === undefined
          ? keeper.folder
          : namedPath(join(input.folder, '.'), {within, subject: 'back-up'}, context);
      const made = await keeper.backUp({folder, keepCount: input.keepCount, signal});
      return {...made, damage: [...made.damage], removedPaths: [...made.removedPaths]};
    }),

    recover: os.data.recover.handler(async ({input, context, signal}) => {
      const anywhere = {within: [], subject: 'recover-data'};
      const from = input.from === undefined ? data.databasePath : namedPath(input.from, anywhere, context);
      const toFolder =
        input.toFolder === undefined
          ? join(data.path, `recovered-${stampOf(new Date())}`)
          : namedPath(input.toFolder, anywhere, context);
      // Closing a file that SQLite has open here would give up its locks (POSIX).
      if (resolve(from) === resolve(store.path) && store.isOpen)
        throw new BenchError(
          'bench/busy',
          `${from} is in use by this program, so it can be opened. Back it up instead; to salvage it all the same, end this program and use "data recover" at a terminal.`,
          {details: {path: from}},
        );
      const {rows, damage, ...report} = await keeper.recover({from, toFolder}, signal);
      return {...report, rows: {...rows}, damage: [...damage]};
    }),

    putInPlace: os.data.putInPlace.handler(async ({input, context}) => {
      const folder = namedPath(input.folder, {within: [], subject: 'put-in-place'}, context);
      if (store.isOpen)
        throw new BenchError(
          'bench/busy',
          `${store.path} is in use by this program, so it is not damaged beyond use. Nothing was changed.`,
        );
      const keptFolder = await putInPlace(data, folder, stampOf(new Date()));
      services.log.add({
        level: 'attention',
        source: 'store',
        text: `The salvaged database of ${folder} is in place; the damaged one lies in ${keptFolder}. The program uses it from its next start on.`,
        code: null,
      });
      return {keptFolder};
    }),
  };
};
