import type {Scope} from '../../../contract/api/index.ts';
import {createCallerContext} from '../clients.ts';
import type {HostServices} from '../../services.ts';
import type {CallServer, Channel} from './calls.ts';

/**
 * One end of a MessagePort: Electron's `MessagePortMain`, which hands its listener an event with `data`, or a port of
 * `node:worker_threads`, which hands it the message itself.
 */
export interface CallPort {
  postMessage(message: string): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** Windows of the shell, each with a port of its own. */
export interface PortTransport {
  /** Answers the calls of a window until its port closes. A window that comes again closes its earlier port. */
  connect(port: CallPort, window: {readonly windowId: number; readonly scope: Scope}): void;
  close(): void;
}

/** Calls that came in one turn of the event loop are handled in that turn; nothing is kept for a window that is gone. */
export function createPortTransport(
  services: Pick<HostServices, 'clients' | 'log' | 'settings' | 'store'>,
  calls: CallServer,
): PortTransport {
  const ports = new Map<number, CallPort>();
  return {
    connect(port, {windowId, scope}) {
      ports.get(windowId)?.close();
      ports.set(windowId, port);
      const leave = services.clients.enter();
      port.on('close', () => {
        leave();
        if (ports.get(windowId) === port) ports.delete(windowId);
      });
      calls.serve(channelOf(port), createCallerContext(services, {scope, client: `window ${windowId}`}));
      port.start();
    },
    close() {
      for (const port of ports.values()) port.close();
      ports.clear();
    },
  };
}

const channelOf = (port: CallPort): Channel => ({
  send: (text) => port.postMessage(text),
  // A port takes a message whole; handing it over is a copy in memory.
  async sendPieces(pieces) {
    port.postMessage((await Array.fromAsync(pieces)).join(''));
  },
  onMessage: (listener) => {
    port.on('message', (message) =>
      listener(typeof message === 'string' ? message : (message as {data?: unknown} | null)?.data),
    );
  },
  onClose: (listener) => {
    port.on('close', listener);
  },
});
