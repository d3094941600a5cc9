import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runsApi} from '../../../src/host/api/runs.ts';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {createRouterClient} from '@orpc/server';
import {exportSession} from '../../../src/host/export/session-export.ts';
import {readWholeRun} from '../../../src/host/runs/whole-run.ts';
import {dimScene} from '../../virtual/small-design.ts';
import {
  grid,
  startHost,
  storedRun,
  storedRuns,
  until,
  type TestHost,
} from '../bench-service/bench-fixture.ts';

let at: TestHost;
beforeAll(async () => {
  // Time of a fast bench goes on while a busy computer does something else: it must not drift meanwhile.
  at = await startHost({smallPlates: 1, scene: {...dimScene, driftPerHour: 0}});
  await at.api.bench.open({kind: 'virtual', speed: 300});
});
afterAll(() => at[Symbol.asyncDispose]());

const plan = {...grid(11), referenceEvery: 50} as const;

/** Waits for the end of the job under way; answers with what ended it early. */
async function ended(): Promise<string> {
  await until(async () => (await at.api.bench.status({})).run?.state === 'ended');
  const {run} = await at.api.bench.status({});
  return run?.exitStatus === 'success' ? '' : (run?.reason ?? '');
}

/** A scan that is stopped after so many points; answers with its run. */
async function cutOff(points: number): Promise<string> {
  await at.api.scan.start({plan, sample: 'a mask', isDetectorSetUp: true});
  const isFar = async (): Promise<boolean> =>
    ((await at.api.bench.status({})).run?.totalPointCount ?? 0) >= points;
  await until(isFar, 2);
  await at.api.run.stop({reason: 'cut off by the test'});
  await ended();
  const [run] = storedRuns(at)
    .filter(({planName}) => planName === 'grid')
    .sort((one, other) => other.scanId - one.scanId);
  if (!run) throw new Error('Nothing was measured.');
  return run.uid;
}

const readPlane = (runUid: string) =>
  createRouterClient(
    {runs: runsApi(at.services)},
    {context: createCallerContext(at.services, {scope: 'read', client: 'test'})},
  ).runs.plane({runUid});

