import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {request as httpRequest} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createORPCClient} from '@orpc/client';
import {RPCLink} from '@orpc/client/websocket';
import type {ContractRouterClient} from '@orpc/contract';
import {WebSocket} from 'ws';
import {createFeed} from '../../../../src/base/feed.ts';
import {
  apiContract,
  settingsSchema,
  typedArraySerializers,
  type ApiContract,
  type ApiOutputs,
  type LogEntry,
} from '../../../../src/contract/api/index.ts';
import {BenchError} from '../../../../src/contract/errors.ts';
import {createClients} from '../../../../src/host/api/clients.ts';
import {os} from '../../../../src/host/api/procedures.ts';
import type {ApiRouter} from '../../../../src/host/api/router.ts';
import type {HostServices} from '../../../../src/host/services.ts';
import {startHttpTransport} from '../../../../src/host/api/transport/http.ts';
import {openStore} from '../../../../src/host/store/open-store.ts';

export const tokens = {
  read: 'read-token-0123456789',
  operate: 'operate-token-0123456789',
  admin: 'admin-token-0123456789',
};

export type ApiClient = ContractRouterClient<ApiContract>;

/** Numbers whose bits are easily lost on the way. */
export const awkwardNumbers = [0, -0, 1 / 3, Number.MIN_VALUE, -1e300, NaN, Infinity, -Infinity];

const nothing: ApiOutputs['bench']['status'] = {
  hostId: 'host-1',
  last: 0,
  lostCount: 0,
  utc: '2026-11-24T08:00:00.000Z',
  bench: {
    state: 'closed',
    kind: null,
    name: '',
    path: null,
    seed: null,
    speed: 1,
    isRobotMounting: false,
    design: null,
    suspenders: [],
    text: '',
    problem: null,
  },
  instruments: [],
  stage: null,
  mount: null,
  detector: null,
  lockin: null,
  source: null,
  run: null,
  prompt: null,
  session: null,
  saved: {lastCommitUtc: null, pointCount: 0, diskFreeBytes: null, problem: '', damage: ''},
  clientCount: 0,
};

