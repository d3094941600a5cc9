import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {PositionMm} from '../../../src/contract/devices.ts';
import * as one from '../../../src/host/instruments/one-stage.ts';
import type {InstrumentTarget} from '../../../src/host/instruments/open-instrument.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';
import {GrblBoard} from '../../drivers/grbl-board.ts';
import {grid, startHost, until, type TestHost} from './bench-fixture.ts';
import {writeGrblBenchFile} from './grbl-bench-file.ts';

let others: VirtualBench;
let small: SmallDesign;
beforeAll(async () => {
  small = await createSmallDesign();
  others = await startVirtualBench({
    instruments: ['sr830', 'scpi-source'],
    designFolder: small.folder,
    speed: 20,
  });
});
afterAll(async () => {
  await others?.[Symbol.asyncDispose]();
  small?.[Symbol.dispose]();
});

let at: TestHost;
let benchStatus: GrblBoard;
let file: string;
beforeEach(async () => {
  at = await startHost({timeoutScale: 2});
  benchStatus = new GrblBoard({settings: {$22: '1'}});
  file = join(at.folder, 'bench.json');
  await write({});
});
afterEach(async () => {
  await at[Symbol.asyncDispose]();
  benchStatus.close();
});

let tcpPort: number | undefined;
async function write(changes: {homeAtStart?: boolean; originMm?: number; name?: string}): Promise<void> {
  if (!benchStatus.isListening) tcpPort = await benchStatus.listen();
  await writeGrblBenchFile(file, {others, tcpPort, name: 'remembering', ...changes});
}

// Commands of the terminal and the host share one data folder.
const moveStage = (target: InstrumentTarget, targetMm: PositionMm) =>
  one.moveStage(target, targetMm, {dataPath: at.folder});
const whereStage = async (target: InstrumentTarget) =>
  (await one.whereStage(target, {dataPath: at.folder})).positionMm;

const open = () => at.api.bench.open({kind: 'file', path: file});
const close = () => at.api.bench.close({});
const stageNow = async () => (await at.api.bench.status({})).stage;
const keptNow = async () =>
  (
    JSON.parse(await readFile(join(at.folder, 'stage-places.json'), 'utf8')) as {
      stages: {state: string; machineMm: object}[];
    }
  ).stages.at(-1);
const refusedWith = (text: RegExp) => ({
  data: {code: 'motion/not-homed', message: expect.stringMatching(text) as string},
});

describe('a stage between two openings of a bench', () => {
  it('is trusted where it was left, as long as the controller counts on', async () => {
    await open();
    expect(await stageNow()).toMatchObject({trustBasis: 'bench-file'});
    await at.api.stage.moveTo({targetMm: {x: 10, y: 10}});
    await close();
    expect(await keptNow()).toMatchObject({state: 'known', machineMm: {x: 10, y: 10}});
    await open();
    expect(await stageNow()).toMatchObject({
      positionMm: {x: 10, y: 10},
      isHomed: true,
      trustBasis: 'remembered',
    });
    await at.api.stage.moveTo({targetMm: {x: 20}});
    await close();
    // Another origin in the bench file moves no stage.
    await write({originMm: 5});
    await open();
    expect(await stageNow()).toMatchObject({
      positionMm: {x: 15, y: 5},
      isHomed: true,
      trustBasis: 'remembered',
    });
  });

  it.each([{homeAtStart: false}, {homeAtStart: true}])(
    'is not trusted when its controller has started anew meanwhile, until a person or homing says where it is: %o',
    async (changes) => {
      await write(changes);
      await open();
      if (changes.homeAtStart) await at.api.stage.home();
      await at.api.stage.moveTo({targetMm: {x: 10, y: 10}});
      await close();
      benchStatus.restart();
      await open();
      const refused = refusedWith(
        /stood at x 10\.000, y 10\.000 mm.*reported x 0\.000, y 0\.000 mm.*Before: x 10\.000, y 10\.000 mm\. Now reported: x 0\.000, y 0\.000 mm/,
      );
      expect(await stageNow()).toMatchObject({
        positionMm: {x: 0, y: 0},
        isHomed: false,
        trustBasis: null,
        lastTrustedMm: {x: 10, y: 10},
      });
      await expect(at.api.stage.moveTo({targetMm: {x: 45}})).rejects.toMatchObject(refused);
      if (!changes.homeAtStart)
        await expect(at.api.scan.start({plan: grid(2)})).rejects.toMatchObject(refused);
      // Opening it again is no word.
      await close();
      await open();
      await expect(at.api.stage.moveTo({targetMm: {x: 45}})).rejects.toMatchObject(refused);
      expect(benchStatus.motions).toEqual([]);
      if (changes.homeAtStart) await at.api.stage.home();
      else await at.api.stage.trustPosition({reportedMm: {x: 0, y: 0}});
      await at.api.stage.moveTo({targetMm: {x: 5}});
      await close();
      await open();
      expect(await stageNow()).toMatchObject({isHomed: true, trustBasis: 'remembered'});
    },
  );

  it('is not trusted after it was unlocked or moved by another program', async () => {
    await open();
    await at.api.stage.moveTo({targetMm: {x: 10, y: 10}});
    await close();
    if (benchStatus.fake) benchStatus.fake.position = [12, 10, 0];
    await open();
    expect(await stageNow()).toMatchObject({isHomed: false, lastTrustedMm: {x: 10, y: 10}});
    await at.api.stage.trustPosition({reportedMm: {x: 12, y: 10}});
    await close();
    if (benchStatus.fake) benchStatus.fake.state = 'Alarm';
    await open();
    await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject({
      data: {code: 'motion/alarm'},
    });
    await at.api.instruments.call({role: 'stage', action: 'unlock', args: {}});
    await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject(refusedWith(/locked/));
  });

  it('is not trusted when the trust was lost before the bench was closed', async () => {
    await open();
    await at.api.stage.moveTo({targetMm: {x: 10, y: 10}});
    await at.api.instruments.set({role: 'stage', name: 'xStepsPerMm', value: 100});
    await close();
    await open();
    await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject(refusedWith(/xStepsPerMm/));
  });

  it('is not trusted when the program was killed while it moved', async () => {
    benchStatus.close();
    benchStatus = new GrblBoard({moveMs: 30_000});
    await write({});
    await open();
    const moving = at.api.stage.moveTo({targetMm: {x: 10}}).catch(() => undefined);
    await until(() => benchStatus.motions.length > 0);
    // What a program that ends now leaves behind is there before the first motion was sent.
    const left = await readFile(join(at.folder, 'stage-places.json'), 'utf8');
    expect(await keptNow()).toMatchObject({state: 'moving', machineMm: {x: 0, y: 0}});
    await at.api.app.halt({});
    await moving;
    await close();
    await writeFile(join(at.folder, 'stage-places.json'), left);
    await open();
    await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject(
      refusedWith(/ended while it was moved/),
    );
  });

  it.each(['{', '{"format": "d2nn-bench/stage-places", "version": 1, "stages": 7}', ' '.repeat(2 ** 21)])(
    'is not trusted when what was remembered cannot be read (%#)',
    async (content) => {
      await writeFile(join(at.folder, 'stage-places.json'), content);
      await open();
      await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject(
        refusedWith(/cannot be (read|used)/),
      );
      await close();
      // Nor any other stage, of which the file may have told.
      await write({name: 'another bench'});
      benchStatus.restart();
      await open();
      expect(await stageNow()).toMatchObject({isHomed: false});
      await at.api.stage.trustPosition({reportedMm: {x: 0, y: 0}});
      await at.api.stage.moveTo({targetMm: {x: 1}});
    },
  );
});

