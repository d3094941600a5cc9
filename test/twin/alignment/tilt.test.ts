import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {PlateOptics} from '../../../src/contract/plate-optics.ts';
import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import {benchStateSchema} from '../../../src/contract/stored/calibration-records.ts';
import {noPlacement} from '../../../src/contract/placement.ts';
import {alignBench} from '../../../src/twin/alignment/align.ts';
import {chooseParameters} from '../../../src/twin/alignment/defaults.ts';
import {findDegeneracies} from '../../../src/twin/alignment/degeneracy.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {noiseSigma, type MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {createObjective} from '../../../src/twin/alignment/objective.ts';
import {parseParameter, readParameter} from '../../../src/twin/alignment/parameters.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {sampleProbe} from '../../../src/twin/layers/probe.ts';
import {OpticalChain} from '../../../src/virtual/optics-chain.ts';
import {
  createEngine,
  createMask,
  createSettings,
  designed,
  displaced,
  illumination,
  outputZMm,
  plates,
  probe,
  specOf,
  wavelengthMm,
  xMm,
  yMm,
  grid,
} from './small-bench.ts';

const settings = createSettings(3);
const tilts = ['+plate1.tiltX', '+plate1.tiltY', '+plate2.tiltX', '+plate2.tiltY'];

/** A bench whose plates stand off and tilted by about half a degree about each axis. */
function tiltedBench(seed: number, tiltDeg = 0.5): BenchState {
  const random = createRandom(`tilted ${seed}`);
  const truth = displaced(seed, 0.6);
  return {
    ...truth,
    frame: designed.frame,
    plates: truth.plates.map((plate) => ({
      ...plate,
      rotationDeg: 0,
      tiltXDeg: tiltDeg * random.normal(),
      tiltYDeg: tiltDeg * random.normal(),
    })),
  };
}

/** Planes of the virtual bench, whose tilted plates and samples are computed otherwise than the alignment's. */
function scenePlanes(truth: BenchState, seed: number, sliceMm?: number): MeasuredPlane[] {
  const random = createRandom(`scene ${seed}`);
  const chain = new OpticalChain({
    wavelengthMm,
    grid: {count: 160, pitchMm: 0.1},
    illumination,
    objectPlacement: noPlacement,
    plates: plates.map((plate, i) => {
      const {dxMm, dyMm, dzMm, tiltXDeg = 0, tiltYDeg = 0} = truth.plates[i];
      return {...plate, placement: {...noPlacement, dxMm, dyMm, dzMm}, tilt: {tiltXDeg, tiltYDeg}};
    }),
    outputZMm,
    sliceMm,
  });
  return settings.map((setting, i) => {
    const power = sampleProbe(chain.propagate(createMask(i)), wavelengthMm, probe, {xMm, yMm});
    const top = power.reduce((most, value) => Math.max(most, value), 0);
    const values = power.map((value) => value + Math.hypot(0.003 * top, 0.005 * value) * random.normal());
    return {...setting, label: `mask ${i}`, values, sigma: noiseSigma(values, 0.003, 0.005)};
  });
}

async function align(
  planes: readonly MeasuredPlane[],
  free: readonly string[],
  plateOptics: PlateOptics = {kind: 'thin'},
  areShown = false,
): Promise<AlignmentResult> {
  const parameters = chooseParameters(['-beam.narrowness', '-beam.curvature', ...free], designed, [
    true,
    true,
  ]);
  const design = {
    contentHash: 'none',
    grid,
    detector: {zMm: outputZMm, regions: []},
    frequencyHz: 4e11,
    layers: [],
  };
  const options = {
    orientation: 'never',
    plateOptics,
    tilts: areShown ? 'as-shown' : 'as-given',
  } as const;
  return (await alignBench(createEngine(settings), {planes, parameters, start: designed}, design, options))
    .result;
}

const far = (result: AlignmentResult, truth: BenchState): number[] =>
  result.parameters.map(
    ({name, value, sigma}) => (value - readParameter(truth, parseParameter(name, 2))) / (sigma ?? NaN),
  );
const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
/** How far plates are found from where they stand across the beam, mm RMS. */
const lateralMm = ({parameters}: AlignmentResult, truth: BenchState): number =>
  rms(
    parameters
      .filter(({name}) => /^plate.*d[xy]$/.test(name))
      .map(({name, value}) => value - readParameter(truth, parseParameter(name, 2))),
  );

it('finds tilts of half a degree within their error bars', async () => {
  const weights: number[] = [];
  for (const seed of [1, 2, 3]) {
    const truth = tiltedBench(seed);
    const planes = scenePlanes(truth, seed);
    const found = await align(planes, tilts);
    expect(found.verdict, found.reasons.join(' ')).toBe('trusted');
    for (const {name, value, sigma, identifiable} of found.parameters) {
      if (!name.includes('.tilt')) continue;
      expect(identifiable, name).toBe(true);
      expect(sigma, name).toBeLessThan(0.03);
      expect(Math.abs(value - readParameter(truth, parseParameter(name, 2))), name).toBeLessThan(0.06);
    }
    expect(found.placement.layers?.[1].tiltXDeg).toBeCloseTo(
      readParameter(truth, parseParameter('plate2.tiltX', 2)),
      1,
    );
    expect(found.after.unexplainedRatio).toBeLessThan(1e-4);
    expect(lateralMm(found, truth)).toBeLessThan(0.003);
    weights.push(...far(found, truth));
  }
  // 57 errors over their error bars, which are correlated.
  expect(rms(weights)).toBeGreaterThan(0.6);
  expect(rms(weights)).toBeLessThan(1.4);
});

