import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {createClock} from '../../../src/base/clock.ts';
import type {LinkConfig} from '../../../src/contract/bench-file.ts';
import type {LinkSettings} from '../../../src/contract/link.ts';
import {listPorts} from '../../../src/host/serial/list-ports.ts';
import {openLink} from '../../../src/host/serial/open-link.ts';
import {linkConfigFromText} from '../../../src/host/serial/port-name.ts';
import {createPortLocks} from '../../../src/host/serial/port-lock.ts';
import {openTestPty} from './pty.ts';

const settings: LinkSettings = {
  style: 'query',
  baudRate: 9600,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\n',
  replyTerminator: '\n',
  dtr: 'pulse',
  bootWaitMs: 0,
  commandGapMs: 0,
  timeoutMs: 300,
  quietMs: 20,
  maxLineBytes: 200,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-test-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const open = (link: LinkConfig, lockFolder = folder) =>
  openLink(link, settings, {clock: createClock(), locks: createPortLocks(lockFolder)});
const lockFiles = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.lock'));

describe('locks', () => {
  it('gives a port to one at a time, whatever name leads to it', async () => {
    const path = join(folder, 'device');
    writeFileSync(path, '');
    symlinkSync(path, join(folder, 'by-id'));
    const first = await createPortLocks(folder).acquire({kind: 'serial', path});
    const again = createPortLocks(folder).acquire({kind: 'serial', path: join(folder, 'by-id')});
    await expect(again).rejects.toMatchObject({
      code: 'port/busy',
      message: expect.stringContaining('this program') as string,
    });
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await (await createPortLocks(folder).acquire({kind: 'serial', path}))[Symbol.asyncDispose]();
    expect(lockFiles()).toEqual([]);
  });

  it('takes over what a dead process left, and half-written records', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const key = {kind: 'tcp', host: '127.0.0.1', port: 5025} as const;
    const file = join(folder, 'tcp-localhost-5025.lock');
    for (const content of [
      JSON.stringify({pid: dead, processStart: '', token: 'x', port: 'p', since: 's'}),
      // The number lives on, but belongs to another process by now.
      JSON.stringify({pid: process.pid, processStart: '1', token: 'x', port: 'p', since: 's'}),
      '{"pid":',
    ]) {
      writeFileSync(file, content);
      const isReported = process.platform === 'linux' || !content.includes('"1"');
      if (!isReported) continue;
      const lock = await createPortLocks(folder).acquire(key);
      expect(lockFiles()).toHaveLength(1);
      await lock[Symbol.asyncDispose]();
    }
  });

  it('lets one of many have it', async () => {
    const key = {kind: 'tcp', host: 'h', port: 1} as const;
    const results = await Promise.allSettled(
      Array.from({length: 8}, () => createPortLocks(folder).acquire(key)),
    );
    expect(results.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('TCP', () => {
  it('asks and answers, and is told when the instrument goes away', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined); // the client may go first
      socket.on('data', (bytes) =>
        bytes.toString() === 'END\n' ? socket.destroy() : socket.write(`got ${bytes.toString()}`),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    const link = await open({host: '127.0.0.1', tcpPort: port});
    expect(await link.query('X?')).toBe('got X?');
    await expect(open({host: 'localhost', tcpPort: port})).rejects.toMatchObject({code: 'port/busy'});
    await expect(link.query('END')).rejects.toMatchObject({code: 'port/closed'});
    // Lost, and not closed by anybody: another program may have it now.
    await vi.waitFor(() => expect(lockFiles()).toEqual([]));
    const other = await open({host: '127.0.0.1', tcpPort: port});
    expect(await other.query('Y?')).toBe('got Y?');
    await link.close();
    // Closing the lost one takes nothing from the other.
    expect(lockFiles()).toHaveLength(1);
    await expect(open({host: '127.0.0.1', tcpPort: port})).rejects.toMatchObject({code: 'port/busy'});
    await other.close();
    expect(lockFiles()).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    await expect(open({host: '127.0.0.1', tcpPort: port})).rejects.toMatchObject({
      code: 'port/not-found',
      message: expect.stringContaining('nothing listens') as string,
    });
    expect(lockFiles()).toEqual([]);
  });

  it('reads ports as people write them', () => {
    expect(linkConfigFromText('127.0.0.1:5025')).toEqual({host: '127.0.0.1', tcpPort: 5025});
    expect(linkConfigFromText('tcp://source.lab:5025')).toEqual({host: 'source.lab', tcpPort: 5025});
    expect(linkConfigFromText('[::1]:5025')).toEqual({host: '::1', tcpPort: 5025});
    for (const port of ['COM3', '/dev/ttyUSB0', '/dev/serial/by-id/usb-1:2'])
      expect(linkConfigFromText(port)).toEqual({port});
  });
});

describe('serial ports', () => {
  const pty = openTestPty();
  const withPty = it.skipIf(pty === undefined);
  pty?.unplug();

  it('names the ports there are when one is missing', async () => {
    await expect(open({port: join(folder, 'ttyNONE')})).rejects.toMatchObject({
      code: 'port/not-found',
      message: expect.stringMatching(
        /ttyNONE: (the ports there are|this machine shows no serial port)/,
      ) as string,
    });
    expect(lockFiles()).toEqual([]);
    expect(Array.isArray(await listPorts())).toBe(true);
  });

  withPty('passes lines through a real path, again after closing', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    device.device.on('data', (bytes: Buffer) => device.device.write(`got ${bytes.toString()}`));
    for (let time = 0; time < 2; time++) {
      const link = await open({port: device.path});
      expect(await link.query('X?')).toBe('got X?');
      expect(link.settingsText).toBe('9600 baud 8N1');
      await link.close();
    }
  });

  withPty('refuses a second opening, with and without a common lock folder', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    const link = await open({port: device.path});
    await expect(open({port: device.path})).rejects.toMatchObject({code: 'port/busy'});
    await expect(open({port: device.path}, join(folder, 'other'))).rejects.toMatchObject({
      code: 'port/busy',
      message: expect.stringContaining('another program') as string,
    });
    await link.close();
  });

  withPty('tells what an unplugged instrument means', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    const link = await open({port: device.path});
    const closed: Error[] = [];
    link.onClose((reason) => closed.push(reason));
    const waiting = link.query('X?', {timeoutMs: 5000});
    setTimeout(() => device.unplug(), 20);
    await expect(waiting).rejects.toMatchObject({
      code: 'port/closed',
      message: expect.stringMatching(/unplugged during "X\?".*stored points are safe/) as string,
    });
    expect(closed).toHaveLength(1);
    await vi.waitFor(() => expect(lockFiles()).toEqual([]));
    await link.close();
    expect(lockFiles()).toEqual([]);
  });

  withPty('overrides baud rate and parity from the bench file', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    await using link = await open({port: device.path, baudRate: 19_200});
    expect(link.settingsText).toBe('19200 baud 8N1');
    await sleepMs(1);
  });
});
