import {benchErrorFrom} from '../contract/errors.ts';
import type {CliContext} from './context.ts';

/** Listens for keys while a run goes on at a terminal. */
export interface PauseKey extends Disposable {
  /** Gives the keyboard to a question, and takes it back. */
  release(): void;
  take(): void;
}

/** The run that the key pauses. */
export interface PausableRun {
  readonly state: () => string;
  pause(): Promise<boolean>;
  resume(): Promise<void>;
}

/**
 * At a terminal, `p` pauses at the next point and goes on again; Ctrl-C is passed on as ever. Without a terminal
 * nothing is listened to.
 */
export function listenForPause({output, stdin}: CliContext, run: PausableRun): PauseKey {
  if (stdin.isTTY !== true)
    return {release: () => undefined, take: () => undefined, [Symbol.dispose]: () => undefined};
  const toggle = async (): Promise<void> => {
    if (run.state() === 'paused') {
      await run.resume();
      output.log('going on');
    } else if (run.state() === 'running') {
      output.log('pausing at the next point ...');
      if (await run.pause()) output.log('paused; p goes on, Ctrl-C stops');
    }
  };
  const onData = (data: Buffer): void => {
    for (const byte of data) {
      // In raw mode the terminal makes no signal of Ctrl-C.
      if (byte === 0x03) process.kill(process.pid, 'SIGINT');
      else if (byte === 0x70 || byte === 0x50) {
        toggle().catch((error: unknown) => output.log(`pausing failed: ${benchErrorFrom(error).message}`));
      }
    }
  };
  const take = (): void => {
    stdin.setRawMode?.(true);
    stdin.on('data', onData);
    stdin.resume();
  };
  const release = (): void => {
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  take();
  output.log('p pauses and goes on, Ctrl-C stops; every point taken is kept');
  return {release, take, [Symbol.dispose]: release};
}
