import type {ReadOutResult} from '../../contract/read-out-training.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {trainReadOut, type ReadOutRequest} from './train-read-out.ts';
import type {ReadOutNews} from './twin-threads.ts';

// Entry of the thread that trains a read-out for `readOutApart`; it leads the threads that compute.
await serveOnce<ReadOutRequest, ReadOutResult, ReadOutNews>((request, {signal, onProgress}) =>
  trainReadOut(request, {
    signal,
    onNote: (text) => onProgress({kind: 'note', text}),
    onProgress: (done, total, unit) => onProgress({kind: 'progress', done, total, unit}),
  }),
);
