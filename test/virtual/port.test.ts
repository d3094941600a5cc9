import {connect as connectTcp} from 'node:net';
import {existsSync, openSync, statSync, closeSync, readSync, writeSync, constants} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {SerialPort} from 'serialport';
import {afterEach, describe, expect, it} from 'vitest';
import {noFaults, withFaults} from '../../src/virtual/faults.ts';
import {Grbl} from '../../src/virtual/instruments/grbl.ts';
import {ScpiSource} from '../../src/virtual/instruments/scpi-source.ts';
import {Sr830} from '../../src/virtual/instruments/sr830.ts';
import {createDuplex, openPort, openTcpPort} from '../../src/virtual/port.ts';
import type {VirtualPort} from '../../src/virtual/virtual-port.ts';
import {createVirtualTime, type VirtualTime} from '../../src/virtual/time.ts';
import {connects} from '../connects.ts';

const hasPty = process.platform === 'linux' || process.platform === 'darwin';
const opened: AsyncDisposable[] = [];
const times: VirtualTime[] = [];
const instant = (): VirtualTime => {
  const time = createVirtualTime(Infinity);
  times.push(time);
  return time;
};
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource[Symbol.asyncDispose]();
  for (const time of times.splice(0)) time.dispose();
});

/** Bytes read from a port that does not block; 0 while nothing is there. */
function readWhatIsThere(fd: number, bytes: Buffer): number {
  try {
    return readSync(fd, bytes, 0, bytes.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

async function pathOf(port: Promise<VirtualPort>): Promise<string> {
  const {address} = await port;
  opened.push(await port);
  if (!('path' in address)) throw new Error('no path');
  return address.path;
}

/** Opens a serial path, sends, and waits until the reply matches. */
async function ask(path: string, sent: string | Uint8Array, expected: RegExp): Promise<string> {
  const port = new SerialPort({path, baudRate: 9600, autoOpen: false});
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  try {
    let text = '';
    const got = new Promise<string>((resolve) => {
      port.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        if (expected.test(text)) resolve(text);
      });
    });
    port.write(Buffer.from(sent));
    return await got;
  } finally {
    await new Promise<void>((resolve) => port.close(() => resolve()));
  }
}

describe.skipIf(!hasPty)('a pseudo-terminal', () => {
  it('cannot be opened by other users', async () => {
    const path = await pathOf(openPort(new Sr830({time: instant()})));
    const {mode, uid} = statSync(path);
    expect([uid, (mode & 0o007).toString(8)]).toEqual([process.getuid?.(), '0']);
  });

  it('survives close and reopen, a second client and binary garbage', async () => {
    const path = await pathOf(openPort(new Sr830({time: instant()})));
    expect(await ask(path, 'OUTX 0\rSENS?\r', /26\r$/)).toBe('26\r');
    expect(await ask(path, 'SENS?\r', /26\r$/)).toBe('26\r');
    const garbage = Uint8Array.from({length: 256}, (_, i) => i);
    expect(await ask(path, Buffer.concat([garbage, Buffer.from('\rOFLT?\r')]), /8\r$/)).toBe('8\r');
  });

  it('keeps 256 byte values unchanged', async () => {
    const instrument = new Sr830({time: instant()});
    const seen: number[] = [];
    const line = instrument.openLine();
    const path = await pathOf(
      openPort({
        ...{name: 'sr830', role: 'lockin', model: 'x', link: 'serial', dispose: () => undefined},
        openLine: () => ({
          ...line,
          onTransmit: (f) => line.onTransmit(f),
          dropPartialInput: () => undefined,
          receive: (bytes) => {
            seen.push(...bytes);
            if (seen.length >= 256) instrument.receive(Buffer.from('OUTX 0\rSENS?\r'));
          },
        }),
      }),
    );
    const all = Uint8Array.from({length: 256}, (_, i) => i);
    await ask(path, all, /26\r$/);
    expect(seen).toEqual([...all]);
  });

  it('loses what a client never reads, and answers the next one', async () => {
    const path = await pathOf(openPort(new Sr830({time: instant()})));
    const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    writeSync(fd, 'OUTX 0\r');
    for (let i = 0; i < 60; i++) {
      try {
        writeSync(fd, '*IDN?\r'.repeat(40));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      await sleep(2);
    }
    closeSync(fd);
    await sleep(2300);
    expect(await ask(path, 'SENS?\r', /26\r$/)).toMatch(/26\r$/);
  });

  it('shows the banner to who opens first, and vanishes when unplugged', async () => {
    const port = await openPort(new Grbl({time: instant()}));
    opened.push(port);
    const {path} = port.address as {path: string};
    const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(100);
    let banner = '';
    while (!banner.endsWith(']\r\n')) {
      await sleep(5);
      banner += bytes.subarray(0, readWhatIsThere(fd, bytes)).toString();
    }
    expect(banner).toBe("\r\nGrbl 1.1h ['$' for help]\r\n");
    closeSync(fd);
    await port.unplug();
    expect(existsSync(path)).toBe(false);
  });
});

/** A TCP client that collects what comes. */
async function tcpClient(port: VirtualPort) {
  const {host, port: number} = port.address as {host: string; port: number};
  const socket = connectTcp(number, host);
  await new Promise((resolve) => socket.once('connect', resolve));
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  return {
    socket,
    async ask(sent: string, expected: RegExp): Promise<string> {
      socket.write(sent);
      await expect.poll(() => text).toMatch(expected);
      const received = text;
      text = '';
      return received;
    },
  };
}

describe('a TCP port', () => {
  it('serves clients at once and in sequence, and forgets half a message of one that leaves', async () => {
    const port = await openTcpPort(new ScpiSource({time: instant()}));
    opened.push(port);
    const [a, b] = [await tcpClient(port), await tcpClient(port)];
    expect(await a.ask('OUTP?\n', /\n/)).toBe('0\n');
    expect(await b.ask('SYST:ERR?\n', /\n/)).toBe('+0,"No error"\n');
    a.socket.write('FREQ 1GH');
    await sleep(20);
    a.socket.destroy();
    const c = await tcpClient(port);
    expect(await c.ask('SYST:ERR?\n', /\n/)).toBe('+0,"No error"\n');
    b.socket.destroy();
    c.socket.destroy();
  });

  it('takes nothing from a page in a browser, which can send its text to any port', async () => {
    const source = new ScpiSource({time: instant()});
    const port = await openTcpPort(source);
    opened.push(port);
    const {host, port: number} = port.address as {host: string; port: number};
    for (const method of ['POST', 'PUT', 'GET'])
      await expect(
        fetch(`http://${host}:${number}/`, {
          method,
          ...(method === 'GET' ? {} : {body: '\nFREQ 2GHZ\nOUTP ON\n'}),
        }),
      ).rejects.toThrow();
    const client = await tcpClient(port);
    expect(await client.ask('OUTP?;FREQ?\n', /\n/)).toBe('0;+2.0000000000000E+10\n');
    client.socket.destroy();
  });

  it.runIf(process.platform === 'linux')('listens on the loopback address and on no other', async () => {
    const port = await openTcpPort(new ScpiSource({time: instant()}));
    opened.push(port);
    // A server that listened everywhere would answer on every address of the loopback, too.
    await expect(connects((port.address as {port: number}).port, '127.0.0.2')).resolves.toBe(false);
    await expect(connects((port.address as {port: number}).port, '127.0.0.1')).resolves.toBe(true);
  });

  it('carries a serial instrument where there is no pty', async () => {
    const port = await openPort(new Sr830({time: instant()}), {prefersTcp: true});
    opened.push(port);
    const client = await tcpClient(port);
    expect(await client.ask('OUTX 0\rSENS?\r', /\r$/)).toBe('26\r');
    client.socket.destroy();
    const next = await tcpClient(port);
    expect(await next.ask('SENS?\r', /\r$/)).toBe('26\r');
    next.socket.destroy();
  });
});

it('offers an instrument as a stream, with faults on script', async () => {
  const faults = noFaults();
  const stream = createDuplex(withFaults(new Sr830({time: instant()}), faults));
  let received = '';
  stream.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
  const say = async (text: string, ms = 5): Promise<string> => {
    received = '';
    stream.write(text);
    await sleep(ms);
    return received;
  };
  expect(await say('OUTX 0\rSENS?\r')).toBe('26\r');
  faults.loseReplies = 1;
  expect(await say('SENS?\r')).toBe('');
  faults.garbleReplies = 1;
  expect(await say('*IDN?\r')).not.toContain('Stanford_Research');
  faults.replyDelayMs = 40;
  expect(await say('SENS?\r')).toBe('');
  await sleep(60);
  expect(received).toBe('26\r');
  faults.replyDelayMs = 0;
  faults.isStalled = true;
  expect(await say('SENS?\r')).toBe('');
  faults.isStalled = false;
  expect(await say('SENS?\r')).toBe('26\r');
  stream.destroy();
});
