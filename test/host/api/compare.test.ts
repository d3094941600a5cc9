import {expect, test} from 'vitest';
import {writeGridRun} from '../store/grid-run.ts';
import {writeRun} from '../store/sample-run.ts';
import {createHost} from './api-fixture.ts';

const signalV = (xMm: number, yMm: number) => ({xV: 1e-3 * Math.exp(-(xMm ** 2 + yMm ** 2) / 20), yV: 0});

test('two scans of one beam agree, on their own grids and over a hole', async () => {
  await using host = await createHost();
  const {uid} = host.store.createSession({title: 'Beam', operator: 'Ada', benchName: 'north'});
  const recorder = host.store.recorder(uid);
  const a = writeGridRun(recorder, {rows: 11, columns: 11, signalV, isMeasured: (index) => index !== 60});
  const b = writeGridRun(recorder, {rows: 31, columns: 31, stepMm: 0.5, signalV, start: {sample: 'open'}});
  const compared = await host.client.compare.planes({
    a: {kind: 'run', runUid: a.uid},
    b: {kind: 'run', runUid: b.uid},
  });
  expect(compared.cellCount).toBe(120);
  expect(compared.a).toMatchObject({rows: 11, columns: 11, xMm: [-5, 5]});
  expect(compared.b).toMatchObject({rows: 11, columns: 11});
  expect(compared.difference.values[60]).toBeNaN();
  expect(compared.scatterA.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  expect(compared.pearson.value).toBeGreaterThan(0.9999);
  expect(compared.nrmse.value).toBeLessThan(0.01);
  expect(compared).toMatchObject({sharesA: null, winnerB: null, regions: []});
  expect(compared.note).toMatch(/read at the cells of a.*raw R/);
  expect(compared.labelB).toContain('open');
});

test('what is no plane, or tells no mask, is refused with what to choose instead', async () => {
  await using host = await createHost();
  const {uid} = host.store.createSession({title: 'Beam', operator: 'Ada', benchName: 'north'});
  const recorder = host.store.recorder(uid);
  const grid = writeGridRun(recorder, {rows: 5, columns: 5, signalV}).uid;
  const line = writeRun(recorder, {pointCount: 3});
  const compare = (b: Parameters<typeof host.client.compare.planes>[0]['b']) =>
    host.client.compare.planes({a: {kind: 'run', runUid: grid}, b});
  await expect(compare({kind: 'run', runUid: line})).rejects.toMatchObject({
    data: {code: 'plan/invalid', message: expect.stringContaining('is no plane') as string},
  });
  await expect(compare({kind: 'prediction', runUid: grid, placement: 'nominal'})).rejects.toMatchObject({
    data: {code: 'plan/invalid', message: expect.stringContaining('which mask') as string},
  });
});
