import {countOf, pluralOf} from '../../../base/count-text.ts';
import {STATUS_CODES, type IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {WebSocketServer, type RawData, type WebSocket} from 'ws';
import {farewell, type HostEnding} from '../../../contract/host-process.ts';
import type {Scope} from '../../../contract/api/index.ts';
import {createCallerContext} from '../clients.ts';
import type {HostServices} from '../../services.ts';
import {bearerToken, type Access} from './access.ts';
import {requestLimitBytes} from './request-limit.ts';
import type {CallServer, Channel} from './calls.ts';
import {
  problemFrom,
  problemHeaders,
  unauthorised,
  wrongHost,
  wrongOrigin,
  type ProblemFacts,
} from './problem.ts';

/** Subprotocol that both sides speak; the token comes as a second one, for a page cannot send headers. */
export const socketProtocol = 'd2nn-bench';
const tokenPrefix = 'token.';

/** Path of the WebSocket. */
export const socketPath = '/api/v1/socket';

const mebibyte = 2 ** 20;
const limits = {
  frameBytes: requestLimitBytes,
  /** Above this, further looks of the connection wait. */
  unsentBytes: 8 * mebibyte,
  /** Above this nobody reads at the other end, and the connection is ended. */
  stuckBytes: 256 * mebibyte,
  connections: 100,
  heartbeatMs: 10_000,
};

/** The API over WebSocket. */
export interface SocketTransport {
  /** Takes an upgrade request, or turns it down. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Closes every connection by the WebSocket close handshake, then by force; `ending` tells windows why the host ends.
   */
  close(ending?: HostEnding): Promise<void>;
}

/** Serves the API over WebSocket. `heartbeatMs` is how often each connection is asked whether it lives. */
export function createSocketTransport(options: {
  readonly services: HostServices;
  readonly access: Access;
  readonly calls: CallServer;
  readonly heartbeatMs?: number;
}): SocketTransport {
  const {services, access, calls} = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    handleProtocols: (names) => (names.has(socketProtocol) ? socketProtocol : false),
  });
  const alive = new WeakSet<WebSocket>();
  let connectionCount = 0;

  const heartbeat = startHeartbeat(server, alive, options.heartbeatMs ?? limits.heartbeatMs);

  const accept = (socket: WebSocket, scope: Scope, isPage: boolean): void => {
    const leave = services.clients.enter();
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    socket.on('message', () => alive.add(socket));
    // Wrong frames and broken connections end in `close`, which is all that is to be done about them.
    socket.on('error', () => socket.terminate());
    socket.on('close', leave);
    const client = `${isPage ? 'browser' : 'program'} ${++connectionCount}`;
    calls.serve(channelOf(socket), createCallerContext(services, {scope, client}));
  };

  return {
    upgrade(request, socket, head) {
      // Before `ws` takes it over, an error on the bare socket would be nobody's.
      const ignore = (): void => {
        socket.destroy();
      };
      socket.on('error', ignore);
      const token = bearerToken(request) ?? protocolToken(request);
      const scope = token === undefined ? undefined : access.scopeOf(token);
      const refusal = refusalOf(request, access, scope, server.clients.size);
      if (refusal || scope === undefined) {
        refuse(request, socket, refusal ?? unauthorised);
        return;
      }
      server.handleUpgrade(request, socket, head, (accepted) => {
        socket.off('error', ignore);
        accept(accepted, scope, request.headers.origin !== undefined);
      });
    },
    async close(ending) {
      clearInterval(heartbeat);
      for (const socket of server.clients)
        socket.close(farewell.code, ending === undefined ? '' : farewell.reasons[ending]);
      const late = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, 500);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(late);
    },
  };
}

/** Asks every connection whether it lives, and ends those that have said nothing since they were asked before. */
function startHeartbeat(
  {clients}: WebSocketServer,
  alive: WeakSet<WebSocket>,
  everyMs: number,
): ReturnType<typeof setInterval> {
  const heartbeat = setInterval(() => {
    for (const socket of clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, everyMs);
  heartbeat.unref();
  return heartbeat;
}

function refusalOf(
  request: IncomingMessage,
  access: Access,
  scope: Scope | undefined,
  clientCount: number,
): ProblemFacts | undefined {
  if (!access.isOwnHost(request)) return wrongHost;
  if (!access.isOwnOrigin(request)) return wrongOrigin;
  if (request.url?.split('?')[0] !== socketPath)
    return {
      status: 404,
      code: 'api/not-found',
      detail: `There is no socket at this address. It is at ${socketPath}.`,
    };
  if (scope === undefined) return unauthorised;
  if (clientCount >= limits.connections)
    return {
      status: 503,
      code: 'api/too-many',
      detail: `${countOf(clientCount, 'window or program', 'windows and programs')} ${pluralOf(clientCount, 'is', 'are')} connected already. Close some of them first.`,
    };
  return undefined;
}

const protocolToken = ({headers}: IncomingMessage): string | undefined =>
  headers['sec-websocket-protocol']
    ?.split(',')
    .map((name) => name.trim())
    .find((name) => name.startsWith(tokenPrefix))
    ?.slice(tokenPrefix.length);

/** Answers an upgrade request with a problem instead. */
function refuse(request: IncomingMessage, socket: Duplex, facts: ProblemFacts): void {
  const problem = problemFrom(facts, request.url?.split('?')[0] ?? '/');
  const body = JSON.stringify(problem);
  const headers = {
    ...problemHeaders(problem),
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    [`HTTP/1.1 ${facts.status} ${STATUS_CODES[facts.status] ?? ''}`, ...head, '', body].join('\r\n'),
  );
}

function channelOf(socket: WebSocket): Channel {
  const waiting: (() => void)[] = [];
  const releaseWhenDrained = (): void => {
    if (socket.bufferedAmount < limits.unsentBytes || socket.readyState !== socket.OPEN)
      for (const release of waiting.splice(0)) release();
  };
  const whenDrained = (): Promise<void> =>
    socket.bufferedAmount < limits.unsentBytes
      ? Promise.resolve()
      : new Promise((resolve) => waiting.push(resolve));
  const sendNow = (text: string, isLast = true): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text, {fin: isLast}, releaseWhenDrained);
    if (socket.bufferedAmount > limits.stuckBytes) socket.terminate();
  };
  /** Frames of one message are not mixed with others: what comes meanwhile waits for its end. */
  let underWay: Promise<void> | undefined;
  const next = (work: () => void | Promise<void>): Promise<void> => {
    const own = (underWay ?? Promise.resolve()).then(work).finally(() => {
      if (underWay === own) underWay = undefined;
    });
    return (underWay = own);
  };
  const sendFrames = async (pieces: AsyncIterable<string>): Promise<void> => {
    for await (const piece of pieces) {
      if (socket.readyState !== socket.OPEN) return;
      sendNow(piece, false);
      await whenDrained();
    }
    sendNow('');
  };
  return {
    send(text) {
      if (underWay) void next(() => sendNow(text));
      else sendNow(text);
    },
    sendPieces: (pieces) => next(() => sendFrames(pieces)),
    whenDrained,
    onMessage(listener) {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (!isBinary) listener((data as Buffer).toString('utf8'));
      });
    },
    onClose(listener) {
      socket.on('close', () => {
        listener();
        releaseWhenDrained();
      });
    },
  };
}
