import type {Finding} from './finding.ts';

export interface ExamineInput {
  readonly dataFolder: string;
  /** Also reads the whole database and compares it with its checksums. */
  readonly isDataChecked: boolean;
}

/** What the thread that examines the installation can do. */
export type DoctorJobs = {
  readonly examine: {readonly input: ExamineInput; readonly output: readonly Finding[]};
};
