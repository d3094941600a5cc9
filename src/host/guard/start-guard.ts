import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {moduleUrl} from '../../base/module-url.ts';
import type {ToGuard} from './guard-messages.ts';

/** A guard process that runs. */
export interface GuardProcess {
  /** Resolves when the system has the message, or cannot take it; what the system has reaches the guard whatever comes. */
  send(message: ToGuard): Promise<void>;
}

/** Starts one; `onEnd` hears how it ended. Undefined where there can be none. */
export type StartGuard = (onEnd: (how: string) => void) => GuardProcess | undefined;

/**
 * A process of its own session, so that neither Ctrl-C, Ctrl-Z nor the end of the terminal reaches it. Its words go where
 * this process writes its errors. Electron's program cannot be started as a plain Node (see `prefersThread` of the
 * virtual bench).
 */
export const startGuardProcess: StartGuard = (onEnd) => {
  if (process.versions['electron'] !== undefined) return undefined;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(moduleUrl('./main.ts', import.meta.url))],
    {detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc']},
  );
  child.once('error', (error) => onEnd(error.message));
  child.once('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
  // A host that has nothing else to do ends.
  child.unref();
  child.channel?.unref();
  return {
    send: (message) =>
      new Promise((done) => {
        if (!child.connected) return done();
        // One that has ended is told by `exit`.
        child.send(message, () => done());
      }),
  };
};
