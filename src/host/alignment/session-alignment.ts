import {moduleUrl} from '../../base/module-url.ts';
import {runOnce, type OnceHooks} from '../threads/run-once.ts';
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
    moduleUrl('./session-alignment-worker.ts', import.meta.url),
    request,
    'The thread that aligns has ended. Stored points are safe.',
    hooks,
  );
