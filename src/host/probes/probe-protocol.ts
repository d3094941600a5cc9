import type {PlaneOrder} from '../../contract/api/index.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';

/** Database that the thread reads. */
export interface ProbeSpec {
  readonly databasePath: string;
}

/** Jobs of the thread that says what to measure next; it leads the threads that compute. */
export type ProbeJobs = {
  readonly next: {
    readonly input: {readonly alignmentUid: string; readonly objectCount: number};
    readonly output: ProbePlan;
  };
  readonly order: {readonly input: {readonly sessionUid: string}; readonly output: PlaneOrder};
};
