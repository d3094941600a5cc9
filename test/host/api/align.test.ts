import {createRouterClient} from '@orpc/server';
import {expect, test} from 'vitest';
import {pageFeatures} from '../../../src/host/api/router.ts';
import {writeGridRun} from '../store/grid-run.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../alignment/measured-session.ts';
import {createHost} from './api-fixture.ts';

type Host = Awaited<ReturnType<typeof createHost>>;

/** Follows the job to its end; returns every state that was seen. */
async function follow({client}: Host) {
  const seen: NonNullable<Awaited<ReturnType<typeof client.align.status>>['job']>[] = [];
  for (let after = 0; ;) {
    const {last, job} = await client.align.status({after, waitMs: 5000});
    after = last;
    if (job) seen.push(job);
    if (job && job.state !== 'running' && job.state !== 'stopping') return seen;
  }
}

test('from the planes of a session to an active placement and back', async () => {
  await using host = await createHost();
  const {client, store} = host;
  const bench = await createMeasuredBench(5, 3, {isFullSize: true});
  const {sessionUid, runUids} = await writeMeasuredSession(store, bench, {
    endings: ['success', 'success', null],
    hasPredictions: true,
  });
  const plain = store.createSession({title: 'Beam', operator: 'Ada', benchName: 'north'});
  writeGridRun(store.recorder(plain.uid), {rows: 5, columns: 5, signalV: () => ({xV: 1, yV: 0})});

  const {sources} = await client.align.sources({});
  expect(sources).toMatchObject([
    {sessionUid, title: 'Planes', planeCount: 2, isUsable: true, problem: '', alignmentUid: null},
  ]);
  const {planes, parameters} = await client.align.planes({sessionUid});
  expect(planes.map(({isUsable, isChosenByDefault}) => [isUsable, isChosenByDefault])).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
  expect(planes[2].problem).toContain('still under way');
  expect(planes[0].mask.amplitude).toHaveLength(planes[0].mask.count ** 2);
  expect(parameters.find(({name}) => name === 'plate5.rotation')).toMatchObject({isFreeByDefault: true});
  expect(parameters.find(({name}) => name === 'frame.scale')).toMatchObject({isFreeByDefault: false});
  expect((await client.align.status({})).job).toBeNull();

  await client.align.start({sessionUid, free: unknowns});
  await expect(client.align.start({sessionUid})).rejects.toMatchObject({data: {code: 'bench/busy'}});
  const states = await follow(host);
  const done = states.at(-1);
  expect(done).toMatchObject({state: 'done', doneRatio: 1, planeCount: 2, problem: null, timeLeftS: null});
  expect(done?.convergence.length).toBeGreaterThan(1);
  const ratios = states.map(({doneRatio}) => doneRatio);
  expect(ratios).toEqual([...ratios].sort((a, b) => a - b));

  const {alignments} = await client.align.results({sessionUid});
  expect(alignments).toMatchObject([{uid: done?.alignmentUid, status: 'proposed', planeCount: 2}]);
  const [{uid}] = alignments;
  const detail = await client.align.result({uid});
  expect(detail.pictures.map(({runUid}) => runUid)).toEqual(runUids.slice(0, 2));
  const [{measured, aligned, residual}] = detail.pictures;
  expect([measured.rows, aligned.columns, residual.values.length]).toEqual([40, 40, 1600]);
  const away = measured.values.map((value, i) => Math.abs(value - aligned.values[i]));
  expect(Math.max(...away)).toBeLessThan(0.1 * Math.max(...measured.values));
  expect(detail.ellipses.map(({part}) => part)).toEqual(
    [1, 2, 3, 4, 5].map((n) => `plate${n}`).concat('frame'),
  );
  for (const {majorMm, minorMm} of detail.ellipses) expect(majorMm).toBeGreaterThanOrEqual(minorMm);
  expect(detail.stack.plates).toHaveLength(5);
  expect(detail.frame.dxMm).toBeCloseTo(0.4, 1);
  // What was drawn while it ran is what is kept.
  expect(detail.convergence).toEqual(done?.convergence);

  await expect(client.align.undo({uid})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  const asAligned = {kind: 'prediction', runUid: runUids[1], placement: 'aligned'} as const;
  const compare = () => client.compare.planes({a: {kind: 'run', runUid: runUids[1]}, b: asAligned});
  await expect(compare()).rejects.toMatchObject({
    data: {code: 'plan/invalid', message: expect.stringContaining('No placement was accepted') as string},
  });
  const before = await client.campaign.state({sessionUid});
  expect(before.result?.alignment).toBeUndefined();
  const accepted = await client.align.accept({uid, validForH: 12});
  expect(accepted.status).toBe('active');
  expect(accepted.statusText).toMatch(/^Accepted by Ada at .* UTC; active, until/);
  const after = await client.campaign.state({sessionUid, after: before.version});
  expect(after.version).toBeGreaterThan(before.version);
  // A scan of 2 mm may leave a narrow winner undecided, which counts as no match; it is the aligned one all the same.
  const decidedCount = after.result?.digits.filter(({measured}) => measured.verdict === 'decided').length;
  expect(after.result?.digits.map(({aligned}) => aligned?.winner)).toEqual(
    after.result?.digits.map(({measured}) => measured.winner),
  );
  expect(after.result?.alignment).toMatchObject({
    alignmentUid: uid,
    matchAligned: {count: 2, successes: decidedCount},
  });
  after.result?.digits.forEach((digit, i) => {
    expect(digit.aligned?.pearson).toBeGreaterThan(0.99);
    expect(digit.aligned?.pearson).toBeGreaterThan(digit.registered.pearson ?? 1);
    expect({...digit, aligned: undefined}).toEqual({...before.result?.digits[i], aligned: undefined});
  });
  expect((await client.campaign.planes({runUid: runUids[0]})).aligned?.rows).toBe(40);
  const compared = await compare();
  expect(compared).toMatchObject({labelB: expect.stringContaining('as aligned') as string});
  expect(compared.note).not.toContain('another session');
  expect(compared.pearson.value).toBeCloseTo(after.result?.digits[1].aligned?.pearson ?? NaN, 3);
  const report = await client.sessions.export({sessionUid, format: 'report-html'});
  expect(new TextDecoder().decode(report.bytes)).toContain('Match as aligned');

  // Another session of the same bench is predicted by it too, which is said.
  const later = await writeMeasuredSession(store, {...bench, digits: bench.digits.slice(2)});
  const elsewhere = await client.compare.planes({
    a: {kind: 'run', runUid: later.runUids[0]},
    b: {...asAligned, runUid: later.runUids[0]},
  });
  expect(elsewhere.pearson.value).toBeGreaterThan(0.99);
  expect(elsewhere.note).toContain('from the planes of another session');

  expect(await client.align.undo({uid})).toMatchObject({status: 'revoked', validUntilS: null});
  expect((await client.campaign.state({sessionUid})).result).toEqual(before.result);
  await expect(compare()).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  expect((await client.align.sources({})).sources[1].alignmentUid).toBe(uid);
  expect(host.lines.map(({action}) => action)).toContain('accept-alignment');

  // At last: it begins to compute a table of the design in the background, which ends with the host.
  const {items, viewpoint, isByDesign} = await client.align.corrections({uid});
  expect(isByDesign).toBe(false);
  expect(viewpoint).toContain('from the source');
  expect(items).toHaveLength(10);
  bench.state.plates.forEach(({dxMm}, plate) => {
    const item = items.find(({plateIndex, quantity}) => plateIndex === plate && quantity === 'dx');
    expect(item?.change).toBeCloseTo(-dxMm, 1);
    if (item?.isNeeded)
      expect(item.text).toContain(dxMm > 0 ? 'to the right, towards -x' : 'to the left, towards +x');
    else expect(item?.reason).not.toBe('');
  });
});

test('a stopped alignment leaves nothing, and what cannot begin says why', async () => {
  await using host = await createHost();
  const {client, store} = host;
  const bench = await createMeasuredBench(6, 1);
  const {sessionUid} = await writeMeasuredSession(store, bench);
  expect(await client.align.stop()).toEqual({hasStopped: false});
  await client.align.start({sessionUid, free: unknowns});
  expect(await client.align.stop()).toEqual({hasStopped: true});
  const {job} = await client.align.status({});
  expect(job).toMatchObject({state: 'stopped', alignmentUid: null});
  expect(job?.problem?.message).toMatch(/ended: stopped by Ada\. Nothing of it is stored/);
  expect((await client.align.results({})).alignments).toEqual([]);

  await expect(client.align.start({sessionUid: 'none'})).rejects.toMatchObject({
    data: {code: 'store/not-found'},
  });
  await client.align.start({sessionUid, runUids: ['run-0']});
  const failed = (await follow(host)).at(-1);
  expect(failed).toMatchObject({state: 'failed', problem: {code: 'plan/invalid'}});
  expect(failed?.text).toMatch(/no grid run run-0.*nothing was stored/);
});

test('a sensitivity table is computed once and kept with the design that was measured, unless a look asked for it', async () => {
  await using host = await createHost();
  const {client, store, services} = host;
  const bench = await createMeasuredBench(6, 1);
  const {sessionUid} = await writeMeasuredSession(store, bench, {side: 12});
  const [{designHash}] = (await client.align.sources({})).sources;
  await expect(client.align.sensitivity({designHash: 'sha256:none'})).rejects.toMatchObject({
    data: {code: 'store/not-found'},
  });
  const looking = createRouterClient(pageFeatures(services), {
    context: {scope: 'read', client: 'test', operator: () => '', audit: () => undefined},
  });
  const looked = await looking.align.sensitivity({designHash, objectCount: 1});
  expect(store.listResults(sessionUid, 'sensitivity')).toEqual([]);
  const first = await client.align.sensitivity({designHash, objectCount: 1});
  expect(first).toEqual(looked);
  expect(first).toMatchObject({designName: 'digits', sensitivity: {objectCount: 1}});
  const lateral = first.sensitivity.rows.find(({name}) => name === 'plate5.dx');
  const correlations = lateral?.points.map(({correlation}) => correlation) ?? [];
  expect(correlations).toEqual([...correlations].sort((a, b) => b - a));
  expect(correlations[0]).toBeGreaterThan(0.9);
  expect(await client.align.sensitivity({designHash, objectCount: 1})).toEqual(first);
  expect(
    store.listResults((await client.align.sources({})).sources[0].sessionUid, 'sensitivity'),
  ).toHaveLength(1);
});
