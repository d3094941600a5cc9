import type {IncomingMessage, ServerResponse} from 'node:http';
import {withFormerNames} from '../../../contract/api/former-names.ts';
import {createRouterClient} from '@orpc/server';
import {z} from 'zod';
import type {RunDocument} from '../../../contract/run-records.ts';
import type {ApiContext} from '../procedures.ts';
import type {ApiRouter} from '../router.ts';
import type {HostServices} from '../../services.ts';
import {sendProblem} from './problem.ts';

/** Answers with a stream of server-sent events until the client or the host ends it. */
export type EventStream = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  context: ApiContext,
) => Promise<void>;

const kinds = ['status', 'log', 'document'] as const;
type Kind = (typeof kinds)[number];

/** How far a client has got; goes along as the id of each event, so that `Last-Event-ID` says it. */
const positionSchema = z.object({
  hostId: z.string(),
  log: z.number().int().min(0),
  /** Runs up to this one have been sent. */
  scanId: z.number().int().min(0),
  /** The run being sent: last `seq_num` of each stream whose descriptor was sent. */
  run: z
    .object({
      uid: z.string(),
      scanId: z.number().int(),
      isStarted: z.boolean(),
      streams: z.record(z.string(), z.number().int().min(0)),
    })
    .nullable(),
});
type Position = z.infer<typeof positionSchema>;

const streamLimit = 50;
const waitMs = 1000;
const quietMs = 15_000;

/**
 * Server-sent events for other people's programs. They are pulled from the same feeds as a window's, one round after
 * the other, and the next round begins when the client has taken the last: a slow one gets fewer states and its
 * documents later, and the host keeps nothing for it.
 */
export function createEventStream(
  router: ApiRouter,
  services: HostServices,
  ending: AbortSignal,
): EventStream {
  let streamCount = 0;
  return async (request, response, url, context) => {
    const wanted = wantedKinds(url);
    if (!wanted) {
      sendProblem(response, {
        status: 400,
        code: 'api/invalid-input',
        detail: `"kinds" takes some of ${kinds.join(', ')}, with commas between them.`,
        issues: [{path: 'kinds', message: `one or more of ${kinds.join(', ')}`}],
      });
      return;
    }
    if (streamCount >= streamLimit) {
      sendProblem(response, {
        status: 503,
        code: 'api/too-many',
        detail: `${streamCount} event streams are open already. Close some of them first.`,
      });
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.on('error', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, ending]);
    streamCount++;
    const leave = services.clients.enter();
    try {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      });
      const position = positionFrom(request, services.hostId);
      await follow({router, services, context, wanted, signal, position, response});
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      streamCount--;
      leave();
      response.end();
    }
  };
}

function wantedKinds(url: URL): ReadonlySet<Kind> | undefined {
  const text = url.searchParams.get('kinds');
  if (text === null) return new Set(kinds);
  const names = text.split(',');
  const known = kinds.filter((kind) => names.includes(kind));
  return known.length === names.length && known.length > 0 ? new Set(known) : undefined;
}

/** Where the client wants to go on; undefined starts with what is under way. An id that is none of ours is one. */
function positionFrom({headers}: IncomingMessage, hostId: string): Position | undefined {
  const id = headers['last-event-id'];
  if (typeof id !== 'string') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const {data: position} = positionSchema.safeParse(json);
  // The log of an earlier host is gone, and this host's is new to the client; runs are in the store as before.
  return position && position.hostId !== hostId ? {...position, hostId, log: 0} : position;
}

interface Following {
  readonly router: ApiRouter;
  readonly services: HostServices;
  readonly context: ApiContext;
  readonly wanted: ReadonlySet<Kind>;
  readonly signal: AbortSignal;
  readonly position: Position | undefined;
  readonly response: ServerResponse;
}