describe('a run that was cut off', () => {
  it('goes on where its points read as they did: one plane, one file, linked, with the numbers of the test', async () => {
    const before = await cutOff(60);
    const takes = await at.api.scan.resumePlan({runUid: before});
    expect(takes).toMatchObject({isAllowed: true, refusal: '', runUid: before, passCount: 3});
    expect(takes.storedCount + takes.pointsLeft).toBe(144);
    expect(takes.countReason).toMatch(/5 points are the fewest/);
    await at.api.scan.resume({runUid: before});
    expect(await ended()).toBe('');

    const goesOn = storedRuns(at).find(({continuesUid}) => continuesUid === before);
    if (!goesOn) throw new Error('No run continues it.');
    const {start} = at.services.store.getRun(goesOn.uid);
    expect(goesOn).toMatchObject({
      exitStatus: 'success',
      sample: 'a mask',
      sessionUid: storedRun(at, before).sessionUid,
    });
    expect(start.continues).toMatchObject({run_uid: before, segment: 2, first_index: takes.firstIndex});
    const {points, rows} = {points: readWholeRun(at.services.store, goesOn.uid).pointsOf(), rows: 144};
    expect([...points.data['point_index']]).toEqual(Array.from({length: rows}, (_, i) => i));
    // The clock of the points goes on, and so does the drift that the visits of the reference tell.
    expect([...points.data['bench_time_s']]).toEqual([...points.data['bench_time_s']].sort((a, b) => a - b));
    const plane = await readPlane(goesOn.uid);
    expect(plane?.values.every(Number.isFinite)).toBe(true);

    const [check] = await at.api.scan.resumeChecks({runUid: goesOn.uid});
    expect(check).toMatchObject({
      isPassed: true,
      failed: [],
      runUid: before,
      checkUid: start.continues?.check_uid,
    });
    expect(check?.pointCount).toBe(takes.overlapCount);
    expect(check?.gain.ratio).toBeCloseTo(1, 2);
    const csv = new TextDecoder().decode(
      exportSession(at.services.store, {sessionUid: goesOn.sessionUid, format: 'csv'}).bytes,
    );
    expect(csv.match(new RegExp(before, 'g'))?.length).toBeGreaterThan(0);
    expect(csv).toContain('144 points in the order of measuring');
    expect(csv).not.toContain('NOT WHOLE: the run did not end well; 6');

    const whole = await at.api.scan.resumePlan({runUid: before});
    expect(whole).toMatchObject({isAllowed: false, refusalCode: 'plan/invalid'});
    expect(whole.refusal).toMatch(/complete/);
  }, 120_000);

  it('goes on a second time, from the last of its segments, whichever is named', async () => {
    const first = await cutOff(50);
    await at.api.scan.resume({runUid: first});
    await until(
      () => (storedRuns(at).find(({continuesUid}) => continuesUid === first)?.pointCount ?? 0) > 20,
      2,
    );
    await at.api.run.stop({reason: 'cut off again'});
    await ended();
    const second = storedRuns(at).find(({continuesUid}) => continuesUid === first);
    await at.api.scan.resume({runUid: first});
    expect(await ended()).toBe('');
    const third = storedRuns(at).find(({continuesUid}) => continuesUid === second?.uid);
    expect(third?.exitStatus).toBe('success');
    const {segments, pointsOf} = readWholeRun(at.services.store, third?.uid ?? '');
    expect(segments.map(({start}) => start.uid)).toEqual([first, second?.uid, third?.uid]);
    expect(pointsOf().count).toBe(144);
    expect(await at.api.scan.resumeChecks({runUid: third?.uid ?? ''})).toHaveLength(2);
  }, 120_000);

  it('is refused where something was moved meanwhile: why, with numbers, and nothing is added to it', async () => {
    const before = await cutOff(70);
    await at.virtual().nudgePlate(1, {dxMm: 0.8, dyMm: 0, dzMm: 0, rotationDeg: 0});
    await at.api.scan.resume({runUid: before});
    expect(await ended()).toMatch(/not as it was when run \d+ was cut off.*p below 0\.0033 refuses/);
    expect(storedRuns(at).filter(({continuesUid}) => continuesUid === before)).toEqual([]);
    const [check] = await at.api.scan.resumeChecks({runUid: before});
    expect(check?.isPassed).toBe(false);
    expect((await at.api.bench.status({})).source?.isOutputOn).toBe(false);
    // What moved stands back where it was: it may go on now.
    await at.virtual().nudgePlate(1, {dxMm: -0.8, dyMm: 0, dzMm: 0, rotationDeg: 0});
  }, 120_000);

  it('needs points enough to find a change by', async () => {
    const before = await cutOff(2);
    const {refusal} = await at.api.scan.resumePlan({runUid: before});
    expect(refusal).toMatch(/only \d points? of it can be compared/);
    await expect(at.api.scan.resume({runUid: before})).rejects.toThrow(/cannot go on/);
  }, 120_000);

  it('is measured once more with its plan by one call', async () => {
    const first = storedRuns(at).find(({scanId}) => scanId === 1);
    if (!first) throw new Error('Nothing was measured.');
    const {id} = await at.api.scan.again({runUid: first.uid});
    expect(await ended()).toBe('');
    const {runs} = await at.api.scan.outcome({id});
    const again = at.services.store.getRun(runs[0]?.uid ?? '').start;
    const was = at.services.store.getRun(first.uid).start;
    expect(again.plan_args).toEqual(was.plan_args);
    expect(again).toMatchObject({sample: 'a mask', detector_set_up: true, num_points: 144});
  }, 120_000);
});
