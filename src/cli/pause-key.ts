import type {CampaignControls} from '../host/compose.ts';
import type {Output} from './output/index.ts';

/** Listens for keys while a plan runs at a terminal. */
export interface PauseKey extends Disposable {
  /** Gives the keyboard to a question, and takes it back. */
  release(): void;
  take(): void;
}

/**
 * At a terminal, `p` pauses at the next point and goes on again; Ctrl-C is passed on as ever. Without a terminal
 * nothing is listened to.
 */
export function listenForPause(output: Output, controls: () => CampaignControls | undefined): PauseKey {
  const {stdin} = process;
  if (!stdin.isTTY)
    return {release: () => undefined, take: () => undefined, [Symbol.dispose]: () => undefined};
  const toggle = async (): Promise<void> => {
    const control = controls();
    if (!control) return;
    if (control.state === 'paused') {
      control.resume();
      output.log('going on');
    } else if (control.state === 'running') {
      output.log('pausing at the next point ...');
      if (await control.pause()) output.log('paused; p goes on, Ctrl-C stops');
    }
  };
  const onData = (data: Buffer): void => {
    for (const byte of data) {
      // In raw mode the terminal makes no signal of Ctrl-C.
      if (byte === 0x03) process.kill(process.pid, 'SIGINT');
      else if (byte === 0x70 || byte === 0x50) {
        toggle().catch((error: unknown) => output.log(`pausing failed: ${String(error)}`));
      }
    }
  };
  const take = (): void => {
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.resume();
  };
  const release = (): void => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
  take();
  output.log('p pauses and goes on, Ctrl-C stops; every point taken is kept');
  return {release, take, [Symbol.dispose]: release};
}
