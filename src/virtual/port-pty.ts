import {spawnSync} from 'node:child_process';
import {closeSync, constants, openSync, readSync} from 'node:fs';
import type {Socket} from 'node:net';
import type {ByteLine} from './byte-line.ts';
import type {VirtualPort} from './virtual-port.ts';

/** The part of the pty package that is used; its own types leave `open` out. */
interface PtyPackage {
  open(options: {readonly encoding: null}): {
    readonly _pty: string;
    readonly master: Socket;
    readonly slave: Socket;
  };
}

/** Piece that is handed to the kernel at once, bytes. */
const pieceLength = 1024;
/** Replies that may wait for a slow reader, bytes. */
const longestQueue = 1 << 20;
/** A reader that takes nothing for so long has no use for what waits, ms. */
const patienceMs = 2000;

/**
 * A pseudo-terminal around a serial line (recipe: the slave is held open here, so that the port outlives its clients;
 * the package's own slave stream would steal the clients' bytes and is destroyed; raw mode once, before anyone comes).
 */
export async function openPtyPort(line: ByteLine): Promise<VirtualPort> {
  const imported = (await import('@lydell/node-pty')) as unknown as PtyPackage & {default?: PtyPackage};
  const terminal = (imported.default ?? imported).open({encoding: null});
  const path = terminal._pty;
  const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  terminal.slave.destroy();
  setRaw(path);

  const {master} = terminal;
  const output = new PtyOutput(master, slave);
  const stop = line.onTransmit((bytes) => output.send(bytes));
  master.on('data', (bytes: Buffer) => line.receive(bytes));
  // An error on the master means that the terminal is gone; there is nobody left to tell.
  master.on('error', () => master.destroy());

  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    stop();
    output.close();
    const closed = master.closed
      ? Promise.resolve()
      : new Promise((resolve) => master.once('close', resolve));
    master.destroy();
    closeSync(slave);
    await closed;
  };
  return {address: {path}, unplug: close, [Symbol.asyncDispose]: close};
}

function setRaw(path: string): void {
  const flag = process.platform === 'linux' ? '-F' : '-f';
  const {status, error} = spawnSync('stty', [flag, path, 'raw', '-echo'], {stdio: 'ignore'});
  if (status !== 0) throw new Error(`stty could not put ${path} into raw mode.`, {cause: error});
}

/** Bounded queue in front of the kernel's own buffer. */
class PtyOutput {
  private readonly master: Socket;
  private readonly slave: number;
  private queue: Uint8Array[] = [];
  private queuedCount = 0;
  private isWriting = false;
  private stuckTimer: NodeJS.Timeout | undefined;

  constructor(master: Socket, slave: number) {
    this.master = master;
    this.slave = slave;
  }

  send(bytes: Uint8Array): void {
    if (this.queuedCount + bytes.length > longestQueue) return;
    for (let start = 0; start < bytes.length; start += pieceLength)
      this.queue.push(bytes.subarray(start, start + pieceLength));
    this.queuedCount += bytes.length;
    this.write();
  }

  close(): void {
    this.queue = [];
    this.queuedCount = 0;
    clearTimeout(this.stuckTimer);
  }

  private write(): void {
    if (this.isWriting || this.master.destroyed) return;
    const piece = this.queue.shift();
    if (!piece) return;
    this.isWriting = true;
    this.stuckTimer = setTimeout(() => this.giveUp(), patienceMs);
    this.master.write(piece, () => {
      clearTimeout(this.stuckTimer);
      this.isWriting = false;
      this.queuedCount = Math.max(0, this.queuedCount - piece.length);
      this.write();
    });
  }

  /** Nobody reads: what waits is lost, as it would be on a wire, so that the next client does not find it. */
  private giveUp(): void {
    this.queue = [];
    this.queuedCount = 0;
    const waste = new Uint8Array(4096);
    try {
      while (readSync(this.slave, waste, 0, waste.length, null) > 0);
    } catch (error) {
      // EAGAIN is the end of what waits; the slave is opened without blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
