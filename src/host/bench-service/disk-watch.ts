import {statfs} from 'node:fs/promises';

const periodMs = 10_000;
/** Below this a long run may fill the disk. */
const lowBytes = 500e6;

export interface DiskState {
  readonly diskFreeBytes: number | null;
  readonly problem: string;
}

/** Looks every ten seconds how much room the data folder has. Ends when disposed. */
export function watchDisk(folder: string, onState: (state: DiskState) => void): Disposable {
  const look = async (): Promise<void> => {
    try {
      const {bavail, bsize} = await statfs(folder);
      const diskFreeBytes = bavail * bsize;
      const problem =
        diskFreeBytes < lowBytes
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
