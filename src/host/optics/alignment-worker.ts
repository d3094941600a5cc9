import {workerData} from 'node:worker_threads';
import {createEvaluator} from '../../twin/alignment/evaluator.ts';
import type {AlignmentJobs, AlignmentSpec} from './alignment-protocol.ts';
import {serveJobs} from '../threads/serve-jobs.ts';

// Entry of a thread that computes planes for an alignment.
const evaluator = createEvaluator(workerData as AlignmentSpec);
serveJobs<AlignmentJobs>({
  evaluate: (request) => evaluator.evaluate(request),
  'pull-parameters': (request) => evaluator.vjpParameters(request),
  'pull-heights': (request) => evaluator.vjpHeights(request),
});
