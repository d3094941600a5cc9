import {moduleUrl} from '../../base/module-url.ts';
import type {Finding} from './finding.ts';
import type {DoctorJobs, ExamineInput} from './doctor-protocol.ts';
import {createJobThread} from '../threads/job-thread.ts';

/** Examines the installation of a running host, in a thread that ends with it. */
export async function examineInThread(
  input: ExamineInput,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const url = moduleUrl('./doctor-worker.ts', import.meta.url);
  await using thread = createJobThread<DoctorJobs>(url, undefined, 'examines the installation');
  return await thread.ask('examine', input, signal);
}
