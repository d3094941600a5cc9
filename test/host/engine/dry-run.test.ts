import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import {assertWithinLimits, dryRun} from '../../../src/host/engine/dry-run.ts';
import {runChecked} from '../../../src/host/engine/run-checked.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {beamFind} from '../../../src/host/plans/beam-find.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {createFixture} from './engine-fixture.ts';

const options = {roles: defaultRoles, dwell: defaultDwell};
const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 1, stepMm: 1, order: 'snake'} as const;

test('a dry run tells points, way and time, and sends nothing', () => {
  const {bench} = createFixture();
  const walked = dryRun(gridScan({...options, grid}), {...bench, overheadMs: {exchange: 0}});
  expect(bench.log).toEqual([]);
  expect(bench.lockIn.readCount).toBe(0);
  expect(walked).toMatchObject({points: 6, runs: 1, violationCount: 0});
  expect(walked.path).toHaveLength(6);
  // From 0, 0 to -1, -0.5, then five steps of 1 mm.
  const wayMm = Math.hypot(1, 0.5) + 5;
  expect(walked.pathLengthMm).toBeCloseTo(wayMm, 9);
  expect(walked.durationMs).toBeCloseTo(wayMm * 100 + 6 * 30 * Math.log(100), 6);
  expect(walked.profile.checkpointMs).toHaveLength(6);
});

test('moves beyond the soft limits are listed and refuse the run before anything moves', async () => {
  const {bench, engine} = createFixture();
  const plan = (): ReturnType<typeof gridScan> =>
    gridScan({...options, grid: {...grid, centerMm: {xMm: 100, yMm: 0}}});
  const walked = dryRun(plan(), bench);
  expect(walked.violationCount).toBe(2);
  expect(walked.violations[0]).toMatchObject({afterPointCount: 2, targetMm: {x: 101, y: -0.5}});
  expect(() => assertWithinLimits(walked)).toThrow(BenchError);
  await expect(runChecked(engine, plan, bench)).rejects.toMatchObject({code: 'motion/limit'});
  expect(bench.log).toEqual([]);
});

test('a plan that follows the light can be walked dry', () => {
  const {bench} = createFixture();
  const walked = dryRun(beamFind({...options, centerMm: {xMm: 0, yMm: 0}, widthMm: 20, stepMm: 4}), bench);
  expect(walked.runs).toBe(2);
  expect(walked.points).toBe(36 + 81);
});

test('a checked run returns its result with the walk', async () => {
  const {bench, engine} = createFixture();
  const {result, dryRun: walked} = await runChecked(engine, () => gridScan({...options, grid}), bench);
  expect(result.pointCount).toBe(walked.points);
});
