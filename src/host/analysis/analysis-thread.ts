import {moduleUrl} from '../../base/module-url.ts';
import {createJobThread, type JobThread} from '../threads/job-thread.ts';
import type {AnalysisJobs} from './analysis-protocol.ts';

export type AnalysisThread = JobThread<AnalysisJobs>;

/** Starts the thread that reads and computes with what is stored in a database. */
export const createAnalysisThread = (databasePath: string): AnalysisThread =>
  createJobThread<AnalysisJobs>(
    moduleUrl('./analysis-worker.ts', import.meta.url),
    {databasePath},
    'reads stored runs',
  );
