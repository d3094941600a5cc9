import {statfsSync} from 'node:fs';
import {statfs} from 'node:fs/promises';
import {BenchError} from '../../contract/errors.ts';

const periodMs = 10_000;
/** Below this a long run may fill the disk. */
const lowBytes = 500e6;
/** Below this not even the next points can be stored. */
const fullBytes = 200e3;

export interface DiskState {
  readonly diskFreeBytes: number | null;
  readonly problem: string;
}

const fullText = (folder: string): string =>
  `The disk that holds ${folder} is full: nothing more is stored. What was stored before is safe and can be looked at; make room.`;

/** Throws `store/full` when not even the first points of a run could be stored. */
export function assertRoom(folder: string): void {
  const {bavail, bsize} = statfsSync(folder);
  if (bavail * bsize < fullBytes)
    throw new BenchError('store/full', `${fullText(folder)} Nothing was started and nothing moved.`, {
      details: {folder, freeBytes: bavail * bsize},
    });
}

/** Room on the disk of a folder, bytes. */
export async function freeBytesAt(folder: string): Promise<number> {
  const {bavail, bsize} = await statfs(folder);
  return bavail * bsize;
}

/** Looks every ten seconds how much room the data folder has. Ends when disposed. */
export function watchDisk(folder: string, onState: (state: DiskState) => void): Disposable {
  const look = async (): Promise<void> => {
    try {
      const {bavail, bsize} = await statfs(folder);
      const diskFreeBytes = bavail * bsize;
      const problem =
        diskFreeBytes < fullBytes
          ? fullText(folder)
          : diskFreeBytes < lowBytes
            ? `Only ${Math.round(diskFreeBytes / 1e6)} MB are left for data in ${folder}: make room before a long run.`
            : '';
      onState({diskFreeBytes, problem});
    } catch (error) {
      onState({
        diskFreeBytes: null,
        problem: `The data folder ${folder} cannot be looked at: ${(error as Error).message}.`,
      });
    }
  };
  void look();
  const timer = setInterval(() => void look(), periodMs);
  timer.unref();
  return {[Symbol.dispose]: () => clearInterval(timer)};
}
