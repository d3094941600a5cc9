import {once} from 'node:events';
import {connect} from 'node:net';
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
  const address = `${socket.host}:${socket.port}`;
  const run = (command: 'nudge' | 'flip' | 'plates' | 'reveal', ...argv: string[]) =>
    runControlCommand(command, ['--control', address, ...argv]);
  return {calls, run, port: socket.port, host: socket.host};
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
  await expect(runControlCommand('reveal', [])).rejects.toThrow('HOST:PORT');
  expect(calls).toHaveLength(1);
});

it('names the address where no bench answers', async () => {
  const {port} = await start();
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
  await expect(runControlCommand('reveal', ['--control', `127.0.0.1:${port}`])).rejects.toMatchObject({
    code: 'port/not-found',
  });
});

it('listens on the loopback, answers nonsense once and hangs up, and refuses every other call', async () => {
  const {calls, host, port} = await start();
  expect(host).toBe('127.0.0.1');
  const say = async (text: string): Promise<string> => {
    const socket = connect(port, host);
    socket.setEncoding('utf8');
    let received = '';
    socket.on('data', (chunk: string) => (received += chunk));
    socket.write(text);
    await once(socket, 'close');
    return received;
  };
  expect(await say('POST / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^\{"ok":false,"code":"cli\/usage".*\}\n$/);
  expect(await say('x'.repeat(20_000))).toBe('');
  const socket = connect(port, host);
  socket.setEncoding('utf8');
  for (const call of [
    {method: 'mount-object', object: null},
    {method: 'set-faults', instrument: 'grbl', faults: {}},
    {method: 'nudge-plate', plate: 1, dxMm: 'far'},
    {method: 'nudge-plate', plate: 1.5},
    7,
  ]) {
    socket.write(`${JSON.stringify(call)}\n`);
    const [reply] = (await once(socket, 'data')) as [string];
    expect(JSON.parse(reply)).toMatchObject({ok: false, code: 'cli/usage'});
  }
  socket.destroy();
  expect(calls).toEqual([]);
});
