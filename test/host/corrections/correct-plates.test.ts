import {setTimeout as sleepMs} from 'node:timers/promises';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, describe, expect, it} from 'vitest';
import {zaber} from '../../../drivers/mount/zaber.ts';
import {createClock} from '../../../src/base/clock.ts';
import type {AlignmentResult, AlignmentSensitivity} from '../../../src/contract/alignment.ts';
import {mountSchema} from '../../../src/contract/bench-file.ts';
import {
  placeOfBench,
  planCorrection,
  type CorrectionBench,
  type CorrectionSource,
} from '../../../src/host/corrections/correct-plan.ts';
import {correctionsOf} from '../../../src/host/corrections/corrections.ts';
import {
  applyCorrection,
  keepCorrection,
  undoCorrection,
} from '../../../src/host/corrections/correct-plates.ts';
import {getCorrection} from '../../../src/host/corrections/correct-records.ts';
import {listPlateMoves, movePlate, platesMovedSince} from '../../../src/host/placements/plate-moves.ts';
import {virtualBenchFile} from '../../../src/host/bench/open-bench.ts';
import {byteLinkFromStream} from '../../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../../src/host/serial/line-link.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {noFaults, withFaults} from '../../../src/virtual/faults.ts';
import {Zaber} from '../../../src/virtual/instruments/zaber.ts';
import {createDuplex} from '../../../src/virtual/port.ts';
import {createVirtualTime} from '../../../src/virtual/time.ts';

const mmPerStep = 0.000047625;
const degPerStep = 0.000234375;
const linear = (axis: number, more: object = {}) => ({axis, mmPerStep, limitsMm: [-3, 3], ...more});

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

interface Setting {
  readonly store: Store;
  readonly bench: CorrectionBench;
  readonly chain: Zaber;
  readonly sourceWith: (
    values: Readonly<Record<string, Found>>,
    more?: Partial<AlignmentResult>,
  ) => CorrectionSource;
}
type Found =
  | number
  | {readonly value: number; readonly sigma: number | null; readonly identifiable?: boolean};

/** Plates 2 and 3 of three on mounts that can be told from one another; plate 2 has no motor along the beam. */
async function setUp({speed = 50}: {readonly speed?: number} = {}): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'd2nn-correct-'));
  const store = openStore(join(folder, 'bench.sqlite'));
  const time = createVirtualTime(speed);
  const body = {unitPerStep: mmPerStep, travel: 12.7, start: 6.35};
  const turn = {unitPerStep: degPerStep, travel: 20, start: 10};
  const chain = new Zaber({time, devices: [1, 2].map(() => [body, body, body, turn])});
  if (speed === 1) for (const {axes} of chain.devices) axes[0].settings['maxspeed'] = 20_000;
  const rotation = {axis: 4, degPerStep, limitsDeg: [-5, 5]};
  const config = mountSchema.parse({
    driver: 'zaber',
    link: {port: 'fake'},
    plates: [
      {plate: 3, address: 1, axes: {x: linear(1), y: linear(2), z: linear(3), rotation}},
      {plate: 2, address: 2, axes: {x: linear(1, {direction: -1}), y: linear(2), rotation}},
    ],
  });
  const clock = createClock(speed);
  const stream = createDuplex(withFaults(chain, noFaults()));
  const link = createLineLink(byteLinkFromStream(stream, {name: 'fake'}), zaber.link, {
    clock,
    shortestLimitRealMs: 250,
  });
  const mount = await zaber.connect(link, config);
  open.push(mount, {
    async [Symbol.asyncDispose]() {
      chain.dispose();
      time.dispose();
      store.close();
      await rm(folder, {recursive: true});
    },
  });
  const places = ['stage', 'lockin', 'source'].map((role) => ({
    role,
    path: '/dev/null',
    ...(role === 'lockin' && {detector: {driver: 'sr830', settings: {}}}),
  }));
  const bench: CorrectionBench = {
    file: virtualBenchFile(places),
    clock,
    seed: 4,
    devices: {mount},
  };
  const {uid: sessionUid} = store.createSession({
    title: 'planes',
    operator: 'Ada',
    benchName: bench.file.name,
    details: {kind: 'session', benchSeed: 4},
  });
  return {
    store,
    bench,
    chain,
    sourceWith: (values, more = {}) => ({
      ...placeOfBench(bench),
      alignmentUid: null,
      sessionUid,
      arrangement: asDesigned(3),
      firstScanId: store.recorder(sessionUid).allocateScanId(),
      design: {
        frequencyHz: 4e11,
        grid: {count: 40, pitchMm: 0.4},
        // Only how many there are matters.
        layers: Array.from<CorrectionSource['design']['layers'][number]>({length: 3}),
      },
      result: resultWith(values, more),
    }),
  };
}

