import {moduleUrl} from '../../base/module-url.ts';
import {createJobThread} from '../threads/job-thread.ts';
import type {OpenApiJobs} from './open-api-protocol.ts';

/** The OpenAPI document as JSON, made in a thread that ends with it. */
export async function describeApiInThread(): Promise<string> {
  const url = moduleUrl('./open-api-worker.ts', import.meta.url);
  await using thread = createJobThread<OpenApiJobs>(url, undefined, 'describes the API');
  return await thread.ask('describe', null);
}
