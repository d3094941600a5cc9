import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {decodeNpy} from '../../../src/base/npy.ts';
import {impliedColumns, storedColumnsOf} from '../../../src/contract/detector.ts';
import type {BenchDevice} from '../../../src/contract/devices.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import {sr830Declaration} from '../../../drivers/lockin/sr830-declaration.ts';
import {compareSides} from '../../../src/host/campaign/compare-sides.ts';
import {darkReadings, scanOf} from '../../../src/host/campaign/campaign-results.ts';
import {recordInstrumentCalibrations} from '../../../src/host/campaign/record-instruments.ts';
import {defaultCalibrationHours} from '../../../src/contract/api/index.ts';
import {processScan} from '../../../src/host/compare/process-scan.ts';
import {createEngine, type Engine} from '../../../src/host/engine/engine.ts';
import {dryRun} from '../../../src/host/engine/dry-run.ts';
import {scanReportDataFrom} from '../../../src/host/export/scan-report-data.ts';
import {beamFind} from '../../../src/host/plans/beam-find.ts';
import {campaign, type CampaignOptions} from '../../../src/host/plans/campaign.ts';
import {measureDarkLevel} from '../../../src/host/plans/dark-level.ts';
import {gridScan, type GridScanOptions, type MeasuredPlane} from '../../../src/host/plans/grid.ts';
import {type BenchRoles, defaultDwell, setUpDetector} from '../../../src/host/plans/measure.ts';
import {withSourceOn} from '../../../src/host/plans/wrappers.ts';
import {renderScanReport} from '../../../src/host/report/scan-report.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {csvFrom, pointsFileFrom} from '../../../src/host/scan/export-points.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {createFakeBench} from './fake-bench.ts';
import {FakeMeter, meterRole} from './fake-meter.ts';

