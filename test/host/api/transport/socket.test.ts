import {once} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {isSoundFrame} from '../../../../src/host/api/transport/calls.ts';
import {awkwardNumbers, startServer, tokens} from './transport-fixture.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const bitsOf = (values: Float32Array | Float64Array): number[] => [
  ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
];
/** As long as a call that waits 20 s for something that does not come. */
const waitInVain = (): Promise<'over'> => delay(20_000, 'over' as const, {ref: false});
const until = (condition: () => boolean): Promise<void> => expect.poll(condition, {interval: 5}).toBe(true);

describe('calls', () => {
  it('carry numbers in bulk bit by bit', async () => {
    const client = server.clientOn(await server.openSocket());
    const plane = await client.runs.plane({runUid: 'r'});
    expect(plane?.values).toBeInstanceOf(Float32Array);
    expect(bitsOf(plane?.values ?? new Float32Array())).toEqual(bitsOf(Float32Array.from(awkwardNumbers)));
    const points = await client.runs.points({runUid: 'r', limit: 3});
    expect(points.timeS).toBeInstanceOf(Float64Array);
    expect(bitsOf(points.timeS)).toEqual(bitsOf(Float64Array.from(awkwardNumbers)));
    const {bytes} = await client.sessions.artifact({uid: 'a'});
    expect([...bytes]).toEqual([0, 255, 128, 7]);
  });

  it('carry answers of any size whole, in between of which others are answered', async () => {
    const client = server.clientOn(await server.openSocket());
    const limits = [100_000, 3, 70_000, 5];
    const [answers, infos] = await Promise.all([
      Promise.all(limits.map((limit) => client.runs.points({runUid: 'r', limit}))),
      Promise.all(limits.map(() => client.app.info())),
    ]);
    for (const [i, {columns}] of answers.entries()) {
      expect(columns[0].values).toHaveLength(limits[i]);
      expect(columns[0].values.every((value) => value === Math.PI)).toBe(true);
    }
    expect(infos.map(({hostId}) => hostId)).toEqual(limits.map(() => 'host-1'));
  });

  it('fail with the error of the bench', async () => {
    const client = server.clientOn(await server.openSocket());
    await expect(client.bench.close()).rejects.toMatchObject({
      code: 'BENCH_ERROR',
      defined: true,
      data: {code: 'motion/limit', details: {targetMm: 60}},
    });
  });

  it('know the scope and name of their connection', async () => {
    const socket = await server.openSocket(['d2nn-bench', `token.${tokens.read}`]);
    const client = server.clientOn(socket);
    expect((await client.app.info()).scope).toBe('read');
    await expect(client.stage.home()).rejects.toMatchObject({data: {code: 'api/denied'}});
    await client.app.halt({reason: 'test'});
    const [line] = server.store.listAudit(1);
    expect(line).toMatchObject({action: 'halt', details: {scope: 'read', input: {reason: 'test'}}});
    expect(line?.actor).toMatch(/^program \d+$/);
  });

  it('wait for something new, and are answered when it comes', async () => {
    const client = server.clientOn(await server.openSocket());
    const {last} = await client.bench.status({});
    const waiting = client.bench.status({after: last, waitMs: 20_000});
    await delay(50);
    server.controls.setState();
    // Not at the end of the wait: before one as long that begins now is over.
    const asLong = waitInVain();
    expect(await Promise.race([waiting, asLong])).toMatchObject({last: last + 1});
  });

  it('run side by side: 200 at once', async () => {
    const client = server.clientOn(await server.openSocket());
    const limits = Array.from({length: 200}, (_, index) => index + 1);
    const answers = await Promise.all(limits.map((limit) => client.runs.points({runUid: 'r', limit})));
    expect(answers.map(({last}) => last)).toEqual(limits);
  });

  it('are refused above the limit, but never the one that halts', async () => {
    const client = server.clientOn(await server.openSocket());
    const {last} = await client.bench.status({});
    const gone = new AbortController();
    const looks = Array.from({length: 520}, () =>
      client.bench.status({after: last, waitMs: 20_000}, {signal: gone.signal}),
    );
    const outcomes = Promise.allSettled(looks);
    await expect(looks.at(-1)).rejects.toMatchObject({code: 'TOO_MANY_REQUESTS'});
    expect((await client.app.halt({})).sentence).toBe('The stage stands.');
    server.controls.setState();
    const states = await outcomes;
    expect(states.filter(({status}) => status === 'fulfilled')).toHaveLength(512);
    expect((await client.bench.status({})).last).toBe(last + 1);
  });
});