async function follow(following: Following): Promise<void> {
  const {router, services, context, wanted, signal} = following;
  const client = createRouterClient(router, {context});
  const first = await client.bench.status({after: 0, waitMs: 0}, {signal});
  const position = following.position ?? startPosition(services, first.run);
  const writer = createWriter(following.response, position, signal);
  if (wanted.has('status')) await writer.send('status', withFormerNames('bench.status', first));
  for (let last = first.last; !signal.aborted;) {
    if (wanted.has('log')) {
      for (;;) {
        const {entries, last} = await client.app.log({after: position.log, waitMs: 0, limit: 500}, {signal});
        for (const entry of entries) {
          position.log = entry.id;
          await writer.send('log', entry);
        }
        position.log = last;
        if (entries.length < 500) break;
      }
    }
    if (wanted.has('document')) await sendDocuments(services, position, writer, signal);
    await writer.keepAlive();
    const status = await client.bench.status({after: last, waitMs}, {signal});
    if (status.last > last && wanted.has('status'))
      await writer.send('status', withFormerNames('bench.status', status));
    last = status.last;
  }
}

/** The run under way from its beginning, or else the next one. */
function startPosition(
  {hostId, store}: HostServices,
  run: {readonly state: string; readonly runUid: string | null} | null,
): Position {
  const [newest] = store.search({limit: 1});
  const scanId = newest?.scanId ?? 0;
  return run && run.state !== 'ended' && run.runUid !== null && newest?.uid === run.runUid
    ? {hostId, log: 0, scanId: scanId - 1, run: {uid: run.runUid, scanId, isStarted: false, streams: {}}}
    : {hostId, log: 0, scanId, run: null};
}

/** Sends what the store has of the runs since `position`, and moves it. */
async function sendDocuments(
  {store}: HostServices,
  position: Position,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const run = (position.run ??= nextRun(store, position.scanId) ?? null);
    if (!run) return;
    let hasEnded = false;
    for (const document of newDocuments(store, run)) {
      hasEnded = document[0] === 'stop';
      if (hasEnded) Object.assign(position, {run: null, scanId: run.scanId});
      await writer.send('document', document);
      if (signal.aborted) return;
    }
    if (!hasEnded) return;
  }
}

/** Documents of a run that were not sent yet; notes each in `run` as it is taken. */
function* newDocuments(
  store: HostServices['store'],
  run: NonNullable<Position['run']>,
): Generator<RunDocument, void, undefined> {
  let stream = '';
  for (const document of store.documents(run.uid, run.streams)) {
    const [name, content] = document;
    switch (name) {
      case 'start':
        if (run.isStarted) continue;
        run.isStarted = true;
        break;
      case 'descriptor':
        stream = content.name;
        if (run.streams[stream] !== undefined) continue;
        run.streams[stream] = 0;
        break;
      case 'event':
        run.streams[stream] = content.seq_num;
        break;
      case 'stop':
        break;
    }
    yield document;
  }
}

/** The first run after `scanId`. */
function nextRun(store: HostServices['store'], scanId: number): Position['run'] | undefined {
  const [newest] = store.search({limit: 1});
  if (!newest || newest.scanId <= scanId) return undefined;
  const since = store.search({limit: Math.min(10_000, newest.scanId - scanId)});
  const next = since.findLast((run) => run.scanId > scanId) ?? newest;
  return {uid: next.uid, scanId: next.scanId, isStarted: false, streams: {}};
}

interface EventWriter {
  /** Resolves when the client may get more. */
  send(kind: Kind, data: unknown): Promise<void>;
  /** Says something after a long quiet, so that a dead connection is found. */
  keepAlive(): Promise<void>;
}

function createWriter(response: ServerResponse, position: Position, signal: AbortSignal): EventWriter {
  let spokenMs = performance.now();
  const write = async (text: string): Promise<void> => {
    spokenMs = performance.now();
    if (response.write(text) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        response.off('drain', go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      response.on('drain', go);
      signal.addEventListener('abort', go);
    });
  };
  return {
    send(kind, data) {
      const id = Buffer.from(JSON.stringify(position)).toString('base64url');
      return write(`id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data, numbersAsList)}\n\n`);
    },
    async keepAlive() {
      if (performance.now() - spokenMs > quietMs) await write(': still here\n\n');
    },
  };
}

const numbersAsList = (_key: string, value: unknown): unknown =>
  value instanceof Float32Array || value instanceof Float64Array ? Array.from(value) : value;
