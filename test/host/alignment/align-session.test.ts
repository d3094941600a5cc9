import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import {readAlignDetail} from '../../../src/host/views/align-views.ts';
import {
  alignmentKind,
  getAlignment,
  readAlignedPoints,
} from '../../../src/host/placements/alignment-records.ts';
import {plateMoveKinds, type PlateMoveRecord} from '../../../src/host/placements/plate-moves.ts';
import {readSessionPlanes, defaultRunUids} from '../../../src/host/planes/session-planes.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession, type MeasuredBench} from './measured-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-align-'));
let store: Store;
let bench: MeasuredBench;

beforeAll(async () => {
  store = openStore(join(folder, 'bench.sqlite'));
  bench = await createMeasuredBench(3, 2);
});
afterAll(() => {
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

test('finds the plates of a stored session and keeps what it found', async () => {
  const {sessionUid, runUids} = await writeMeasuredSession(store, bench, {benchSeed: 3});
  const stages: string[] = [];
  const {uid, result} = await alignSession(
    store,
    {sessionUid, free: unknowns},
    {onProgress: ({stage, planeCount}) => stages.push(`${stage} ${planeCount}`)},
  );
  expect(result.verdict).toBe('trusted');
  expect(result.planes.map(({label}) => label)).toEqual(bench.digits.map(({sample}) => sample));
  const found = new Map(result.parameters.map((parameter) => [parameter.name, parameter]));
  bench.state.plates.forEach(({dxMm, dyMm}, plate) => {
    for (const [quantity, truth, tolerance] of [
      ['dx', dxMm, 0.02],
      ['dy', dyMm, 0.02],
    ] as const)
      expect(
        Math.abs((found.get(`plate${plate + 1}.${quantity}`)?.value ?? NaN) - truth),
        `plate ${plate + 1} ${quantity}`,
      ).toBeLessThan(tolerance);
  });
  expect(result.after.correlation).toBeGreaterThan(0.99);
  expect(result.after.correlation).toBeGreaterThan(result.before.correlation + 0.02);
  expect(new Set(stages)).toContain('search 2');
  expect(new Set(stages)).toContain('fit 2');

  const stored = getAlignment(store, uid ?? '');
  expect(stored).toMatchObject({result, sessionUid, benchName: 'north', benchSeed: 3, designName: 'digits'});
  expect(stored.covariance).toHaveLength(result.parameters.length ** 2);
  expect(stored.planes.map(({runUid}) => runUid)).toEqual(runUids);
  // The curve of the fit outlives the program: it ends with what the result lacks.
  const unexplainedRatios = (stored.convergence ?? []).map(({unexplainedRatio}) => unexplainedRatio);
  expect(unexplainedRatios.length).toBeGreaterThan(1);
  expect(unexplainedRatios.at(-1)).toBeCloseTo(result.after.unexplainedRatio, 3);
  const {predicted, residual} = readAlignedPoints(store, stored.planes[0].artifactUid);
  expect(predicted).toHaveLength(bench.side ** 2);
  // Predicted in the unit of the readings, V; residuals as large as their standard deviations say.
  const {x_v: measured} = store.readPoints(runUids[0]).data;
  expect(rmsOf(predicted.map((value, i) => measured[i] - value))).toBeLessThan(0.1 * rmsOf(measured));
  expect(rmsOf(residual)).toBeGreaterThan(0.7);
  expect(rmsOf(residual)).toBeLessThan(1.3);
});

test('planes of two sessions of one bench are aligned together, each with its own dark level', async () => {
  const [first, second] = bench.digits.map((digit) => ({...bench, digits: [digit]}));
  const before = await writeMeasuredSession(store, first, {side: 22, benchSeed: 4});
  const {sessionUid, runUids} = await writeMeasuredSession(store, second, {side: 22, benchSeed: 4});
  const all = [...runUids, ...before.runUids];
  const {uid, result} = await alignSession(store, {
    sessionUid,
    runUids: all,
    free: unknowns,
    orientation: 'never',
    prints: 'never',
  });
  expect(result.verdict).toBe('trusted');
  expect(result.planes.map(({label}) => label)).toEqual(bench.digits.map(({sample}) => sample).reverse());
  expect(getAlignment(store, uid ?? '').planes.map(({runUid}) => runUid)).toEqual(all);
  const detail = await readAlignDetail(store, uid ?? '', Date.now() / 1000);
  expect(detail.summary).toMatchObject({sessionUid, planeCount: 2, otherSessionTitles: ['Planes']});
  // Each is shown beside what is predicted for it, the pedestal taken off.
  for (const {measured, aligned, mask} of detail.pictures) {
    expect(mask.count).toBeGreaterThan(0);
    const away = measured.values.map((value, i) => value - aligned.values[i]);
    expect(rmsOf(away)).toBeLessThan(0.1 * rmsOf(measured.values));
  }
});

test('planes of sessions between which something changed are refused together, by name', async () => {
  const alone = {...bench, digits: bench.digits.slice(0, 1)};
  const {sessionUid, runUids} = await writeMeasuredSession(store, alone, {side: 12, benchSeed: 5});
  const together = (others: readonly string[]) =>
    readSessionPlanes(store, sessionUid, [...runUids, ...others]);
  const other = await writeMeasuredSession(store, alone, {side: 12, benchSeed: 6});
  await expect(together(other.runUids)).rejects.toThrow(/another bench.*nothing was stored/);
  store.addCalibration({
    kind: plateMoveKinds.move,
    timeS: 1500,
    value: {
      benchName: 'north',
      benchSeed: 5,
      plate: 2,
      from: {dxMm: 0},
      to: {dxMm: 0.2},
      by: 'Ada',
      why: 'by hand',
      correctionUid: null,
    } satisfies PlateMoveRecord,
  });
  const later = await writeMeasuredSession(store, alone, {side: 12, benchSeed: 5, timeS: 2000});
  await expect(together(later.runUids)).rejects.toThrow(/the mounts moved plate 2/);
  expect((await readSessionPlanes(store, sessionUid)).planes).toHaveLength(1);
});

test('of many planes the first are taken, of those measured for an alignment all', async () => {
  const many = {...bench, digits: Array.from({length: 7}, () => bench.digits[0])};
  const {sessionUid, runUids} = await writeMeasuredSession(store, many, {side: 12});
  expect(defaultRunUids(store, sessionUid)).toEqual(runUids.slice(0, 5));
  expect(defaultRunUids(store, sessionUid, 'all')).toEqual(runUids);
});

test('readings whose noise is below the steps of the lock-in have the noise of the steps', async () => {
  const resolutionV = 4e-6;
  const {sessionUid} = await writeMeasuredSession(store, bench, {side: 20, resolutionV});
  const {planes} = await readSessionPlanes(store, sessionUid);
  for (const {sigma} of planes)
    for (const value of sigma) expect(value).toBeCloseTo(resolutionV / Math.sqrt(12), 8);
});

test('stopped in the middle it stores nothing', async () => {
  const {sessionUid} = await writeMeasuredSession(store, bench);
  const before = store.listAllCalibrations().length;
  const controller = new AbortController();
  const aligned = alignSession(
    store,
    {sessionUid, free: unknowns},
    {
      signal: controller.signal,
      onProgress: ({stage}) => {
        if (stage === 'fit') controller.abort();
      },
    },
  );
  await expect(aligned).rejects.toMatchObject({name: 'AbortError'});
  expect(store.listAllCalibrations()).toHaveLength(before);
  expect(store.listArtifacts(sessionUid, 'alignment-plane')).toEqual([]);
});

test('a result that explains nothing is told and not kept', async () => {
  // Random numbers: what a detector shows that looks elsewhere.
  const random = createRandom('no network at all');
  const noise: MeasuredBench = {
    ...bench,
    digits: bench.digits.slice(0, 1),
    read: (_, xMm) => Float64Array.from(xMm, () => random.normal() ** 2),
  };
  const {sessionUid} = await writeMeasuredSession(store, noise, {side: 20});
  const {uid, result} = await alignSession(store, {sessionUid, orientation: 'never', free: ['frame.dx']});
  expect(uid).toBeNull();
  expect(result.verdict).toBe('failed');
  expect(result.reasons[0]).toMatch(/No placement explains these planes/);
  expect(store.listCalibrations(alignmentKind).some((own) => own.sessionUid === sessionUid)).toBe(false);
});

test('says in a sentence why there is nothing to align with', async () => {
  const sentence = (given: Promise<unknown>): Promise<string> =>
    given.then(
      () => 'nothing was refused',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
  const alone = {...bench, digits: bench.digits.slice(0, 1)};
  /** What its thread does first, in this one. */
  const read = async (options: Parameters<typeof writeMeasuredSession>[2], runUids?: string[]) => {
    const {sessionUid, runUids: own} = await writeMeasuredSession(store, alone, {side: 12, ...options});
    return sentence(readSessionPlanes(store, sessionUid, runUids?.length === 0 ? own : runUids));
  };
  const align = async (options: Parameters<typeof writeMeasuredSession>[2]) => {
    const {sessionUid} = await writeMeasuredSession(store, alone, {side: 12, ...options});
    return sentence(alignSession(store, {sessionUid}));
  };
  await expect(alignSession(store, {sessionUid: 'none'})).rejects.toMatchObject({code: 'store/not-found'});
  const plain = store.createSession({title: 'Beam', operator: 'Ada', benchName: 'north'});
  expect(await sentence(alignSession(store, {sessionUid: plain.uid}))).toMatch(
    /"Beam".*no campaign.*nothing was stored/,
  );
  expect(await align({endings: [null]})).toMatch(/still under way\. No placement/);
  expect(await read({endings: ['abort']})).toMatch(/ended as abort/);
  expect(await read({endings: ['abort']}, [])).toMatch(/^Run \d+ ended as abort/);
  expect(await read({side: 9})).toMatch(/81 points; at least 100/);
  expect(await read({designHash: 'sha256:other'})).toMatch(/another design/);
  expect(await read({hasDark: false})).toMatch(/no dark level/);
  expect(await read({}, ['run-0'])).toMatch(/no grid run run-0 of a known object/);
  expect(await align({brightness: 0})).toMatch(/shows no light/);
  const {sessionUid} = await writeMeasuredSession(store, alone, {side: 12});
  expect(await sentence(alignSession(store, {sessionUid, free: ['plate9.dx']}))).toMatch(/plate9\.dx/);
  expect(store.listCalibrations(alignmentKind).filter((own) => own.sessionUid === sessionUid)).toEqual([]);
});

const rmsOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0) / values.length);
