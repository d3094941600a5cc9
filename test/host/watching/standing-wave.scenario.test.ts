import {afterAll, beforeAll, expect, it} from 'vitest';
import {planSpecSchema, type PlanSpecInput} from '../../../src/contract/plan-spec.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {runScan} from '../../../src/host/scan/run-scan.ts';
import {spotSettings, startSpotBench, type SpotBench} from './spot-bench.ts';

const ripple = 0.1;
const settings = {...spotSettings, ripple};
let at: SpotBench;
beforeAll(async () => {
  at = await startSpotBench(settings, {hasZAxis: true});
});
afterAll(() => at[Symbol.asyncDispose]());

async function scan(input: PlanSpecInput) {
  const notes: string[] = [];
  const {endedEarly, summary} = await runScan(
    at,
    {spec: planSpecSchema.parse({residualRatio: 0.001, ...input}), isDetectorSetUp: false},
    {onEvent: (event) => event.type === 'note' && notes.push(event.text)},
  );
  expect(endedEarly).toBeNull();
  const uid = summary.runs.at(-1)?.uid ?? '';
  return {uid, notes, plane: readRunPlane(at.store, uid, 'x')?.values ?? new Float32Array()};
}

const grid: PlanSpecInput = {plan: 'grid', widthMm: 2, heightMm: 1, stepMm: 1};
/** X of the light without a standing wave, whose phase the seed has drawn. */
const withoutWave = (values: Float32Array): number[] =>
  [...values].map((value) => value / (1 + ripple * Math.cos(at.virtual.truth.ripplePhaseRad)));
const worst = (values: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, cell) => Math.abs(values[cell] / value - 1)));

it('is gone from the mean of planes and of frequencies, which are all stored', async () => {
  const once = await scan(grid);
  const expected = withoutWave(once.plane);
  expect(worst(once.plane, expected)).toBeGreaterThan(0.02);

  const planes = await scan({...grid, averagePlanes: 2});
  expect(worst(planes.plane, expected)).toBeLessThan(0.004);
  expect(at.store.readPoints(planes.uid, 'primary').count).toBe(12);
  const levels = at.store.readPoints(planes.uid, 'passes').data;
  expect(levels['strength_ratio']).toHaveLength(2);
  const quarterMm = (levels['z_mm']?.[1] ?? NaN) - (levels['z_mm']?.[0] ?? NaN);
  expect(quarterMm).toBeCloseTo(299_792_458_000 / 4e11 / 4, 3);
  // Where the detector stood before.
  expect(at.virtual.wiring.probeMm(at.virtual.time.nowS())[2]).toBeCloseTo(0, 2);

  const ditherSpanHz = 299_792_458_000 / (2 * settings.rippleLengthMm);
  const dithered = await scan({...grid, averageFrequencies: 3, ditherSpanHz});
  expect(worst(dithered.plane, expected)).toBeLessThan(0.004);
  expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
});

it('is found by a scan along the beam, and kept with its run', async () => {
  const {uid, notes} = await scan({plan: 'ripple', spanMm: 1.2});
  const {data} = at.store.readPoints(uid, 'ripple');
  expect(Math.abs((data['amplitude_ratio']?.[0] ?? NaN) - ripple)).toBeLessThan(0.004);
  expect(data['period_mm']?.[0]).toBeCloseTo(0.3747, 2);
  expect(notes.join('\n')).toMatch(/A standing wave swings the light by (9\.\d|10\.\d)/);
});
