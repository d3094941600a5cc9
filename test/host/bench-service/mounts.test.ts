import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ZaberMount} from '../../../drivers/mount/zaber-mount.ts';
import {listPlateMoves, platesMovedSince} from '../../../src/host/placements/plate-moves.ts';
import {startHost, stopSentWithinMs, until, type TestHost} from './bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

/** Slow enough that a move of some millimetres is still under way when it has been seen to have begun. */
const speed = 1;
const place = {benchName: 'virtual bench', benchSeed: 1};
let at: TestHost;

beforeAll(async () => {
  at = await startHost({smallPlates: 5, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed, seed: 1, hasMounts: true});
});
afterAll(() => at[Symbol.asyncDispose]());

const plateNow = async (plate: number) => {
  const {mount} = await at.api.bench.status({});
  const found = mount?.plates.find((candidate) => candidate.plate === plate);
  if (!found) throw new Error(`No plate ${plate} is shown.`);
  return found;
};
const offsetNow = async (plate: number, name: string): Promise<number> =>
  (await plateNow(plate)).axes.find((axis) => axis.name === name)?.offset ?? Number.NaN;
const truthOf = async (plate: number) => (await at.virtual().readTruth()).placements.layers[plate - 1];

describe('mounts of plates on the open bench', () => {
  it('stand beside the other instruments, with limits, polled', async () => {
    const {instruments} = await until(async () => {
      const status = await at.api.bench.status({});
      return status.mount?.plates.every(({axes}) => axes.every(({offset}) => offset !== null)) && status;
    });
    expect(instruments.map(({kind}) => kind)).toEqual(['source', 'detector', 'stage', 'mount']);
    expect(instruments.at(-1)).toMatchObject({light: 'ready', label: 'idle', driver: 'zaber', problem: ''});
    const plate = await plateNow(2);
    expect(plate.axes.map(({name, unit}) => `${name} ${unit}`)).toEqual([
      'dxMm mm',
      'dyMm mm',
      'dzMm mm',
      'rotationDeg deg',
    ]);
    expect(plate.axes[0]).toMatchObject({offset: 0, limits: [-5, 5], maxCorrection: 3});
    const listed = (await at.api.instruments.list()).find(({kind}) => kind === 'mount');
    expect(listed?.actions.map(({name}) => name)).toContain('stop');
    expect(listed?.parameters).toHaveLength(20);
  });

  it('move a plate as far as it was said, after saying what it takes, and write it down', async () => {
    const before = await truthOf(3);
    const target = {dxMm: 0.2, rotationDeg: -0.3};
    const preview = await at.api.mount.preview({plate: 3, target});
    expect(preview).toMatchObject({isAllowed: true, refusal: '', target});
    expect(preview.seconds).toBeGreaterThan(0.1);
    const {offset} = await at.api.mount.moveTo({plate: 3, target});
    expect(offset.dxMm).toBeCloseTo(0.2, 4);
    expect(await offsetNow(3, 'dxMm')).toBeCloseTo(0.2, 4);
    const after = await truthOf(3);
    expect(after.dxMm - before.dxMm).toBeCloseTo(0.2, 4);
    expect(after.rotationDeg - before.rotationDeg).toBeCloseTo(-0.3, 3);
    const [move] = listPlateMoves(at.services.store, place);
    expect(move).toMatchObject({plate: 3, to: target, why: 'moved by hand', end: {ending: 'arrived'}});
    expect(move?.from.dxMm).toBe(0);
    expect(platesMovedSince(at.services.store, place, 0)).toEqual([3]);
    await at.api.instruments.call({role: 'mount', action: 'move', args: {plate: 3, dxMm: 0, rotationDeg: 0}});
    expect(platesMovedSince(at.services.store, place, 0)).toEqual([]);
  });

  it('are not homed where their zero would be lost; nothing moves and nothing is written down', async () => {
    const before = await truthOf(3);
    const moves = listPlateMoves(at.services.store, place).length;
    await expect(
      at.api.instruments.call({role: 'mount', action: 'home', args: {plate: 3, axis: 'dzMm'}}),
    ).rejects.toMatchObject({data: {code: 'motion/not-homed'}});
    expect(await truthOf(3)).toEqual(before);
    expect(listPlateMoves(at.services.store, place)).toHaveLength(moves);
  });

  it('refuse what lies beyond their limits, and whatever comes during a run; nothing moves', async () => {
    const target = {dxMm: 5.5};
    expect(await at.api.mount.preview({plate: 1, target})).toMatchObject({
      isAllowed: false,
      refusal: expect.stringContaining('limit 5 mm') as string,
    });
    await expect(at.api.mount.moveTo({plate: 1, target})).rejects.toMatchObject({
      data: {code: 'motion/limit'},
    });
    await expect(at.api.mount.moveTo({plate: 9, target: {dxMm: 0}})).rejects.toMatchObject({
      data: {code: 'device/out-of-range'},
    });
    await at.api.scan.start({
      plan: {plan: 'line', axis: 'x', startMm: -10, stopMm: 10, stepMm: 2, otherMm: 0},
    });
    await expect(at.api.mount.moveTo({plate: 1, target: {dxMm: 0.1}})).rejects.toMatchObject({
      data: {code: 'bench/busy'},
    });
    expect((await at.api.mount.preview({plate: 1, target: {dxMm: 0.1}})).refusal).toContain('under way');
    await at.api.app.halt({});
    await until(async () => (await at.api.bench.status({})).run?.state === 'ended');
    expect(listPlateMoves(at.services.store, place)).toHaveLength(2);
  });

  it('are stopped in mid-move by STOP within 100 ms, and tell where the plate stands', async () => {
    const before = await truthOf(2);
    const moving = at.api.mount.moveTo({plate: 2, target: {dxMm: 5}});
    const ended = moving.then(
      () => 'arrived',
      (error: unknown) => error,
    );
    await until(async () => (await offsetNow(2, 'dxMm')) > 0.2 && (await plateNow(2)).isMoving);
    const halt = await at.api.app.halt({});
    expect(halt.sentMs).toBeLessThan(stopSentWithinMs);
    expect(halt.problems).toEqual([]);
    expect(halt.sentence).toContain('the mounts stand');
    expect(await ended).toMatchObject({
      data: {code: 'plan/stopped', message: expect.stringContaining('stands at') as string},
    });
    const standsMm = await until(async () => {
      const plate = await plateNow(2);
      return !plate.isMoving && plate.axes[0]?.offset;
    });
    expect(standsMm).toBeGreaterThan(0.2);
    expect(standsMm).toBeLessThan(4.9);
    expect((await truthOf(2)).dxMm - before.dxMm).toBeCloseTo(standsMm, 3);
    const last = listPlateMoves(at.services.store, place).at(-1);
    expect(last).toMatchObject({plate: 2, end: {ending: 'stopped'}});
    expect(last?.end?.stands?.dxMm).toBeCloseTo(standsMm, 4);
    expect(platesMovedSince(at.services.store, place, 0)).toEqual([2]);
  });

  it('are stopped when the bench is closed over them', async () => {
    const moving = at.api.mount.moveTo({plate: 4, target: {dyMm: -5}});
    const ended = expect(moving).rejects.toMatchObject({data: {code: 'plan/stopped'}});
    await until(async () => (await offsetNow(4, 'dyMm')) < -0.2);
    await at.api.bench.close();
    await ended;
    const last = listPlateMoves(at.services.store, place).at(-1);
    expect(last?.end?.stands?.dyMm).toBeGreaterThan(-4.9);
  });

  it('are not moved when their power was cut in mid-session, until a person says where they stand', async () => {
    // Made anew: its plates stand at their zeros, wherever the journal has left them.
    await at.api.bench.open({kind: 'virtual', speed, seed: 1, hasMounts: true});
    await at.api.mount.moveTo({plate: 3, target: {dxMm: 0.2}});
    const truth = await truthOf(3);
    const {device} = at.services.bench.instruments().find(({kind}) => kind === 'mount') ?? {};
    if (!(device instanceof ZaberMount)) throw new Error('The mounts are not there.');
    // On the line itself: it starts anew, and counts from 0 where it stands.
    await device.wire.ask({address: 3, axis: 0}, 'system reset');
    const shown = await until(async () => {
      const plate = await plateNow(3);
      return plate.problem !== '' && plate;
    });
    expect(shown.problem).toMatch(/x of plate 3 is reported at 0 mm; it stood at 0\.2 mm before/);
    expect(shown.unproven).toEqual({dxMm: 0});
    expect(shown.axes[0]).toMatchObject({name: 'dxMm', offset: null});
    const preview = await at.api.mount.preview({plate: 3, target: {dxMm: 0}});
    expect(preview).toMatchObject({isAllowed: false, refusal: shown.problem});
    await expect(at.api.mount.moveTo({plate: 3, target: {dxMm: 0}})).rejects.toMatchObject({
      data: {code: 'motion/not-homed'},
    });
    expect(await truthOf(3)).toEqual(truth);
    await at.api.mount.trustPosition({plate: 3, shown: {dxMm: 0}});
    expect(await plateNow(3)).toMatchObject({problem: '', unproven: {}});
    await at.api.mount.moveTo({plate: 3, target: {dxMm: -0.2}});
    expect((await truthOf(3)).dxMm - truth.dxMm).toBeCloseTo(-0.2, 4);
    await device.wire.ask({address: 3, axis: 1}, 'set pos 0');
    await until(async () => (await plateNow(3)).problem !== '');
    await at.api.mount.trustPosition({plate: 3, shown: {dxMm: 0}});
  });
});
