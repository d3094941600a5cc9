import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {RunStatus} from '../../../../src/contract/api/index.ts';
import type {RunDocument} from '../../../../src/contract/run-records.ts';
import {startServer, tokens} from './transport-fixture.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Opens the stream; `next` gives the first event that fits. */
async function listen(query = '', headers: Record<string, string> = {}) {
  const gone = new AbortController();
  const answer = await fetch(`${server.base}/api/v1/events${query}`, {
    headers: {authorization: `Bearer ${tokens.read}`, ...headers},
    signal: gone.signal,
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const events = eventsOf(answer.body ?? new ReadableStream<Uint8Array>());
  return {
    async next(fits: (event: Event) => boolean = () => true): Promise<Event> {
      for (;;) {
        const {value, done} = await events.next();
        if (done || value === undefined) throw new Error('The stream ended.');
        if (fits(value)) return value;
      }
    },
    close: () => gone.abort(),
  };
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Event, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    text += decoder.decode(value, {stream: true});
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields['event'] !== undefined)
        yield {
          id: fields['id'] ?? '',
          event: fields['event'],
          data: JSON.parse(fields['data'] ?? 'null') as unknown,
        };
    }
  }
}

let scanId = 0;

const idle: RunStatus = {
  id: '',
  kind: 'scan',
  title: 'line',
  state: 'ended',
  exitStatus: null,
  reason: '',
  sessionUid: null,
  runUid: null,
  scanId: null,
  planName: 'line',
  label: '',
  done: 0,
  total: 0,
  pointCount: 0,
  totalPointCount: 0,
  startedUtc: '',
  endedUtc: null,
  elapsedS: 0,
  timeLeftS: null,
  runTimeLeftS: null,
  wait: null,
  grid: null,
  sample: '',
  suspenders: [],
  suspension: null,
  campaign: null,
};

/** A run being recorded into the server's store, point by point. */
function beginRun() {
  const {store} = server;
  const {uid: sessionUid} = store.createSession({title: 's', operator: 'o', benchName: 'b'});
  const uid = `run-${++scanId}`;
  const recorder = store.recorder(sessionUid);
  const time = 1_795_000_000;
  recorder.write([
    'start',
    {
      uid,
      time,
      session_uid: sessionUid,
      scan_id: scanId,
      plan_name: 'line',
      plan_args: {},
      plan_type: 'generator',
      operator: 'o',
    },
  ]);
  recorder.write([
    'descriptor',
    {
      uid: `${uid}-primary`,
      run_start: uid,
      time,
      name: 'primary',
      data_keys: {r: {source: 'lockin', dtype: 'number', shape: [], units: 'V'}},
      object_keys: {},
      configuration: {},
    },
  ]);
  let count = 0;
  const write = (document: RunDocument): void => {
    recorder.write(document);
    server.controls.setState();
  };
  server.controls.run = {...idle, id: uid, state: 'running', runUid: uid, sessionUid, scanId};
  server.controls.setState();
  return {
    uid,
    measure: (r: number) =>
      write([
        'event',
        {
          uid: `${uid}-${++count}`,
          descriptor: `${uid}-primary`,
          seq_num: count,
          time: time + count,
          data: {r},
          timestamps: {r: time + count},
        },
      ]),
    end: () =>
      write([
        'stop',
        {
          uid: `${uid}-stop`,
          run_start: uid,
          time: time + 100,
          exit_status: 'success',
          reason: '',
          num_events: {primary: count},
        },
      ]),
  };
}

const brief = ({data}: Event): string => {
  const [name, document] = data as RunDocument;
  return name === 'event' ? `event ${document.seq_num}` : name;
};

describe('event stream', () => {
  it('tells the present state first, then every change and log entry', async () => {
    const stream = await listen('?kinds=status,log');
    expect((await stream.next()).event).toBe('status');
    server.services.log.add({level: 'info', source: 'app', text: 'Something happened.', code: null});
    server.controls.setState();
    const entry = await stream.next(({event}) => event === 'log');
    expect(entry.data).toMatchObject({text: 'Something happened.'});
    expect(server.services.clients.count).toBe(1);
    stream.close();
  });

  it('tells the documents of the run under way from its beginning, and goes on with the next', async () => {
    const run = beginRun();
    run.measure(1);
    const stream = await listen('?kinds=document');
    const seen = [await stream.next(), await stream.next(), await stream.next()].map(brief);
    expect(seen).toEqual(['start', 'descriptor', 'event 1']);
    run.measure(2);
    run.end();
    expect([await stream.next(), await stream.next()].map(brief)).toEqual(['event 2', 'stop']);
    const second = beginRun();
    second.measure(3);
    const start = await stream.next();
    expect(start.data).toMatchObject(['start', {uid: second.uid}]);
    expect([await stream.next(), await stream.next()].map(brief)).toEqual(['descriptor', 'event 1']);
    second.end();
    stream.close();
  });

  it('goes on behind the last event that was taken, through the end of runs, without a gap or a repetition', async () => {
    const first = beginRun();
    for (const r of [1, 2, 3]) first.measure(r);
    const stream = await listen('?kinds=document');
    let last = await stream.next();
    while (brief(last) !== 'event 2') last = await stream.next();
    stream.close();
    first.measure(4);
    first.end();
    const second = beginRun();
    second.measure(5);
    second.end();
    const third = beginRun();
    third.measure(6);
    const again = await listen('?kinds=document', {'last-event-id': last.id});
    const seen: string[] = [];
    while (seen.at(-1) !== 'event 1' || seen.length < 10) seen.push(brief(await again.next()));
    expect(seen).toEqual([
      ...['event 3', 'event 4', 'stop'],
      ...['start', 'descriptor', 'event 1', 'stop'],
      ...['start', 'descriptor', 'event 1'],
    ]);
    third.end();
    again.close();
  });

  it('begins anew for an id that is none of ours, and refuses kinds that are none', async () => {
    for (const id of ['nonsense', '7', Buffer.from('{"log":-1}').toString('base64url')]) {
      const stream = await listen('?kinds=status', {'last-event-id': id});
      expect((await stream.next()).event).toBe('status');
      stream.close();
    }
    const answer = await fetch(`${server.base}/api/v1/events?kinds=status,rubbish`, {
      headers: {authorization: `Bearer ${tokens.read}`},
    });
    expect(answer.status).toBe(400);
  });

  it('tells a client that reads late every document all the same', async () => {
    const run = beginRun();
    const stream = await listen();
    await stream.next();
    for (let i = 0; i < 3000; i++) run.measure(i);
    run.end();
    const seen: number[] = [];
    for (;;) {
      const {data} = await stream.next(({event}) => event === 'document');
      const [name, document] = data as RunDocument;
      if (name === 'event') seen.push(document.seq_num);
      if (name === 'stop') break;
    }
    expect(seen).toEqual(Array.from({length: 3000}, (_, index) => index + 1));
    stream.close();
  });

  it('ends with the server', async () => {
    const own = await startServer();
    const answer = await fetch(`${own.base}/api/v1/events`, {
      headers: {authorization: `Bearer ${tokens.read}`},
    });
    const ended = answer.text().then(
      () => 'ended',
      () => 'broken off',
    );
    await own[Symbol.asyncDispose]();
    expect(['ended', 'broken off']).toContain(await ended);
  });
});
