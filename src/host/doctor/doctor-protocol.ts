import type {Finding} from './doctor.ts';

/** What the thread that examines the installation can do. */
export type DoctorJobs = {
  readonly examine: {readonly input: {readonly dataFolder: string}; readonly output: readonly Finding[]};
};
