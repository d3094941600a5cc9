import type {LearnReadOutRequest} from './learn-read-out.ts';

/** A calibration of the read-out, learnt on a thread of its own. */
export interface LearnReadOutThreadRequest extends Omit<LearnReadOutRequest, 'simulated'> {
  readonly databasePath: string;
  /** The network whose simulated objects it is drawn to, and how many; null or 0 for none. */
  readonly asBuiltUid: string | null;
  readonly simulatedCount: number;
  readonly workerCount?: number | undefined;
}