describe('a stage between two commands, and between commands and the window', () => {
  it('does not move after a restart of its controller, whoever has moved it before', async () => {
    const target = {benchPath: file};
    const byPort = {driver: 'grbl', port: `127.0.0.1:${tcpPort}`};
    expect(await moveStage(target, {x: 10, y: 10})).toEqual({x: 10, y: 10});
    expect(await moveStage(target, {x: 20})).toEqual({x: 20, y: 10});
    expect(await moveStage(byPort, {x: 21})).toMatchObject({x: 21, y: 10});
    benchStatus.restart();
    for (const stage of [target, byPort])
      await expect(moveStage(stage, {x: 45})).rejects.toMatchObject({
        code: 'motion/not-homed',
        message: expect.stringMatching(/stood at x 21\.000.*reported x 0\.000.*trust-position/) as string,
      });
    await open();
    await expect(at.api.stage.moveTo({targetMm: {x: 45}})).rejects.toMatchObject(refusedWith(/x 21\.000/));
    await close();
    expect(benchStatus.motions).toEqual([]);
    // Looking needs no trust; the word of one command is enough for it, and is kept with the place.
    expect(await whereStage(target)).toEqual({x: 0, y: 0});
    expect(await moveStage({...target, isPositionTrusted: true}, {x: 2})).toMatchObject({x: 2});
    expect(await moveStage(target, {x: 3})).toMatchObject({x: 3});
  });

  it('is not homed for a bench that homes because a command took its position as it was', async () => {
    await write({homeAtStart: true});
    await moveStage({driver: 'grbl', port: `127.0.0.1:${tcpPort}`}, {x: 3});
    // The controller homes and is not locked: what a command by hand goes by at the first use.
    expect(await moveStage({benchPath: file}, {x: 4})).toMatchObject({x: 4});
    await open();
    await expect(at.api.stage.moveTo({targetMm: {x: 5}})).rejects.toMatchObject(
      refusedWith(/not been homed/),
    );
    await at.api.stage.home();
    await close();
    await open();
    await at.api.stage.moveTo({targetMm: {x: 5}});
    await close();
    await open();
    expect(await stageNow()).toMatchObject({isHomed: true, trustBasis: 'remembered'});
  });

  it('keeps its place when a move is refused before anything is sent', async () => {
    const target = {benchPath: file};
    await moveStage(target, {x: 10, y: 10});
    await expect(moveStage(target, {x: 60})).rejects.toMatchObject({code: 'motion/limit'});
    expect(await moveStage(target, {x: 11})).toMatchObject({x: 11});
  });
});