const roles: BenchRoles = {stage: 'stage', detector: meterRole, source: 'source'};
const darkA = 2e-7;
const grid = {centerMm: {xMm: 1, yMm: -2}, widthMm: 8, heightMm: 8, stepMm: 1, order: 'snake'} as const;

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-detector-'));
  store = openStore(join(folder, 'bench.db'));
});
afterEach(() => {
  store[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

/** A bench whose detector is a meter of a current; light makes it larger, or smaller with `sign` -1. */
function createMeterBench({sign = 1}: {readonly sign?: 1 | -1} = {}): {
  readonly engine: Engine;
  readonly devices: ReadonlyMap<string, BenchDevice>;
  readonly sessionUid: string;
  readonly log: readonly string[];
} {
  const bench = createFakeBench();
  const meter = new FakeMeter(bench.log);
  let noise = 1;
  meter.signalA = () => {
    const {x, y} = bench.stage.positionMm;
    const light = bench.source.isOn ? 1e-5 * Math.exp(-((x - 1) ** 2 + (y + 2) ** 2) / 10) : 0;
    noise = -noise;
    return sign * light + darkA + 1e-9 * noise;
  };
  const devices = new Map<string, BenchDevice>([
    ['stage', bench.stage],
    ['meter', meter],
    ['source', bench.source],
  ]);
  const sessionUid = store.createSession({title: 'meter', operator: 'Ada', benchName: 'fake'}).uid;
  const engine = createEngine({
    devices,
    clock: bench.clock,
    recorder: store.recorder(sessionUid),
    metadata: {operator: 'Ada', benchName: 'fake'},
    operator: () => Promise.resolve(),
  });
  return {engine, devices, sessionUid, log: bench.log};
}

/** A grid scan with the source on. */
const lit = (options: Pick<GridScanOptions, 'dwell' | 'grid'>): Plan<MeasuredPlane> =>
  withSourceOn(gridScan({roles, ...options}), 'source');

describe('a run of a detector with other columns', () => {
  test('is stored, mapped, exported and reported by what the detector declares', async () => {
    const {engine, sessionUid} = createMeterBench();
    const {runUid} = await engine.run(lit({dwell: defaultDwell, grid}));
    const run = store.getRun(runUid);
    expect(Object.keys(run.descriptors[0].data_keys)).toEqual([
      ...['x_mm', 'y_mm', 'x_target_mm', 'y_target_mm', 'current_a', 'temperature_k'],
      ...['bench_time_s', 'point_index', 'row', 'column'],
    ]);
    expect(run.descriptors[0].object_keys['meter']).toEqual(['current_a', 'temperature_k']);
    expect(run.descriptors[0].detectors).toEqual({
      meter: {
        columns: [
          {name: 'current_a', label: 'Current', unit: 'A'},
          {name: 'temperature_k', label: 'Temperature', unit: 'K'},
        ],
        signal: {column: 'current_a', proportional_to: 'power'},
      },
    });
    expect(run.start.hints).toMatchObject({fields: ['current_a']});
    const points = store.readPoints(runUid);

    const plane = readRunPlane(store, runUid, '');
    expect(plane).toMatchObject({rows: 9, columns: 9, unit: 'A'});
    expect(plane?.values[40]).toBeCloseTo(1e-5 + darkA, 8);
    expect(readRunPlane(store, runUid, 'r')?.values).toEqual(plane?.values);
    expect(readRunPlane(store, runUid, 'temperature_k')).toMatchObject({unit: 'K'});
    expect(() => readRunPlane(store, runUid, 'theta')).toThrow(
      'The detector has no "theta": its columns are current_a, temperature_k.',
    );

    const titles = csvFrom(run, points)
      .split('\n')
      .find((line) => !line.startsWith('#'));
    expect(titles).toBe('x (mm),y (mm),Current (A),Temperature (K),bench time (s)');
    const {content} = pointsFileFrom(run, points, {format: 'npy', quantity: 'r'});
    expect(decodeNpy(content).shape).toEqual([9, 9]);

    const report = renderScanReport(
      scanReportDataFrom(store, sessionUid, store.listRuns(sessionUid), new Date(0)),
    );
    expect(report).toContain('largest Current');
    expect(report).toContain('Current (µA)');
    expect(report).not.toContain('R (');
  });

  test('averages every column, with a standard error of the signal alone', async () => {
    const {engine} = createMeterBench();
    const dwell = {...defaultDwell, readingCount: 4};
    const {runUid} = await engine.run(lit({dwell, grid: {...grid, widthMm: 0, heightMm: 0}}));
    const {data} = store.readPoints(runUid);
    expect(data['current_a'][0]).toBeCloseTo(1e-5 + darkA, 12);
    expect(data['current_se_a'][0]).toBeCloseTo(Math.sqrt(4e-18 / 3 / 4), 15);
    expect(data['temperature_k'][0]).toBeCloseTo(293.15, 10);
    expect(data['temperature_se_k']).toBeUndefined();
  });

  test.each([1, -1] as const)(
    'is linear in power without its dark level, whichever way it goes (%i)',
    async (sign) => {
      const {engine, sessionUid} = createMeterBench({sign});
      const dark = await engine.run(
        measureDarkLevel({
          roles,
          dwell: defaultDwell,
          method: 'source-off',
          readingCount: 10,
          turnOnAfter: true,
        }),
      );
      expect(dark).toMatchObject({imaginary: 0, imaginaryStandardError: 0});
      expect(dark.real).toBeCloseTo(darkA, 9);
      const {runUid} = await engine.run(lit({dwell: defaultDwell, grid}));
      const processed = processScan({
        scan: scanOf(store, runUid),
        dark: darkReadings(store, store.listRuns(sessionUid)),
      });
      expect(Math.max(...processed.values)).toBeCloseTo(1e-5, 8);
      expect(Math.min(...processed.values)).toBeGreaterThan(-3e-9);
      // The dark readings tell the noise: 1e-9 either way.
      expect(processed.sigma[0]).toBeCloseTo(1e-9 * Math.sqrt(10 / 9), 12);
      expect(processed.treatment).toMatchObject({unit: 'A', darkYV: 0});
      expect(processed.treatment).not.toHaveProperty('signalPhaseDeg');
    },
  );

  test('is compared with another by its own signal', async () => {
    const {engine} = createMeterBench();
    const a = await engine.run(lit({dwell: defaultDwell, grid}));
    const b = await engine.run(lit({dwell: defaultDwell, grid: {...grid, order: 'one-way'}}));
    const compared = compareSides(store, {
      a: {kind: 'run', runUid: a.runUid},
      b: {kind: 'run', runUid: b.runUid},
      predictedA: null,
      predictedB: null,
    });
    expect(compared.cellCount).toBe(81);
    expect(compared.pearson.value).toBeGreaterThan(0.999);
    expect(compared.note).toContain('by its raw Current');
  });
});

test('a campaign measures with it: nothing of a lock-in is asked, and no phase is kept', async () => {
  const {engine, devices, sessionUid, log} = createMeterBench();
  const object = {label: 'digit 0', grid: {count: 1, pitchMm: 1}, amplitude: [1]};
  const options: CampaignOptions = {
    roles,
    dwell: defaultDwell,
    dark: {method: 'source-off', readingCount: 5},
    beamFind: {centerMm: {xMm: 0, yMm: 0}, widthMm: 10, stepMm: 2},
    registration: {objects: [], grid},
    items: [{object}],
    grid,
    referenceEvery: 20,
  };
  expect(dryRun(campaign(options), {devices}).points).toBeGreaterThan(81);
  const {items, beam, darkLevels} = await engine.run(campaign(options));
  expect(items).toHaveLength(1);
  expect(beam.peakMm.xMm).toBeCloseTo(1, 1);
  expect(darkLevels.map(({real}) => real.toPrecision(3))).toEqual(Array(3).fill(darkA.toPrecision(3)));
  expect(log.filter((line) => line.startsWith('auto'))).toEqual([]);

  const uids = recordInstrumentCalibrations(store, sessionUid, defaultCalibrationHours, Date.now() / 1000);
  expect(Object.keys(uids).sort()).toEqual(['darkLevel', 'sourcePower']);
  expect(store.currentCalibration('dark-level')?.value).toMatchObject({unit: 'A', yV: 0});
  expect(store.currentCalibration('source-power')?.value).toMatchObject({unit: 'A'});
});

test('an action that it has not is refused as a mistake of the plan, before anything is sent', async () => {
  const {engine, log} = createMeterBench();
  const asksForPhase = setUpDetector({...meterRole, canSetPhase: true});
  await expect(engine.run(asksForPhase)).rejects.toMatchObject({
    code: 'plan/invalid',
    message: expect.stringContaining('The meter (fake-meter) has no phase to set') as string,
  });
  expect(log).not.toContain('auto-phase');
});

test('beam finding works with a signal in any unit', async () => {
  const {engine} = createMeterBench();
  const beam = await engine.run(
    withSourceOn(
      beamFind({roles, dwell: defaultDwell, centerMm: {xMm: 0, yMm: 0}, widthMm: 10, stepMm: 1}),
      'source',
    ),
  );
  expect(beam.peakMm.xMm).toBeCloseTo(1, 2);
  expect(beam.peakMm.yMm).toBeCloseTo(-2, 2);
});

test('a lock-in amplifier declares just what runs without a declaration mean, so that its runs stay as they were', () => {
  expect(storedColumnsOf(sr830Declaration)).toEqual(impliedColumns);
});
