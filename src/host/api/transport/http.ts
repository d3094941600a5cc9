import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {fileURLToPath} from 'node:url';
import {programRootUrl} from '../../../base/module-url.ts';
import {BenchError} from '../../../contract/errors.ts';
import type {HostEnding, HostUrls} from '../../../contract/host-process.ts';
import {createCallerContext} from '../clients.ts';
import type {ApiRouter} from '../router.ts';
import type {HostServices} from '../../services.ts';
import {apiPrefix} from './api-prefix.ts';
import {bearerToken, createAccess, type Access, type AccessTokens} from './access.ts';
import {createCallServer} from './calls.ts';
import type {EventStream} from './events.ts';
import type {OpenApiCalls} from './open-api-calls.ts';
import {sendProblem, unauthorised, wrongHost, wrongOrigin} from './problem.ts';
import {createSocketTransport, socketPath} from './socket.ts';
import {servePage} from './static-files.ts';

/** What is served, to whom, and where. */
export interface HttpTransportOptions {
  readonly services: HostServices;
  readonly router: ApiRouter;
  readonly tokens: AccessTokens;
  /** 0 takes a free one. */
  readonly port: number;
  /** Address to listen on; only the loopback of either family is allowed. */
  readonly address?: '127.0.0.1' | '::1';
  /** Folder of the built page. */
  readonly pageFolder?: string;
  readonly heartbeatMs?: number;
}

/** A server that listens; `port` is the one it has got. */
export interface HttpTransport {
  readonly port: number;
  /** Links to the page, each with the token of its scope in the fragment. */
  readonly urls: HostUrls;
  /** Ends all connections and frees the port. */
  close(ending?: HostEnding): Promise<void>;
}

/**
 * Serves page, API and socket on loopback. Throws `port/busy` when the port is taken, `port/open-failed` when it may
 * not be used.
 */
export async function startHttpTransport(options: HttpTransportOptions): Promise<HttpTransport> {
  const {services, router, tokens, address = '127.0.0.1'} = options;
  let port = 0;
  const access = createAccess(tokens, () => port);
  const pageFolder =
    options.pageFolder ?? fileURLToPath(new URL('dist/renderer', programRootUrl(import.meta.url)));
  const api = createHttpApi(services, router, access);
  const server = createServer((request, response) => {
    answer(request, response, {access, api, pageFolder}).catch((error: unknown) => {
      if (!isGone(error)) services.log.add(failureEntry(error));
      sendProblem(response, {
        status: 500,
        code: 'internal',
        detail: 'The program failed at answering this. The log tells more.',
      });
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxHeadersCount = 100;
  const sockets = createSocketTransport({
    services,
    access,
    calls: createCallServer(router, services),
    ...(options.heartbeatMs === undefined ? {} : {heartbeatMs: options.heartbeatMs}),
  });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  port = await listen(server, options.port, address);
  const host = address === '::1' ? '[::1]' : address;
  const link = (token: string): string => `http://${host}:${port}/#token=${token}`;
  return {
    port,
    urls: {admin: link(tokens.admin), operate: link(tokens.operate), read: link(tokens.read)},
    async close(ending) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      api.close();
      await sockets.close(ending);
      server.closeAllConnections();
      await closed;
    },
  };
}

interface HttpApi {
  answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  close(): void;
}

/** What is under /api/v1. What plain HTTP alone needs is loaded when it is first asked for. */
function createHttpApi(services: HostServices, router: ApiRouter, access: Access): HttpApi {
  let calls: Promise<OpenApiCalls> | undefined;
  let events: Promise<EventStream> | undefined;
  let openApi: Promise<string> | undefined;
  const ending = new AbortController();

  const loadCalls = async (): Promise<OpenApiCalls> =>
    (await import('./open-api-calls.ts')).createOpenApiCalls(router, services);
  const loadEvents = async (): Promise<EventStream> =>
    (await import('./events.ts')).createEventStream(router, services, ending.signal);
  const loadOpenApi = async (): Promise<string> =>
    (await import('../open-api-thread.ts')).describeApiInThread();

  return {
    close: () => ending.abort(),
    async answer(request, response, url) {
      const token = bearerToken(request);
      const scope = token === undefined ? undefined : access.scopeOf(token);
      if (scope === undefined) return sendProblem(response, unauthorised);
      const context = createCallerContext(services, {scope, client: 'http'});
      switch (url.pathname) {
        case `${apiPrefix}/openapi.json`:
          if (!allows(request, response, 'GET')) return;
          openApi ??= loadOpenApi();
          openApi.catch(() => (openApi = undefined));
          response.writeHead(200, {...jsonHeaders});
          response.end(await openApi);
          return;
        case `${apiPrefix}/events`:
          if (!allows(request, response, 'GET')) return;
          return (await (events ??= loadEvents()))(request, response, url, context);
        case socketPath:
          return sendProblem(
            response,
            {
              status: 426,
              code: 'api/method-not-allowed',
              detail: 'This address is for WebSocket connections.',
            },
            {Upgrade: 'websocket', Connection: 'Upgrade'},
          );
        default:
          return (await (calls ??= loadCalls()))(request, response, url, context);
      }
    },
  };
}

const jsonHeaders = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

function allows(request: IncomingMessage, response: ServerResponse, method: string): boolean {
  if (request.method === method) return true;
  sendProblem(
    response,
    {status: 405, code: 'api/method-not-allowed', detail: `This address answers ${method} only.`},
    {Allow: method},
  );
  return false;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {access, api, pageFolder}: {access: Access; api: HttpApi; pageFolder: string},
): Promise<void> {
  if (!access.isOwnHost(request)) return sendProblem(response, wrongHost);
  // Not `new URL`: it would resolve steps up before anybody has looked at them.
  const path = request.url?.split('?')[0] ?? '/';
  if (path === '/healthz') {
    if (!allows(request, response, 'GET')) return;
    response.writeHead(200, jsonHeaders);
    response.end('{"status":"up"}');
    return;
  }
  if (path !== '/api' && !path.startsWith('/api/')) return servePage(pageFolder, path, request, response);
  if (!access.isOwnOrigin(request)) return sendProblem(response, wrongOrigin);
  const url = URL.parse(request.url ?? '/', `http://${request.headers.host}`);
  if (!url || url.pathname !== path)
    return sendProblem(response, {
      status: 404,
      code: 'api/not-found',
      detail: `This is no address of the API. ${apiPrefix}/openapi.json lists what there is.`,
    });
  return api.answer(request, response, url);
}

/** Whether the error only means that the client has disconnected: then nothing is logged. */
const isGone = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(
    (error as NodeJS.ErrnoException | undefined)?.code ?? '',
  );

const failureEntry = (error: unknown) =>
  ({
    level: 'error',
    source: 'app',
    text: `An HTTP request could not be answered: ${error instanceof Error ? error.message : String(error)}`,
    code: 'internal',
  }) as const;

async function listen(server: Server, port: number, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const isBusy = error.code === 'EADDRINUSE';
      reject(
        new BenchError(
          isBusy ? 'port/busy' : 'port/open-failed',
          isBusy
            ? `Port ${port} of this computer is in use by another program, perhaps by another d2nn-bench. Nothing was started; choose another one, or 0 for any free one.`
            : `Port ${port} on ${address} cannot be served: ${error.message}. Nothing was started; choose another one, or 0 for any free one.`,
          {details: {port, address}, cause: error},
        ),
      );
    };
    server.once('error', onError);
    server.listen({port, host: address, exclusive: true}, () => {
      server.off('error', onError);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