it('leaves light unexplained and misplaces plates where tilts are ignored', async () => {
  const truth = tiltedBench(1);
  const ignored = await align(scenePlanes(truth, 1), []);
  expect(ignored.after.unexplainedRatio).toBeGreaterThan(2e-3);
  expect(lateralMm(ignored, truth)).toBeGreaterThan(0.008);
  expect(ignored.placement.layers?.[1]).not.toHaveProperty('tiltXDeg');
});

it('frees tilts by itself where the planes show them, and takes upright plates as upright', async () => {
  const asShown = (truth: BenchState, seed: number) =>
    align(scenePlanes(truth, seed), [], {kind: 'thin'}, true);
  const leaning = tiltedBench(1, 0.2);
  const found = await asShown(leaning, 1);
  expect(found.verdict, found.reasons.join(' ')).toBe('trusted');
  expect(found.notes?.join(' ')).toMatch(/The plates lean: their tilts are found too/);
  expect(
    found.parameters.filter(({name}) => name.includes('.tilt') && name.startsWith('plate')),
  ).toHaveLength(4);
  expect(lateralMm(found, leaning)).toBeLessThan(0.003);
  for (const seed of [5, 6]) {
    const upright = await asShown(tiltedBench(seed, 0), seed);
    expect(upright.parameters.some(({name}) => /^plate.*tilt/.test(name))).toBe(false);
    expect(upright.notes?.join(' ')).not.toMatch(/lean/);
  }
});

it('finds the tilts of thick plates', async () => {
  const truth = tiltedBench(4);
  const found = await align(scenePlanes(truth, 4, 0.06), tilts, {kind: 'thick', sliceCount: 8});
  expect(found.verdict, found.reasons.join(' ')).toBe('trusted');
  for (const {name, value} of found.parameters)
    if (name.includes('.tilt'))
      expect(Math.abs(value - readParameter(truth, parseParameter(name, 2))), name).toBeLessThan(0.1);
  expect(rms(far(found, truth))).toBeLessThan(1.6);
});

it('are kept with the bench that was found', () => {
  const truth = tiltedBench(1);
  expect(benchStateSchema.parse(JSON.parse(JSON.stringify(truth)))).toEqual(truth);
  // As a bench was kept before there were tilts.
  expect(benchStateSchema.parse(JSON.parse(JSON.stringify(designed)))).toEqual(designed);
});

it('are known beforehand to half a degree about how the plates are taken to stand', () => {
  const [own] = chooseParameters(['plate2.tiltX'], tiltedBench(1), [true, true]);
  expect(own).toMatchObject({name: 'plate2.tiltX', unit: 'deg', priorSigma: 0.5});
  expect(own.priorMean).toBe(tiltedBench(1).plates[1].tiltXDeg);
  expect(chooseParameters([], designed, [true, true]).some(({name}) => name.includes('plate1.tilt'))).toBe(
    false,
  );
});

describe('what planes cannot tell of tilts', () => {
  /** What the noise of one plane leaves open, as a ratio of the power at each point and of the largest. */
  const degeneraciesOf = (noise: number) => {
    const free = ['-beam.narrowness', '-beam.curvature', ...tilts];
    const parameters = chooseParameters(free, designed, [true, true]);
    const own = [settings[0]];
    const evaluator = createEvaluator(specOf(own));
    const values = evaluator.evaluate({state: designed, parameters, plane: 0, grain: 'fine'});
    const sigma = noiseSigma(values.power, noise, noise);
    const plane = {...own[0], label: '', values: values.power, sigma};
    const weighting = {variance: [sigma.map((value) => value * value)], modelErrorRatio: 0};
    const {normal} = createObjective([plane], {kind: 'likelihood'}).assemble(0, values, weighting);
    return findDegeneracies(normal, parameters);
  };

  it('is named: under much noise a tilt passes for a shift of what stands behind, or a turn', () => {
    expect(degeneraciesOf(0.005)).toEqual([]);
    const found = degeneraciesOf(0.1);
    const namedWith = (name: string): readonly string[] =>
      found.flatMap(({parameters}) => (parameters.includes(name) ? parameters : []));
    expect(namedWith('plate2.tiltY')).toEqual(expect.arrayContaining(['plate2.dx', 'frame.dx']));
    expect(namedWith('plate2.tiltX')).toContain('plate1.rotation');
    expect(namedWith('plate1.tiltX')).toContain('plate1.tiltY');
    expect(found.map(({text}) => text).join(' ')).toMatch(
      /plate2\.tiltY and frame\.d[xy].* compensate each other and cannot be distinguished with these planes to better than/,
    );
  });
});
