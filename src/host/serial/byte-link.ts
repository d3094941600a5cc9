import type {Duplex} from 'node:stream';

/** A two-way stream of bytes, whatever carries it: serial port, socket, or two ends in one process. */
export interface ByteLink extends AsyncDisposable {
  /** Path or host:port as a person knows it. */
  readonly name: string;
  /** What was asked of the port, for messages: `9600 baud 8N1`; empty where there is nothing to set. */
  readonly settingsText: string;
  /** Line speed for time limits; Infinity where bytes take no time. */
  readonly bitsPerSecond: number;
  readonly isOpen: boolean;
  write(bytes: Uint8Array): void;
  /** The one receiver of bytes. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when the link ends other than by `close`. */
  onLost(listener: (reason: Error) => void): void;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface StreamLinkOptions {
  readonly name: string;
  readonly settingsText?: string;
  readonly bitsPerSecond?: number;
  /** Closes what lies under the stream. */
  readonly close?: () => Promise<void>;
}

/** Makes a byte link of any duplex stream (serialport's, a socket, an in-process pair). */
export function byteLinkFromStream(stream: Duplex, options: StreamLinkOptions): ByteLink {
  let onBytes: ((bytes: Uint8Array) => void) | undefined;
  let onLost: ((reason: Error) => void) | undefined;
  let lostReason: Error | undefined;
  let isOpen = true;
  let closing: Promise<void> | undefined;

  const lose = (reason: Error): void => {
    if (!isOpen || closing !== undefined) return;
    isOpen = false;
    lostReason = reason;
    onLost?.(reason);
  };
  stream.on('data', (bytes: Buffer) => onBytes?.(bytes));
  stream.on('error', lose);
  // serialport hands over a reason when a device was pulled out; sockets hand over a boolean.
  stream.on('close', (reason: unknown) =>
    lose(reason instanceof Error ? reason : new Error('closed by the other side')),
  );
  stream.on('end', () => lose(new Error('closed by the other side')));

  const closeStream = async (): Promise<void> => {
    isOpen = false;
    if (options.close !== undefined) await options.close();
    else
      await new Promise<void>((resolve) => {
        if (stream.destroyed) return resolve();
        stream.once('close', () => resolve());
        stream.destroy();
      });
  };

  return {
    name: options.name,
    settingsText: options.settingsText ?? '',
    bitsPerSecond: options.bitsPerSecond ?? Number.POSITIVE_INFINITY,
    get isOpen() {
      return isOpen;
    },
    write: (bytes) => {
      if (isOpen) stream.write(bytes);
    },
    onBytes: (listener) => {
      onBytes = listener;
    },
    onLost: (listener) => {
      onLost = listener;
      if (lostReason !== undefined) listener(lostReason);
    },
    close: () => (closing ??= closeStream()),
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}
