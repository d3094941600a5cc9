import {fork} from 'node:child_process';
import {mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {hostEnvironment, readFromHost} from '../../src/contract/host-process.ts';
import type {InstrumentName} from '../../src/virtual/instrument-list.ts';
import type {VirtualBench} from '../../src/virtual/spawn.ts';
import type {HostPlace} from './readers.ts';
import {soakEnvironment, type Held} from './soak-plan.ts';

const token = 'admin-token-of-the-soak-0123456789';
/** Time limits of the instruments are those of a machine that has other things to do. */
const timeoutScale = 10;
const hostFile = new URL('soak-host.ts', import.meta.url);

const linkOf = (folder: string, role: string): string => join(folder, `cable-${role}`);

/** A name for each serial port that stays the same when it is plugged in again, as /dev/serial/by-id gives it. */
export function linkCables({instruments}: VirtualBench, folder: string): VirtualBench['instruments'] {
  return instruments.map((entry) => {
    if (entry.path === undefined) return entry;
    symlinkSync(entry.path, linkOf(folder, entry.role));
    return {...entry, path: linkOf(folder, entry.role)};
  });
}

/** The host's process. */
export interface SoakHost {
  readonly place: HostPlace;
  readonly dataFolder: string;
  /** What it holds now. */
  hold(): Promise<Held>;
  /** Resolves once it has made the bench safe and is gone. */
  end(): Promise<void>;
}

/** Starts it on a data folder in `folder`; resolves when it serves. */
export async function startSoakHost(
  folder: string,
  instruments: VirtualBench['instruments'],
): Promise<SoakHost> {
  const log = join(folder, 'held.jsonl');
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  writeFileSync(log, '');
  const child = fork(hostFile, ['--http-port', '0', '--timeout-scale', String(timeoutScale)], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      D2NN_BENCH_LOCKS: join(folder, 'locks'),
      [hostEnvironment.data]: dataFolder,
      [hostEnvironment.tokens]: JSON.stringify({admin: token, operate: `${token}-o`, read: `${token}-r`}),
      [soakEnvironment.log]: log,
      [soakEnvironment.instruments]: JSON.stringify(instruments),
    },
  });
  let complaints = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const port = await new Promise<number | null | undefined>((resolve) => {
    child.on('message', (message) => {
      const known = readFromHost(message);
      if (known?.type === 'ready') resolve(known.port);
    });
    void ended.then(() => resolve(undefined));
  });
  if (port === undefined || port === null) throw new Error(`The host does not start: ${complaints}`);
  let readBytes = 0;
  return {
    place: {port, token},
    dataFolder,
    async hold() {
      child.kill('SIGUSR2');
      for (;;) {
        const text = readFileSync(log, 'utf8').slice(readBytes);
        if (text.endsWith('\n')) {
          readBytes += text.length;
          return JSON.parse(text) as Held;
        }
        if (child.exitCode !== null) throw new Error(`The host has ended: ${complaints}`);
        await sleepMs(10);
      }
    },
    async end() {
      if (child.connected) child.send({type: 'shut-down', reason: 'the soak is over'});
      await ended;
    },
  };
}

/** Pulls the cable of an instrument and plugs it in again. */
export async function pullCable(
  virtual: VirtualBench,
  folder: string,
  {role, name}: {readonly role: string; readonly name: InstrumentName},
): Promise<void> {
  await virtual.unplug(name);
  const address = await virtual.replug(name);
  if (!('path' in address)) return;
  unlinkSync(linkOf(folder, role));
  symlinkSync(address.path, linkOf(folder, role));
}
