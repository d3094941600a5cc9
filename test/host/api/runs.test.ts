import {expect, test} from 'vitest';
import {writeGridRun} from '../store/grid-run.ts';
import {writeRun} from '../store/sample-run.ts';
import {createHost} from './api-fixture.ts';

const session = {title: 'Ten digits', operator: 'Ada', benchName: 'north'};
const level = (xMm: number, yMm: number) => ({xV: 10 * yMm + xMm, yV: 0});

test('a stored run is shown with its streams, units and the settings it was measured with', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const {uid} = writeGridRun(recorder, {rows: 2, columns: 3, signalV: level, start: {sample: 'digit 7'}});
  const run = await host.client.runs.get({runUid: uid});
  expect(run.summary).toMatchObject({
    uid,
    sample: 'digit 7',
    purpose: '',
    pointCount: 6,
    isGrid: true,
    exitStatus: 'success',
    designHash: null,
  });
  expect(run.streams).toHaveLength(1);
  expect(run.streams[0].columns).toContainEqual({name: 'theta_deg', unit: 'deg'});
  expect(run.streams[0].configuration).toEqual({lockin: {timeConstantS: 0.03, model: 'SR830'}});
  expect(run.stop).toMatchObject({exit_status: 'success'});
  const line = writeRun(recorder, {pointCount: 3, isStopped: false});
  const found = await host.client.runs.search({text: 'digit'});
  expect(found.map((summary) => summary.uid)).toEqual([uid]);
  expect(await host.client.runs.search({})).toMatchObject([
    {uid: line, exitStatus: null, pointCount: 3, isGrid: false},
    {uid, pointCount: 6},
  ]);
  await expect(host.client.runs.get({runUid: 'nobody'})).rejects.toMatchObject({
    code: 'BENCH_ERROR',
    data: {code: 'store/not-found'},
  });
});

test('points come in pages by number, and the last page says so', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const uid = writeRun(recorder, {pointCount: 25});
  const first = await host.client.runs.points({runUid: uid, limit: 10});
  expect(first).toMatchObject({hostId: 'host-1', last: 10, lostCount: 0, count: 10, hasEnded: false});
  expect(first.columns.map(({name, unit}) => [name, unit])).toEqual([
    ['x_mm', 'V'],
    ['x_v', 'V'],
  ]);
  expect([...first.columns[0].values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n / 10));
  const rest = await host.client.runs.points({runUid: uid, after: 10});
  expect(rest).toMatchObject({last: 25, count: 15, hasEnded: true});
  expect(rest.timeS[14]).toBe(1025);
  expect(await host.client.runs.points({runUid: uid, after: 25, waitMs: 10_000})).toMatchObject({
    last: 25,
    count: 0,
    hasEnded: true,
  });
  expect(await host.client.runs.points({runUid: uid, stream: 'dark'})).toMatchObject({count: 0, columns: []});
});

test('points that no two good looks vouch for are named in every answer once the run is over', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const sound = writeRun(recorder, {pointCount: 4});
  const open = writeRun(recorder, {pointCount: 4, isStopped: false});
  for (const runUid of [sound, open])
    expect(await host.client.runs.points({runUid})).toMatchObject({count: 4, doubtful: null});
  const why = 'RF output was off';
  const uid = writeRun(recorder, {
    pointCount: 9,
    doubtful: {points: {primary: [4, 6]}, why, is_changed: true},
  });
  const doubtful = {first: 4, last: 6, why, isChanged: true};
  for (const after of [0, 5, 9])
    expect(await host.client.runs.points({runUid: uid, after, limit: 3})).toMatchObject({doubtful});
  expect(await host.client.runs.points({runUid: uid, stream: 'dark'})).toMatchObject({doubtful: null});
});

