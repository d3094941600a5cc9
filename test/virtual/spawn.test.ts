import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect} from 'node:net';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from './small-design.ts';

const program = fileURLToPath(new URL('../../src/virtual/main.ts', import.meta.url));
const run = (...args: string[]) =>
  spawn(process.execPath, [program, ...args], {stdio: ['ignore', 'pipe', 'pipe']});

let small: SmallDesign;
beforeAll(async () => void (small = await createSmallDesign()));
afterAll(() => small[Symbol.dispose]());

it('prints one line with the ports, serves them, and ends on SIGTERM', async () => {
  const child = run('--instruments', 'scpi-source', '--json', '--design', small.folder);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ready = JSON.parse(line) as {
    ready: boolean;
    instruments: {role: string; model: string; host: string; port: number}[];
  };
  expect(ready).toMatchObject({
    ready: true,
    instruments: [{role: 'source', model: 'N5183A', host: '127.0.0.1'}],
  });
  const socket = connect(ready.instruments[0].port, '127.0.0.1');
  socket.write('OUTP?\n');
  const [reply] = (await once(socket, 'data')) as [Buffer];
  expect(reply.toString()).toBe('0\n');
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  socket.destroy();
});

it('reveals a seed as JSON and refuses nonsense with one line and a code', async () => {
  const child = run('--reveal', '--seed', '7', '--json');
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await once(child, 'close');
  expect(JSON.parse(text)).toMatchObject({
    seed: 7,
    placements: {object: {rotationDeg: 0}},
    settings: {backlashMm: 0.03},
  });
  const wrong = run('--instruments', 'toaster');
  let complaint = '';
  wrong.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  const [code] = (await once(wrong, 'close')) as [number];
  expect(code).toBe(2);
  expect(complaint.trim().split('\n')).toHaveLength(1);
  expect(complaint).toContain('toaster');
});

it.each(['process', 'thread'] as const)(
  'gives a bench in its own %s: objects change the light, and it ends with its owner',
  async (home) => {
    const bench = await startVirtualBench({
      seed: 1,
      speed: Infinity,
      noise: false,
      tcp: true,
      home,
      designFolder: small.folder,
    });
    try {
      expect(bench.instruments.map(({role}) => role)).toEqual(['lockin', 'stage', 'source']);
      const amplitude = new Float32Array(28 * 28).fill(0);
      await bench.mountObject({label: 'opaque', grid: {count: 28, pitchMm: 1.6}, amplitude});
      await bench.blockBeam();
      await bench.unblockBeam();
      await bench.setFaults('sr830', {loseReplies: 1});
      expect(await bench.readState()).toMatchObject({isOutputOn: false, isMoving: false});
      await bench.unplug('grbl');
    } finally {
      await bench[Symbol.asyncDispose]();
    }
    await expect(bench.blockBeam()).rejects.toThrow('has ended');
  },
);

it('runs every instrument behind TCP in a thread, and says what the thread says when it cannot start', async () => {
  const bench = await startVirtualBench({speed: Infinity, home: 'thread', designFolder: small.folder});
  try {
    expect(bench.pid).toBeUndefined();
    expect(bench.instruments.map(({host, path}) => ({host, path}))).toEqual(
      Array.from({length: 3}, () => ({host: '127.0.0.1', path: undefined})),
    );
    const socket = connect(bench.instruments.find(({role}) => role === 'source')?.port ?? 0, '127.0.0.1');
    socket.write('*IDN?\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.toString()).toContain('N5183A');
    const cut = once(socket, 'close');
    await bench.unplug('scpi-source');
    await cut;
    const address = await bench.replug('scpi-source');
    expect(address).toEqual({
      host: '127.0.0.1',
      port: bench.instruments.find(({role}) => role === 'source')?.port,
    });
    const again = connect('port' in address ? address.port : 0, '127.0.0.1');
    again.write('*IDN?\n');
    expect(((await once(again, 'data')) as [Buffer])[0].toString()).toContain('N5183A');
    again.destroy();
  } finally {
    await bench[Symbol.asyncDispose]();
  }
  await expect(startVirtualBench({designFolder: '/nowhere', home: 'thread'})).rejects.toThrow('/nowhere');
});
