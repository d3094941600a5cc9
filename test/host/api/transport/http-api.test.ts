import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {apiContract, type ProcedureMeta} from '../../../../src/contract/api/index.ts';
import {awkwardNumbers, startServer, tokens} from './transport-fixture.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Problem {
  readonly [key: string]: unknown;
  readonly detail: string;
}
const problemOf = async (answer: Response): Promise<Problem> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return (await answer.json()) as Problem;
};
const newestAudit = () => server.store.listAudit(1)[0];

describe('problem details', () => {
  it('carry our code, its details and the status that fits it', async () => {
    const answer = await server.ask('/bench/close', tokens.admin);
    expect(answer.status).toBe(422);
    expect(await problemOf(answer)).toEqual({
      type: 'urn:d2nn-bench:problem:motion/limit',
      title: 'The stage did not do it',
      status: 422,
      detail: 'The stage cannot go there. Nothing moved.',
      instance: '/api/v1/bench/close',
      code: 'motion/limit',
      details: {targetMm: 60},
    });
  });

  it('say where an input is wrong', async () => {
    const answer = await server.ask('/runs/points', tokens.read, {runUid: 7, limit: 0});
    expect(answer.status).toBe(400);
    const problem = await problemOf(answer);
    expect(problem['code']).toBe('api/invalid-input');
    expect((problem['issues'] as {path: string}[]).map(({path}) => path).sort()).toEqual(['limit', 'runUid']);
  });

  it.each([
    ['{"runUid":', 'application/json', 400],
    ['runUid=1', 'application/x-www-form-urlencoded', 415],
    ['x', 'text/plain', 415],
  ])('turn away the body %s as %s', async (body, type, status) => {
    const answer = await fetch(`${server.base}/api/v1/runs/points`, {
      method: 'POST',
      headers: {authorization: `Bearer ${tokens.read}`, 'content-type': type},
      body,
    });
    expect(answer.status).toBe(status);
    await problemOf(answer);
  });

  it('tell a wrong method from a wrong address', async () => {
    const headers = {authorization: `Bearer ${tokens.read}`};
    const wrongMethod = await fetch(`${server.base}/api/v1/halt`, {headers});
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${server.base}/api/v1/halts`, {headers})).status).toBe(404);
    expect((await fetch(`${server.base}/api/v1/socket`, {headers})).status).toBe(426);
    expect((await fetch(`${server.base}/api/v1/openapi.json`, {headers, method: 'DELETE'})).status).toBe(405);
  });

  it('end a body that is too large, whether its length was announced or not', async () => {
    const large = 'x'.repeat(2 ** 20);
    const announced = await server.ask('/runs/points', tokens.read, {runUid: large});
    expect(announced.status).toBe(413);
    expect(await problemOf(announced)).toMatchObject({code: 'api/too-large'});
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(large));
      },
    });
    const endless = fetch(`${server.base}/api/v1/runs/points`, {
      method: 'POST',
      headers: {authorization: `Bearer ${tokens.read}`, 'content-type': 'application/json'},
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    // The server may close the connection before the answer has been read.
    const status = await endless.then((answer) => answer.status).catch(() => 413);
    expect(status).toBe(413);
    expect((await server.raw('/healthz')).status).toBe(200);
  });

  it('hide no mistake of the program, and log it', async () => {
    const answer = await server.ask('/stage/home', tokens.operate);
    expect(answer.status).toBe(500);
    expect(await problemOf(answer)).toMatchObject({code: 'internal'});
    const log = await server.ask('/log', tokens.read, {after: 0});
    const {entries} = (await log.json()) as {entries: {text: string}[]};
    expect(entries.map(({text}) => text).join()).toContain('a mistake in the program');
  });
});

describe('scopes', () => {
  it('let a reader look and halt, with an audit line for halting', async () => {
    expect((await server.ask('/bench/status', tokens.read)).status).toBe(200);
    const answer = await fetch(`${server.base}/api/v1/halt`, {
      method: 'POST',
      headers: {authorization: `Bearer ${tokens.read}`},
    });
    expect(answer.status).toBe(200);
    expect(newestAudit()).toMatchObject({action: 'halt', actor: 'http', subject: 'app.halt'});
  });

  it('keep each caller from everything above its scope, with an audit line', async () => {
    const rank = {read: 0, operate: 1, admin: 2};
    for (const procedures of Object.values(apiContract))
      for (const procedure of Object.values<{
        '~orpc': {meta: ProcedureMeta; route: {path?: string}};
      }>(procedures)) {
        const {meta, route} = procedure['~orpc'];
        for (const scope of ['read', 'operate', 'admin'] as const) {
          if (rank[scope] >= rank[meta.scope]) continue;
          const answer = await server.ask(route.path ?? '', tokens[scope], {some: 'input'});
          expect(answer.status, route.path).toBe(403);
          expect(await problemOf(answer)).toMatchObject({
            code: 'api/denied',
            details: {scope, needs: meta.scope},
          });
          expect(newestAudit()?.action).toMatch(/-denied$/);
          expect(newestAudit()?.details).toMatchObject({scope, client: 'http', input: {some: 'input'}});
        }
      }
  });

  it('write what was tried, then that it was refused', async () => {
    await server.ask('/bench/close', tokens.admin);
    const [refused, tried] = server.store.listAudit(2);
    expect([tried?.action, refused?.action]).toEqual(['close-bench', 'close-bench-refused']);
    expect(refused?.details).toMatchObject({code: 'motion/limit'});
  });

  it('leave no audit line for a look', async () => {
    const before = server.store.listAudit(1000).length;
    await server.ask('/bench/status', tokens.read);
    await server.ask('/runs/plane', tokens.read, {runUid: 'r'});
    expect(server.store.listAudit(1000)).toHaveLength(before);
  });
});

describe('numbers and files', () => {
  it('send numbers in bulk as lists, with null for what is no number', async () => {
    const answer = await server.ask('/runs/plane', tokens.read, {runUid: 'r'});
    const {values} = (await answer.json()) as {values: (number | null)[]};
    expect(values).toEqual(
      Array.from(Float32Array.from(awkwardNumbers), (value) => (Number.isFinite(value) ? value + 0 : null)),
    );
  });

  it('send bytes as base64, or as a file to who asks for one', async () => {
    const asJson = await server.ask('/sessions/artifact', tokens.read, {uid: 'a'});
    expect(await asJson.json()).toEqual({fileName: 'plane 1.png', mediaType: 'image/png', bytes: 'AP+ABw=='});
    const asFile = await server.ask(
      '/sessions/artifact',
      tokens.read,
      {uid: 'a'},
      {accept: 'application/octet-stream'},
    );
    expect(asFile.headers.get('content-type')).toBe('image/png');
    expect(asFile.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''plane%201.png");
    expect([...new Uint8Array(await asFile.arrayBuffer())]).toEqual([0, 255, 128, 7]);
  });
});
