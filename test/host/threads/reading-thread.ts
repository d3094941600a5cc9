import {threadId} from 'node:worker_threads';
import type {ReadJobs} from '../../../src/host/threads/read-apart.ts';
import {serveJobs} from '../../../src/host/threads/serve-jobs.ts';

// A thread that reads nothing: it answers with its own number, or never.
serveJobs<ReadJobs<'number' | 'endless', number>>({
  read(what) {
    while (what === 'endless');
    return threadId;
  },
});
