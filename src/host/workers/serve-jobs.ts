import {parentPort} from 'node:worker_threads';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {JobMap, JobReply, JobRequest} from './job-thread.ts';

/** One function for each kind of job. */
export type JobHandlers<Jobs extends JobMap> = {
  readonly [Kind in keyof Jobs]: (input: Jobs[Kind]['input']) => Jobs[Kind]['output'];
};

/** Answers the jobs of a `createJobThread` in the thread that calls this, one after the other. */
export function serveJobs<Jobs extends JobMap>(handlers: JobHandlers<Jobs>): void {
  parentPort?.on('message', ({id, kind, input}: JobRequest) => {
    let reply: JobReply;
    try {
      const handler = handlers[kind];
      if (!handler) throw new BenchError('internal', `This thread does not know the job "${kind}".`);
      reply = {id, isDone: true, value: handler(input)};
    } catch (error) {
      reply = {id, isDone: false, error: benchErrorFrom(error).toJSON()};
    }
    parentPort?.postMessage(reply);
  });
}
