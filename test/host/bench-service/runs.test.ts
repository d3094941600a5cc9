import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {RunStatus} from '../../../src/contract/api/index.ts';
import {grid, startHost, storedRun, storedRuns, until, type TestHost} from './bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

const speed = 60;
let at: TestHost;

beforeAll(async () => {
  at = await startHost({smallPlates: 3, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed});
});
afterAll(() => at[Symbol.asyncDispose]());

const run = async (): Promise<RunStatus> => {
  const {run: found} = await at.api.bench.status({});
  if (!found) throw new Error('There is no run.');
  return found;
};
const ended = () => until(async () => (await run()).state === 'ended' && run(), 50);
const underWay = (points = 5) => until(async () => (await run()).pointCount >= points);
describe('runs', () => {
  it('walks a scan dry: path, time, and what is not allowed', async () => {
    const before = (await at.virtual().readState()).probeMm;
    const dry = await at.api.scan.dryRun({plan: grid(10)});
    expect(dry).toMatchObject({
      isAllowed: true,
      points: 121,
      violationCount: 0,
      extentMm: {x: [-5, 5], y: [-5, 5]},
    });
    expect(dry.pathMm).toHaveLength(2 * 121);
    expect([...dry.pathMm.slice(0, 4)]).toEqual([-5, -5, -4, -5]);
    const wide = await at.api.scan.dryRun({plan: {...grid(120, 0.8), centerMm: {xMm: 0, yMm: 0}}});
    expect(wide.isAllowed).toBe(false);
    expect(wide.violationCount).toBeGreaterThan(20);
    expect(wide.violations[0].text).toContain('limit');
    // A plan with few refused places has all of them on the map.
    const narrow = await at.api.scan.dryRun({plan: {...grid(10), centerMm: {xMm: 48, yMm: 0}}});
    expect(narrow.violationCount).toBeGreaterThan(20);
    expect(narrow.refusedMm).toHaveLength(2 * narrow.violationCount);
    expect(Math.min(...narrow.refusedMm.filter((_, index) => index % 2 === 0))).toBeGreaterThan(50);
    const uneven = await at.api.scan.dryRun({plan: {...grid(6, 2), widthMm: 7}});
    expect(uneven.extentMm.x).toEqual([-3, 3]);
    expect(uneven.notes).toEqual(['Width: 7 mm is no multiple of 2 mm: 6 mm will be measured, 4 columns.']);
    expect(wide.pathMm.length).toBeLessThanOrEqual(40_000);
    expect(wide.points).toBe(151 * 151);
    expect((await at.virtual().readState()).probeMm).toEqual(before);
  });

  it('runs a scan from start to end with numbers that add up', async () => {
    const counts: number[] = [];
    const {id} = await at.api.scan.start({plan: grid(8), title: 'small grid', sample: 'S1'});
    let after = 0;
    let status = await at.api.bench.status({});
    while (status.run?.state !== 'ended') {
      status = await at.api.bench.status({after, waitMs: 2000});
      after = status.last;
      if (status.run) counts.push(status.run.pointCount);
      if (status.run && status.run.timeLeftS !== null) expect(status.run.timeLeftS).toBeLessThan(60);
    }
    expect(counts.length).toBeGreaterThan(5);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(status.run).toMatchObject({
      id,
      kind: 'scan',
      title: 'small grid',
      state: 'ended',
      exitStatus: 'success',
      sample: 'S1',
      pointCount: 81,
      totalPointCount: 81,
      done: 81,
      total: 81,
      grid: {rows: 9, columns: 9, xMm: [-4, 4], yMm: [-4, 4]},
      timeLeftS: null,
    });
    expect(status.saved).toMatchObject({pointCount: 81, problem: ''});
    expect(status.saved.lastCommitUtc).not.toBeNull();
    const stored = storedRun(at, status.run?.runUid);
    expect(stored).toMatchObject({pointCount: 81, exitStatus: 'success'});
    expect(status.source?.isOutputOn).toBe(false);
    // The feed of readings had every point, in order.
    const readings = await at.api.bench.readings({limit: 100_000});
    const r = readings.columns.find(({name}) => name === 'lockin.rV')?.values ?? new Float32Array();
    expect([...r].filter((value) => !Number.isNaN(value)).length).toBeGreaterThanOrEqual(81);
    expect([...readings.timeS]).toEqual([...readings.timeS].sort((a, b) => a - b));
  });

  it('pauses, skips nothing, resumes, and refuses hands meanwhile', async () => {
    await at.api.scan.start({plan: grid(20)});
    await underWay();
    expect((await at.api.run.pause()).isPaused).toBe(true);
    expect((await run()).state).toBe('paused');
    const {pointCount} = await run();
    await sleepMs(200);
    expect((await run()).pointCount).toBe(pointCount);
    await expect(at.api.stage.moveTo({targetMm: {x: 0}})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    await expect(at.api.instruments.read({role: 'lockin'})).rejects.toMatchObject({
      data: {code: 'bench/busy'},
    });
    await expect(at.api.scan.start({plan: grid(2)})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    // A dry run asks no instrument, so it may be made meanwhile.
    expect((await at.api.scan.dryRun({plan: grid(4)})).points).toBe(25);
    // While it rests the instruments are looked at: every reading is one of now.
    const atPause = await at.api.bench.status({});
    await until(async () => {
      const {lockin, source, stage} = await at.api.bench.status({});
      return (
        lockin !== null &&
        source !== null &&
        stage !== null &&
        lockin.utc > (atPause.lockin?.utc ?? '') &&
        source.utc > (atPause.source?.utc ?? '') &&
        stage.utc > (atPause.stage?.utc ?? '')
      );
    });
    await at.api.run.resume();
    // Points go on without a gap, and nobody else talks on the lines.
    await underWay(pointCount + 5);
    const {sentence} = await at.api.run.stop({reason: 'seen enough'});
    const last = await run();
    expect(last).toMatchObject({state: 'ended', exitStatus: 'abort', reason: 'seen enough'});
    expect(sentence).toContain(`${last.totalPointCount} points`);
    const stored = storedRun(at, last.runUid);
    expect(stored).toMatchObject({pointCount: last.pointCount, exitStatus: 'abort', reason: 'seen enough'});
  });

  it('ends the run when RF is turned off by hand', async () => {
    await at.api.scan.start({plan: grid(20)});
    await underWay();
    await at.api.source.turnOff();
    expect(await run()).toMatchObject({
      state: 'ended',
      exitStatus: 'abort',
      reason: 'RF was turned off by hand',
    });
  });

  it('puts scans into the session that was chosen', async () => {
    const uid = at.services.store.createSession({
      title: 'mine',
      operator: 'Ada',
      benchName: 'b',
    }).uid;
    at.services.bench.sessionUid = uid;
    expect((await at.api.bench.status({})).session).toEqual({uid, title: 'mine'});
    await at.api.scan.start({plan: {plan: 'point', xMm: 0, yMm: 0}});
    const last = await ended();
    expect(last).toMatchObject({sessionUid: uid, exitStatus: 'success', pointCount: 1});
    at.services.bench.sessionUid = undefined;
    await expect(at.api.scan.start({plan: grid(2), sessionUid: 'nowhere'})).rejects.toMatchObject({
      data: {code: 'store/not-found'},
    });
  });

  it('chooses the range anew where the plane is brighter than its middle, if it set the lock-in up', async () => {
    const {id} = await at.api.scan.start({plan: grid(20, 2), isLockInSetUp: true});
    const last = await ended();
    expect(last).toMatchObject({id, exitStatus: 'success', pointCount: 121});
    const notes = at.services.store.listNotes(last.sessionUid ?? '').map(({text}) => text);
    expect(notes.join('\n')).toMatch(/^Range of lockin chosen anew at point \d+: full scale/m);
  });

  it('refuses a scan that leaves the limits, with nothing begun', async () => {
    const before = storedRuns(at).length;
    await expect(at.api.scan.start({plan: {...grid(10), centerMm: {xMm: 48, yMm: 0}}})).rejects.toMatchObject(
      {data: {code: 'motion/limit'}},
    );
    expect(at.services.bench.isBusy).toBe(false);
    expect(storedRuns(at)).toHaveLength(before);
  });

  it('asks a person, goes on when it is done, ends when it cannot be done', async () => {
    await at.api.bench.close();
    await at.api.bench.open({kind: 'virtual', speed, isRobotMounting: false});
    const ask = () =>
      at.services.bench.startJob({
        kind: 'scan',
        title: 'block',
        run: (bench, {signal}) => bench.operator({kind: 'block-beam'}, {signal}),
      });
    ask();
    const prompt = await until(async () => (await at.api.bench.status({})).prompt);
    expect(prompt).toMatchObject({kind: 'block-beam', mask: null});
    await expect(at.api.bench.answerPrompt({id: 'other', answer: 'done'})).rejects.toMatchObject({
      data: {code: 'plan/invalid'},
    });
    await at.api.bench.answerPrompt({id: prompt.id, answer: 'done'});
    expect(await ended()).toMatchObject({exitStatus: 'success'});
    expect((await at.api.bench.status({})).prompt).toBeNull();

    ask();
    const second = await until(async () => (await at.api.bench.status({})).prompt);
    await at.api.bench.answerPrompt({id: second.id, answer: 'refused', reason: 'no shutter here'});
    expect(await ended()).toMatchObject({exitStatus: 'fail', reason: 'no shutter here'});

    ask();
    await until(async () => (await at.api.bench.status({})).prompt);
    await at.api.app.halt({reason: 'never mind'});
    expect(await ended()).toMatchObject({exitStatus: 'abort', reason: 'never mind'});
    expect((await at.api.bench.status({})).prompt).toBeNull();
  });
});
