import {beforeAll, expect, it} from 'vitest';
import {planSpecSchema} from '../../../src/contract/plan-spec.ts';
import {probePlanSchema, type ProbePlan} from '../../../src/contract/probe-plan.ts';
import type {TestDigit} from '../../../src/host/campaign/digits.ts';
import {planProbes, type ProbePlanRequest} from '../../../src/host/probes/probe-plan.ts';
import {recommend} from '../../../src/host/probes/probe-recommendation.ts';
import type {GridPlan} from '../../../src/host/probes/probe-scans.ts';
import {pacedScans} from '../../../src/host/probes/probe-pace.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {
  createMask,
  createSettings,
  designed,
  grid,
  illumination,
  measurePlanes,
  outputZMm,
  plates,
  probe,
} from '../../twin/alignment/small-bench.ts';

const regions = [-3, 3].map((centerXMm, i) => ({
  label: `${i}`,
  centerXMm,
  centerYMm: 0,
  widthMm: 4,
  heightMm: 4,
}));
const design: Design = {
  file: {
    format: 'd2nn-bench/design',
    version: 1,
    name: 'small',
    contentHash: `sha256:${'0'.repeat(64)}`,
    frequencyHz: 4e11,
    grid,
    illumination,
    object: {kind: 'binary-mask', imageCount: 10, sideMm: 8, interpolation: 'nearest', threshold: 0.5},
    layers: plates.map(({baseMm, refractiveIndex, extinction, zMm}, i) => ({
      heightMap: `plate-${i}.npy`,
      sha256: '0'.repeat(64),
      zMm,
      baseMm,
      pitchMm: grid.pitchMm,
      refractiveIndex,
      extinction,
      reliefFaces: 'detector' as const,
      levels: null,
    })),
    detector: {zMm: outputZMm, regions},
  },
  layers: plates.map(({relief}) => relief),
};
const digits = [0, 1, 2, 3].map((i): TestDigit => ({
  label: `${i}`,
  index: i,
  sample: `mask ${i}`,
  object: createMask(i),
}));
const gridPlan = (stepMm: number): GridPlan =>
  planSpecSchema.parse({plan: 'grid', widthMm: 14, heightMm: 14, stepMm}) as GridPlan;

const plan = (change: Partial<ProbePlanRequest> = {}): Promise<ProbePlan> =>
  planProbes(
    {
      design,
      illumination,
      probe,
      candidates: digits,
      measured: [],
      expected: {additiveRatio: 0.003, multiplicativeRatio: 0.005, unexplainedRatio: 0.05},
      objectCount: 3,
      scans: pacedScans([gridPlan(0.7), gridPlan(1), gridPlan(1.4)], null),
      wish: {},
      ...change,
    },
    {workerCount: 1},
  );

/** Of three objects and three scans, without a wish. */
let all: ProbePlan;
beforeAll(async () => {
  all = await plan();
});

it('says what each object and each scan will give, and that finer scans and more objects give more', () => {
  const made = probePlanSchema.parse(all);
  expect(made.objects).toHaveLength(3);
  expect(made.scans.map(({pointCount}) => pointCount)).toEqual([441, 225, 121]);
  const lateral = made.scans.map(({after}) => after.map(({sigma}) => sigma.lateralMm ?? NaN));
  for (const [one, , three] of lateral) expect(three).toBeLessThan(one);
  for (let k = 0; k < 3; k++) expect(lateral[0][k]).toBeLessThan(lateral[2][k]);
  // Ordered and tabled from the same numbers.
  expect(made.objects.map(({sigma}) => sigma)).toEqual(made.scans[0].after.map(({sigma}) => sigma));
  expect(made.choice).toEqual({scanIndex: 0, objectCount: 3});
  expect(made.basis).toContain('5.0 % of the light');
});

it('recommends the fewest points that reach a wish, and says when none do', async () => {
  const wanted = (all.scans[1].after[1].sigma.lateralMm ?? NaN) * 1.001;
  const reached = await plan({wish: {targetMm: wanted}});
  const {scanIndex, objectCount} = reached.choice ?? {scanIndex: -1, objectCount: -1};
  const points = all.scans[scanIndex].pointCount * objectCount;
  for (const {pointCount, after} of all.scans)
    for (const {objectCount: count, sigma} of after)
      if ((sigma.lateralMm ?? NaN) <= wanted) expect(count * pointCount).toBeGreaterThanOrEqual(points);
  expect(reached.text).toContain(`${points} points`);
  // Where nothing is known before, as many points as the search needs.
  const searching = recommend(all.scans, all.objects, {targetMm: wanted, searchPointCount: points + 1}, 3);
  const {pointCount: own} = all.scans[searching.choice?.scanIndex ?? 0];
  expect(own * (searching.choice?.objectCount ?? 0)).toBeGreaterThan(points);
  const never = recommend(all.scans, all.objects, {targetMm: 1e-6}, 3);
  expect(never.choice).toBeNull();
  expect(never.text).toContain('Allow more objects or points');
});

it('counts noise alone when the model is taken for perfect, and says so', async () => {
  const request = {objectCount: 1, scans: pacedScans([gridPlan(1)], null)};
  const expected = {additiveRatio: 0.003, multiplicativeRatio: 0.005, unexplainedRatio: 0};
  const [quiet, real] = [await plan({...request, expected}), await plan(request)];
  expect(quiet.heightErrorMm).toBe(0);
  expect(quiet.basis).toContain('Only the noise of the readings');
  expect(quiet.objects[0].sigma.lateralMm).toBeLessThan((real.objects[0].sigma.lateralMm ?? NaN) / 3);
});

it('adds to planes that were measured already', async () => {
  const measured = measurePlanes(createSettings(1), designed, 4);
  const request = {candidates: digits.slice(1), objectCount: 1, scans: pacedScans([gridPlan(1)], null)};
  const [first, next] = [await plan(request), await plan({...request, measured})];
  expect(first.measured).toBeNull();
  expect(next.measured?.planeCount).toBe(1);
  const after = next.objects[0].sigma.lateralMm ?? NaN;
  expect(after).toBeLessThan(next.measured?.sigma.lateralMm ?? NaN);
  expect(after).toBeLessThan(first.objects[0].sigma.lateralMm ?? NaN);
});
