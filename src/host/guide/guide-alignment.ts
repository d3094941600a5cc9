import {moduleUrl} from '../../base/module-url.ts';
import type {
  GuideAlignmentOutput,
  GuideAlignmentProgress,
  GuideAlignmentRequest,
} from './guide-alignment-protocol.ts';
import {runOnce, type OnceHooks} from '../threads/run-once.ts';

/** Finds one more plate on a thread of its own; see `runOnce`. Throws what `alignBench` throws. */
export const runGuideAlignment = (
  request: GuideAlignmentRequest,
  hooks: OnceHooks<GuideAlignmentProgress>,
): Promise<GuideAlignmentOutput> =>
  runOnce(
    moduleUrl('./guide-alignment-worker.ts', import.meta.url),
    request,
    'The thread that looks for the plate has ended. Stored points are safe.',
    hooks,
  );
