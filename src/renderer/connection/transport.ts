import type {ClientLink} from '@orpc/client';
import {RPCLink as PortLink} from '@orpc/client/message-port';
import {RPCLink as SocketLink} from '@orpc/client/websocket';
import {socketUntilClosed} from '../../base/socket-until-closed.ts';
import {typedArraySerializers} from '../../contract/api/index.ts';
import {endingFrom, type HostEnding, portMessageType, type ShellBridge} from '../../contract/host-process.ts';

/** How a way to the host ended. */
export interface Farewell {
  /**
   * The host said that it ends, so nothing goes on behind the connection; null when the connection was lost without a
   * message.
   */
  readonly hostEnding: HostEnding | null;
}

/** A way to the host while it lasts. */
export interface Transport {
  readonly link: ClientLink<Record<never, never>>;
  /** Whether a message would go out now. */
  readonly isOpen: () => boolean;
  /** Resolves when the way is gone. */
  readonly closed: Promise<Farewell>;
  close(): void;
}

export class Unauthorised extends Error {}

/** A socket to the host that served this page. Throws `Unauthorised` when the host does not know the token. */
export async function openSocket(token: string): Promise<Transport> {
  const url = new URL('/api/v1/socket', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, ['d2nn-bench', `token.${token}`]);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<Farewell>();
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('close', ({code, reason}) => {
    opened.reject(new Error('The socket was closed before it opened.'));
    closed.resolve({hostEnding: endingFrom(code, reason) ?? null});
  });
  try {
    await opened.promise;
  } catch (error) {
    // A browser does not say why a socket was refused; a plain request does.
    const answer = await fetch('/api/v1/info', {headers: {authorization: `Bearer ${token}`}});
    if (answer.status === 401) throw new Unauthorised();
    throw error;
  }
  return {
    link: new SocketLink({
      websocket: socketUntilClosed(socket),
      customJsonSerializers: [...typedArraySerializers],
    }),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    closed: closed.promise,
    close: () => socket.close(),
  };
}

/** A port from the shell, which asks the host for one end of it. */
export async function openPort(shell: ShellBridge, signal: AbortSignal): Promise<Transport> {
  const port = await new Promise<MessagePort>((resolve, reject) => {
    const onMessage = (event: MessageEvent<{type?: string} | null>): void => {
      const [received] = event.ports;
      if (event.source !== window || event.data?.type !== portMessageType || !received) return;
      window.removeEventListener('message', onMessage);
      resolve(received);
    };
    window.addEventListener('message', onMessage);
    signal.addEventListener('abort', () => {
      window.removeEventListener('message', onMessage);
      reject(new Error('No port came from the shell in time.'));
    });
    shell.requestPort();
  });
  const closed = Promise.withResolvers<Farewell>();
  let isOpen = true;
  const end = (): void => {
    isOpen = false;
    // The shell reports whether the host has ended.
    closed.resolve({hostEnding: null});
  };
  port.addEventListener('close', end);
  const link = new PortLink({port, customJsonSerializers: [...typedArraySerializers]});
  port.start();
  return {link, isOpen: () => isOpen, closed: closed.promise, close: () => (port.close(), end())};
}
