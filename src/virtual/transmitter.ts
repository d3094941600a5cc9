import {Listeners} from './byte-line.ts';
import type {VirtualTime} from './time.ts';

export interface TransmitterOptions {
  readonly time: VirtualTime;
  /** Bytes a second on the wire (baud rate / 10 at 8N1); undefined for a link without a noticeable byte time. */
  readonly bytesPerS?: number | undefined;
}

/** Longest piece handed over at once, bytes: short enough that a reader sees a long reply grow. */
const pieceLength = 64;

/** The sending half of a serial line: bytes leave in order, each taking its time on the wire. */
export class Transmitter {
  readonly listeners = new Listeners<[bytes: Uint8Array]>();
  private readonly time: VirtualTime;
  private readonly bytesPerS: number | undefined;
  private queue: {bytes: Uint8Array; readyS: number}[] = [];
  private queuedCount = 0;
  private freeAtS = 0;
  private cancel: (() => void) | undefined;

  constructor({time, bytesPerS}: TransmitterOptions) {
    this.time = time;
    this.bytesPerS = bytesPerS;
  }

  /** Bytes that have not left yet. */
  get pendingCount(): number {
    return this.queuedCount;
  }

  /** Sends after `delayS` (the instrument's own thinking time). */
  send(bytes: Uint8Array, delayS = 0): void {
    if (bytes.length === 0) return;
    if (this.time.isInstant || (this.bytesPerS === undefined && delayS <= 0 && this.queue.length === 0)) {
      this.listeners.emit(bytes);
      return;
    }
    const readyS = this.time.nowS() + delayS;
    for (let start = 0; start < bytes.length; start += pieceLength)
      this.queue.push({bytes: bytes.subarray(start, start + pieceLength), readyS});
    this.queuedCount += bytes.length;
    this.next();
  }

  /** Throws away what has not left yet. */
  clear(): void {
    this.queue = [];
    this.queuedCount = 0;
    this.cancel?.();
    this.cancel = undefined;
  }

  private next(): void {
    const head = this.queue[0];
    if (!head || this.cancel) return;
    const byteTimeS = this.bytesPerS === undefined ? 0 : head.bytes.length / this.bytesPerS;
    const doneS = Math.max(head.readyS, this.freeAtS) + byteTimeS;
    this.cancel = this.time.at(doneS, () => {
      this.cancel = undefined;
      this.queue.shift();
      this.queuedCount -= head.bytes.length;
      this.freeAtS = doneS;
      this.listeners.emit(head.bytes);
      this.next();
    });
  }
}
