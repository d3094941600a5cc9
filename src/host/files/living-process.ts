import {readFile} from 'node:fs/promises';
import {hasErrorCode} from './read-if-there.ts';

/** A process, told from a later one that got the same number. */
export interface KnownProcess {
  readonly pid: number;
  /** In clock ticks since boot (Linux); '' where the system does not say. */
  readonly processStart: string;
}

/** State letter and start time of a process (Linux, proc(5) fields 3 and 22); undefined elsewhere or when it is gone. */
async function statOf(pid: number): Promise<{readonly state: string; readonly start: string} | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {state: fields[0] ?? '', start: fields[19] ?? ''};
  } catch {
    return undefined;
  }
}

/** Start time of a process; '' where the system does not say, or when it is gone. */
export const processStartOf = async (pid: number): Promise<string> => (await statOf(pid))?.start ?? '';

/** This process, for others to recognise. */
export const thisProcess = async (): Promise<KnownProcess> => ({
  pid: process.pid,
  processStart: await processStartOf(process.pid),
});

/**
 * Whether a process still lives. One that has ended and that nobody has buried yet (a zombie) does not: its files are
 * closed and its ports free.
 */
export async function isAlive({pid, processStart}: KnownProcess): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if (!hasErrorCode(error, 'EPERM')) return false;
  }
  const stat = await statOf(pid);
  if (stat === undefined) return true;
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return processStart === '' || stat.start === '' || stat.start === processStart;
}
