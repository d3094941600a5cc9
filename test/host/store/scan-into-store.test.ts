import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createEngine} from '../../../src/host/engine/engine.ts';
import type {Recorder} from '../../../src/host/engine/recorder.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createFakeBench} from '../engine/fake-bench.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-store-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('a grid scan through the engine is in the store point by point, as measured', async () => {
  using store = openStore(join(folder, 'bench.db'));
  const session = store.createSession({title: 'first light', operator: 'Ada', benchName: 'fake'});
  const recorder: Recorder = store.recorder(session.uid);
  const bench = createFakeBench();
  bench.source.isOn = true;
  const engine = createEngine({...bench, recorder, metadata: {operator: 'Ada', benchName: 'fake'}});
  const plane = await engine.run(
    gridScan({
      roles: defaultRoles,
      dwell: defaultDwell,
      grid: {centerMm: {xMm: 0, yMm: 0}, widthMm: 4, heightMm: 2, stepMm: 1, order: 'snake'},
      reference: {every: 5, atMm: {xMm: 1, yMm: -2}},
      metadata: {sample: 'digit 7'},
    }),
  );
  expect([plane.rows, plane.columns]).toEqual([3, 5]);
  const run = store.getRun(plane.runUid);
  expect(run.start).toMatchObject({
    plan_name: 'grid',
    session_uid: session.uid,
    scan_id: 1,
    shape: [3, 5],
    extents: [
      [-1, 1],
      [-2, 2],
    ],
    snaking: [false, true],
    num_points: 15,
    operator: 'Ada',
    sample: 'digit 7',
  });
  expect(run.stop).toMatchObject({exit_status: 'success', num_events: {primary: 15, reference: 4}});
  expect(run.descriptors[0]?.configuration['lockin']?.data).toMatchObject({timeConstantS: 0.03});
  const points = store.readPoints(plane.runUid);
  expect(points.count).toBe(15);
  const real = new Float64Array(15).fill(NaN);
  for (let i = 0; i < points.count; i++) {
    const {row, column, x_v} = points.data;
    real[(row?.[i] ?? NaN) * 5 + (column?.[i] ?? NaN)] = x_v?.[i] ?? NaN;
  }
  expect(real).toEqual(plane.real);
  expect([...store.documents(plane.runUid)].length).toBe(1 + 2 + 19 + 1);
});
