import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {planSpecSchema, type PlanSpecInput} from '../../../src/contract/plan-spec.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {runScan} from '../../../src/host/scan/run-scan.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {createBench, type InProcessBench} from '../../../src/virtual/bench.ts';
import {openTcpPort} from '../../../src/virtual/port.ts';
import {defaultSceneSettings} from '../../../src/virtual/scene-settings.ts';
import type {VirtualPort} from '../../../src/virtual/virtual-port.ts';
import {virtualDetectors, type InstrumentName} from '../../../src/virtual/instrument-list.ts';
import {openVirtualBench} from '../open-virtual-bench.ts';

const ripple = 0.1;
const speed = 50;
const names = ['sr830', 'grbl', 'scpi-source'] as const satisfies readonly InstrumentName[];
/** Nothing but the standing wave is wrong at the bench: a plain spot of light, the same at any distance. */
const settings = {
  ...defaultSceneSettings,
  ripple,
  driftPerHour: 0,
  backlashMm: 0,
  leadScrew: {amplitudeMm: 0, periodMm: 4},
};

let folder: string;
let virtual: InProcessBench;
let store: Store;
let bench: OpenBench;
const ports: VirtualPort[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-standing-'));
  store = openStore(join(folder, 'store.db'));
  virtual = createBench({speed, hasNoise: false, profile: 'bench', settings});
  const instruments = await Promise.all(
    names.map(async (name) => {
      const port = await openTcpPort(virtual.instruments[name]);
      ports.push(port);
      if (!('port' in port.address)) throw new Error('no TCP');
      return {
        role: virtual.instruments[name].role,
        host: '127.0.0.1',
        port: port.address.port,
        ...(name === 'sr830' && {detector: virtualDetectors.sr830}),
      };
    }),
  );
  const nothing = (): Promise<void> => Promise.resolve();
  bench = await openVirtualBench(
    {
      instruments,
      mountObject: nothing,
      setPlatesPresent: nothing,
      exchangePlate: nothing,
      blockBeam: nothing,
      unblockBeam: nothing,
      [Symbol.asyncDispose]: nothing,
    },
    speed,
    {hasZAxis: true},
  );
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  for (const port of ports) await port[Symbol.asyncDispose]();
  await virtual.dispose();
  store[Symbol.dispose]();
  rmSync(folder, {recursive: true});
});

async function scan(input: PlanSpecInput) {
  const notes: string[] = [];
  const {endedEarly, summary} = await runScan(
    {bench, store},
    {spec: planSpecSchema.parse({residualRatio: 0.001, ...input}), isDetectorSetUp: false},
    {onEvent: (event) => event.type === 'note' && notes.push(event.text)},
  );
  expect(endedEarly).toBeNull();
  const uid = summary.runs.at(-1)?.uid ?? '';
  return {uid, notes, plane: readRunPlane(store, uid, 'x')?.values ?? new Float32Array()};
}

const grid: PlanSpecInput = {plan: 'grid', widthMm: 2, heightMm: 1, stepMm: 1};
/** X of the light without a standing wave, whose phase the seed has drawn. */
const withoutWave = (values: Float32Array): number[] =>
  [...values].map((value) => value / (1 + ripple * Math.cos(virtual.truth.ripplePhaseRad)));
const worst = (values: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, cell) => Math.abs(values[cell] / value - 1)));

it('is gone from the mean of planes and of frequencies, which are all stored', async () => {
  const once = await scan(grid);
  const expected = withoutWave(once.plane);
  expect(worst(once.plane, expected)).toBeGreaterThan(0.02);

  const planes = await scan({...grid, averagePlanes: 2});
  expect(worst(planes.plane, expected)).toBeLessThan(0.004);
  expect(store.readPoints(planes.uid, 'primary').count).toBe(12);
  const levels = store.readPoints(planes.uid, 'passes').data;
  expect(levels['strength_ratio']).toHaveLength(2);
  const quarterMm = (levels['z_mm']?.[1] ?? NaN) - (levels['z_mm']?.[0] ?? NaN);
  expect(quarterMm).toBeCloseTo(299_792_458_000 / 4e11 / 4, 3);
  // Where the detector stood before.
  expect(virtual.wiring.probeMm(virtual.time.nowS())[2]).toBeCloseTo(0, 2);

  const ditherSpanHz = 299_792_458_000 / (2 * settings.rippleLengthMm);
  const dithered = await scan({...grid, averageFrequencies: 3, ditherSpanHz});
  expect(worst(dithered.plane, expected)).toBeLessThan(0.004);
  expect(virtual.source.core.rf.isOutputOn).toBe(false);
});

it('is found by a scan along the beam, and kept with its run', async () => {
  const {uid, notes} = await scan({plan: 'ripple', spanMm: 1.2});
  const {data} = store.readPoints(uid, 'ripple');
  expect(Math.abs((data['amplitude_ratio']?.[0] ?? NaN) - ripple)).toBeLessThan(0.004);
  expect(data['period_mm']?.[0]).toBeCloseTo(0.3747, 2);
  expect(notes.join('\n')).toMatch(/A standing wave swings the light by (9\.\d|10\.\d)/);
});
