import {expect, test} from 'vitest';
import type {OperatorRequest} from '../../../src/contract/messages.ts';
import {type Engine, createEngine} from '../../../src/host/engine/engine.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {runChecked} from '../../../src/host/engine/run-checked.ts';
import {type CampaignOptions, type CampaignResult, campaign} from '../../../src/host/plans/campaign.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import {type Store, openStore} from '../../../src/host/store/open-store.ts';
import {type FakeBench, createFakeBench} from './fake-bench.ts';

const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 4, heightMm: 4, stepMm: 1, order: 'snake'} as const;
const object = (label: string): CampaignOptions['items'][number]['object'] => ({
  label,
  grid: {count: 1, pitchMm: 1},
  amplitude: [1],
});
const plan = (): Plan<CampaignResult> =>
  campaign({
    roles: defaultRoles,
    dwell: defaultDwell,
    homeFirst: true,
    dark: {method: 'source-off', readingCount: 5},
    beamFind: {centerMm: {xMm: 0, yMm: 0}, widthMm: 16, stepMm: 4},
    registration: {objects: [object('cross')], grid},
    items: [0, 1, 2].map((digit) => ({object: object(`digit ${digit}`)})),
    grid,
    referenceEvery: 10,
  });

interface Setup {
  readonly store: Store;
  readonly sessionUid: string;
  readonly bench: FakeBench;
  readonly engine: Engine;
  readonly requests: OperatorRequest[];
}

function setUp(): Setup {
  const store = openStore(':memory:');
  const {uid: sessionUid} = store.createSession({title: 'campaign', operator: 'Ada', benchName: 'fake'});
  const bench = createFakeBench();
  const requests: OperatorRequest[] = [];
  const engine = createEngine({
    ...bench,
    recorder: store.recorder(sessionUid),
    metadata: {operator: 'Ada'},
    graceMs: 20,
    operator: (request) => {
      requests.push(request);
      return Promise.resolve();
    },
  });
  return {store, sessionUid, bench, engine, requests};
}

test('a whole campaign is checked, executed and stored, with time left that falls to nothing', async () => {
  const {store, sessionUid, bench, engine, requests} = setUp();
  const timesLeft: number[] = [];
  engine.subscribe(
    (event: EngineEvent) => event.type === 'progress' && timesLeft.push(event.timeLeftMs ?? NaN),
  );
  const {result, dryRun} = await runChecked(engine, plan, bench);
  // Events are delivered after the engine's own work.
  await new Promise((resolve) => setImmediate(resolve));
  expect(bench.log[0]).toBe('home');
  expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
  expect(bench.source.isOn).toBe(false);
  const runs = store.listRuns(sessionUid);
  expect(runs.map(({exitStatus}) => exitStatus)).toEqual(runs.map(() => 'success'));
  expect(runs.reduce((sum, {pointCount}) => sum + pointCount, 0)).toBe(dryRun.points);
  expect(requests).toHaveLength(6);
  expect(result.beam.centroidMm.xMm).toBeCloseTo(1, 0);
  expect(result.beam.peakMm.yMm).toBeCloseTo(-2, 1);
  for (const [index, item] of result.items.entries()) {
    const points = store.readPoints(item.plane.runUid);
    expect(points.count).toBe(25);
    expect(store.readPoints(item.plane.runUid, 'reference').count).toBe(4);
    expect(store.getRun(item.plane.runUid).start).toMatchObject({
      sample: `digit ${index}`,
      campaign_index: index,
    });
  }
  expect(timesLeft.at(-1)).toBeLessThan(dryRun.durationMs * 0.02);
  store.close();
});

test('a campaign that is stopped or aborted anywhere ends safe, with every run closed and every point kept', async () => {
  for (const how of ['stop', 'abort'] as const)
    for (const moveCount of [1, 10, 40, 80, 120]) {
      const {store, sessionUid, bench, engine} = setUp();
      let moves = 0;
      let ended: Promise<void> | undefined;
      bench.stage.beforeMove = () => {
        if (++moves === moveCount) ended = engine[how]();
      };
      await expect(engine.run(plan())).rejects.toMatchObject({
        code: how === 'stop' ? 'plan/stopped' : 'plan/aborted',
      });
      await ended;
      expect(bench.source.isOn).toBe(false);
      expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
      const runs = store.listRuns(sessionUid);
      expect(runs.at(-1)?.exitStatus).toBe('abort');
      for (const {uid, exitStatus} of runs) {
        const {stop, pointCounts} = store.getRun(uid);
        expect(exitStatus).toBeDefined();
        expect(stop?.num_events).toEqual(pointCounts);
      }
      store.close();
    }
});
