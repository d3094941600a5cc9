import {closeSync, constants, openSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import type {Duplex, Readable} from 'node:stream';

interface NativePty {
  readonly _pty: string;
  readonly _slave: Readable;
  readonly _master: Duplex;
}

export interface TestPty extends Disposable {
  readonly path: string;
  /** The instrument's side. */
  readonly device: Duplex;
  /** Pulls the cable. */
  unplug(): void;
}

/** A pseudo-terminal pair, or undefined where the system or the optional package has none. */
export function openTestPty(): TestPty | undefined {
  if (process.platform === 'win32') return undefined;
  let open: (options: {encoding: null}) => NativePty;
  try {
    open = (
      createRequire(import.meta.url)('@lydell/node-pty') as {
        open: (options: {encoding: null}) => NativePty;
      }
    ).open;
  } catch {
    return undefined; // the package is optional
  }
  // Without an encoding the stream gives bytes.
  const pty = open({encoding: null});
  const path = pty._pty;
  // Held open, or the master would end when a client closes; the library's own slave would steal bytes.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  pty._slave.destroy();
  execFileSync('stty', [process.platform === 'darwin' ? '-f' : '-F', path, 'raw', '-echo']);
  let isPlugged = true;
  const unplug = (): void => {
    if (!isPlugged) return;
    isPlugged = false;
    pty._master.on('error', () => undefined); // EIO is how a master learns of its end
    pty._master.destroy();
    closeSync(held);
  };
  return {path, device: pty._master, unplug, [Symbol.dispose]: unplug};
}
