import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {hostEnvironment, readFromHost, type FromHost, type ToHost} from '../../src/contract/host-process.ts';

const tokens = {
  admin: 'admin-token-0123456789',
  operate: 'operate-token-0123456789',
  read: 'read-token-0123456789',
};
let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-host-'));
});
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  rmSync(folder, {recursive: true, force: true});
});

/** Starts a real host as the launcher does. */
function startHost(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = fork(new URL('../../src/host/index.ts', import.meta.url), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      [hostEnvironment.data]: folder,
      [hostEnvironment.tokens]: JSON.stringify(tokens),
      ...env,
    },
  });
  children.push(child);
  const received: FromHost[] = [];
  const texts = {stdout: '', stderr: ''};
  child.stdout?.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  child.on('message', (message) => {
    const known = readFromHost(message);
    if (known) received.push(known);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    child,
    texts,
    heard: received,
    exited,
    send: (message: ToHost) => void child.send(message),
    async hear<Type extends FromHost['type']>(type: Type): Promise<Extract<FromHost, {type: Type}>> {
      for (;;) {
        const found = received.findLast((message) => message.type === type);
        if (found) return found as Extract<FromHost, {type: Type}>;
        if (child.exitCode !== null)
          throw new Error(`The host ended with ${child.exitCode}: ${texts.stderr}`);
        await delay(10);
      }
    },
  };
}

const ask = async (
  port: number | undefined,
  path: string,
  body: unknown = {},
): Promise<Record<string, unknown>> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method: 'POST',
    headers: {authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
};

describe('host process', () => {
  it('serves windows at once, opens the bench behind them, runs a scan, and ends safely when told', async () => {
    const host = startHost(['--http-port', '0', '--virtual', '--speed', '100', '--seed', '3']);
    const ready = await host.hear('ready');
    expect(ready.dataFolder).toBe(folder);
    expect(ready.urls?.read).toBe(`http://127.0.0.1:${ready.port}/#token=${tokens.read}`);
    let state = '';
    for (let after = 0; state !== 'open';) {
      const status = await ask(ready.port, '/bench/status', {after, waitMs: 5000});
      after = status['last'] as number;
      state = (status['bench'] as {state: string}).state;
      expect(state).not.toBe('failed');
    }
    expect(await ask(ready.port, '/bench/status')).toMatchObject({
      bench: {kind: 'virtual', seed: 3, speed: 100},
    });
    const started = await ask(ready.port, '/scan/start', {
      plan: {plan: 'grid', widthMm: 20, heightMm: 20, stepMm: 0.5},
      isLockInSetUp: true,
    });
    expect(started, JSON.stringify(started)).toHaveProperty('id');
    for (let points = 0; points < 50;) {
      await delay(50);
      const run = (await ask(ready.port, '/bench/status'))['run'] as {
        state: string;
        reason: string;
        pointCount: number;
      };
      expect(run.state, run.reason).not.toBe('ended');
      points = run.pointCount;
    }
    expect(await host.hear('run-state')).toMatchObject({isLive: true});
    host.send({type: 'may-quit?'});
    const {isLive, sentence} = await host.hear('may-quit');
    expect(isLive).toBe(true);
    expect(sentence).toContain('points are kept');
    host.send({type: 'shut-down', reason: 'the test ends'});
    expect((await host.hear('shut-down-done')).problems).toEqual([]);
    expect(await host.exited).toBe(0);
    expect(host.texts.stdout).toBe('');
  });

  it('leaves Ctrl-C to its starter, halts when that says so, and leaves an audit line', async () => {
    const host = startHost(['--http-port', '0']);
    const {port} = await host.hear('ready');
    host.child.kill('SIGINT');
    await delay(300);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    host.send({type: 'halt', by: 'window 2'});
    await host.hear('halt-done');
    const newest = async (): Promise<unknown> =>
      ((await ask(port, '/audit')) as unknown as {action: string; actor: string}[])[0];
    await expect.poll(newest).toMatchObject({action: 'halt', actor: 'window 2'});
  });

  it.each(['SIGTERM', 'disconnect', 'a window'])('ends safely by %s', async (how) => {
    const host = startHost(['--http-port', '0']);
    const {port} = await host.hear('ready');
    if (how === 'SIGTERM') host.child.kill('SIGTERM');
    else if (how === 'disconnect') host.child.disconnect();
    else expect(await ask(port, '/shut-down')).toEqual({problems: []});
    expect(await host.exited).toBe(0);
  });

  it('says why it cannot start, once and for good', async () => {
    const wrong = startHost(['--speed', 'fast']);
    expect(await wrong.hear('fatal')).toMatchObject({code: 'cli/usage'});
    expect(await wrong.exited).toBe(1);
    const noTokens = startHost([], {[hostEnvironment.tokens]: '{"admin":"short"}'});
    expect(await noTokens.hear('fatal')).toMatchObject({code: 'cli/usage'});
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const busy = startHost(['--http-port', String((taken.address() as AddressInfo).port)]);
    expect(await busy.hear('fatal')).toMatchObject({code: 'port/busy'});
    expect(await busy.exited).toBe(1);
    taken.close();
  });
});
