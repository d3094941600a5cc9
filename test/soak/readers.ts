import {setTimeout as sleepMs} from 'node:timers/promises';
import {createORPCClient} from '@orpc/client';
import {RPCLink} from '@orpc/client/websocket';
import {WebSocket} from 'ws';
import {typedArraySerializers} from '../../src/contract/api/index.ts';
import type {BenchClient} from '../../src/cli/host-client.ts';

export interface HostPlace {
  readonly port: number;
  readonly token: string;
}

export interface Reader {
  readonly client: BenchClient;
  readonly socket: WebSocket;
}

/** Connects to the host as a window in a browser does. */
export async function openReader({port, token}: HostPlace): Promise<Reader> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/socket`, ['d2nn-bench', `token.${token}`]);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // The link wants a browser's socket; this one has what it uses of that.
  const link = new RPCLink({
    websocket: socket as unknown as globalThis.WebSocket,
    customJsonSerializers: [...typedArraySerializers],
  });
  return {client: createORPCClient(link), socket};
}

/** Readers that are no use to anybody: slow ones, and ones that are gone in the middle of an answer. */
export interface BadReaders extends AsyncDisposable {
  readonly counts: {readonly vanished: number; readonly slowAnswers: number};
  /** Lets nobody new in and waits until those who are there have been served, for as long as `work` takes. */
  rest<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface BadReaderOptions {
  readonly place: HostPlace;
  /** Real time between two that vanish, ms. */
  readonly vanishEveryMs: number;
  /** What a slow reader leaves its socket unread for, ms. */
  readonly slowMs: number;
  readonly runUid: () => string | null;
  readonly onProblem: (text: string) => void;
}

export function startBadReaders(options: BadReaderOptions): BadReaders {
  const ending = new AbortController();
  const counts = {vanished: 0, slowAnswers: 0};
  let resting: Promise<unknown> | undefined;
  let busy = 0;

  const repeat = async (everyMs: number, act: () => Promise<void>): Promise<void> => {
    while (!ending.signal.aborted) {
      if (resting) await resting;
      busy++;
      try {
        await act();
      } catch (error) {
        options.onProblem(`a reader failed: ${String(error)}`);
        return;
      } finally {
        busy--;
      }
      await sleepMs(everyMs, undefined, {signal: ending.signal}).catch(() => undefined);
    }
  };
  const loops = [
    repeat(options.vanishEveryMs, async () => {
      await vanish(options);
      counts.vanished++;
    }),
    repeat(options.slowMs, async () => void (counts.slowAnswers += await readSlowly(options))),
  ];
  return {
    counts,
    async rest(work) {
      const {promise, resolve} = Promise.withResolvers<undefined>();
      resting = promise;
      try {
        while (busy > 0) await sleepMs(5);
        // The host's end of a socket closes a moment later.
        await sleepMs(100);
        return await work();
      } finally {
        resting = undefined;
        resolve(undefined);
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(loops);
    },
  };
}

/** What a window asks that shows everything; the wires from their beginning, which is more than a socket takes at once. */
const askAll = ({client}: Reader, runUid: string | null): Promise<unknown>[] => [
  client.bench.status({after: 0, waitMs: 0}),
  client.bench.status({after: 1e9, waitMs: 30_000}),
  client.bench.wire({after: 0, limit: 1000}),
  client.bench.readings({after: 0, limit: 1000}),
  ...(runUid === null ? [] : [client.runs.points({runUid, after: 0})]),
];

/** Asks, and is gone without a word before it is answered. */
async function vanish({place, runUid}: BadReaderOptions): Promise<void> {
  const reader = await openReader(place);
  // One in two has stopped reading before.
  if (Math.random() < 0.5) reader.socket.pause();
  const asked = askAll(reader, runUid());
  await sleepMs(5 * Math.random());
  reader.socket.terminate();
  await Promise.allSettled(asked.map((one) => Promise.race([one, Promise.resolve()])));
  for (const one of asked) one.catch(() => undefined);
}

/** Reads nothing for a while, then everything; the points it gets are whole, from the first on. */
async function readSlowly({place, runUid, slowMs, onProblem}: BadReaderOptions): Promise<number> {
  const reader = await openReader(place);
  try {
    const uid = runUid();
    if (uid === null) return 0;
    reader.socket.pause();
    const asked = Array.from({length: 10}, () => reader.client.runs.points({runUid: uid, after: 0}));
    await sleepMs(slowMs);
    reader.socket.resume();
    for (const {last, count, lostCount} of await Promise.all(asked))
      if (last !== count || lostCount !== 0)
        onProblem(`a slow reader of run ${uid} got ${count} points up to ${last}, ${lostCount} lost`);
    return asked.length;
  } finally {
    reader.socket.terminate();
  }
}
