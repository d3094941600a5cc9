import {readToHost, type FromHost, type ToHost} from '../../contract/host-process.ts';
import type {CallPort} from '../api/transport/port.ts';

/** Whoever started this process, if it listens. */
export interface Parent {
  /** Resolves when the message is on its way, or when there is nobody to take it. */
  send(message: FromHost): Promise<void>;
  /** Called for each message of the parent; `ports` came with it. */
  onMessage(listener: (message: ToHost, ports: readonly CallPort[]) => void): void;
  /** Called when the parent has gone without a message. */
  onGone(listener: () => void): void;
  /** Lets the parent go, so that this process can end. */
  release(): void;
}

/** Electron's end of a utility process; there is none in a Node child. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: {readonly data: unknown; readonly ports: readonly CallPort[]}) => void,
  ): unknown;
}

/** The parent of this process; undefined when a person started it by hand. */
export function findParent(): Parent | undefined {
  const {parentPort} = process as {parentPort?: ParentPort};
  if (parentPort) return shellParent(parentPort);
  return process.connected ? nodeParent() : undefined;
}

/** A shell that dies takes its utility processes along, so this never outlives it and need not be notified. */
const shellParent = (port: ParentPort): Parent => ({
  send(message) {
    port.postMessage(message);
    // Posted messages are handed over when this turn of the loop is over.
    return new Promise((resolve) => setTimeout(resolve, 50));
  },
  onMessage(listener) {
    port.on('message', ({data, ports}) => {
      const message = readToHost(data);
      if (message) listener(message, ports);
    });
  },
  onGone: () => undefined,
  release: () => undefined,
});

const nodeParent = (): Parent => ({
  send: (message) =>
    new Promise((resolve) => {
      if (!process.connected || !process.send) resolve();
      // A parent that ends in this moment is noticed by `disconnect`.
      else process.send(message, undefined, undefined, () => resolve());
    }),
  onMessage(listener) {
    process.on('message', (data) => {
      const message = readToHost(data);
      if (message) listener(message, []);
    });
  },
  onGone(listener) {
    process.on('disconnect', listener);
  },
  release() {
    process.removeAllListeners('disconnect');
    if (process.connected) process.disconnect();
  },
});
