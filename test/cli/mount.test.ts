import {writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  startHere,
  type CliResult,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let small: SmallDesign;
let bench: VirtualBench;
let benchFile: string;
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign(8, {plateCount: 5});
  bench = await startVirtualBench({
    speed: 1,
    noise: false,
    mounts: true,
    designFolder: small.folder,
    settings: dimScene,
  });
  benchFile = folder.file('bench.json', benchFileOf(bench));
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const cli = (...args: string[]): Promise<CliResult> => runCli(args, folder.path);
const mount = (action: string, ...args: string[]): Promise<CliResult> =>
  cli('mount', action, '--bench', benchFile, ...args, '--json');
const dxOf = async (plate: number) => (await bench.readTruth()).placements.layers[plate - 1].dxMm;

test('doctor asks every instrument of a bench file, the mounts among them', async () => {
  const {findings} = jsonOf(await cli('doctor', '--bench', benchFile, '--json')) as {
    findings: {name: string; isWorking: boolean; detail: string}[];
  };
  const own = findings.filter(({name}) => name.startsWith('virtual bench: '));
  expect(own.map(({name, isWorking}) => [name.split(': ')[1], isWorking])).toEqual([
    ['stage', true],
    ['lockin', true],
    ['source', true],
    ['mount', true],
  ]);
  expect(own.at(-1)?.detail).toContain('Zaber 1: device 30342');
});

test('mount moves a plate, reads it back, and refuses what is beyond its limits', async () => {
  const before = await dxOf(2);
  const moved = jsonOf(await mount('move', '--plate', '2', '--dx-mm', '0.1', '--why', 'to try it'));
  expect(moved).toMatchObject({plate: 2, offset: {dxMm: expect.closeTo(0.1, 4) as number}});
  expect((await dxOf(2)) - before).toBeCloseTo(0.1, 3);
  const {plates} = jsonOf(await mount('where')) as {plates: {plate: number; offset: {dxMm: number}}[]};
  expect(plates.map(({plate}) => plate)).toEqual([1, 2, 3, 4, 5]);
  expect(plates[1]?.offset.dxMm).toBeCloseTo(0.1, 4);
  const refused = await mount('move', '--plate', '2', '--dx-mm', '7');
  expect(refused.code).toBe(1);
  expect(errorOf(refused)).toMatchObject({code: 'motion/limit'});
  expect((await dxOf(2)) - before).toBeCloseTo(0.1, 3);
  expect((await mount('move', '--plate', '2')).code).toBe(2);
});

/** On the wire itself, as a second program would. */
async function toMount(line: string): Promise<void> {
  const {path, host, port} = bench.instruments.find(({role}) => role === 'mount') ?? {};
  if (path !== undefined) return writeFile(path, `${line}\n`);
  if (host === undefined || port === undefined) throw new Error('The mounts listen nowhere.');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`${line}\n`));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.end();
      resolve();
    });
  });
}

test('a plate whose mount was switched off between two commands is not moved until its zero is proven', async () => {
  expect((await mount('move', '--plate', '4', '--dx-mm', '0.2')).code).toBe(0);
  const before = await dxOf(4);
  await toMount('/4 system reset');
  type Where = {plates: {plate: number; offset: {dxMm?: number; dyMm?: number}; problem: string}[]};
  const {plates} = jsonOf(await mount('where')) as Where;
  expect(plates[3]).toMatchObject({
    offset: {dyMm: 0},
    problem: expect.stringMatching(/x of plate 4 is reported at 0 mm; it stood at 0\.2 mm before/) as string,
  });
  expect(plates[3]?.offset.dxMm).toBeUndefined();
  const refused = await mount('move', '--plate', '4', '--dx-mm', '0');
  expect(errorOf(refused)).toMatchObject({code: 'motion/not-homed'});
  const other = await mount('trust-position', '--plate', '4', '--dx-mm', '0.2');
  expect(errorOf(other)).toMatchObject({code: 'device/refused'});
  expect(await dxOf(4)).toBe(before);
  const trusted = jsonOf(await mount('trust-position', '--plate', '4', '--dx-mm', '0')) as Where;
  expect(trusted.plates[3]).toMatchObject({offset: {dxMm: 0}, problem: ''});
  expect((await mount('move', '--plate', '4', '--dx-mm', '-0.2')).code).toBe(0);
  expect((await dxOf(4)) - before).toBeCloseTo(-0.2, 3);
});

test('mount home refuses an axis whose zero would not be known afterwards, before anything moves', async () => {
  const before = (await bench.readTruth()).placements.layers[0].dzMm;
  const refused = await mount('home', '--plate', '1', '--axis', 'z');
  expect(refused.code).toBe(1);
  expect(errorOf(refused)).toMatchObject({
    code: 'motion/not-homed',
    message: expect.stringContaining('give zeroSteps in mount.plates, plate 1, axes.z') as string,
  });
  expect((await bench.readTruth()).placements.layers[0].dzMm).toBe(before);
  expect((await mount('home', '--plate', '1', '--axis', 'sideways')).code).toBe(2);
});

test('Ctrl-C stops a plate on its way and says where it stands', async () => {
  const before = await dxOf(3);
  const running = startHere(
    ['mount', 'move', '--bench', benchFile, '--plate', '3', '--dx-mm', '5', '--trace'],
    folder.path,
  );
  // Asked more than once since, it was on its way.
  const answers = () => running.stderr().split('move rel').at(1)?.match(/BUSY/g)?.length ?? 0;
  while (answers() < 3) await sleepMs(10);
  running.interrupt();
  const {code, stderr} = await running.finished;
  expect(code).toBe(130);
  expect(stderr).toMatch(/Plate 3: .*stands at x \d/);
  const way = (await dxOf(3)) - before;
  expect(way).toBeGreaterThan(0);
  expect(way).toBeLessThan(4.9);
});

test('mount undo says that there is nothing to undo, and moves nothing', async () => {
  const before = await dxOf(2);
  const result = await mount('undo');
  expect(errorOf(result)).toMatchObject({
    code: 'plan/invalid',
    message: expect.stringContaining('No correction of the bench virtual bench') as string,
  });
  expect(await dxOf(2)).toBe(before);
});

test('align --correct refuses a bench without mounts before anything is measured', async () => {
  const result = await cli('align', '--seed', '1', '--correct', '--json');
  expect(result.code).toBe(1);
  expect(errorOf(result)).toMatchObject({
    code: 'plan/invalid',
    message: expect.stringContaining('no motorised mounts') as string,
  });
  const usage = await cli('align', '--data', folder.path, '--correct');
  expect(usage.code).toBe(2);
});
