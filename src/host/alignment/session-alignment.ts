import {moduleUrl} from '../../base/module-url.ts';
import {onThread} from '../threads/run-once.ts';
import type {
  SessionAlignmentOutput,
  SessionAlignmentProgress,
  SessionAlignmentRequest,
} from './session-alignment-protocol.ts';

/** Aligns a session on a thread of its own; see `runOnce`. Throws what `readSessionPlanes` and `alignBench` throw. */
export const runSessionAlignment = onThread<
  SessionAlignmentRequest,
  SessionAlignmentOutput,
  SessionAlignmentProgress
>(
  moduleUrl('./session-alignment-worker.ts', import.meta.url),
  'The thread that aligns has ended. Stored points are safe.',
);
