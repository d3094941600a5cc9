import {expect, test} from 'vitest';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import {digitIdOf} from '../../../src/host/campaign/digits.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../alignment/measured-session.ts';
import {createHost} from './api-fixture.ts';
import {follow} from './computations.ts';

test('says which planes of a session tell most, and what to measure after them', async () => {
  await using host = await createHost();
  const {client, store} = host;
  const bench = await createMeasuredBench(7, 2);
  const {sessionUid, runUids} = await writeMeasuredSession(store, bench, {side: 20});

  const order = await client.align.planeOrder({sessionUid});
  expect(order.planes.map(({runUid}) => runUid).sort()).toEqual([...runUids].sort());
  const [one, two] = order.planes.map(({sigma}) => sigma.lateralMm ?? NaN);
  expect(two).toBeLessThan(one);
  expect(await client.align.planeOrder({sessionUid})).toEqual(order);
  expect(store.listResults(sessionUid, 'plane-order')).toHaveLength(1);

  const {uid} = await alignSession(store, {sessionUid, free: unknowns, orientation: 'never'});
  const plan = await client.align.nextProbe({uid: uid ?? '', objectCount: 1});
  expect(plan.measured?.planeCount).toBe(2);
  const [next] = plan.objects;
  expect(bench.digits.map(({sample}) => sample)).not.toContain(next.sample);
  expect(next.sigma.lateralMm).toBeLessThan(plan.measured?.sigma.lateralMm ?? NaN);
  // The pace of the session's own scans; each further point costs the same.
  const [own, coarser] = plan.scans;
  expect((own.after[0].seconds ?? NaN) / own.pointCount).toBeCloseTo(
    (coarser.after[0].seconds ?? NaN) / coarser.pointCount,
    6,
  );
  expect(await client.align.nextProbe({uid: uid ?? '', objectCount: 1})).toEqual(plan);

  // The same is planned for digits that a person names, by the beginning of the alignment's uid.
  const {id} = await client.align.plan({uid: (uid ?? '').slice(0, 13), objectCount: 1, digits: [next.id]});
  expect(await follow(host, id)).toMatchObject({state: 'done', progress: {done: 100, unit: '%'}});
  const named = await client.computations.result({id});
  expect(named).toMatchObject({kind: 'plan-probes', plan: {objects: [{id: next.id}], scans: plan.scans}});
  const measuredAlready = await client.align.plan({
    uid: uid ?? '',
    objectCount: 1,
    digits: [digitIdOf(bench.digits[0])],
  });
  expect(await follow(host, measuredAlready.id)).toMatchObject({
    state: 'failed',
    problem: {code: 'plan/invalid'},
  });
  await expect(client.align.nextProbe({uid: 'none'})).rejects.toMatchObject({
    data: {code: 'store/not-found'},
  });
});
