import {duplexPair} from 'node:stream';
import type {Duplex} from 'node:stream';
import {setTimeout as sleepMs} from 'node:timers/promises';
import fc from 'fast-check';
import {afterEach, describe, expect, it} from 'vitest';
import {createClock} from '../../../src/base/clock.ts';
import type {LinkSettings} from '../../../src/contract/link.ts';
import {byteLinkFromStream} from '../../../src/host/serial/byte-link.ts';
import {createFramer} from '../../../src/host/serial/framing.ts';
import {createLineLink} from '../../../src/host/serial/line-link.ts';
import type {LineLink} from '../../../src/host/serial/line-link.ts';
import {formatTraceEntry} from '../../../src/host/serial/trace.ts';
import type {TraceEntry} from '../../../src/host/serial/trace.ts';

const query: LinkSettings = {
  style: 'query',
  baudRate: 9600,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\r',
  replyTerminator: '\r',
  dtr: 'leave',
  bootWaitMs: 0,
  commandGapMs: 0,
  timeoutMs: 150,
  quietMs: 30,
  maxLineBytes: 200,
};
const streamed: LinkSettings = {
  ...query,
  style: 'streamed',
  sendTerminator: '\n',
  replyTerminator: '\r\n',
  isResponse: (line) => line === 'ok' || line.startsWith('error:'),
};

const links: LineLink[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

interface Setup {
  readonly link: LineLink;
  readonly device: Duplex;
  readonly trace: TraceEntry[];
  readonly received: () => string;
}

/** `answer` is called for every whole line that the instrument gets. */
function setUp(
  settings: LinkSettings,
  answer: (line: string, device: Duplex) => void = () => undefined,
): Setup {
  const [hostEnd, device] = duplexPair();
  const trace: TraceEntry[] = [];
  let received = '';
  let line = '';
  device.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
    line += bytes.toString('latin1');
    for (let end = line.search(/[\r\n]/); end >= 0; end = line.search(/[\r\n]/)) {
      const whole = line.slice(0, end);
      line = line.slice(end + 1);
      answer(whole, device);
    }
  });
  const link = createLineLink(byteLinkFromStream(hostEnd, {name: 'test port'}), settings, {
    clock: createClock(),
    shortestLimitRealMs: 20,
    onTrace: (entry) => trace.push(entry),
  });
  links.push(link);
  return {link, device, trace, received: () => received};
}

