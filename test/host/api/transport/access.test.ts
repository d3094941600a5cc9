import {once} from 'node:events';
import {symlinkSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {WebSocket} from 'ws';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {contentSecurityPolicy} from '../../../../src/contract/window-security.ts';
import {startHttpTransport} from '../../../../src/host/api/transport/http.ts';
import {connects} from '../../../connects.ts';
import {startServer, tokens} from './transport-fixture.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Status and code of a refused socket; 101 when it opened. */
async function trySocket(
  protocols: string[],
  headers: Record<string, string> = {},
  path = '/api/v1/socket',
): Promise<{status: number; code: string}> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.transport.port}${path}`, protocols, {headers});
  return await new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.terminate();
      resolve({status: 101, code: socket.protocol});
    });
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({status: response.statusCode ?? 0, code: (JSON.parse(body) as {code: string}).code}),
      );
    });
    socket.on('error', reject);
  });
}

describe('tokens', () => {
  it.each([
    ['no header', {}],
    ['a wrong token', {authorization: 'Bearer nonsense'}],
    ['a token cut short', {authorization: `Bearer ${tokens.admin.slice(0, -1)}`}],
    ['an empty token', {authorization: 'Bearer '}],
    ['another scheme', {authorization: `Basic ${tokens.admin}`}],
    ['a token in the address', {}],
  ])('lets nobody in with %s', async (name, headers) => {
    const query = name.endsWith('address') ? `?token=${tokens.admin}` : '';
    for (const path of ['/api/v1/info', '/api/v1/openapi.json', '/api/v1/events', '/api/v1/nothing']) {
      const answer = await server.raw(path + query, headers);
      expect(answer.status, path).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
      expect(JSON.parse(answer.body)).toMatchObject({status: 401, code: 'api/unauthorised'});
    }
  });

  it('says which scope a token has', async () => {
    for (const scope of ['read', 'operate', 'admin'] as const) {
      const answer = await server.raw('/api/v1/info', {authorization: `Bearer ${tokens[scope]}`});
      expect(JSON.parse(answer.body)).toMatchObject({scope});
    }
  });

  it('opens a socket by subprotocol or header, and only with a token of ours', async () => {
    expect(await trySocket(['d2nn-bench', `token.${tokens.read}`])).toEqual({
      status: 101,
      code: 'd2nn-bench',
    });
    expect(await trySocket(['d2nn-bench'], {authorization: `Bearer ${tokens.read}`})).toMatchObject({
      status: 101,
    });
    for (const protocols of [['d2nn-bench'], ['d2nn-bench', 'token.wrong'], ['d2nn-bench', 'token.'], []])
      expect(await trySocket(protocols)).toEqual({status: 401, code: 'api/unauthorised'});
  });

  it('has a socket at one address only', async () => {
    expect(await trySocket(['d2nn-bench', `token.${tokens.read}`], {}, '/api/v1/sockets')).toMatchObject({
      status: 404,
    });
  });
});

describe('Host and Origin', () => {
  const own = (): string => `127.0.0.1:${server.transport.port}`;

  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.nip.io:PORT'])(
    'turns away a request for the host "%s", for the page too',
    async (name) => {
      const host = name.replace('PORT', String(server.transport.port));
      for (const path of ['/', '/healthz', '/api/v1/info'])
        expect((await server.raw(path, {host, authorization: `Bearer ${tokens.admin}`})).status, path).toBe(
          421,
        );
      expect(await trySocket(['d2nn-bench', `token.${tokens.admin}`], {host})).toEqual({
        status: 421,
        code: 'api/wrong-host',
      });
    },
  );

  it('answers on each name of the loopback', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])
      expect((await server.raw('/healthz', {host: `${name}:${server.transport.port}`})).status).toBe(200);
  });

  it.each(['http://evil.example', 'https://OWN', 'null', 'http://127.0.0.1:1', 'http://OWN.evil.example'])(
    'turns away the page of %s',
    async (name) => {
      const origin = name.replace('OWN', own());
      const answer = await server.raw('/api/v1/info', {origin, authorization: `Bearer ${tokens.admin}`});
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(await trySocket(['d2nn-bench', `token.${tokens.admin}`], {origin})).toEqual({
        status: 403,
        code: 'api/denied',
      });
    },
  );

  it('serves its own page', async () => {
    const headers = {origin: `http://${own()}`, authorization: `Bearer ${tokens.admin}`};
    expect((await server.raw('/api/v1/info', headers)).status).toBe(200);
    expect(await trySocket(['d2nn-bench', `token.${tokens.admin}`], {origin: headers.origin})).toMatchObject({
      status: 101,
    });
  });

  it('grants no other site anything in a preflight', async () => {
    const answer = await server.raw('/api/v1/halt', {origin: 'http://evil.example'}, 'OPTIONS');
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('page', () => {
  it('serves index.html freshly and hashed assets for good, with a strict policy', async () => {
    const page = await server.raw('/');
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    const asset = await server.raw('/assets/index-AbCd_123.js?v=1');
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const head = await server.raw('/', {}, 'HEAD');
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/../../secret.json',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.json',
    '/..\\secret.json',
    '/..%5csecret.json',
    '/%252e%252e/secret.json',
    '//secret.json',
    '/secret.json%00.html',
    '/assets/link.json',
    '/assets',
    '/assets/',
    '/.hidden.json',
    '/notes.txt',
    '/C:/secret.json',
    '/%',
    '/missing.js',
  ])('gives nothing for %s', async (path) => {
    if (path.endsWith('link.json'))
      symlinkSync(
        join(server.services.data.path, 'secret.json'),
        join(server.services.data.path, 'page', 'assets', 'link.json'),
      );
    const answer = await server.raw(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret": true');
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    '/api/../secret.json',
    '/api/v1/../../secret.json',
    '/api/v1/%2e%2e/info',
    '/api',
    '/api/v2/info',
  ])('finds nothing under the API for %s', async (path) => {
    const answer = await server.raw(path, {authorization: `Bearer ${tokens.admin}`});
    expect(answer.status).toBe(404);
  });

  it('takes no other method', async () => {
    const answer = await server.raw('/', {}, 'POST');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('says to anybody that it is up, and no more', async () => {
    expect((await server.raw('/healthz')).body).toBe('{"status":"up"}');
  });
});

it.runIf(process.platform === 'linux')('listens on the loopback address and on no other', async () => {
  // A server that listened everywhere would answer on every address of the loopback, too.
  expect(await connects(server.transport.port, '127.0.0.2')).toBe(false);
  expect(await connects(server.transport.port, '127.0.0.1')).toBe(true);
});

it('says which port is taken', async () => {
  const {services, router, transport} = server;
  await expect(startHttpTransport({services, router, tokens, port: transport.port})).rejects.toMatchObject({
    code: 'port/busy',
    details: {port: transport.port},
  });
});

it('puts the token of each scope behind the # of its link, where no server sees it', () => {
  const {urls, port} = server.transport;
  expect(urls.read).toBe(`http://127.0.0.1:${port}/#token=${tokens.read}`);
  expect(new URL(urls.admin).hash).toBe(`#token=${tokens.admin}`);
});

it('survives a client that breaks off its upgrade', async () => {
  const {port} = server.transport;
  const head = [
    'GET /api/v1/socket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: d2nn-bench, token.${tokens.read}`,
    '',
    '',
  ].join('\r\n');
  for (const text of [head.slice(0, -2), head, `${head}\x81`, head.replace(tokens.read, 'wrong')]) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(text, resolve));
    socket.resetAndDestroy();
    await once(socket, 'close');
  }
  expect((await server.raw('/healthz')).status).toBe(200);
});
