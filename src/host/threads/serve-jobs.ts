import {parentPort} from 'node:worker_threads';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {JobMap, JobReply, JobRequest} from './job-thread.ts';

/** An answer whose bytes are handed over instead of copied: the thread keeps nothing of them. */
export class HandedOver<Value> {
  readonly value: Value;
  readonly buffers: readonly ArrayBuffer[];
  constructor(value: Value, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

type Answer<Output> = Output | HandedOver<Output>;

/** One function for each kind of job. */
export type JobHandlers<Jobs extends JobMap> = {
  readonly [Kind in keyof Jobs]: (
    input: Jobs[Kind]['input'],
  ) => Answer<Jobs[Kind]['output']> | Promise<Answer<Jobs[Kind]['output']>>;
};

/** Answers the jobs of a `createJobThread` in the thread that calls this, one after the other. */
export function serveJobs<Jobs extends JobMap>(handlers: JobHandlers<Jobs>): void {
  const answer = async ({id, kind, input}: JobRequest): Promise<Reply> => {
    try {
      const handler = handlers[kind];
      if (!handler) throw new BenchError('internal', `This thread does not know the job "${kind}".`);
      const given: unknown = await handler(input);
      return given instanceof HandedOver
        ? {reply: {id, isDone: true, value: given.value as unknown}, buffers: given.buffers}
        : {reply: {id, isDone: true, value: given}, buffers: []};
    } catch (error) {
      return {reply: {id, isDone: false, error: benchErrorFrom(error).toJSON()}, buffers: []};
    }
  };
  parentPort?.on('message', (request: JobRequest) => {
    void answer(request).then(({reply, buffers}) => parentPort?.postMessage(reply, buffers));
  });
}

interface Reply {
  readonly reply: JobReply;
  readonly buffers: readonly ArrayBuffer[];
}
