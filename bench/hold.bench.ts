/**
 * The longest that the host's thread is held by one answer, ms of processor time in one turn of its event loop: while a
 * turn computes, STOP is not heard (docs/limits.md). Of two calls the larger; the bench that is open is virtual.
 */
import {randomBytes} from 'node:crypto';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {createRouter} from '../src/host/api/router.ts';
import {startHttpTransport} from '../src/host/api/transport/http.ts';
import {startHost} from '../test/host/bench-service/bench-fixture.ts';
import {watchTurns} from '../test/host/bench-service/watch-turns.ts';
import {writeLargeRun} from '../test/host/store/large-run.ts';
import type {BenchResult} from './figures.ts';

const sessionCount = 5000;
const token = 'token-of-the-benchmark-0123456789';
const tokens = {read: `read-${token}`, operate: `operate-${token}`, admin: `admin-${token}`};

type Host = Awaited<ReturnType<typeof startHost>>;

export async function run(): Promise<BenchResult[]> {
  await using at = await startHost({smallPlates: 3});
  await at.api.bench.open({kind: 'virtual', speed: 100});
  const router = createRouter(at.services, {links: () => [], openApiPath: '/openapi.json'});
  const {services, folder: pageFolder} = at;
  const http = await startHttpTransport({services, router, tokens, port: 0, pageFolder});
  try {
    const results: BenchResult[] = [];
    for (const [name, path, body] of answers(at)) {
      const url = `http://127.0.0.1:${http.port}/api/v1${path}`;
      results.push({name, figures: await measure(() => sizeOf(url, body))});
    }
    return results;
  } finally {
    await http.close();
  }
}

/** What is asked: a name, a path and its input. Without a path nothing is asked, for a second. */
function answers({services: {store}}: Host): (readonly [string, string, object | null])[] {
  const session = store.createSession({title: 'large', operator: 'Ada', benchName: 'north'});
  const [smallRun, largeRun] = [200, 1000].map((side) =>
    writeLargeRun(store.path, store.recorder(session.uid), side),
  );
  const artifact = store.addArtifact({
    sessionUid: session.uid,
    kind: 'object-mask',
    metadata: {pitchMm: 1, label: '3'},
    name: 'large.bin',
    mediaType: 'application/octet-stream',
    bytes: randomBytes(32_000_000),
  });
  for (let i = 1; i < sessionCount; i++)
    store.createSession({title: `session ${i}`, operator: 'Ada', benchName: 'north'});
  const grid = {plan: 'grid', widthMm: 99.9, heightMm: 99.9, stepMm: 0.1};
  return [
    ['nothing asked, virtual bench open', '', null],
    ['documents of 40,000 points', '/runs/documents', {runUid: smallRun}],
    ['plane of 40,000 points', '/runs/plane', {runUid: smallRun}],
    ['plane of 1,000,000 points', '/runs/plane', {runUid: largeRun}],
    ['4000 points of a run of 1,000,000', '/runs/points', {runUid: largeRun, after: 500_000, waitMs: 0}],
    [`${sessionCount} sessions`, '/sessions/search', {}],
    ['artifact of 32 MB', '/sessions/artifact', {uid: artifact}],
    ['plan of 1,000,000 points walked dry', '/scan/dry-run', {plan: grid}],
    ['OpenAPI document', '/openapi.json', null],
  ];
}

/** Size in MB and hold in ms, the larger of two calls. What belongs to an answer is loaded at a call before. */
async function measure(ask: () => Promise<number>): Promise<Record<string, number>> {
  let [sizeMb, holdMs] = [await ask(), 0];
  for (let call = 0; call < 2; call++) {
    const turns = watchTurns();
    sizeMb = (await ask()) / 1e6;
    // The last turn is counted when the next timer comes.
    await sleepMs(20);
    holdMs = Math.max(holdMs, turns.end());
  }
  return {MB: sizeMb, 'hold ms': holdMs};
}

/** Asks, and throws the answer away as it comes. Resolves with its size in bytes. */
async function sizeOf(url: string, body: object | null): Promise<number> {
  if (url.endsWith('/v1')) return (await sleepMs(1000), 0);
  const response = await fetch(url, {
    method: body === null ? 'GET' : 'POST',
    headers: {authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json'},
    ...(body && {body: JSON.stringify(body)}),
  });
  if (!response.ok || response.body === null) throw new Error(`${url}: ${await response.text()}`);
  let size = 0;
  const count = (piece: Uint8Array): void => void (size += piece.length);
  await response.body.pipeTo(new WritableStream({write: count}));
  return size;
}
