import {expect, test} from 'vitest';
import {alignmentKind, type AlignmentRecord} from '../../../src/host/placements/alignment-records.ts';
import {acceptAlignment} from '../../../src/host/placements/placements.ts';
import {openVirtualBench} from '../open-virtual-bench.ts';
import {computeCampaign} from '../../../src/host/campaign/compute-campaign.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {modelFrom} from '../../../src/twin/design/load.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {startVirtualBench} from '../../../src/virtual/spawn.ts';
import {createPlates} from '../alignment/small-plates.ts';
import {alignmentResult} from '../store/calibration-values.ts';
import {createTestFolder} from '../../cli/run-cli.ts';
import {createHost} from './api-fixture.ts';

const speed = 400;
type Client = Awaited<ReturnType<typeof createHost>>['client'];
type State = Awaited<ReturnType<Client['campaign']['state']>>;

test('a campaign on the virtual bench, with a digit skipped, one repeated and one excluded', async () => {
  // The middle of the shipped plates, whose light takes little time to compute.
  using folder = createTestFolder();
  const designFolder = folder.path;
  const design = await createPlates(designFolder, 'digits', [0, 1, 2, 3, 4]);
  const virtual = await startVirtualBench({seed: 1, speed, designFolder});
  await using bench = await openVirtualBench(virtual, speed, {timeoutScale: 10});
  await using host = await createHost(bench);
  const {client, store} = host;

  const {total, digits} = await client.campaign.digits({label: '2', limit: 5});
  expect(total).toBeGreaterThan(50);
  expect(digits.map(({label, predicted}) => [label, predicted])).toEqual(Array(5).fill(['2', null]));
  const [three] = (await client.campaign.digits({label: '3', limit: 1})).digits;
  const digitIds = [digits[2].id, three.id];
  const request = {designFolder, digitIds, stepMm: 1.2, marginMm: 0.5, referenceEvery: 60};
  const plan = await client.campaign.plan(request);
  expect(plan).toMatchObject({isAllowed: true, refusal: ''});
  expect(plan.digits.map(({id}) => id)).toEqual(digitIds);
  expect(plan.digits[0].picture).toEqual(digits[2].picture);
  // The shipped plates, 80 mm wide.
  const beyond = await client.campaign.plan({digitIds, marginMm: 20, stepMm: 5});
  expect(beyond.isAllowed).toBe(false);
  expect(beyond.refusal).toMatch(/limit.*smaller or shift/);
  expect(beyond.points).toBeGreaterThan(100);
  await expect(client.campaign.start({digitIds: ['mnist:7:999999']})).rejects.toMatchObject({
    data: {code: 'plan/invalid'},
  });
  await expect(client.campaign.skip({index: 0})).rejects.toMatchObject({data: {code: 'plan/invalid'}});

  await acceptAsDesigned(host, design);
  await client.campaign.start(request);
  const sessionUid = await sessionOf(store);
  const states: State[] = [];
  const until = async (isReached: (state: State) => boolean): Promise<State> => {
    for (;;) {
      const after = states.at(-1)?.version ?? -1;
      const state = await client.campaign.state({sessionUid, after, waitMs: 5000});
      if (state.version !== after) states.push(state);
      if (isReached(state)) return state;
    }
  };
  const first = await until(({items}) => items[0].state === 'running' && items[0].runUid !== null);
  expect(first).toMatchObject({isLive: true, result: null});
  expect(first.items[1]).toMatchObject({state: 'waiting', runUid: null, label: '3'});
  await client.campaign.repeat({index: 0});
  const second = await until(({items}) => items[1].state === 'running' && items[1].runUid !== null);
  await pointsOf(client, second.items[1].runUid ?? '', 70);
  await client.campaign.skip({index: 1});
  const again = await until(
    ({items}) => items[0].state === 'running' && items[0].earlierRunUids.length === 1,
  );
  expect(again.items[1].state).toBe('skipped');
  const ended = await until(({isLive}) => !isLive);
  await host.jobEnded();

  // The last good run of the repeated digit counts; the earlier one and the skipped one stay.
  const scans = store.listRuns(sessionUid).filter(({planName}) => planName === 'campaign-scan');
  expect(scans.map(({exitStatus, reason}) => [exitStatus, reason])).toEqual([
    ['success', ''],
    ['abort', 'skipped by operator'],
    ['success', ''],
  ]);
  expect(scans[1].pointCount).toBeLessThan(scans[0].pointCount);
  expect(ended.items[0]).toMatchObject({
    state: 'done',
    runUid: scans[2].uid,
    earlierRunUids: [scans[0].uid],
  });
  expect(ended.result?.digits.map(({runUid}) => runUid)).toEqual([scans[2].uid]);
  // The result was there before the end, after the first digit already.
  expect(states.some(({isLive, result}) => isLive && result?.digits.length === 1)).toBe(true);
  expect((await virtual.readState()).isOutputOn).toBe(false);
  // What the campaign found of the instruments stands in the ledger, each built on the one before.
  const ledger = (await client.sessions.get({uid: sessionUid})).calibrations
    .filter(({kind}) => !kind.startsWith('placement'))
    .reverse();
  expect(ledger.map(({kind, status: state}) => [kind, state])).toEqual(
    ['lock-in-phase', 'dark-level', 'source-power', 'registration'].map((kind) => [kind, 'current']),
  );
  const [phase, dark, power, frame] = ledger;
  expect(phase.dependants).toEqual([dark.uid, power.uid, frame.uid]);
  expect(power.value).toMatchObject({powerDbm: 10});
  expect(Math.abs((phase.value as {signalPhaseDeg: number}).signalPhaseDeg)).toBeLessThan(2);
  for (const {validUntilS, timeS} of ledger) expect((validUntilS ?? 0) - timeS).toBeGreaterThan(3600);

  const planes = await client.campaign.planes({runUid: scans[2].uid});
  for (const plane of [planes.measured, planes.nominal, planes.registered]) {
    expect([plane?.rows, plane?.columns]).toEqual([planes.measured?.rows, planes.measured?.columns]);
    expect(plane?.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  }
  expect(planes.mask.amplitude).toHaveLength(planes.mask.count ** 2);
  expect(planes.regions).toHaveLength(4);
  // A skipped digit shows what was measured of it beside the whole plane that was expected.
  expect(await client.campaign.planes({runUid: scans[1].uid})).toMatchObject({
    nominal: {rows: planes.measured?.rows, columns: planes.measured?.columns},
    registered: {rows: planes.measured?.rows},
    label: '3',
    measured: {rows: planes.measured?.rows},
  });

  // The same figures as in the result, now with intervals; and a prediction for the digit that was given up.
  const compared = await client.compare.planes({
    a: {kind: 'run', runUid: scans[2].uid},
    b: {kind: 'prediction', runUid: scans[2].uid, placement: 'registered'},
  });
  const {registered, measured} = ended.result?.digits[0] ?? {};
  expect(compared.pearson.value).toBeCloseTo(registered?.pearson ?? NaN, 3);
  expect(compared.pearson.low).toBeLessThan(compared.pearson.value ?? NaN);
  expect(compared.shareError.value).toBeCloseTo(registered?.shareError ?? NaN, 3);
  expect(compared.winnerA).toBe(measured?.winner);
  expect(compared.note).not.toContain('raw R');
  const givenUp = await client.compare.planes({
    a: {kind: 'run', runUid: scans[1].uid},
    b: {kind: 'prediction', runUid: scans[1].uid, placement: 'nominal'},
  });
  expect(givenUp.cellCount).toBe(scans[1].pointCount - store.readPoints(scans[1].uid, 'reference').count);
  expect(givenUp.sharesA).toBeNull();

  await expect(client.campaign.repeat({index: 0})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  await expect(
    client.campaign.exclude({sessionUid, index: 0, isExcluded: true, reason: ' '}),
  ).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  await client.campaign.exclude({sessionUid, index: 0, isExcluded: true, reason: 'mask <upside> down'});
  const excluded = await client.campaign.state({sessionUid, after: ended.version, waitMs: 5000});
  expect(excluded.version).toBeGreaterThan(ended.version);
  expect(excluded.items[0]).toMatchObject({isExcluded: true, excludedBecause: 'mask <upside> down'});
  expect(excluded.result).toMatchObject({
    digits: [],
    excluded: [{index: 0, label: '2', reason: 'mask <upside> down', author: 'Ada', runUid: scans[2].uid}],
    accuracyMeasured: {count: 0},
  });
  const json = JSON.parse(
    new TextDecoder().decode((await client.sessions.export({sessionUid, format: 'result-json'})).bytes),
  ) as object;
  expect(json).toMatchObject({
    digits: [],
    excluded: [{label: 2, reason: 'mask <upside> down', author: 'Ada'}],
  });
  const {bytes} = await client.sessions.export({sessionUid, format: 'report-html'});
  expect(new TextDecoder().decode(bytes)).toContain('mask &lt;upside&gt; down');
  await client.campaign.exclude({sessionUid, index: 0, isExcluded: false, reason: ''});
  expect((await client.campaign.state({sessionUid})).result).toEqual(ended.result);
  expect(computeCampaign(store, sessionUid).result).toEqual(ended.result);
  // The plates stand a little off, so a placement as designed does not hold, and that is said instead of using it.
  const ledgerNow = await client.sessions.calibrations();
  expect(ledgerNow.find(({kind}) => kind === 'placement')).toMatchObject({
    status: 'stale',
    statusText: expect.stringMatching(/where 1\.000 was to be expected: the bench has changed/) as string,
  });
  expect(
    store
      .listNotes(sessionUid)
      .map(({text}) => text)
      .join(' '),
  ).toContain('The accepted placement no longer holds and is not used');
  expect(computeCampaign(store, sessionUid).warnings.join(' ')).toContain('no longer holds');
  expect(ended.result?.alignment).toBeUndefined();
  expect(planes.aligned).toBeNull();
  expect((await client.sessions.search({label: '2'})).sessions.map(({uid}) => uid)).toEqual([sessionUid]);
  expect((await client.sessions.search({label: '3'})).sessions).toEqual([]);
});

test('without a bench a campaign is planned no further than the reason, and not started', async () => {
  await using host = await createHost();
  const plan = await host.client.campaign.plan({digitCount: 2});
  expect(plan).toMatchObject({isAllowed: false, refusal: 'No bench is open.', points: 0});
  expect(plan.digits).toHaveLength(2);
  await expect(host.client.campaign.start({})).rejects.toMatchObject({data: {code: 'bench/closed'}});
});

/** An accepted placement with everything where the design has it, as if an earlier session had found it. */
async function acceptAsDesigned(
  {client, store}: Awaited<ReturnType<typeof createHost>>,
  design: Design,
): Promise<void> {
  const {contentHash: designHash} = design.file;
  const {uid: sessionUid} = store.createSession({
    title: 'Earlier',
    operator: 'Ada',
    benchName: 'virtual bench',
    designHash,
    details: {kind: 'session', benchSeed: 1},
  });
  const {plates} = modelFrom(design);
  const value: AlignmentRecord = {
    result: alignmentResult(),
    state: designedState(plates, design.file.illumination),
    arrangement: asDesigned(plates.length),
    method: 'rs',
    covariance: null,
    benchName: 'virtual bench',
    benchSeed: 1,
    designHash,
    designName: 'digits',
    planes: [],
    programVersion: 'test',
  };
  const uid = store.addCalibration({kind: alignmentKind, sessionUid, value});
  acceptAlignment(store, uid, {validForH: 1, author: 'Ada', atS: Date.now() / 1000});
  expect((await client.sessions.calibrations())[0]).toMatchObject({kind: 'placement', status: 'current'});
}

/** Waits until a run under way has so many points. */
async function pointsOf(client: Client, runUid: string, count: number): Promise<void> {
  for (let last = 0; last < count;) ({last} = await client.runs.points({runUid, after: last, waitMs: 2000}));
}

async function sessionOf(store: Awaited<ReturnType<typeof createHost>>['store']): Promise<string> {
  for (;;) {
    const [session] = store.listSessions(1);
    if (session?.details?.kind === 'campaign') return session.uid;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
