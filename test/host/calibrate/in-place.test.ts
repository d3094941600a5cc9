import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {OperatorRequest} from '../../../src/contract/messages.ts';
import {inPlaceSettingsSchema} from '../../../src/contract/reprint.ts';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {learnInPlace, type InPlaceNews, type InPlaceRequest} from '../../../src/host/calibrate/in-place.ts';
import {assertCanLearnInPlace, scanRegionsOf} from '../../../src/host/calibrate/in-place-rules.ts';
import {inPlaceCost, inPlaceSeconds} from '../../../src/host/calibrate/in-place-cost.ts';
import {stoppedInPlace} from '../../../src/host/calibrate/stopped-in-place.ts';
import {recordedBench} from '../../../src/host/calibrate/recorded-bench.ts';
import {loadDesignFolder} from '../../../src/host/designs/design-folder.ts';
import {storeAsBuilt} from '../../../src/host/placements/as-built-records.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../alignment/measured-session.ts';
import {openVirtualBench} from '../open-virtual-bench.ts';

const seed = 3;
const folder = mkdtempSync(join(tmpdir(), 'd2nn-in-place-'));
const requests: OperatorRequest[] = [];
let store: Store;
let virtual: VirtualBench;
let bench: OpenBench;
let request: InPlaceRequest;

