import {existsSync, readdirSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {pluralOf} from '../base/count-text.ts';
import {BenchError} from '../contract/errors.ts';
import {clearDrafts} from './files/write-whole.ts';
import {makePrivateFolder, tightenFolder} from './files/private.ts';

/** Where sessions and reports lie. */
export interface DataFolder {
  readonly path: string;
  readonly databasePath: string;
  readonly reportFolder: string;
  /** What had to be changed so that only this user sees what lies there, in sentences. */
  readonly notices?: readonly string[];
}

/** What this program writes there; a person may keep other things beside it. */
const isOurs = (name: string): boolean =>
  /^(bench\.sqlite|settings\.json|ports\.json|stage-places\.json|(reports|backups|guard)$|(recovered|damaged)-)/.test(
    name,
  );

/**
 * The data folder, for this user alone (0700, files 0600), made if it is missing: `D2NN_BENCH_DATA` if set, else the system's own place for data
 * (XDG data home, Application Support, AppData).
 */
export async function openDataFolder(env: NodeJS.ProcessEnv = process.env): Promise<DataFolder> {
  const data = dataFolderAt(env);
  const {path, reportFolder} = data;
  let notices: readonly string[];
  try {
    await makePrivateFolder(reportFolder);
    notices = await tightenFolder(path, isOurs);
    for (const folder of [path, reportFolder]) await clearDrafts(folder);
  } catch (error) {
    throw new BenchError(
      'store/read-only',
      `The data folder ${path} cannot be made or written. Nothing was started; set D2NN_BENCH_DATA to a folder of yours.`,
      {details: {path}, cause: error},
    );
  }
  return {...data, notices};
}

/**
 * Throws `store/damaged` where the database is an empty file although something was measured: a new one would be begun in
 * it, and nobody would notice that the old one is gone.
 */
export function assertNotEmptied(data: DataFolder): void {
  const {databasePath: path, reportFolder} = data;
  const sizeOf = (file: string): number | undefined => statSync(file, {throwIfNoEntry: false})?.size;
  if (sizeOf(path) !== 0 || (sizeOf(`${path}-wal`) ?? 0) > 0) return;
  const beside = [reportFolder, backupFolderOf(data)].filter(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  );
  if (beside.length === 0) return;
  throw new BenchError(
    'store/damaged',
    `The database ${path} is an empty file, although ${beside.join(' and ')} ${pluralOf(beside.length, 'holds', 'hold')} what was made from it: it was emptied by a disk or a copy. Nothing was changed. Restore it from a backup; to begin anew all the same, move the empty file away.`,
    {details: {path}},
  );
}

/** Where backups of the database lie unless another folder is named; made when the first one is. */
export const backupFolderOf = ({path}: Pick<DataFolder, 'path'>): string => join(path, 'backups');

/** Where the data folder is, or would be; nothing is made. */
export function dataFolderAt(env: NodeJS.ProcessEnv): DataFolder {
  const path = env.D2NN_BENCH_DATA || join(systemFolder(env), 'd2nn-bench');
  return {
    path,
    databasePath: join(path, 'bench.sqlite'),
    reportFolder: join(path, 'reports'),
  };
}

function systemFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return env.APPDATA || join(homedir(), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return env.XDG_DATA_HOME || join(homedir(), '.local', 'share');
}