describe('connections', () => {
  it('are counted while they last', async () => {
    const before = server.services.clients.count;
    const socket = await server.openSocket();
    await until(() => server.services.clients.count === before + 1);
    socket.close();
    await until(() => server.services.clients.count === before);
  });

  it('that die in mid-call end their call and hurt no other', async () => {
    const other = server.clientOn(await server.openSocket());
    const socket = await server.openSocket();
    const client = server.clientOn(socket);
    const {last} = await client.bench.status({});
    const {abortedCalls} = server.controls;
    const call = client.bench.status({after: last, waitMs: 20_000});
    call.catch(() => undefined);
    await until(() => server.controls.openCalls > 0);
    socket.terminate();
    await until(() => server.controls.abortedCalls === abortedCalls + 1);
    await until(() => server.controls.openCalls === 0);
    expect((await other.app.info()).hostId).toBe('host-1');
  });

  it('that do not answer a ping are ended', async () => {
    // However slow the machine is, a beat comes only when the one before was answered.
    vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']});
    try {
      const heartbeatMs = 60_000;
      await using quick = await startServer({heartbeatMs});
      const living = await quick.openSocket();
      const dead = await quick.openSocket();
      // A client of `ws` answers pings by itself; without its receiver it is as good as a pulled cable.
      dead.pause();
      const pinged = once(living, 'ping');
      vi.advanceTimersByTime(heartbeatMs);
      await pinged;
      // Its pong went before this call.
      expect((await quick.clientOn(living).app.info()).hostId).toBe('host-1');
      expect(quick.services.clients.count).toBe(2);
      vi.advanceTimersByTime(heartbeatMs);
      await until(() => quick.services.clients.count === 1);
      expect(living.readyState).toBe(living.OPEN);
      expect((await quick.clientOn(living).app.info()).hostId).toBe('host-1');
    } finally {
      vi.useRealTimers();
    }
  });

  it('are closed when the server ends, politely and soon', async () => {
    const short = await startServer();
    const socket = await short.openSocket();
    const call = short.clientOn(socket).bench.status({after: 1, waitMs: 20_000});
    call.catch(() => undefined);
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    // Not when the call that waits is over.
    const asLong = waitInVain();
    expect(await Promise.race([short.transport.close(), asLong])).not.toBe('over');
    expect((await closed)[0]).toBe(1001);
    await expect(fetch(short.base)).rejects.toThrow();
    await short[Symbol.asyncDispose]();
  });

  it('are ended for a frame that is too large', async () => {
    const socket = await server.openSocket();
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    socket.send('x'.repeat(5 * 2 ** 20));
    expect([1006, 1009]).toContain((await closed)[0]);
  });
});

describe('frames that are none', () => {
  const pieces = fc.oneof(
    fc.string({unit: 'binary', maxLength: 200}),
    fc.json({maxDepth: 4}),
    fc
      .record(
        {
          i: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
          t: fc.oneof(fc.integer({min: 0, max: 6}), fc.string()),
          p: fc.oneof(
            fc.jsonValue(),
            fc.record(
              {
                u: fc.oneof(
                  fc.constantFrom(
                    '/app/info',
                    '/app/nothing',
                    '/runs/plane',
                    '/__proto__',
                    '/constructor',
                    '//',
                  ),
                  fc.webUrl(),
                  fc.jsonValue(),
                ),
                m: fc.oneof(fc.constantFrom('POST', 'GET', 'DELETE'), fc.jsonValue()),
                h: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
                b: fc.oneof(
                  fc.record({
                    json: fc.jsonValue(),
                    meta: fc.array(fc.array(fc.oneof(fc.integer({min: 0, max: 30}), fc.string()))),
                  }),
                  fc.jsonValue(),
                ),
              },
              {requiredKeys: []},
            ),
          ),
        },
        {requiredKeys: []},
      )
      .map((frame) => JSON.stringify(frame)),
  );

  it('hurt neither the host nor another connection', async () => {
    const failures: unknown[] = [];
    const note = (error: unknown): void => void failures.push(error);
    process.on('unhandledRejection', note);
    const spy = vi.spyOn(console, 'error').mockImplementation(note);
    try {
      const other = server.clientOn(await server.openSocket());
      await fc.assert(
        fc.asyncProperty(
          fc.array(pieces, {minLength: 1, maxLength: 30}),
          fc.boolean(),
          async (frames, isBinary) => {
            const socket = await server.openSocket();
            for (const frame of frames) socket.send(isBinary ? Buffer.from(frame) : frame);
            // Answered, so the frames before it were taken.
            expect((await server.clientOn(socket).app.info()).hostId).toBe('host-1');
            socket.terminate();
          },
        ),
        {numRuns: 60},
      );
      expect((await other.app.info()).hostId).toBe('host-1');
      await delay(50);
      expect(failures).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
      spy.mockRestore();
    }
  });

  it('are told from those that are some', () => {
    expect(isSoundFrame('{"i":"1","p":{"u":"/app/info","b":{}}}')).toBe(true);
    expect(isSoundFrame('{"i":"1","t":4}')).toBe(true);
    for (const frame of [
      '',
      '[]',
      'null',
      '{"i":1,"p":{"u":"/app/info"}}',
      '{"i":"1"}',
      '{"i":"1","p":{"u":"http://evil.example/"}}',
      '{"i":"1","p":{"u":"/app/info","m":"GET"}}',
      '{"i":"1","p":{"u":"/app/info","h":{"content-type":"multipart/form-data"}}}',
      '{"i":"1","t":3,"p":{}}',
    ])
      expect(isSoundFrame(frame), frame).toBe(false);
  });
});
