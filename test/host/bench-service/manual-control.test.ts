import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startHost, until, type TestHost} from './bench-fixture.ts';

/** Bench time runs twenty times as fast: what moves 10 mm/s by its own clock moves 200 mm in a real second. */
const speed = 20;
let at: TestHost;

beforeAll(async () => {
  at = await startHost({smallPlates: 3});
  await at.api.bench.open({kind: 'virtual', speed});
});
afterAll(() => at[Symbol.asyncDispose]());

const positionMm = async (): Promise<readonly number[]> => (await at.virtual().readState()).probeMm;
const isAtRest = async (): Promise<boolean> => {
  const before = await positionMm();
  await sleepMs(60);
  return (await positionMm()).every((mm, axis) => mm === before[axis]);
};
const jog = (pressId: string, direction: {x?: number; y?: number}, speedMmPerS = 2, holdMs = 1000) =>
  at.api.stage.jogHold({pressId, direction, speedMmPerS, holdMs});

describe('by hand', () => {
  it('does not move before homing, and says so', async () => {
    const preview = await at.api.stage.preview({targetMm: {x: 1}});
    expect(preview).toMatchObject({
      isAllowed: false,
      refusal: expect.stringContaining('home it first') as string,
    });
    await expect(jog('unhomed', {x: 1})).rejects.toMatchObject({
      code: 'BENCH_ERROR',
      data: {code: 'motion/alarm'},
    });
  });

  it('homes, previews, moves, steps', async () => {
    await at.api.stage.home();
    const preview = await at.api.stage.preview({targetMm: {x: -10, y: 5}});
    expect(preview).toMatchObject({isAllowed: true, targetMm: {x: -10, y: 5}});
    expect(preview.pathMm.at(-1)).toEqual({x: -10, y: 5});
    // Travelling down, the stage goes below its target first and takes up the backlash.
    expect(preview.pathMm.at(-2)?.x).toBeCloseTo(-10.2, 6);
    expect(preview.seconds).toBeGreaterThan(0);
    expect((await at.api.stage.moveTo({targetMm: {x: -10, y: 5}})).positionMm).toEqual({x: -10, y: 5});
    expect((await at.api.stage.step({axis: 'y', distanceMm: -1.5})).positionMm).toEqual({x: -10, y: 3.5});
    const {stage} = await at.api.bench.status({});
    expect(stage).toMatchObject({positionMm: {x: -10, y: 3.5}, isHomed: true, isMoving: false});
  });

  it('refuses what leaves the limits, and nothing moves', async () => {
    const before = await positionMm();
    const preview = await at.api.stage.preview({targetMm: {x: 50.1}});
    expect(preview).toMatchObject({
      isAllowed: false,
      refusal: expect.stringContaining('limit 50 mm') as string,
    });
    await expect(at.api.stage.moveTo({targetMm: {x: 50.1}})).rejects.toMatchObject({
      data: {code: 'motion/limit'},
    });
    await expect(at.api.stage.step({axis: 'x', distanceMm: 100})).rejects.toMatchObject({
      data: {code: 'motion/limit'},
    });
    expect(await positionMm()).toEqual(before);
  });

  it('jogs while it is held, and stands when it is let go', async () => {
    const start = (await at.api.bench.status({})).stage?.positionMm ?? {};
    for (let call = 0; call < 4; call++) {
      await jog('held', {x: 1, y: 1}, 1);
      await sleepMs(50);
    }
    // Held until it is seen, however slow the machine is.
    await until(async () => {
      await jog('held', {x: 1, y: 1}, 1);
      return (await at.api.bench.status({})).instruments.some(
        ({label: controllerState}) => controllerState === 'jogging',
      );
    });
    const {positionMm: end} = await at.api.stage.jogEnd({pressId: 'held'});
    expect(await isAtRest()).toBe(true);
    const moved = {x: (end.x ?? 0) - (start.x ?? 0), y: (end.y ?? 0) - (start.y ?? 0)};
    expect(moved.x).toBeGreaterThan(1);
    expect(moved.y).toBeCloseTo(moved.x, 1);
    // A call that comes late does not start it again.
    await jog('held', {x: 1, y: 1}, 1);
    expect(await isAtRest()).toBe(true);
  });

  it('ends a jog by itself when the calls stop, inside the limits', async () => {
    await at.api.stage.moveTo({targetMm: {x: -45, y: 0}});
    const startedMs = performance.now();
    await jog('dead', {x: 1}, 0.25, 1000);
    await until(async () => !at.services.bench.isBusy);
    expect(performance.now() - startedMs).toBeGreaterThan(990);
    expect(await isAtRest()).toBe(true);
    const {stage} = await at.api.bench.status({});
    // 5 mm a real second for the second without a call. At the limit, where it would end too, it is 19 s after the jog
    // began: a busy computer may be late by 16 s.
    expect(stage?.positionMm.x).toBeGreaterThan(-44.9);
    expect(stage?.positionMm.x).toBeLessThan(40);
  });

  it('stops at the limit however long it is held, and goes no further that way', async () => {
    await at.api.stage.moveTo({targetMm: {x: 45, y: 0}});
    for (let call = 0; call < 12; call++) {
      await jog('limit', {x: 1}, 10);
      await sleepMs(50);
    }
    expect((await at.api.stage.jogEnd({pressId: 'limit'})).positionMm.x).toBeCloseTo(50, 2);
    await expect(jog('beyond', {x: 1})).rejects.toMatchObject({data: {code: 'motion/limit'}});
    await jog('back', {x: -1, y: 0}, 1);
    expect((await at.api.stage.jogEnd({pressId: 'back'})).positionMm.x).toBeLessThan(50);
  });

  it('lets nothing else move the stage meanwhile', async () => {
    await at.api.stage.moveTo({targetMm: {x: 0, y: 0}});
    await jog('one', {y: 1}, 1);
    await expect(jog('two', {y: -1})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    await expect(at.api.stage.moveTo({targetMm: {x: 1}})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    await expect(at.api.scan.start({plan: {plan: 'point', xMm: 0, yMm: 0}})).rejects.toMatchObject({
      data: {code: 'bench/busy', message: expect.stringContaining('jogging') as string},
    });
    await at.api.stage.jogEnd({pressId: 'one'});
    expect(await isAtRest()).toBe(true);
  });

  it('turns RF on where it was asked, keeps the limit, and reads what it does', async () => {
    const interlocks = await at.api.source.interlocks();
    expect(interlocks.every(({isHolding}) => isHolding)).toBe(true);
    await expect(at.api.source.turnOn({powerDbm: 14})).rejects.toMatchObject({
      data: {code: 'source/limit', details: {interlock: 'level'}},
    });
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
    await at.api.source.turnOn({powerDbm: 3});
    expect(await at.virtual().readState()).toMatchObject({isOutputOn: true, levelDbm: 3});
    expect((await at.api.bench.status({})).source).toMatchObject({isOutputOn: true, powerDbm: 3});
    const lockin = await until(async () => {
      const status = await at.api.bench.status({});
      return status.lockin?.isValid === true && status.lockin.sigmaV !== null && status.lockin;
    });
    expect(lockin.reading?.rV).toBeGreaterThan(0);
    expect(lockin).toMatchObject({timeConstantS: 0.03, sensitivityV: 0.02, problem: ''});
    await at.api.source.turnOff();
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
    expect((await at.api.bench.status({})).source?.isOutputOn).toBe(false);
  });

  it('reads and sets parameters, and refuses what is out of range', async () => {
    const list = await at.api.instruments.list();
    expect(list.map(({role}) => role)).toEqual(['source', 'lockin', 'stage']);
    expect((await at.api.instruments.set({role: 'lockin', name: 'sensitivityV', value: 0.05})).value).toBe(
      0.05,
    );
    expect((await at.api.bench.status({})).lockin?.sensitivityV).toBe(0.05);
    expect((await at.api.instruments.read({role: 'lockin'})).values['sensitivityV']).toBe(0.05);
    await expect(
      at.api.instruments.set({role: 'lockin', name: 'sensitivityV', value: 0.051}),
    ).rejects.toMatchObject({data: {code: 'device/out-of-range'}});
    await expect(at.api.instruments.read({role: 'laser'})).rejects.toMatchObject({
      data: {code: 'device/unknown'},
    });
  });

  it('says after every act that settings are to be read again, and what an action set, by name', async () => {
    const revisionOf = async (role: string): Promise<number> => {
      const found = (await at.api.bench.status({})).instruments.find((one) => one.role === role);
      return found?.settingsRevision ?? Number.NaN;
    };
    const acts: readonly (readonly [role: string, act: () => Promise<unknown>])[] = [
      ['lockin', () => at.api.instruments.set({role: 'lockin', name: 'sensitivityV', value: 0.05})],
      ['source', () => at.api.source.turnOn({powerDbm: 0})],
      ['lockin', () => at.api.instruments.call({role: 'lockin', action: 'auto-phase'})],
      ['lockin', () => at.api.instruments.call({role: 'lockin', action: 'reset'})],
      ['source', () => at.api.source.turnOff()],
      ['stage', () => at.api.stage.home()],
      ['stage', () => at.api.instruments.call({role: 'stage', action: 'read-status'})],
    ];
    // Where the bench is bright: a phase is found in a signal only.
    await at.api.stage.moveTo({targetMm: {x: 0, y: 0}});
    for (const [role, act] of acts) {
      const before = await revisionOf(role);
      await act();
      expect(await revisionOf(role), role).toBeGreaterThan(before);
    }
    await at.api.source.turnOn({powerDbm: 0});
    const {result} = await at.api.instruments.call({role: 'lockin', action: 'auto-range'});
    const {values} = await at.api.instruments.read({role: 'lockin'});
    expect(result).toEqual({sensitivityV: values['sensitivityV']});
    const phase = await at.api.instruments.call({role: 'lockin', action: 'auto-phase'});
    expect(phase.result).toEqual({referencePhaseDeg: expect.any(Number) as number});
    const shown = await at.api.instruments.call({role: 'lockin', action: 'read-display', args: {channel: 1}});
    expect(shown.result).toEqual({shows: 'X', displayV: expect.any(Number) as number});
    await at.api.source.turnOff();
  });

  it('gives where RF comes on by itself, beside where the source stands', async () => {
    await at.api.instruments.set({role: 'source', name: 'frequencyHz', value: 11e9});
    const before = (await at.api.bench.status({})).source;
    expect(before?.workingFrequencyHz).toBe(400e9);
    expect(before?.outputFrequencyHz).not.toBeCloseTo(400e9, -6);
    await at.api.source.turnOn({});
    const {source} = await at.api.bench.status({});
    expect(source?.outputFrequencyHz).toBeCloseTo(before?.workingFrequencyHz ?? Number.NaN, -3);
    expect(source?.powerDbm).toBe(before?.workingPowerDbm);
    await at.api.source.turnOff();
  });

  it('lets a port go and takes it again', async () => {
    await at.api.instruments.disconnect({role: 'lockin'});
    const off = (await at.api.bench.status({})).instruments.find(({role}) => role === 'lockin');
    expect(off).toMatchObject({light: 'off', label: 'not connected'});
    await expect(at.api.scan.start({plan: {plan: 'point', xMm: 0, yMm: 0}})).rejects.toMatchObject({
      data: {code: 'port/closed'},
    });
    await at.api.instruments.connect({role: 'lockin'});
    const on = (await at.api.bench.status({})).instruments.find(({role}) => role === 'lockin');
    expect(on?.label).not.toBe('not connected');
    expect(on?.settingsRevision).toBeGreaterThan(off?.settingsRevision ?? Number.NaN);
  });

  it('lets a port go although a window is reading the settings, which it waits for', async () => {
    const readings = ['lockin', 'lockin'].map((role) => at.api.instruments.read({role}));
    await at.api.instruments.disconnect({role: 'lockin'});
    for (const {values} of await Promise.all(readings)) expect(values).toHaveProperty('sensitivityV');
    await at.api.instruments.connect({role: 'lockin'});
  });

  it('shows the ports in use and asks none of them', async () => {
    const ports = await at.api.bench.ports();
    const used = ports.filter(({usedBy}) => usedBy !== '');
    expect(new Set(used.map(({usedBy}) => usedBy))).toEqual(new Set(['source', 'lockin', 'stage']));
    await expect(at.api.bench.identify({path: used[0].path})).rejects.toMatchObject({
      data: {code: 'port/busy'},
    });
  });
});
