import {afterAll, beforeAll, expect, test} from 'vitest';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  startHere,
  targetOf,
  type CliResult,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let bench: VirtualBench;
let small: SmallDesign;
let benchFile: string;
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign();
  bench = await startVirtualBench({speed: 50, noise: false, designFolder: small.folder});
  benchFile = folder.file('bench.json', benchFileOf(bench));
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  small?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const cli = (...args: string[]): Promise<CliResult> => runCli(args, folder.path);
const stage = (): string[] => targetOf(bench, 'stage');
const lockin = (): string[] => targetOf(bench, 'lockin');
const source = (): string[] => targetOf(bench, 'source');

test('instrument list names every driver with its parameters and their units', async () => {
  const result = await cli('instrument', 'list', '--json');
  const {drivers} = jsonOf(result) as {drivers: {name: string; parameters: {name: string; unit: string}[]}[]};
  expect(drivers.map(({name}) => name).sort()).toEqual([
    'grbl',
    'keithley-2000',
    'scpi-source',
    'sr830',
    'zaber',
  ]);
  expect(drivers.find(({name}) => name === 'sr830')?.parameters).toContainEqual(
    expect.objectContaining({name: 'timeConstantS', unit: 's'}),
  );
});

test('instrument probe tells identity, settings and a reading of each instrument', async () => {
  const probes = await Promise.all(
    [lockin(), stage(), source()].map((at) => cli('instrument', 'probe', ...at, '--json')),
  );
  const [ofLockIn, ofStage, ofSource] = probes.map(jsonOf);
  expect(ofLockIn).toMatchObject({
    driver: 'sr830',
    model: 'SR830',
    port: lockin().at(-1),
    identity: {model: 'SR830', maker: 'Stanford_Research_Systems'},
    settings: {timeConstantS: expect.any(Number) as number},
  });
  expect(ofStage).toMatchObject({
    driver: 'grbl',
    identity: {maker: 'Grbl'},
    settings: {xTravelMm: 120},
    reading: {xMm: expect.any(Number) as number},
  });
  expect(ofSource).toMatchObject({
    driver: 'scpi-source',
    identity: {model: 'N5183A'},
    settings: {isOutputOn: false},
    reading: {isOutputOn: false},
  });
  expect(probes.map(({code}) => code)).toEqual([0, 0, 0]);
});

test('set reads back what it set, and get says it with its unit', async () => {
  const set = await cli('instrument', 'set', ...lockin(), 'timeConstantS=0.003', 'reserve=normal', '--json');
  expect(jsonOf(set)).toEqual({values: {timeConstantS: 0.003, reserve: 'normal'}});
  const get = await cli('instrument', 'get', '--bench', benchFile, '--role', 'lockin', 'timeConstantS');
  // By hand the instrument is taken as it is: the bench file's 0.001 s was not applied.
  expect(get.stdout).toBe('timeConstantS = 0.003 s\n');
});

test('set refuses a value out of range with name, value, range and unit, and sends none of the others', async () => {
  const before = await cli('instrument', 'get', ...lockin(), 'harmonic', '--json');
  const result = await cli('instrument', 'set', ...lockin(), 'harmonic=3', 'sineOutputV=9');
  expect(errorOf(result)).toMatchObject({code: 'device/out-of-range'});
  expect(errorOf(result).message).toMatch(
    /sineOutputV = 9 V was refused: allowed is 0.004 to 5 V\. Nothing was sent/,
  );
  const after = await cli('instrument', 'get', ...lockin(), 'harmonic', '--json');
  expect(jsonOf(after)).toEqual(jsonOf(before));
});

test('a source cannot be set above its limit, and is off after turn-on without --keep-on', async () => {
  const tooHigh = await cli('instrument', 'set', '--bench', benchFile, '--role', 'source', 'powerDbm=14');
  expect(errorOf(tooHigh).message).toContain('13 dBm');
  const on = await cli('instrument', 'call', '--bench', benchFile, '--role', 'source', 'turn-on', '--json');
  expect(jsonOf(on)).toMatchObject({action: 'turn-on', result: {isOutputOn: true, powerDbm: 10}});
  expect((await bench.readState()).isOutputOn).toBe(false);
});

test('turn-on --keep-on holds the source on until the program is told to end', async () => {
  const held = startHere(
    ['instrument', 'call', '--bench', benchFile, '--role', 'source', 'turn-on', '--keep-on', '--json'],
    folder.path,
  );
  await expect.poll(() => held.stdout()).toContain('\n');
  expect((await bench.readState()).isOutputOn).toBe(true);
  held.interrupt('SIGTERM');
  const result = await held.finished;
  expect(result.code).toBe(0);
  expect(jsonOf(result)).toMatchObject({result: {isOutputOn: true}});
  expect((await bench.readState()).isOutputOn).toBe(false);
});

