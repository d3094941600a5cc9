import {RPCLink} from '@orpc/client/websocket';
import {socketUntilClosed} from '../base/socket-until-closed.ts';
import {typedArraySerializers} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import type {HostAddress} from './context.ts';

/** A connection to a running host. */
export interface RemoteLink {
  readonly link: RPCLink<Record<never, never>>;
  /** Whether a message would go out now. */
  readonly isOpen: () => boolean;
  close(): Promise<void>;
}

const openMs = 10_000;

/**
 * Connects to a running host over its socket, as a window in a browser does. Throws `api/unauthorised` when the host does
 * not know the token, `api/disconnected` when nothing answers.
 */
export async function openRemoteLink({url, token}: HostAddress): Promise<RemoteLink> {
  const socketUrl = new URL('/api/v1/socket', url);
  socketUrl.protocol = 'ws:';
  await assertLetIn(url, token);
  const socket = new WebSocket(socketUrl, ['d2nn-bench', `token.${token}`]);
  const closed = Promise.withResolvers<void>();
  socket.addEventListener('close', () => closed.resolve());
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), {once: true});
    socket.addEventListener('close', () => reject(unreachable(url)), {once: true});
  });
  return {
    link: new RPCLink({
      websocket: socketUntilClosed(socket),
      customJsonSerializers: [...typedArraySerializers],
    }),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close() {
      socket.close();
      return closed.promise;
    },
  };
}

/** A socket that is turned down does not say why; a plain request does. */
async function assertLetIn(url: string, token: string): Promise<void> {
  let status: number;
  try {
    ({status} = await fetch(new URL('/api/v1/info', url), {
      headers: {authorization: `Bearer ${token}`},
      signal: AbortSignal.timeout(openMs),
    }));
  } catch (error) {
    throw unreachable(url, error);
  }
  if (status === 401)
    throw new BenchError(
      'api/unauthorised',
      `The program at ${url} does not know this token. Nothing was done; its About page shows the token.`,
    );
}

const unreachable = (url: string, cause?: unknown): BenchError =>
  new BenchError(
    'api/disconnected',
    `No running d2nn-bench answers at ${url}. Nothing was done; check the address, or leave --host out to use a host of this command's own.`,
    {cause, details: {url}},
  );