/** A server on a free port over a real store and a few procedures whose ends the test holds in its hands. */
export async function startServer(options: {heartbeatMs?: number} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-transport-'));
  const pageFolder = join(folder, 'page');
  mkdirSync(join(pageFolder, 'assets'), {recursive: true});
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(pageFolder, 'assets', 'index-AbCd_123.js'), 'export {};');
  writeFileSync(join(pageFolder, 'notes.txt'), 'no kind of file that a page has');
  writeFileSync(join(folder, 'secret.json'), '{"secret": true}');

  const store = openStore(join(folder, 'bench.sqlite'));
  const log = createFeed<LogEntry>({capacity: 1000});
  const states = createFeed<typeof nothing>({capacity: 1});
  const controls = {
    run: null as (typeof nothing)['run'],
    abortedCalls: 0,
    openCalls: 0,
    setState() {
      states.add({...nothing, run: controls.run});
    },
  };
  controls.setState();
  const services = {
    hostId: 'host-1',
    startedUtc: nothing.utc,
    data: {path: folder, databasePath: store.path, reportFolder: folder},
    store,
    log: {
      add: (entry: Omit<LogEntry, 'id' | 'utc'>) =>
        void log.add({...entry, id: log.last + 1, utc: new Date().toISOString()}),
    },
    settings: {get: () => settingsSchema.parse({}), change: () => Promise.resolve(settingsSchema.parse({}))},
    clients: createClients(),
    // No procedure of this fixture touches the bench.
    bench: undefined as unknown as HostServices['bench'],
  } satisfies HostServices;

  const router = everyProcedure();
  Object.assign(router.app, {
    info: os.app.info.handler(({context}) => ({
      hostId: 'host-1',
      hostPid: process.pid,
      version: '0',
      scope: context.scope,
      startedUtc: nothing.utc,
      dataFolder: folder,
      platform: 'test',
      nodeVersion: process.version,
      electronVersion: null,
      links: [],
      openApiPath: '/api/v1/openapi.json',
    })),
    halt: os.app.halt.handler(() => ({sentence: 'The stage stands.', tookMs: 1, sentMs: 1, problems: []})),
    log: os.app.log.handler(async ({input, signal}) => {
      const {last, lostCount, entries} = await log.follow({...input, signal});
      return {hostId: 'host-1', last, lostCount, entries: [...entries]};
    }),
  });
  Object.assign(router.bench, {
    status: os.bench.status.handler(async ({input, signal}) => {
      controls.openCalls++;
      const {entries, last} = await states.follow({...input, signal});
      controls.openCalls--;
      if (signal?.aborted) controls.abortedCalls++;
      return {...(entries[0] ?? nothing), last};
    }),
    close: os.bench.close.handler(() => {
      throw new BenchError('motion/limit', 'The stage cannot go there. Nothing moved.', {
        details: {targetMm: 60},
      });
    }),
  });
  Object.assign(router.stage, {
    home: os.stage.home.handler(() => {
      throw new Error('a mistake in the program');
    }),
  });
  Object.assign(router.runs, {
    plane: os.runs.plane.handler(() => ({
      rows: 1,
      columns: awkwardNumbers.length,
      values: Float32Array.from(awkwardNumbers),
      xMm: [0, 1],
      yMm: [0, 0],
      unit: 'V',
    })),
    points: os.runs.points.handler(({input}) => ({
      hostId: 'host-1',
      last: input.limit,
      lostCount: 0,
      count: awkwardNumbers.length,
      timeS: Float64Array.from(awkwardNumbers),
      columns: [{name: 'r', unit: 'V', values: new Float64Array(input.limit).fill(Math.PI)}],
      damage: [],
      doubtful: null,
      hasEnded: true,
    })),
  });
  Object.assign(router.sessions, {
    artifact: os.sessions.artifact.handler(() => ({
      fileName: 'plane 1.png',
      mediaType: 'image/png',
      bytes: Uint8Array.from([0, 255, 128, 7]),
    })),
  });

  const transport = await startHttpTransport({services, router, tokens, port: 0, pageFolder, ...options});
  const base = `http://127.0.0.1:${transport.port}`;
  const sockets: WebSocket[] = [];
  const openSocket = async (
    protocols: string[] = ['d2nn-bench', `token.${tokens.admin}`],
    headers: Record<string, string> = {},
  ): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${transport.port}/api/v1/socket`, protocols, {headers});
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return socket;
  };
  return {
    transport,
    base,
    services,
    store,
    controls,
    router,
    openSocket,
    clientOn: (socket: WebSocket): ApiClient =>
      createORPCClient(
        new RPCLink({
          websocket: socket as unknown as globalThis.WebSocket,
          customJsonSerializers: [...typedArraySerializers],
        }),
      ),
    /** POSTs JSON (or fetches, without a body of its own) with a token. */
    ask: (path: string, token: string, body: unknown = {}, headers: Record<string, string> = {}) =>
      fetch(`${base}/api/v1${path}`, {
        method: 'POST',
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers},
        body: JSON.stringify(body),
      }),
    raw: (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      rawRequest(transport.port, path, headers, method),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate();
      await transport.close();
      store.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

type Changeable = Record<keyof typeof apiContract, Record<string, unknown>>;

/** All procedures of the contract; those that a test does not replace fail. */
function everyProcedure(): Changeable & ApiRouter {
  const names = Object.keys(apiContract) as (keyof typeof apiContract)[];
  const entries = names.map((name) => {
    const feature = os[name] as unknown as Record<string, {handler(handler: () => never): unknown}>;
    const procedures = Object.keys(apiContract[name]).map((procedure) => [
      procedure,
      feature[procedure]?.handler(() => {
        throw new BenchError('bench/closed', 'No bench is open.');
      }),
    ]);
    return [name, Object.fromEntries(procedures) as Record<string, unknown>] as const;
  });
  return Object.fromEntries(entries) as Changeable & ApiRouter;
}

/** Sends a path and a Host header exactly as given, which fetch would not. */
function rawRequest(
  port: number,
  path: string,
  headers: Record<string, string>,
  method: string,
): Promise<{status: number; headers: NodeJS.Dict<string | string[]>; body: string}> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({host: '127.0.0.1', port, path, headers, method}, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => resolve({status: response.statusCode ?? 0, headers: response.headers, body}));
    });
    request.on('error', reject);
    request.end();
  });
}
