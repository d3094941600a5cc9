import {runOnce, type OnceHooks} from './run-once.ts';
import type {
  SessionAlignmentOutput,
  SessionAlignmentProgress,
  SessionAlignmentRequest,
} from './session-alignment-protocol.ts';

/** Aligns a session on a thread of its own; see `runOnce`. Throws what `readSessionPlanes` and `alignBench` throw. */
export const runSessionAlignment = (
  request: SessionAlignmentRequest,
  hooks: OnceHooks<SessionAlignmentProgress> = {},
): Promise<SessionAlignmentOutput> =>
  runOnce(
    './session-alignment-worker.ts',
    request,
    'The thread that aligns has ended. Stored points are safe.',
    hooks,
  );
