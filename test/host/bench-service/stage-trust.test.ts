import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';
import {GrblBoard} from '../../drivers/grbl-board.ts';
import {grid, startHost, until, type TestHost} from './bench-fixture.ts';
import {writeGrblBenchFile} from './grbl-bench-file.ts';

let at: TestHost;
let others: VirtualBench;
let small: SmallDesign;
const benchStatus = new GrblBoard({startsAnewAtOpen: true, settings: {$22: '1'}});

beforeAll(async () => {
  at = await startHost({timeoutScale: 1, smallPlates: 3});
  small = await createSmallDesign();
  others = await startVirtualBench({instruments: ['sr830', 'scpi-source'], designFolder: small.folder});
  const file = join(at.folder, 'bench.json');
  await writeGrblBenchFile(file, {others, tcpPort: await benchStatus.listen(), name: 'no switches'});
  await at.api.bench.open({kind: 'file', path: file});
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  benchStatus.close();
  await others[Symbol.asyncDispose]();
  small[Symbol.dispose]();
});

const stageNow = async () => (await at.api.bench.status({})).stage;
const motionCount = (): number =>
  (benchStatus.fake?.received ?? []).filter((line) => line.includes('G53') || line.startsWith('$J=')).length;
const auditLines = () => at.services.store.listAudit(50).filter(({action}) => action === 'trust-position');

describe('trust in the position of the stage', () => {
  it("rests on the bench file's word when a person opens the bench", async () => {
    await at.api.stage.moveTo({targetMm: {x: 10, y: 10}});
    expect(await stageNow()).toMatchObject({
      positionMm: {x: 10, y: 10},
      isHomed: true,
      trustBasis: 'bench-file',
      distrust: '',
    });
  });

  it('ends with a reconnect: nothing moves until a person says that the position is right', async () => {
    benchStatus.unplug();
    const lost = await until(async () => {
      const stage = await stageNow();
      return stage?.isHomed === false && stage;
    });
    expect(lost).toMatchObject({trustBasis: null, lastTrustedMm: {x: 10, y: 10}});
    benchStatus.isPluggedIn = true;
    const stage = await until(async () => {
      const found = await stageNow();
      return found?.positionMm.x === 0 && found.distrust.includes('connected anew') && found;
    });
    expect(stage).toMatchObject({
      positionMm: {x: 0, y: 0},
      isHomed: false,
      trustBasis: null,
      lastTrustedMm: {x: 10, y: 10},
    });
    const refused = {
      data: {
        code: 'motion/not-homed',
        message: expect.stringMatching(
          /connected anew.*Before: x 10\.000, y 10\.000 mm\. Now reported: x 0\.000, y 0\.000 mm/,
        ) as string,
      },
    };
    await expect(at.api.stage.moveTo({targetMm: {x: 45}})).rejects.toMatchObject(refused);
    await expect(at.api.stage.step({axis: 'x', distanceMm: 1})).rejects.toMatchObject(refused);
    await expect(
      at.api.stage.jogHold({pressId: 'a', direction: {x: 1}, speedMmPerS: 1, holdMs: 200}),
    ).rejects.toMatchObject(refused);
    expect(await at.api.stage.preview({targetMm: {x: 1}})).toMatchObject({isAllowed: false});
    await expect(at.api.scan.start({plan: grid(2)})).rejects.toMatchObject(refused);
    expect((await at.api.bench.status({})).run).toBeNull();
    expect(motionCount()).toBe(0);
  });

  it('takes the word only for the position that the person was shown, and keeps it in the audit log', async () => {
    await expect(at.api.stage.trustPosition({reportedMm: {x: 10, y: 10}})).rejects.toMatchObject({
      data: {code: 'device/refused', message: expect.stringContaining('x 0.000, y 0.000 now') as string},
    });
    await expect(at.api.stage.trustPosition({reportedMm: {x: 0}})).rejects.toMatchObject({
      data: {code: 'device/refused'},
    });
    expect((await stageNow())?.isHomed).toBe(false);
    expect(auditLines()).toHaveLength(0);
    expect(await at.api.stage.trustPosition({reportedMm: {x: 0, y: 0}})).toMatchObject({
      positionMm: {x: 0, y: 0},
      beforeMm: {x: 10, y: 10},
      reason: expect.stringContaining('connected anew') as string,
    });
    expect(await stageNow()).toMatchObject({isHomed: true, trustBasis: 'operator', distrust: ''});
    expect(auditLines()).toMatchObject([{details: {positionMm: {x: 0, y: 0}, beforeMm: {x: 10, y: 10}}}]);
    await at.api.stage.moveTo({targetMm: {x: 5, y: 5}});
  });

  it('ends with a setting that gives the position another meaning, and comes back by homing', async () => {
    await at.api.instruments.set({role: 'stage', name: 'xStepsPerMm', value: 100});
    expect(await stageNow()).toMatchObject({
      isHomed: false,
      distrust: expect.stringContaining('xStepsPerMm was set from 250 to 100') as string,
      lastTrustedMm: {x: 5, y: 5},
    });
    const before = motionCount();
    await expect(at.api.stage.moveTo({targetMm: {x: 1}})).rejects.toMatchObject({
      data: {code: 'motion/not-homed'},
    });
    expect(motionCount()).toBe(before);
    await at.api.stage.home();
    expect(await stageNow()).toMatchObject({isHomed: true, trustBasis: 'homing'});
    await at.api.stage.moveTo({targetMm: {x: 1}});
  });

  it('ends at once with a restart that the controller tells', async () => {
    benchStatus.fake?.reboot();
    const stage = await until(async () => {
      const found = await stageNow();
      return found?.isHomed === false && found;
    });
    expect(stage.distrust).toContain('restarted by itself');
  });
});
