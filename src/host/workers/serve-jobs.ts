import {parentPort} from 'node:worker_threads';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {JobMap, JobReply, JobRequest} from './job-thread.ts';

/** One function for each kind of job. */
export type JobHandlers<Jobs extends JobMap> = {
  readonly [Kind in keyof Jobs]: (
    input: Jobs[Kind]['input'],
  ) => Jobs[Kind]['output'] | Promise<Jobs[Kind]['output']>;
};

/** Answers the jobs of a `createJobThread` in the thread that calls this, one after the other. */
export function serveJobs<Jobs extends JobMap>(handlers: JobHandlers<Jobs>): void {
  const answer = async ({id, kind, input}: JobRequest): Promise<JobReply> => {
    try {
      const handler = handlers[kind];
      if (!handler) throw new BenchError('internal', `This thread does not know the job "${kind}".`);
      return {id, isDone: true, value: await handler(input)};
    } catch (error) {
      return {id, isDone: false, error: benchErrorFrom(error).toJSON()};
    }
  };
  parentPort?.on('message', (request: JobRequest) => {
    void answer(request).then((reply) => parentPort?.postMessage(reply));
  });
}