describe('exchanges of the query style', () => {
  it('runs one at a time, in order of asking', async () => {
    let open = 0;
    const {link} = setUp(query, (line, device) => {
      open += 1;
      expect(open).toBe(1);
      setTimeout(() => {
        open -= 1;
        device.write(`${line}!\r`);
      }, 2);
    });
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => link.query(text)));
    expect(answers).toEqual(['a!', 'b!', 'c!']);
  });

  it('takes any splitting of any answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[ -~]{1,40}$/),
        fc.array(fc.integer({min: 1, max: 5}), {minLength: 1, maxLength: 10}),
        async (text, sizes) => {
          const framed: string[] = [];
          const framer = createFramer({
            terminator: '\r',
            maxLineBytes: 200,
            onLine: (line) => framed.push(line),
            onBlock: () => undefined,
            onGarbage: () => framed.push('garbage'),
          });
          const bytes = Buffer.from(`${text}\r\n${text}\r`);
          for (let at = 0, index = 0; at < bytes.length; index++) {
            const size = sizes[index % sizes.length];
            framer.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(framed).toEqual([text, text]);
        },
      ),
      {numRuns: 50},
    );
  });

  it('holds no line without an answer behind the finding of its step', async () => {
    // Whatever is asked stays without an answer.
    const {link, received} = setUp(query);
    await expect(link.query('a')).rejects.toMatchObject({code: 'port/timeout'});
    link.setResync({query: 'who', reply: 'me'});
    const asking = link.query('b').catch(() => undefined);
    await asking;
    const before = received();
    await link.send('off');
    await sleepMs(5);
    expect(received()).toBe(`${before}off\r`);
  });

  it('is brought into step again when its driver says that an answer cannot be one', async () => {
    const {link, received} = setUp(query, (line, device) => {
      device.write(line === 'who' ? 'me\r' : `${line}!\r`);
      // One answer too many: it would be taken for the next one's.
      if (line === 'a') setTimeout(() => device.write('late\r'), 5);
    });
    link.setResync({query: 'who', reply: 'me'});
    expect(await link.query('a')).toBe('a!');
    link.loseStep();
    expect(await link.query('b')).toBe('b!');
    expect(received()).toMatch(/a\rwho\rb\r$/);
  });

  it('stretches its time limits for slow lines', async () => {
    const [hostEnd, device] = duplexPair();
    device.on('data', () => setTimeout(() => device.write('slow\r'), 120));
    const settings = {...query, timeoutMs: 40};
    const link = createLineLink(byteLinkFromStream(hostEnd, {name: 'slow port'}), settings, {
      clock: createClock(),
      shortestLimitRealMs: 20,
      timeoutScale: 20,
    });
    links.push(link);
    expect(await link.query('a')).toBe('slow');
  });

  it('reports silence with port, question and what came so far', async () => {
    const {link} = setUp(query, (_line, device) => device.write('12.3'));
    await expect(link.query('OUTP?1')).rejects.toMatchObject({
      code: 'port/timeout',
      message: expect.stringMatching(/test port.*OUTP\?1.*12\.3.*stored points are safe/) as string,
    });
  });

  it.each([
    ['within the quiet time', 170],
    ['after the quiet time', 200],
  ])('never takes an answer that comes %s for the next one', async (_when, lateMs) => {
    const {link} = setUp(query, (line, device) => {
      if (line === 'LATE?') setTimeout(() => device.write('late\r'), lateMs);
      // A busy instrument: answers in order, the identity only after the late one.
      if (line === '*IDN?') setTimeout(() => device.write('me\r'), Math.max(0, lateMs - 170));
      if (line === 'NEXT?') device.write('next\r');
    });
    link.setResync({query: '*IDN?', reply: 'me'});
    await expect(link.query('LATE?')).rejects.toMatchObject({code: 'port/timeout'});
    expect(await link.query('NEXT?')).toBe('next');
    expect(await link.query('NEXT?')).toBe('next');
  });

  it('is in step again after an abort in the middle', async () => {
    const {link} = setUp(query, (line, device) =>
      setTimeout(() => device.write(`${line}!\r`), line === 'a' ? 20 : 0),
    );
    const abort = new AbortController();
    const first = link.query('a', {signal: abort.signal});
    const second = link.query('b');
    setTimeout(() => abort.abort(), 5);
    await expect(first).rejects.toThrow(/abort/i);
    expect(await second).toBe('b!');
  });

  it('sends nothing for a call that was aborted while it waited', async () => {
    const {link, received} = setUp(query, (line, device) => setTimeout(() => device.write(`${line}!\r`), 10));
    const abort = new AbortController();
    const first = link.query('a');
    const second = link.query('b', {signal: abort.signal});
    abort.abort();
    await expect(second).rejects.toThrow(/abort/i);
    await first;
    expect(received()).toBe('a\r');
  });

  it.each([
    ['bytes that are no text', Uint8Array.of(0xff, 0x80, 0x31, 0x0d)],
    ['more than 200 bytes', Buffer.from('1'.repeat(300))],
  ])('makes an error, not a number, of %s', async (reason, bytes) => {
    let isFirst = true;
    const {link} = setUp(query, (line, device) => {
      device.write(isFirst ? bytes : `${line}!\r`);
      isFirst = false;
    });
    await expect(link.query('a')).rejects.toMatchObject({
      code: 'device/bad-reply',
      message: expect.stringContaining(reason) as string,
    });
    expect(await link.query('b')).toBe('b!');
  });

  it('notices what came unasked and throws it away', async () => {
    const {link, device} = setUp(query, (line, device) => device.write(`${line}!\r`));
    expect(await link.query('a')).toBe('a!');
    device.write('surprise\r');
    await sleepMs(5);
    expect(await link.query('b')).toBe('b!');
    expect(link.unsolicitedCount).toBe(1);
  });

  it('throws away what a program before us had asked', async () => {
    const {link, device} = setUp(query, (line, device) => device.write(`${line}!\r`));
    device.write('left over');
    expect(await link.query('a')).toBe('a!');
  });

  it('gives up on a line that never becomes quiet', async () => {
    const {link, device} = setUp({...query, quietMs: 150});
    const chatter = setInterval(() => device.write('x\r'), 3);
    await expect(link.query('a')).rejects.toMatchObject({code: 'device/bad-reply'});
    clearInterval(chatter);
  });

  it('reads blocks of bytes between lines', async () => {
    const {link} = setUp(query, (line, device) => {
      if (line === 'DUMP') {
        device.write(Uint8Array.of(13, 10));
        device.write(Uint8Array.of(255, 0));
      } else device.write(`${line}!\r`);
    });
    expect([...(await link.queryBytes('DUMP', 4))]).toEqual([13, 10, 255, 0]);
    expect(await link.query('a')).toBe('a!');
  });
});