beforeAll(async () => {
  store = openStore(join(folder, 'bench.sqlite'));
  const small = await createMeasuredBench(seed, 2);
  const {sessionUid, runUids} = await writeMeasuredSession(store, small, {benchSeed: seed});
  const found = await alignSession(store, {sessionUid, runUids, free: unknowns, prints: 'never'});
  const recorded = await recordedBench(store, storeAsBuilt(store, found.uid ?? '', null, {by: 'Ada'}));
  virtual = await startVirtualBench({seed, speed: 1000, designFolder: small.designFolder});
  const open = await openVirtualBench(virtual, 1000, {timeoutScale: 10});
  bench = {
    ...open,
    // The bench of the record.
    file: {...open.file, name: recorded.record.benchName},
    seed,
    operator(asked, options) {
      requests.push(asked);
      return open.operator(asked, options);
    },
  };
  request = {
    recorded,
    settings: {
      ...inPlaceSettingsSchema.parse({steps: 2, batchSize: 2, judgedCount: 10, trainingCount: 40}),
      plate: 5,
    },
    pointsPerSide: 2,
    start: recorded.bench.design,
    startFolder: null,
    folder: join(folder, 'learnt'),
    name: 'digits learnt in place',
    command: 'tried',
    operator: 'Ada',
    workerCount: 1,
  };
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

const exchanged = (): number => requests.filter(({kind}) => kind === 'exchange-plate').length;

it('learns a plate on the bench, goes on after a stop from its last step, and says where the plate comes from', async () => {
  const controller = new AbortController();
  const stopped = learnInPlace({bench, store}, request, {
    signal: controller.signal,
    onText: (text) => text.startsWith('Step 1 of 2') && controller.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
  expect(existsSync(join(request.folder, 'design.json'))).toBe(false);
  expect((await virtual.readState()).isOutputOn).toBe(false);
  expect(exchanged()).toBe(1);
  const [left] = await stoppedInPlace(folder);
  expect(left).toMatchObject({folder: request.folder, step: 1, before: {count: 10}, curve: [{step: 1}]});
  // As it was asked for, so that it can be gone on with by its folder alone.
  expect(left.order).toMatchObject({
    asBuiltUid: request.recorded.uid,
    name: 'digits learnt in place',
    settings: {plate: 5, steps: 2, judgedCount: 10},
  });

  requests.length = 0;
  const told: InPlaceNews[] = [];
  const texts: string[] = [];
  const {lineage} = await learnInPlace({bench, store}, request, {
    signal: new AbortController().signal,
    onText: (text) => texts.push(text),
    onLearnt: (news) => told.push(news),
  });
  expect(told.map(({before, curve}) => [before?.count, curve.length])).toEqual([
    [10, 1],
    [10, 2],
  ]);
  expect(await stoppedInPlace(folder)).toEqual([]);
  expect(texts).toHaveLength(1);
  // The second step and the last plate; what the plate of before shows was measured already.
  expect(exchanged()).toBe(2);
  expect(requests.filter(({kind}) => kind === 'mount-object')).toHaveLength(1 + 2 + 10);
  expect(lineage).toMatchObject({
    plate: 5,
    parentHash: request.start.file.contentHash,
    asBuiltUid: request.recorded.uid,
    tried: [],
    before: {count: 10},
    after: {count: 10},
    inPlace: {exchangeCount: 3, objectCount: 24, pointCount: 24 * 4 * 4, pointsPerSide: 2},
  });
  const {curve = [], sessionUid = ''} = lineage.inPlace ?? {};
  expect(curve.map(({step}) => step)).toEqual([1, 2]);
  const points = store
    .listRuns(sessionUid)
    .filter(({planName, exitStatus}) => planName === 'regions' && exitStatus === 'success');
  expect(points).toHaveLength(24);

  const learnt = await loadDesignFolder(request.folder);
  expect(learnt.file.training).toMatchObject({reprint: {inPlace: {sessionUid}}});
  const last = requests.findLast((own) => own.kind === 'exchange-plate');
  expect(last).toMatchObject({plate: 5});
  if (last?.kind !== 'exchange-plate') return;
  learnt.layers.forEach(({values}, i) => {
    const wanted = i === 4 ? last.heightsMm : request.start.layers[i].values;
    expect(Math.max(...values.map((value, k) => Math.abs(value - wanted[k]))), `plate ${i + 1}`).toBeLessThan(
      1e-6,
    );
  });
  expect(learnt.layers[4].values).not.toEqual(request.start.layers[4].values);
}, 60_000);

it('says beforehand what it takes, by what is measured then', async () => {
  const {recorded, settings, pointsPerSide} = request;
  expect(inPlaceCost(recorded, {settings, pointsPerSide})).toEqual({
    exchangeCount: 3,
    objectCount: 24,
    pointCount: 24 * 4 * 4,
  });
  const secondsOf = (changed: Partial<typeof settings>): Promise<number> =>
    inPlaceSeconds(bench, recorded, {pointsPerSide, plate: 5, settings: {...settings, ...changed}});
  const seconds = await secondsOf({});
  // Twice as many objects in the steps take as much longer as these objects do.
  const objectS = ((await secondsOf({steps: 4})) - seconds) / 4;
  expect(objectS).toBeGreaterThan(0);
  expect((await secondsOf({batchSize: 4})) - seconds).toBeCloseTo(4 * objectS, 6);
  expect(seconds).toBeGreaterThan(24 * objectS);
});

it('refuses a bench that exchanges no plates, another bench, another design and a plate without a relief', () => {
  const {recorded} = request;
  const check = (changed: Partial<OpenBench>, plate = 5) =>
    assertCanLearnInPlace({...bench, ...changed}, recorded, plate);
  expect(() => check({isVirtual: false})).toThrow(
    /cannot exchange it by itself.*one print a step.*Nothing was moved/s,
  );
  expect(() => check({isVirtual: false, file: {...bench.file, exchangeablePlates: [5]}})).not.toThrow();
  expect(() => check({seed: 4})).toThrow(/made on north of seed 3, and north of seed 4 is open/);
  expect(() => check({design: {folder: '', name: 'other', contentHash: 'x'}})).toThrow(
    /plates of another design/,
  );
  expect(() => check({}, 6)).toThrow(/those with a relief are 1, 2, 3, 4, 5/);
});

it('looks for the regions where the scan has them', () => {
  const region = {label: '0', centerXMm: 5, centerYMm: -3, widthMm: 2, heightMm: 2};
  const [found] = scanRegionsOf([region], {dxMm: 1, dyMm: -1, dzMm: 0, rotationDeg: 90, scale: 2});
  // The scan's x is twice the bench's y: (5, -3) is 4 along x and -2 along y from where it begins.
  expect(found.centerXMm).toBeCloseTo(-1, 12);
  expect(found.centerYMm).toBeCloseTo(-2, 12);
});
