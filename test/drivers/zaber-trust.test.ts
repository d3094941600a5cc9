import {setTimeout as sleepMs} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {configWith, fourAxes, linear, mmPerStep, setUp} from './zaber-fixture.ts';

const zeroSteps = Math.round(6.35 / mmPerStep);
const twoPlates = configWith([fourAxes(1), fourAxes(2, {zeroSteps})]);

describe('a position of a plate is trusted only while its number means what it meant', () => {
  it('power that is cut and comes back: nothing is taken for the zero, nothing moves, a word or homing ends it', async () => {
    const {chain, mount} = await setUp(twoPlates);
    const axis = chain.devices[0].axes[0];
    await mount.moveTo(1, {dxMm: 1});
    axis.reset();
    const [state] = await mount.readStates();
    // It reports its zero and stands at 1 mm: no offset is told, both numbers are.
    expect(state.offset).toEqual({dyMm: 0, dzMm: 0, rotationDeg: 0});
    expect(state.unproven).toEqual({dxMm: 0});
    expect(state.problem).toMatch(/reported at 0 mm; it stood at 1 mm before.*zero is not proven.*your word/);
    for (const target of [{dxMm: 3}, {dxMm: 0}])
      await expect(mount.moveTo(1, target)).rejects.toMatchObject({code: 'motion/not-homed'});
    expect(axis.offset).toBeCloseTo(1, 3);
    expect(axis.isMoving).toBe(false);
    // The word holds for the place that was shown, and for no other.
    await expect(mount.trustPosition(1, {dxMm: 1})).rejects.toMatchObject({code: 'device/refused'});
    await expect(mount.trustPosition(1, {dyMm: 0})).rejects.toMatchObject({code: 'device/refused'});
    await mount.call('trust-position', {plate: 1, dxMm: 0});
    expect((await mount.moveTo(1, {dxMm: 0.5})).dxMm).toBeCloseTo(0.5, 3);
    expect(axis.offset).toBeCloseTo(1.5, 3);
  });

  it('an axis that was homed and lost its power is brought back by homing', async () => {
    const {chain, mount} = await setUp(twoPlates, {speed: 50});
    const axis = chain.devices[1].axes[0];
    await mount.home(2, 'dxMm');
    await mount.moveTo(2, {dxMm: 0.5});
    // The other axes show WR as before: the device as a whole reports the same flags.
    axis.reset();
    const [, state] = await mount.readStates();
    expect(state.offset.dxMm).toBeUndefined();
    expect(state.problem).toMatch(/reported at 0 mm; it stood at 0\.5 mm before.*home it, or look/);
    await expect(mount.moveTo(2, {dxMm: 0})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect(axis.offset).toBeCloseTo(0.5, 3);
    await mount.home(2, 'dxMm');
    expect((await mount.moveTo(2, {dxMm: 0.25})).dxMm).toBeCloseTo(0.25, 3);
    expect(axis.offset).toBeCloseTo(0.25, 3);
  });

  it('power that is cut in mid-move leaves no position to be trusted', async () => {
    const {chain, mount, underWay} = await setUp(twoPlates, {speed: 1});
    const moving = mount.moveTo(1, {dxMm: 3});
    const outcome = expect(moving).rejects.toMatchObject({code: 'motion/not-arrived'});
    await underWay();
    chain.devices[0].axes[0].reset();
    await outcome;
    const [state] = await mount.readStates();
    expect(state.problem).toMatch(/where it stood before is not known/);
    expect(state.unproven).toEqual({dxMm: 0});
  });

  it.each([
    ['sets its count', (axis: {setPosition(n: number): void}) => axis.setPosition(5000)],
    ['moves it', (axis: {moveRelative(n: number): void}) => axis.moveRelative(5000)],
  ] as const)('another program that %s', async (_, act) => {
    const {chain, mount} = await setUp(twoPlates);
    const axis = chain.devices[0].axes[1];
    expect(await mount.readOffset(1)).toMatchObject({dyMm: 0});
    act(axis);
    while (axis.isMoving) await sleepMs(2);
    await expect(mount.moveTo(1, {dyMm: 1})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect((await mount.readStates())[0].problem).toContain('y of plate 1');
  });

  it('what was known before a new connection is compared with what is reported then', async () => {
    const first = await setUp(twoPlates);
    await first.mount.moveTo(1, {dxMm: 1});
    const memory = first.mount.memoryOf(1);
    expect(memory).toMatchObject({offset: {dxMm: expect.closeTo(1, 3) as number}, microsteps: {dxMm: 64}});
    if (memory === undefined) throw new Error('Nothing was remembered.');
    // Another chain that has just been switched on is as good as this one, power-cycled.
    const again = await setUp(twoPlates);
    again.mount.recall(1, memory);
    await expect(again.mount.moveTo(1, {dxMm: 0})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect((await again.mount.moveTo(2, {dxMm: 1})).dxMm).toBeCloseTo(1, 3);
    // At its zero before and after nothing has changed.
    again.mount.recall(1, {...memory, offset: {dxMm: 0}});
    expect((await again.mount.moveTo(1, {dxMm: 1})).dxMm).toBeCloseTo(1, 3);
    again.mount.recall(1, {offset: null, microsteps: {}});
    await expect(again.mount.moveTo(1, {dxMm: 0})).rejects.toThrow(/is not known/);
  });
});

describe('a step means what the bench file says only at one resolution', () => {
  it('another one than the bench file names is refused, and read nowhere as an offset', async () => {
    const config = configWith([{address: 1, axes: {x: linear(1, {microsteps: 64})}}]);
    const {chain, mount} = await setUp(config);
    expect((await mount.moveTo(1, {dxMm: 1})).dxMm).toBeCloseTo(1, 3);
    chain.devices[0].axes[0].setResolution(128);
    await expect(mount.moveTo(1, {dxMm: 2})).rejects.toThrow(
      /set to 128 microsteps.*belongs to 64.*Nothing moved.*microsteps: 128/,
    );
    expect(chain.devices[0].axes[0].offset).toBeCloseTo(1, 3);
    expect((await mount.readStates())[0].offset).toEqual({});
    chain.devices[0].axes[0].setResolution(64);
    expect((await mount.moveTo(1, {dxMm: 2})).dxMm).toBeCloseTo(2, 3);
  });

  it('named by nobody, it is recorded and must stay what it was', async () => {
    const {chain, mount} = await setUp(twoPlates);
    expect(await mount.readSettings()).toMatchObject({
      plate1DxMmMicrosteps: 64,
      plate2RotationDegMicrosteps: 64,
    });
    chain.devices[1].axes[3].setResolution(32);
    await mount.readSettings();
    expect((await mount.readStates())[1].problem).toContain('set to 32 microsteps');
    await expect(mount.moveTo(2, {rotationDeg: 1})).rejects.toMatchObject({code: 'motion/not-homed'});
  });

  it('is compared with what it was before a new connection', async () => {
    const {mount} = await setUp(twoPlates);
    mount.recall(1, {offset: {dxMm: 0}, microsteps: {dxMm: 128}});
    await expect(mount.moveTo(1, {dxMm: 1})).rejects.toThrow(/set to 64 microsteps.*belongs to 128/);
  });
});