describe('the streamed style', () => {
  it('tells responses from pushed lines', async () => {
    const {link} = setUp(streamed, (line, device) => {
      if (line === '$$') device.write('$0=10\r\n[MSG:x]\r\n<Idle|MPos:0,0,0>\r\nok\r\n');
      if (line === 'bad') device.write('error:20\r\n');
    });
    const pushed: string[] = [];
    link.onPush((line) => pushed.push(line));
    expect(await link.command('$$')).toEqual({
      response: 'ok',
      pushed: ['$0=10', '[MSG:x]', '<Idle|MPos:0,0,0>'],
    });
    expect((await link.command('bad')).response).toBe('error:20');
    expect(pushed).toHaveLength(3);
  });

  it('sends a real-time byte ahead of everything that waits', async () => {
    const {link, received} = setUp(streamed);
    const waiting = Promise.allSettled([link.command('G0X1'), link.command('G0X2')]);
    await sleepMs(1);
    link.realtime(0x21);
    await sleepMs(5);
    expect(received()).toBe('G0X1\n!');
    link.cancelPending(new Error('stopped'));
    for (const ending of await waiting) expect(ending).toMatchObject({status: 'rejected'});
    expect(received()).toBe('G0X1\n!');
  });

  it('never sends a line after a stop that came while the line was being prepared', async () => {
    const {link, received} = setUp(streamed);
    await expect(link.command('a')).rejects.toMatchObject({code: 'port/timeout'});
    const draining = link.command('G0X1');
    await sleepMs(5);
    link.cancelPending(new Error('stopped'));
    await expect(draining).rejects.toThrow('stopped');
    expect(received()).toBe('a\n');
  });

  it('does not wait for reports to end before it goes on', async () => {
    const {link, device} = setUp(streamed, (line, device) => line === 'b' && device.write('ok\r\n'));
    const reports = setInterval(() => device.write('<Run|MPos:0,0,0>\r\n'), 5);
    await expect(link.command('a')).rejects.toMatchObject({code: 'port/timeout'});
    expect((await link.command('b')).response).toBe('ok');
    clearInterval(reports);
  });
});

describe('the end of a link', () => {
  it('fails what is under way and all that follows, and says what it means', async () => {
    const {link, device} = setUp(query);
    const waiting = Promise.allSettled([link.query('a'), link.query('b')]);
    await sleepMs(2);
    device.destroy();
    for (const ending of await waiting)
      expect(ending).toMatchObject({status: 'rejected', reason: {code: 'port/closed'}});
    await expect(link.query('c')).rejects.toMatchObject({
      code: 'port/closed',
      message: expect.stringContaining('stored points are safe') as string,
    });
  });

  it('closes twice without complaint', async () => {
    const {link} = setUp(query);
    await link.close();
    await link.close();
    expect(link.isOpen).toBe(false);
    await expect(link.query('a')).rejects.toMatchObject({code: 'port/closed'});
  });
});

it('traces every chunk both ways', async () => {
  const {link, trace} = setUp(query, (line, device) => device.write(`${line}!\r`));
  await link.query('a');
  const lines = trace.map(formatTraceEntry);
  expect(lines.some((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z [\d.]+ test port > a\\r$/.test(line))).toBe(true);
  expect(lines.some((line) => line.endsWith('< a!\\r'))).toBe(true);
});
