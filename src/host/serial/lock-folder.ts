import {chmod, lstat, mkdir} from 'node:fs/promises';
import {homedir, hostname, userInfo} from 'node:os';
import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';

/**
 * Where open ports are noted: in the user's own home, by computer, for a home may be shared by several. Never in a folder
 * that every user can write to: there somebody else could lay out the folder beforehand, or a link in its place, and
 * decide which ports this program believes to be free. Other users' programs are kept off a serial port by the system
 * (the port is opened for one alone); `D2NN_BENCH_LOCKS` names another folder of this user.
 */
export function defaultLockFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.D2NN_BENCH_LOCKS) return env.D2NN_BENCH_LOCKS;
  const computer = hostname().replaceAll(/[^\w.-]/g, '_') || 'computer';
  return join(stateFolder(env), 'd2nn-bench', 'locks', computer);
}

/** As the system knows the home, not as a variable says it: all programs of one user must mean the same folder. */
function stateFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  const home = userInfo().homedir || homedir();
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Application Support')
    : join(home, '.local', 'state');
}

/** Makes the folder where it is missing, and makes sure that it is this user's alone. Throws `port/open-failed`. */
export async function prepareLockFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true, mode: 0o700});
    if (process.platform === 'win32') return;
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw new Error('it is a link or a file, no folder');
    if (stats.uid !== process.geteuid?.()) throw new Error('it belongs to another user');
    if ((stats.mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (error) {
    throw new BenchError(
      'port/open-failed',
      `The folder ${folder}, where open ports are noted, cannot be used: ${(error as Error).message}. Nothing was opened; ` +
        'make it a folder of yours that nobody else may enter, or name another one in D2NN_BENCH_LOCKS.',
      {details: {folder}, cause: error},
    );
  }
}

/** Whether a file was written by this user: a note that somebody else has put there says nothing. */
export async function isOwnFile(file: string): Promise<boolean> {
  const stats = await lstat(file);
  return stats.isFile() && (process.platform === 'win32' || stats.uid === process.geteuid?.());
}
