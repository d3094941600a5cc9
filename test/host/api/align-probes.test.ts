import {expect, test} from 'vitest';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../alignment/measured-session.ts';
import {createHost} from './api-fixture.ts';

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
  await expect(client.align.nextProbe({uid: 'none'})).rejects.toMatchObject({
    data: {code: 'store/not-found'},
  });
}, 300_000);