test('a window that follows a run under way gets every point once, and its end', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const run = writeGridRun(recorder, {
    rows: 30,
    columns: 30,
    signalV: level,
    isMeasured: () => false,
    isStopped: false,
  });
  const follow = async (): Promise<{numbers: number[]; calls: number}> => {
    const numbers: number[] = [];
    let [last, calls, hasEnded] = [0, 0, false];
    while (!hasEnded) {
      const page = await host.client.runs.points({runUid: run.uid, after: last, waitMs: 5000});
      calls++;
      expect(page.last - last).toBe(page.count);
      numbers.push(...(page.columns.find(({name}) => name === 'x_mm')?.values ?? []));
      ({last, hasEnded} = page);
    }
    return {numbers, calls};
  };
  const startedMs = performance.now();
  const windows = [follow(), follow(), follow()];
  for (let point = 0; point < 300; point++) {
    run.addPoint(point, 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  run.stop();
  for (const {numbers, calls} of await Promise.all(windows)) {
    expect(numbers).toEqual(Array.from({length: 300}, (_, point) => point));
    // Points of the same 20 ms travel together.
    expect(calls).toBeLessThan((performance.now() - startedMs) / 20 + 5);
  }
});

test('a wait for points ends with the call that waits, and without any after its time', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const uid = writeRun(recorder, {pointCount: 1, isStopped: false});
  const abort = new AbortController();
  const waiting = host.client.runs.points({runUid: uid, after: 1, waitMs: 30_000}, {signal: abort.signal});
  setTimeout(() => abort.abort(), 30);
  await waiting.catch(() => undefined);
  expect(await host.client.runs.points({runUid: uid, after: 1, waitMs: 60})).toMatchObject({
    count: 0,
    last: 1,
    hasEnded: false,
  });
});

test('a plane is filled where the stage really was; unmeasured cells are NaN, repeated ones the mean', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const run = writeGridRun(recorder, {
    rows: 3,
    columns: 4,
    signalV: level,
    isMeasured: (index) => index !== 5,
    offMm: 0.1,
    isStopped: false,
  });
  // A second reading of the first cell, and one far outside.
  run.addPoint(-1.5, -1.2);
  run.addPoint(40, 40);
  const plane = await host.client.runs.plane({runUid: run.uid, quantity: 'x'});
  expect(plane).toMatchObject({rows: 3, columns: 4, xMm: [-1.5, 1.5], yMm: [-1, 1], unit: 'V'});
  expect(plane?.values[0]).toBeCloseTo((10 * -0.9 - 1.4 + (10 * -1.2 - 1.5)) / 2, 5);
  expect(plane?.values[5]).toBeNaN();
  expect(plane?.values[11]).toBeCloseTo(10 * 1.1 + 1.6, 5);
  expect(plane?.values.filter(Number.isNaN)).toHaveLength(1);
  const line = writeRun(recorder, {pointCount: 3, isStopped: false});
  expect(await host.client.runs.plane({runUid: line})).toBeNull();
});

test('theta of a cell measured on both sides of 180 degrees is the mean direction', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  let side = 0.1;
  const run = writeGridRun(recorder, {
    rows: 2,
    columns: 2,
    signalV: () => ({xV: -1, yV: (side = -side)}),
    isMeasured: () => false,
    isStopped: false,
  });
  run.addPoint(-0.5, -0.4);
  run.addPoint(-0.5, -0.6);
  const near = await host.client.runs.plane({runUid: run.uid, quantity: 'theta'});
  expect(Math.abs(near?.values[0] ?? 0)).toBeGreaterThan(170);
});

test('a thumbnail has at most 48 cells a side, keeps the extent, and leaves holes as they are', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const {uid} = writeGridRun(recorder, {
    rows: 101,
    columns: 50,
    signalV: () => ({xV: 3, yV: 4}),
    isMeasured: (index) => index < 50 * 60,
  });
  const small = await host.client.runs.thumbnail({runUid: uid});
  expect(small?.rows).toBe(34);
  expect(small?.columns).toBe(17);
  expect(small?.values[0]).toBe(5);
  expect(small?.values.at(-1)).toBeNaN();
  // The first block of three rows is centred on the second row, the last block on its own two.
  expect(small?.yMm).toEqual([-49, 49.5]);
  expect(small?.xMm).toEqual([-23.5, 24]);
  expect(await host.client.runs.thumbnail({runUid: uid})).toEqual(small);
});

test('documents come as one JSON line each', async () => {
  await using host = await createHost();
  const recorder = host.store.recorder(host.store.createSession(session).uid);
  const uid = writeRun(recorder, {pointCount: 2});
  const {jsonLines} = await host.client.runs.documents({runUid: uid});
  const documents = jsonLines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, object]);
  expect(documents.map(([name]) => name)).toEqual(['start', 'descriptor', 'event', 'event', 'stop']);
  expect(documents).toEqual([...host.store.documents(uid)]);
});
