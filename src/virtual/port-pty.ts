import {spawnSync} from 'node:child_process';
import {closeSync, constants, openSync, readSync, writeSync} from 'node:fs';
import type {Socket} from 'node:net';
import type {ByteLine} from './byte-line.ts';
import type {VirtualPort} from './virtual-port.ts';

/** The part of the pty package that is used; its own types leave `open` out. */
interface PtyPackage {
  open(options: {readonly encoding: null}): {
    readonly _pty: string;
    /** Descriptor of the master, opened without blocking. */
    readonly _fd: number;
    readonly master: Socket;
    readonly slave: Socket;
  };
}

/** Replies that may wait for a slow reader, bytes. */
const longestQueue = 1 << 20;
/** A reader that takes nothing for so long has no use for what waits, ms. */
const patienceMs = 2000;
/** A full buffer is tried again after this time, ms. */
const retryMs = 5;

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
  const output = new PtyOutput(terminal._fd, slave);
  const stop = line.onTransmit((bytes) => output.send(bytes));
  master.on('data', (bytes: Buffer) => {
    // @position virtual.asked
    line.receive(bytes);
  });
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

/**
 * Bounded queue in front of the kernel's own buffer. Writes go to the descriptor itself, which does not block: the
 * stream of a terminal writes synchronously on Linux and would hang this process on a client that never reads.
 */
class PtyOutput {
  private readonly master: number;
  private readonly slave: number;
  private queue: Uint8Array[] = [];
  private queuedCount = 0;
  private waitedMs = 0;
  private retry: NodeJS.Timeout | undefined;
  private isOpen = true;

  constructor(master: number, slave: number) {
    this.master = master;
    this.slave = slave;
  }

  send(bytes: Uint8Array): void {
    if (!this.isOpen || this.queuedCount + bytes.length > longestQueue) return;
    this.queue.push(bytes);
    this.queuedCount += bytes.length;
    if (this.retry === undefined) this.write();
  }

  close(): void {
    this.isOpen = false;
    this.forget();
    clearTimeout(this.retry);
  }

  private write(): void {
    this.retry = undefined;
    for (let piece = this.queue[0]; piece; piece = this.queue[0]) {
      const written = writeSome(this.master, piece);
      if (written === 0) return this.wait();
      this.waitedMs = 0;
      this.queuedCount -= written;
      if (written === piece.length) this.queue.shift();
      else this.queue[0] = piece.subarray(written);
    }
  }

  private wait(): void {
    if (this.waitedMs >= patienceMs) return this.giveUp();
    this.waitedMs += retryMs;
    this.retry = setTimeout(() => this.write(), retryMs);
  }

  /** Nobody reads: what waits is lost, as it would be on a wire, so that the next client does not find it. */
  private giveUp(): void {
    this.waitedMs = 0;
    this.forget();
    const waste = new Uint8Array(4096);
    while (readSome(this.slave, waste) > 0);
  }

  private forget(): void {
    this.queue = [];
    this.queuedCount = 0;
  }
}

const isWouldBlock = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/** Bytes that the kernel took; 0 when its buffer is full. */
function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (isWouldBlock(error)) return 0;
    throw error;
  }
}
function readSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return readSync(descriptor, bytes, 0, bytes.length, null);
  } catch (error) {
    if (isWouldBlock(error)) return 0;
    throw error;
  }
}