test('a stage homes, moves to a position that is read back, and says where it is', async () => {
  const at = ['--bench', benchFile, '--json'];
  expect((await cli('stage', 'home', ...at)).code).toBe(0);
  const moved = jsonOf(await cli('stage', 'move', ...at, '--x-mm', '-3.5', '--y-mm', '2'));
  const {positionMm} = moved as {positionMm: {x: number; y: number}};
  expect(positionMm.x).toBeCloseTo(-3.5, 2);
  expect(positionMm.y).toBeCloseTo(2, 2);
  expect(jsonOf(await cli('stage', 'where', ...at))).toEqual(moved);
  const [x, y] = (await bench.readState()).probeMm;
  // The virtual stage has its lead-screw and backlash errors, the hidden frame its own: near is all one can ask.
  expect(Math.hypot(x + 3.5, y - 2)).toBeLessThan(2);
});

test('a move beyond the soft limits is refused and nothing is sent', async () => {
  const where = ['stage', 'where', '--bench', benchFile, '--json'];
  const before = jsonOf(await cli(...where));
  const beyond = await cli('stage', 'move', '--bench', benchFile, '--x-mm', '51', '--trace');
  expect(errorOf(beyond)).toMatchObject({code: 'motion/limit'});
  expect(errorOf(beyond).message).toContain('limit 50 mm');
  expect(beyond.stderr).not.toMatch(/> .*G53/);
  const narrowed = await cli(
    'stage',
    'move',
    '--bench',
    benchFile,
    '--limits-mm',
    'x=-5:5',
    '--x-mm',
    '6',
    '--json',
  );
  expect(jsonOf(narrowed)).toMatchObject({error: {code: 'motion/limit'}});
  const wider = await cli('stage', 'move', '--bench', benchFile, '--limits-mm', 'x=-90:90', '--x-mm', '60');
  expect(wider.code).toBe(2);
  expect(jsonOf(await cli(...where))).toEqual(before);
});

test('Ctrl-C stops a moving stage at once and says where it rests', async () => {
  const at = ['--bench', benchFile];
  expect((await cli('stage', 'home', ...at)).code).toBe(0);
  // Some 100 mm at this feed take 2 s at 50 times real time.
  const slow = ['instrument', 'set', ...stage(), 'xMaximumMmPerMin=60'];
  const fast = ['instrument', 'set', ...stage(), 'xMaximumMmPerMin=6000'];
  expect((await cli(...slow)).code).toBe(0);
  try {
    const moving = startHere(['stage', 'move', ...at, '--x-mm', '-49'], folder.path);
    await expect.poll(async () => (await bench.readState()).isMoving).toBe(true);
    moving.interrupt();
    const result = await moving.finished;
    expect(result.code).toBe(130);
    expect(errorOf(result).message).toMatch(/The stage rests at x -?[\d.]+ mm/);
    expect((await bench.readState()).isMoving).toBe(false);
  } finally {
    await cli(...fast);
  }
});

test('lockin read gives as many readings as asked for', async () => {
  const read = ['lockin', 'read', ...lockin(), '--count', '3', '--json'];
  await cli('instrument', 'set', ...lockin(), 'referenceSource=internal', 'timeConstantS=0.001');
  const {readings} = jsonOf(await cli(...read)) as {readings: Record<string, number>[]};
  expect(readings).toHaveLength(3);
  for (const reading of readings) expect(Object.keys(reading)).toEqual(['xV', 'yV', 'rV', 'thetaDeg']);
  // For people each column stands under its label and unit, as in the window.
  const {stdout} = await cli('detector', 'read', ...lockin());
  expect(stdout).toMatch(/X \(V\) +Y \(V\) +R \(V\) +theta \(deg\)/);
});

test('a lock-in without its reference has no reading: an error, never a number', async () => {
  await cli('instrument', 'set', ...lockin(), 'referenceSource=external');
  // The chop runs on with RF off; without it there is no reference.
  await cli('instrument', 'set', ...source(), 'isPulseModulationOn=false');
  const result = await cli('lockin', 'read', ...lockin(), '--json');
  expect(errorOf(result)).toMatchObject({code: 'device/not-valid'});
  expect(jsonOf(result)).toMatchObject({error: {code: 'device/not-valid'}});
});