/** What an alignment found, as far as a correction looks at it. */
function resultWith(
  values: Readonly<Record<string, Found>>,
  more: Partial<AlignmentResult>,
): AlignmentResult {
  const parameters = Object.entries(values).map(([name, found]) => ({
    name,
    unit: name.endsWith('rotation') ? ('deg' as const) : ('mm' as const),
    ...(typeof found === 'number' ? {value: found, sigma: 0.01} : {value: found.value, sigma: found.sigma}),
    identifiable: typeof found === 'number' ? true : (found.identifiable ?? found.sigma !== null),
  }));
  return {
    verdict: 'trusted',
    reasons: [],
    orientation: [],
    ...more,
    parameters,
  } as unknown as AlignmentResult;
}

/** A table of a design for which a few hundredths of a millimetre are too much. */
const costlyTable: AlignmentSensitivity = {
  wavelengthMm: 0.75,
  accuracyAsDesigned: 1,
  objectCount: 20,
  rows: [2, 3].flatMap((plate) =>
    ['dx', 'dy', 'dz', 'rotation'].map((name) => ({
      name: `plate${plate}.${name}`,
      unit: name === 'rotation' ? ('deg' as const) : ('mm' as const),
      inWavelengths: false,
      points: [
        {size: 0.02, accuracy: 1, match: 1, correlation: 0.994},
        {size: 0.2, accuracy: 0.8, match: 0.8, correlation: 0.9},
      ],
      tolerance: 0.05,
    })),
  ),
};

const offsets = (chain: Zaber, device: number): number[] =>
  chain.devices[device].axes.map(({offset}) => Number(offset.toFixed(3)));
const still = [0, 0, 0, 0];

