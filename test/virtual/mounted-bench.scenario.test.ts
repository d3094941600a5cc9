import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {createClock} from '../../src/base/clock.ts';
import {virtualBenchFile} from '../../src/host/bench/open-bench.ts';
import {createRegistry} from '../../src/host/devices/registry.ts';
import {runControlCommand} from '../../src/virtual/control-client.ts';
import type {SceneTruth} from '../../src/virtual/scene-truth.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, smallObject} from './small-design.ts';

const program = fileURLToPath(new URL('../../src/virtual/main.ts', import.meta.url));

it('is opened like any bench, moves its plates by the driver and by hand, and knows where they are', async () => {
  using small = await createSmallDesign();
  await using bench = await startVirtualBench({
    seed: 6,
    speed: 50,
    designFolder: small.folder,
    mounts: true,
    settings: {plates: {lateralMm: 0.4}, hand: {relative: 0, lateralMm: 0}},
  });
  const file = virtualBenchFile(bench.instruments);
  expect(file.mount?.plates).toHaveLength(3);
  const registry = createRegistry({clock: createClock(50), timeoutScale: 50});
  await using connected = await registry.connectBench(file);
  const {mount} = connected;
  if (!mount) throw new Error('no mount');
  await bench.mountObject(smallObject);
  const before = (await bench.readTruth()).placements.layers;
  expect(Math.max(...before.map(({dxMm}) => Math.abs(dxMm)))).toBeGreaterThan(0.1);

  await mount.moveTo(2, {dxMm: -before[1].dxMm, dyMm: -before[1].dyMm, rotationDeg: -before[1].rotationDeg});
  await bench.nudgePlate(3, {dxMm: -before[2].dxMm});
  await bench.flipPlate(1, 'y');
  const {placements, seed, settings} = await bench.readTruth();
  expect(placements.layers[1].dxMm).toBeCloseTo(0, 3);
  expect(placements.layers[1].rotationDeg).toBeCloseTo(0, 3);
  expect(placements.layers[2]).toMatchObject({dxMm: expect.closeTo(0, 9) as number, dyMm: before[2].dyMm});
  expect(placements.layers[0]).toEqual({...before[0], flipX: true});
  expect({seed, lateralMm: settings.plates.lateralMm}).toEqual({seed: 6, lateralMm: 0.4});

  await bench.setPlatesPresent([1, 2]);
  expect((await bench.readTruth()).prints).toEqual([1, 2, null]);
  await expect(bench.nudgePlate(2, {dzMm: -29})).rejects.toMatchObject({code: 'twin/invalid'});
  await expect(bench.nudgePlate(7, {dxMm: 1})).rejects.toMatchObject({code: 'device/out-of-range'});
  await expect(mount.moveTo(2, {dxMm: 6})).rejects.toMatchObject({code: 'motion/limit'});
});

it('lends a hand from another terminal to a bench that was started by hand', async () => {
  using small = await createSmallDesign();
  const child = spawn(
    process.execPath,
    [program, '--json', '--tcp', '--design', small.folder, '--seed', '2'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const {instruments, control} = JSON.parse(line) as {
      instruments: readonly {role: string}[];
      control: {file: string};
    };
    expect(instruments.map(({role}) => role)).toEqual(['lockin', 'stage', 'source']);
    const at = ['--control', control.file];
    const reveal = async (): Promise<SceneTruth> =>
      (JSON.parse(await runControlCommand('reveal', at)) as {result: SceneTruth}).result;
    const before = (await reveal()).placements.layers[1];
    await runControlCommand('nudge', [...at, '--plate', '2', '--dx', '0.5']);
    const after = (await reveal()).placements.layers[1];
    expect(after.dxMm - before.dxMm).not.toBe(0.5);
    expect(Math.abs(after.dxMm - before.dxMm - 0.5)).toBeLessThan(0.2);
    expect(after.dyMm).toBe(before.dyMm);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
