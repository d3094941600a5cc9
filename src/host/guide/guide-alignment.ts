import {moduleUrl} from '../../base/module-url.ts';
import type {
  GuideAlignmentOutput,
  GuideAlignmentProgress,
  GuideAlignmentRequest,
} from './guide-alignment-protocol.ts';
import {onThread} from '../threads/run-once.ts';

/** Finds one more plate on a thread of its own; see `runOnce`. Throws what `alignBench` throws. */
export const runGuideAlignment = onThread<
  GuideAlignmentRequest,
  GuideAlignmentOutput,
  GuideAlignmentProgress
>(
  moduleUrl('./guide-alignment-worker.ts', import.meta.url),
  'The thread that looks for the plate has ended. Stored points are safe.',
);