describe('a correction by mounts', () => {
  it('plans what a person is told to do, says what it leaves, and what is for the hand', async () => {
    const {store, bench, sourceWith} = await setUp();
    const source = sourceWith({
      'plate1.dx': 0.5,
      'plate2.dx': 0.3,
      'plate2.dy': {value: 0.006, sigma: 0.01},
      'plate2.dz': 0.8,
      'plate3.dz': {value: 0.2, sigma: 0.5, identifiable: false},
      'plate3.rotation': -0.9,
      'frame.dx': 1,
    });
    const plan = await planCorrection(store, bench, source);
    expect(plan.refusal).toBeNull();
    expect(plan.moves.map(({plate, axes}) => [plate, ...axes.map(({axis, to}) => `${axis} ${to}`)])).toEqual([
      [2, 'dxMm -0.3'],
      [3, 'rotationDeg 0.9'],
    ]);
    expect(plan.leftOut).toEqual([
      'Plate 2, y 0.0060 +- 0.0100 mm: less than 2 standard deviations from where it belongs.',
      'Plate 3, z 0.2000 +- 0.5000 mm: these planes do not determine it.',
    ]);
    expect(plan.manualSteps).toHaveLength(2);
    expect(plan.manualSteps[0]).toMatch(/^Move plate 1 by 0\.500 \+- 0\.010 mm to the right/);
    expect(plan.manualSteps[1]).toMatch(/^Move plate 2 by 0\.800 .* towards the source/);
  });

  it.each([
    ['limits in wavelengths', undefined],
    ['the table of the design', costlyTable],
  ])('moves exactly what the advice names, judged by %s', async (_, sensitivity) => {
    const {store, bench, sourceWith} = await setUp();
    const names = [2, 3].flatMap((plate) =>
      ['dx', 'dy', 'dz', 'rotation'].map((name) => `plate${plate}.${name}`),
    );
    const seen = {moved: 0, left: 0};
    for (const size of [0.001, 0.004, 0.015, 0.03, 0.06, 0.12, 0.3, 0.5])
      for (const sigma of [0.002, 0.02]) {
        const values = Object.fromEntries(
          names.map((name, i) => [name, {value: i % 2 === 0 ? size : -size, sigma}]),
        );
        const source = {...sourceWith(values), sensitivity};
        const {items, text} = correctionsOf(source, source.design, sensitivity);
        const plan = await planCorrection(store, bench, source);
        const needed = items.filter(({isNeeded}) => isNeeded);
        const keyOf = {dxMm: 'dx', dyMm: 'dy', dzMm: 'dz', rotationDeg: 'rotation'} as const;
        const moved = plan.moves.flatMap(({plate, axes}) =>
          axes.map(({axis, from, to}) => [`plate ${plate}`, keyOf[axis], to - from]),
        );
        // Plate 2 has no motor along the beam.
        const manualSteps = needed.filter(({part, quantity}) => part === 'plate 2' && quantity === 'dz');
        const tolerable = (change: number, unit: string): boolean =>
          Math.abs(change) <= (unit === 'deg' ? 0.005 : 0.002);
        expect(moved).toEqual(
          needed
            .filter((item) => !manualSteps.includes(item) && !tolerable(item.change, item.unit))
            .map(({part, quantity, change}): unknown[] => [part, quantity, expect.closeTo(change, 9)]),
        );
        expect(plan.manualSteps).toHaveLength(manualSteps.length);
        if (needed.length === 0) expect(text).toMatch(/^Nothing has to be moved/);
        seen.moved += moved.length;
        seen.left += plan.leftOut.length;
      }
    expect(Math.min(seen.moved, seen.left)).toBeGreaterThan(10);
  });

  it('moves one plate after another, reads back, writes everything down, and undoes it', async () => {
    const {store, bench, chain, sourceWith} = await setUp();
    const source = sourceWith({'plate2.dx': 0.3, 'plate2.rotation': 0.8, 'plate3.dy': -0.25});
    const seen: number[] = [];
    const {correctionUid, arrived} = await applyCorrection(store, bench, source, {
      by: 'Ada',
      onProgress: ({plate}) => seen.push(plate),
    });
    // Plate 3 is the first device; the x axis of plate 2 points the other way.
    expect(offsets(chain, 1)).toEqual([0.3, 0, 0, -0.8]);
    expect(offsets(chain, 0)).toEqual([0, 0.25, 0, 0].map((value) => expect.closeTo(value, 3) as number));
    expect(arrived[0].dxMm).toBeCloseTo(-0.3, 3);
    expect([...new Set(seen)]).toEqual([2, 3]);
    const done = getCorrection(store, correctionUid);
    expect(done).toMatchObject({
      state: 'done',
      by: 'Ada',
      text: 'Plates 2 and 3 moved as planned, read back.',
    });
    expect(
      done.made.map(({plate, from, to, by, why, end}) => [plate, from.dxMm, to, by, why, end?.ending]),
    ).toEqual([
      [
        2,
        0,
        {dxMm: -0.3, rotationDeg: -0.8},
        'Ada',
        expect.stringContaining('correction from alignment'),
        'arrived',
      ],
      [3, 0, {dyMm: 0.25}, 'Ada', expect.stringContaining('correction from alignment'), 'arrived'],
    ]);
    expect(store.listAudit().filter(({action}) => action === 'move-plate')).toHaveLength(2);

    // The same planes cannot be used twice.
    await expect(applyCorrection(store, bench, source, {by: 'Ada'})).rejects.toThrow(
      'moved since these planes',
    );
    expect(offsets(chain, 1)).toEqual([0.3, 0, 0, -0.8]);

    await undoCorrection(store, bench, correctionUid, {by: 'Bo'});
    expect(offsets(chain, 0).map(Math.abs)).toEqual(still);
    expect(offsets(chain, 1).map(Math.abs)).toEqual(still);
    expect(getCorrection(store, correctionUid)).toMatchObject({
      state: 'undone',
      text: expect.stringContaining('back') as string,
    });
    expect(platesMovedSince(store, placeOfBench(bench), 0)).toEqual([]);
    await expect(undoCorrection(store, bench, correctionUid, {by: 'Bo'})).rejects.toThrow(/undone already/);
    expect(() => keepCorrection(store, correctionUid, 'Bo')).toThrow('cannot be kept');
  });

  it.each(['plate-move', 'plate-correction-step'])(
    'a damaged %s: the correction is neither undone nor made again on a guess',
    async (kind) => {
      const {store, bench, chain, sourceWith} = await setUp();
      const source = sourceWith({'plate2.dx': 0.3});
      const {correctionUid} = await applyCorrection(store, bench, source, {by: 'Ada'});
      const db = new Database(store.path);
      db.prepare(`UPDATE calibrations SET value = '{}' WHERE kind = ?`).run(kind);
      db.close();
      await expect(undoCorrection(store, bench, correctionUid, {by: 'Bo'})).rejects.toThrow(
        /not undone: .* is damaged.*Row .* of the table calibrations.*Nothing moved/,
      );
      await expect(applyCorrection(store, bench, source, {by: 'Bo'})).rejects.toThrow(
        kind === 'plate-move' ? /may have been moved.*Row .* cannot be used.*Nothing moved/ : /moved since/,
      );
      expect(offsets(chain, 1)).toEqual([0.3, 0, 0, 0]);
    },
  );

  it.each([
    [
      'larger than a correction may be',
      {'plate2.dx': 0.2, 'plate3.dx': 1.2},
      {},
      'motion/limit',
      'plate 3, x by 1.200 mm',
    ],
    [
      'doubtful',
      {'plate2.dx': 0.2},
      {verdict: 'doubtful', reasons: ['Too dark.']},
      'plan/invalid',
      'Too dark.',
    ],
    ['failed', {'plate2.dx': 0.2}, {verdict: 'failed'}, 'plan/invalid', 'found nothing'],
    ['nothing to move', {'plate2.dx': 0.001}, {}, 'plan/invalid', 'nothing to move'],
  ] as const)('is refused whole, before anything moves: %s', async (_name, values, more, code, text) => {
    const {store, bench, chain, sourceWith} = await setUp();
    const source = sourceWith(values, more as Partial<AlignmentResult>);
    await expect(applyCorrection(store, bench, source, {by: 'Ada'})).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text) as string,
    });
    expect([...offsets(chain, 0), ...offsets(chain, 1)].every((offset) => offset === 0)).toBe(true);
    expect(listPlateMoves(store, placeOfBench(bench))).toEqual([]);
  });

  it('follows a doubtful alignment when that is asked for, but never one of another bench or of wrong assembly', async () => {
    const {store, bench, sourceWith} = await setUp();
    const doubtful = sourceWith({'plate2.dx': 0.2}, {verdict: 'doubtful', reasons: ['Too dark.']});
    expect((await planCorrection(store, bench, doubtful, {allowDoubtful: true})).refusal).toBeNull();
    const elsewhere = {...doubtful, benchSeed: 5};
    expect((await planCorrection(store, bench, elsewhere, {allowDoubtful: true})).refusal?.message).toContain(
      'seed 5',
    );
    const turned = {...asDesigned(3), scan: 1};
    const wrong = {
      ...sourceWith(
        {'plate2.dx': 0.2},
        {orientation: [{text: 'the scan is mirrored', unexplainedRatio: 0.1, isChosen: true}]},
      ),
      arrangement: turned,
    };
    expect((await planCorrection(store, bench, wrong)).refusal?.message).toContain('the scan is mirrored');
  });

  it('is refused when the travel ends before the target, and when the plates moved since the list was shown', async () => {
    const {store, bench, chain, sourceWith} = await setUp();
    const {mount} = bench.devices;
    if (!mount) throw new Error('no mount');
    const order = {...placeOfBench(bench), plate: 2, by: 'Ada', why: 'test'};
    await movePlate(store, mount, {...order, to: {dxMm: 2.5}});
    const source = sourceWith({'plate2.dx': -0.8});
    expect((await planCorrection(store, bench, source)).refusal).toMatchObject({
      code: 'motion/limit',
      message: expect.stringContaining('x to 3.300 mm, beyond its travel of -3 to 3 mm') as string,
    });
    const other = sourceWith({'plate2.dx': 0.5, 'plate3.dx': 0.1});
    const {moves} = await planCorrection(store, bench, other);
    await mount.moveTo(2, {dxMm: 2.4});
    await expect(applyCorrection(store, bench, other, {by: 'Ada', shown: moves})).rejects.toThrow(
      'look at the new list',
    );
    expect(chain.devices[0].axes[0].offset).toBeCloseTo(0, 9);
  });

  it('stops in mid-move when it is aborted, leaves the others, and undo brings back what moved', async () => {
    const {store, bench, chain, sourceWith} = await setUp({speed: 1});
    const source = sourceWith({'plate2.dx': -0.9, 'plate3.dx': 0.5});
    const abort = new AbortController();
    const ended = applyCorrection(store, bench, source, {by: 'Ada', signal: abort.signal}).then(
      () => undefined,
      (error: unknown) => error,
    );
    const x = chain.devices[1].axes[0];
    while (Math.abs(x.offset) < 0.1) await sleepMs(2);
    abort.abort(new Error('enough'));
    const error = (await ended) as {message: string; details: {correctionUid: string}};
    expect(error.message).toMatch(/ended at plate 2.*enough.*stands at x.*Plate 3 did not move/s);
    expect(x.isMoving).toBe(false);
    const stoodMm = x.offset;
    expect(Math.abs(stoodMm)).toBeLessThan(0.85);
    const {correctionUid} = error.details;
    expect(getCorrection(store, correctionUid).state).toBe('failed');
    expect(getCorrection(store, correctionUid).made[0].end?.stands?.dxMm).toBeCloseTo(-stoodMm, 3);
    await undoCorrection(store, bench, correctionUid, {by: 'Ada'});
    expect(x.offset).toBeCloseTo(0, 3);
    expect(chain.devices[0].axes[0].offset).toBeCloseTo(0, 9);
  });

  it('is not undone when a plate does not stand where it left it', async () => {
    const {store, bench, chain, sourceWith} = await setUp();
    const {correctionUid} = await applyCorrection(store, bench, sourceWith({'plate2.dx': 0.3}), {by: 'Ada'});
    // Power cut and back: the counter begins at 0 where the plate stands.
    chain.devices[1].axes[0].reset();
    await expect(undoCorrection(store, bench, correctionUid, {by: 'Ada'})).rejects.toThrow(
      'Its power was cut',
    );
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(0.3, 3);
    expect(getCorrection(store, correctionUid).state).toBe('done');
  });
});
