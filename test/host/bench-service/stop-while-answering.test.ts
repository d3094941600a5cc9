import {randomBytes} from 'node:crypto';
import type {WebSocket} from 'ws';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {writeLargeRun} from '../store/large-run.ts';
import {startStopping} from './stop-fixture.ts';

let stopping: Awaited<ReturnType<typeof startStopping>>;
let socket: WebSocket;
let runUid: string;
let artifactUid: string;

beforeAll(async () => {
  stopping = await startStopping();
  const {store} = stopping.at.services;
  const session = store.createSession({title: 'large', operator: 'Ada', benchName: 'north'});
  runUid = writeLargeRun(store.path, store.recorder(session.uid), 200);
  artifactUid = store.addArtifact({
    sessionUid: session.uid,
    kind: 'object-mask',
    metadata: {pitchMm: 1, label: '3'},
    name: 'large.bin',
    mediaType: 'application/octet-stream',
    bytes: randomBytes(16_000_000),
  });
  socket = await stopping.openSocket('admin');
  // What belongs to a page is loaded at its first call.
  await Promise.all([
    stopping.post('/runs/search', '{}'),
    stopping.post('/runs/plane', JSON.stringify({runUid})),
  ]);
});
afterAll(async () => {
  socket.terminate();
  await stopping[Symbol.asyncDispose]();
});

let callCount = 0;
/** Size and beginning of an answer as a window gets it. */
const sizeOverSocket = (path: string, input: unknown): Promise<string> =>
  new Promise((resolve) => {
    const id = `call-${++callCount}`;
    const onMessage = (message: Buffer): void => {
      const head = message.subarray(0, 100).toString('latin1');
      if (!head.includes(`"${id}"`)) return;
      socket.off('message', onMessage);
      resolve(`${message.length} bytes: ${head}`);
    };
    socket.on('message', onMessage);
    socket.send(JSON.stringify({i: id, p: {u: path, b: {json: input}}}));
  });

describe('STOP is in time while the host answers', () => {
  it('all documents of 40,000 points, as text over HTTP and to a window', async () => {
    const documents = (): Promise<string> => stopping.sizeOf('/runs/documents', JSON.stringify({runUid}));
    await stopping.expectStopInTime(documents, /^1\d{7} bytes: \{"jsonLines"/);
    await stopping.expectStopInTime(() => sizeOverSocket('/runs/documents', {runUid}), /^1\d{7} bytes: /);
  });

  it('a file of 16 MB, as JSON over HTTP and to a window', async () => {
    const file = (): Promise<string> =>
      stopping.sizeOf('/sessions/artifact', JSON.stringify({uid: artifactUid}));
    await stopping.expectStopInTime(file, /^2\d{7} bytes: \{"fileName":"large.bin"/);
    await stopping.expectStopInTime(
      () => sizeOverSocket('/sessions/artifact', {uid: artifactUid}),
      /^2\d{7} bytes: .*large.bin/,
    );
  });

  it('planes of a digit along the beam, as lists of numbers', async () => {
    const body = JSON.stringify({digitId: 'mnist:5:5654', zMm: Array.from({length: 12}, (_, i) => 5 * i)});
    await stopping.expectStopInTime(
      () => stopping.sizeOf('/designs/fields', body),
      /^\d{8} bytes: \{"label"/,
    );
  });

  it('the description of the whole API', async () => {
    await stopping.expectStopInTime(() => stopping.sizeOf('/openapi.json', null), /^\d{6} bytes: /);
  });

  it('is answered itself on the socket that a large answer is on its way over', async () => {
    const large = sizeOverSocket('/sessions/artifact', {uid: artifactUid});
    const halted = sizeOverSocket('/app/halt', {});
    expect(await halted).toMatch(/"call-\d+"/);
    expect(await large).toMatch(/large.bin/);
  });
});
