import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {PlateOptics} from '../../../src/contract/plate-optics.ts';
import {sampleProbe} from '../../../src/twin/layers/probe.ts';
import {alignBench} from '../../../src/twin/alignment/align.ts';
import {chooseParameters} from '../../../src/twin/alignment/defaults.ts';
import {noiseSigma, type MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {readParameter} from '../../../src/twin/alignment/parameters.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {
  createEngine,
  createMask,
  createSettings,
  designed,
  displaced,
  grid,
  illumination,
  outputZMm,
  plates,
  probe,
  wavelengthMm,
  xMm,
  yMm,
} from './small-bench.ts';

const objectCount = 3;
const settings = createSettings(objectCount);
const index = 1.7257;

/** Planes of a bench as six points a pixel and 16 slices make them, with noise: nothing of the alignment's own samples in them. */
function finerPlanes(seed: number, plateOptics: PlateOptics): MeasuredPlane[] {
  const truth = displaced(seed, 0.6);
  const random = createRandom(`finer ${seed}`);
  const system = createOpticalSystem(
    {
      wavelengthMm,
      grid,
      illumination,
      plates: plates.map((plate, i) => ({
        ...plate,
        refractiveIndex: index,
        placement: {
          dxMm: truth.plates[i].dxMm,
          dyMm: truth.plates[i].dyMm,
          dzMm: truth.plates[i].dzMm,
        },
      })),
      plateOptics,
      outputZMm,
    },
    {method: 'rs', oversample: 6, edges: 'sampled', precision: 'single'},
  );
  return settings.map((setting, i) => {
    const power = sampleProbe(system.propagate(createMask(i)), wavelengthMm, probe, {xMm, yMm});
    const top = power.reduce((most, value) => Math.max(most, value), 0);
    const values = power.map((value) => value + Math.hypot(0.003 * top, 0.005 * value) * random.normal());
    return {...setting, label: `mask ${i}`, values, sigma: noiseSigma(values, 0.003, 0.005)};
  });
}

it.each<[string, readonly number[], PlateOptics, PlateOptics]>([
  ['thin', [1, 2, 3, 4, 5, 6], {kind: 'thin'}, {kind: 'thin'}],
  ['thick', [1, 2], {kind: 'thick', sliceCount: 16}, {kind: 'thick', sliceCount: 8}],
])('error bars hold for planes that finer samples and slices made (%s)', async (_, seeds, made, own) => {
  const parameters = chooseParameters(['-beam.narrowness', '-beam.curvature'], designed, [true, true]);
  const design = {
    contentHash: 'none',
    grid,
    detector: {zMm: outputZMm, regions: []},
    frequencyHz: 4e11,
    layers: [],
  };
  const weights: number[] = [];
  for (const seed of seeds) {
    const truth = displaced(seed, 0.6);
    const problem = {planes: finerPlanes(seed, made), parameters, start: designed};
    const options = {orientation: 'never', plateOptics: own} as const;
    const {result} = await alignBench(createEngine(settings), problem, design, options);
    expect(result.verdict, result.reasons.join(' ')).toBe('trusted');
    for (const [i, {name, value, sigma}] of result.parameters.entries()) {
      if (sigma === null || name.startsWith('beam')) continue;
      const isPlaced = name.startsWith('plate') && !name.endsWith('rotation');
      const expected = name === 'plates.n' ? index : isPlaced ? readParameter(truth, parameters[i]) : 0;
      weights.push((value - expected) / sigma);
    }
  }
  const within = weights.filter((weight) => Math.abs(weight) < 1).length / weights.length;
  const rms = Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length);
  expect(within).toBeGreaterThan(0.5);
  expect(rms).toBeLessThan(1.3);
});
