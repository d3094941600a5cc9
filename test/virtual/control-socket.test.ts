import {once} from 'node:events';
import {existsSync, mkdtempDisposableSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, expect, it} from 'vitest';
import {BenchError} from '../../src/contract/errors.ts';
import {runControlCommand} from '../../src/virtual/control-client.ts';
import {openControlSocket, type ControlSocket} from '../../src/virtual/control-socket.ts';
import type {ControlCall, ControlResult} from '../../src/virtual/control.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

async function start(answer: (call: ControlCall) => ControlResult = () => undefined) {
  const calls: ControlCall[] = [];
  const socket: ControlSocket = await openControlSocket(async (call) => {
    calls.push(call);
    return answer(call);
  });
  open.push(socket);
  const {host, port, file} = socket;
  const run = (command: 'nudge' | 'flip' | 'plates' | 'reveal', ...argv: string[]) =>
    runControlCommand(command, ['--control', file, ...argv]);
  const {token} = JSON.parse(readFileSync(file, 'utf8')) as {token: string};
  return {calls, run, port, host, file, token};
}

/** What comes back for a text until the socket hangs up. */
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  let received = '';
  socket.on('data', (chunk: string) => (received += chunk));
  socket.write(text);
  await once(socket, 'close');
  return received;
}

it('carries what a person asks for at another terminal', async () => {
  const truth = revealScene(1, {layerCount: 3});
  const {calls, run} = await start(({method}) => (method === 'read-truth' ? truth : undefined));
  expect(await run('nudge', '--plate', '3', '--dx', '-0.3', '--rotation', '0.5')).toBe('{"ok":true}');
  await run('flip', '--plate', '2', '--about', 'y');
  await run('plates', '--present', '1,3');
  await run('plates', '--present', 'none');
  await run('plates', '--present', 'all');
  expect(calls).toEqual([
    {method: 'nudge-plate', plate: 3, dxMm: -0.3, dyMm: 0, dzMm: 0, rotationDeg: 0.5},
    {method: 'flip-plate', plate: 2, about: 'y'},
    {method: 'set-plates-present', plates: [1, 3]},
    {method: 'set-plates-present', plates: []},
    {method: 'read-truth'},
    {method: 'set-plates-present', plates: [1, 2, 3]},
  ]);
  const revealed = JSON.parse(await run('reveal')) as {result: {placements: unknown}};
  expect(revealed.result.placements).toEqual(truth.placements);
});

it('says in a sentence what the bench refuses, and what was not understood, without asking the bench', async () => {
  const {calls, run} = await start(() => {
    throw new BenchError('twin/invalid', 'There would be no room.');
  });
  await expect(run('nudge', '--plate', '1', '--dz', '40')).rejects.toMatchObject({
    code: 'twin/invalid',
    message: 'There would be no room.',
  });
  expect(calls).toHaveLength(1);
  for (const [argv, words] of [
    [['--plate', '1'], 'By how much'],
    [['--dx', '1'], 'Which plate'],
    [['--plate', '1', '--dx', 'far'], '--dx must be a number'],
    [['--plate', '1', '--up', '1'], '--up'],
  ] as const)
    await expect(run('nudge', ...argv)).rejects.toThrow(words);
  await expect(run('flip', '--plate', '1')).rejects.toThrow('--about x');
  await expect(run('plates')).rejects.toThrow('--present');
  await expect(runControlCommand('reveal', [])).rejects.toThrow('--control FILE');
  expect(calls).toHaveLength(1);
});

it('says where no bench answers, and what is no control file', async () => {
  const {file, run} = await start();
  const content = readFileSync(file, 'utf8');
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
  // The file goes with its bench.
  expect(existsSync(dirname(file))).toBe(false);
  await expect(run('reveal')).rejects.toMatchObject({code: 'file/not-found'});
  using folder = mkdtempDisposableSync(join(tmpdir(), 'd2nn-control-'));
  const left = join(folder.path, 'control.json');
  writeFileSync(left, content);
  await expect(runControlCommand('reveal', ['--control', left])).rejects.toMatchObject({
    code: 'port/not-found',
  });
  writeFileSync(left, '127.0.0.1:40703');
  await expect(runControlCommand('reveal', ['--control', left])).rejects.toMatchObject({
    code: 'file/invalid',
  });
});

it('does nothing for a call without its token, and hangs up', async () => {
  const {calls, port, token} = await start();
  const other = await start();
  const call = {method: 'set-plates-present', plates: []};
  for (const carried of [{}, {token: ''}, {token: token.slice(1)}, {token: other.token}, {token: [token]}])
    expect(JSON.parse(await say(port, `${JSON.stringify({...carried, ...call})}\n`))).toMatchObject({
      ok: false,
      code: 'api/unauthorised',
    });
  expect([...calls, ...other.calls]).toEqual([]);
  expect(token).toMatch(/^[\w-]{32}$/);
});

it.skipIf(process.platform === 'win32')('keeps its token where only this user can read it', async () => {
  const {file} = await start();
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(dirname(file)).mode & 0o777).toString(8)).toBe('700');
});

it('listens on the loopback, answers nonsense once and hangs up, and refuses every other call', async () => {
  const {calls, host, port, token} = await start();
  expect(host).toBe('127.0.0.1');
  expect(await say(port, 'POST / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
    /^\{"ok":false,"code":"cli\/usage".*\}\n$/,
  );
  expect(await say(port, 'x'.repeat(20_000))).toBe('');
  const socket = connect(port, host);
  socket.setEncoding('utf8');
  for (const call of [
    {method: 'mount-object', object: null},
    {method: 'set-faults', instrument: 'grbl', faults: {}},
    {method: 'nudge-plate', plate: 1, dxMm: 'far'},
    {method: 'nudge-plate', plate: 1.5},
    {},
  ]) {
    socket.write(`${JSON.stringify({token, ...call})}\n`);
    const [reply] = (await once(socket, 'data')) as [string];
    expect(JSON.parse(reply)).toMatchObject({ok: false, code: 'cli/usage'});
  }
  socket.destroy();
  expect(calls).toEqual([]);
});
