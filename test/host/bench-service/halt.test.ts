import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {RunStatus} from '../../../src/contract/api/index.ts';
import {startHost, stopSentWithinMs, storedRun, until, type TestHost} from './bench-fixture.ts';

/** Slow enough that a move is still under way when it has been seen to have begun. */
const speed = 3;
let at: TestHost;

beforeAll(async () => {
  at = await startHost({smallPlates: 3});
  await at.api.bench.open({kind: 'virtual', speed});
});
afterAll(() => at[Symbol.asyncDispose]());

const run = async (): Promise<RunStatus> => {
  const {run: found} = await at.api.bench.status({});
  if (!found) throw new Error('There is no run.');
  return found;
};
const ended = () => until(async () => (await run()).state === 'ended' && run());

describe('STOP', () => {
  it('stops a run in mid-move, keeps its points and marks it', async () => {
    await at.api.scan.start({
      plan: {plan: 'line', axis: 'x', startMm: -45, stopMm: 45, stepMm: 30, otherMm: 0},
    });
    await until(async () => (await run()).pointCount >= 1 && (await at.virtual().readState()).isMoving);
    const [halt, again] = await Promise.all([
      at.api.app.halt({}),
      at.api.app.halt({reason: 'pressed again'}),
    ]);
    expect(halt.sentMs).toBeLessThan(stopSentWithinMs);
    expect(halt.problems).toEqual([]);
    expect(halt.sentence).toContain('The stage stands, RF is proven off');
    expect(again).toEqual(halt);
    const state = await at.virtual().readState();
    expect(state).toMatchObject({isMoving: false, isOutputOn: false});
    const last = await ended();
    expect(last).toMatchObject({exitStatus: 'abort', reason: 'STOP pressed'});
    const stored = storedRun(at, last.runUid);
    expect(stored).toMatchObject({exitStatus: 'abort', reason: 'STOP pressed'});
    expect(stored.pointCount).toBeGreaterThanOrEqual(1);
    expect(stored.pointCount).toBeLessThan(4);
  });

  it('stops what is moved by hand, RF that is being turned on, and homing', async () => {
    await at.api.stage.home();
    const moving = at.api.stage.moveTo({targetMm: {x: -40, y: -40}});
    const settled = expect(moving).rejects.toMatchObject({data: {code: 'plan/stopped'}});
    await until(async () => (await at.virtual().readState()).isMoving);
    expect((await at.api.app.halt({})).sentMs).toBeLessThan(stopSentWithinMs);
    await settled;
    expect((await at.virtual().readState()).isMoving).toBe(false);

    const on = at.api.source.turnOn({});
    const refused = expect(on).rejects.toMatchObject({code: 'BENCH_ERROR'});
    await until(async () => (await at.virtual().readState()).isOutputOn);
    await at.api.app.halt({});
    await refused;
    await sleepMs(300);
    expect((await at.virtual().readState()).isOutputOn).toBe(false);

    const homing = at.api.stage.home();
    const broken = expect(homing).rejects.toMatchObject({code: 'BENCH_ERROR'});
    await until(async () => (await at.virtual().readState()).isMoving);
    expect((await at.api.app.halt({})).sentMs).toBeLessThan(stopSentWithinMs);
    await broken;
    const {instruments} = await at.api.bench.status({});
    expect(instruments.find(({kind}) => kind === 'stage')?.label).not.toBe('idle');
    await at.api.stage.home();
  });
});
