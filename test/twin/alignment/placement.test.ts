import {describe, expect, it} from 'vitest';
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
  specOf,
  wavelengthMm,
} from './small-bench.ts';
import {createRandom} from '../../../src/base/random.ts';
import {alignBench} from '../../../src/twin/alignment/align.ts';
import {chooseParameters} from '../../../src/twin/alignment/defaults.ts';
import {noiseSigma} from '../../../src/twin/alignment/measured-plane.ts';
import {createProbeReader} from '../../../src/twin/layers/probe.ts';
import {benchPlacementSchema} from '../../../src/contract/placement.ts';
import {createDesignSystem, intensityOfScan} from '../../../src/host/twin/predict.ts';
import {asDesigned, orientationCount, type Arrangement} from '../../../src/twin/alignment/arrangement.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {arrangementFrom, orientationFrom, placementFrom} from '../../../src/twin/alignment/placement.ts';
import {illuminationFrom, type BenchState} from '../../../src/twin/alignment/state.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {computePearson} from '../../../src/twin/metrics/index.ts';
import {positionMm} from '../../../src/contract/optics.ts';

const design = {
  file: {
    frequencyHz: 299_792_458_000 / wavelengthMm,
    grid,
    illumination,
    layers: plates.map(({baseMm, refractiveIndex, extinction, zMm}) => ({
      baseMm,
      refractiveIndex,
      extinction,
      zMm,
    })),
    detector: {zMm: outputZMm},
  },
  layers: plates.map(({relief}) => relief),
} as unknown as Design; // all that a prediction reads of it

const right = asDesigned(2);
const fine = {count: 2 * grid.count, pitchMm: grid.pitchMm / 2};
/** Away from the rim, where shifted frames see different edges. */
const inner = Array.from({length: fine.count ** 2}, (_, i) => i).filter((i) =>
  [i % fine.count, Math.floor(i / fine.count)].every((k) => Math.abs(positionMm(fine, k)) < 6),
);

/** What the alignment's own model has at the samples of the output, and what a prediction from plain data has. */
function bothPlanes(state: BenchState, arrangement: Arrangement): {fitted: number[]; predicted: number[]} {
  const all = Array.from({length: fine.count ** 2}, (_, i) => i);
  const evaluator = createEvaluator({
    stack: {wavelengthMm, grid, method: 'rs', plates, outputZMm, probe: {kind: 'point'}},
    settings: [
      {
        object: createMask(1),
        xMm: all.map((i) => positionMm(fine, i % fine.count)),
        yMm: all.map((i) => positionMm(fine, Math.floor(i / fine.count))),
      },
    ],
  });
  const {power} = evaluator.evaluate({state, parameters: [], plane: 0, grain: 'fine', arrangement});
  // Through JSON and the schema, as a file would carry it.
  const placement = benchPlacementSchema.parse(JSON.parse(JSON.stringify(placementFrom(state, arrangement))));
  const system = createDesignSystem(
    design,
    {placement, illumination: illuminationFrom(state.beam), refractiveIndex: state.plates[0].refractiveIndex},
    {method: 'rs', oversample: 2},
  );
  const intensity = intensityOfScan(system.propagate(createMask(1)), wavelengthMm, placement);
  return {fitted: inner.map((i) => power[i]), predicted: inner.map((i) => intensity[i])};
}
const correlationOf = (state: BenchState, arrangement: Arrangement): number => {
  const {fitted, predicted} = bothPlanes(state, arrangement);
  return computePearson(Float64Array.from(fitted), Float64Array.from(predicted)) ?? 0;
};

describe('placement of an alignment', () => {
  it('names each of the eight orientations so that it is read back', () => {
    for (let orientation = 0; orientation < orientationCount; orientation++) {
      const arrangement = {
        plates: [
          {plate: 1, orientation},
          {plate: 0, orientation: 0},
        ],
        object: orientation,
        scan: orientation,
      };
      expect(arrangementFrom(placementFrom(designed, arrangement), 2)).toEqual(arrangement);
    }
    expect(orientationFrom({quarterTurns: 2})).toBe(orientationFrom({flipX: true, flipY: true}));
  });

  const moved = displaced(5);
  const exchanged = {...right, plates: [...right.plates].reverse()};
  const tilted = {
    ...moved,
    plates: moved.plates.map((plate, i) => ({...plate, tiltXDeg: 4 - 6 * i, tiltYDeg: -3})),
  };
  const turned = (orientation: number): Arrangement => ({
    ...right,
    plates: [{plate: 0, orientation}, right.plates[1]],
  });
  it.each<[string, BenchState, Arrangement]>([
    ['plates that are shifted and turned', moved, right],
    ['a plate turned by a quarter', moved, turned(5)],
    ['tilted plates, one of them turned by a quarter', tilted, turned(5)],
    ['a plate mirrored at the diagonal', moved, turned(4)],
    ['exchanged plates', moved, exchanged],
    ['a mask put in otherwise', moved, {...right, object: 6}],
    ['a scan whose axes are seen otherwise', moved, {...right, scan: 1}],
    ['a scan whose millimetres are longer', {...moved, frame: {...moved.frame, scale: 1.02}}, right],
    [
      'all of it at once',
      {...moved, frame: {...moved.frame, scale: 0.98}},
      {...exchanged, object: 2, scan: 7},
    ],
  ])('predicts as the fit does: %s', (_, state, arrangement) => {
    expect(correlationOf(state, arrangement)).toBeGreaterThan(0.995);
  });

  it('is told apart by each of these', () => {
    const {fitted} = bothPlanes(moved, turned(5));
    const {predicted} = bothPlanes(moved, right);
    expect(computePearson(Float64Array.from(fitted), Float64Array.from(predicted))).toBeLessThan(0.8);
    const leaning = bothPlanes(tilted, turned(5));
    expect(computePearson(Float64Array.from(leaning.predicted), Float64Array.from(fitted))).toBeLessThan(
      0.98,
    );
  });

  it('of a bench with a plate turned by a quarter predicts what was measured there', async () => {
    const arrangement = turned(5);
    const settings = createSettings(3);
    const evaluator = createEvaluator(specOf(settings));
    const random = createRandom('quarter turn');
    const planes = settings.map((setting, plane) => {
      const {power} = evaluator.evaluate({state: moved, parameters: [], plane, grain: 'fine', arrangement});
      const largest = Math.max(...power);
      const values = power.map((value) => value + 0.003 * largest * random.normal());
      return {...setting, label: `${plane}`, values, sigma: noiseSigma(values, 0.003, 0)};
    });
    const unlit = ['-beam.centerX', '-beam.centerY', '-beam.narrowness', '-beam.curvature', '-plates.n'];
    const {result} = await alignBench(
      createEngine(settings),
      {planes, parameters: chooseParameters(unlit, designed, [true, true]), start: designed},
      {contentHash: '', grid, frequencyHz: 4e11, layers: [], detector: {zMm: outputZMm, regions: []}},
    );
    const placement = benchPlacementSchema.parse(result.placement);
    expect(placement.layers?.[0]).toMatchObject({quarterTurns: 1, flipX: false, flipY: false});
    const system = createDesignSystem(
      design,
      {placement, illumination: result.illumination, refractiveIndex: result.refractiveIndex},
      {method: 'rs', oversample: 2},
    );
    planes.forEach(({object, values, xMm, yMm}) => {
      const read = createProbeReader(system.propagate(object), wavelengthMm, probe);
      const inside = [...values.keys()].filter((i) => Math.hypot(xMm[i], yMm[i]) < 6);
      const predicted = read({
        xMm: Float64Array.from(inside, (i) => xMm[i]),
        yMm: Float64Array.from(inside, (i) => yMm[i]),
      });
      const measured = Float64Array.from(inside, (i) => values[i]);
      expect(computePearson(measured, predicted)).toBeGreaterThan(0.99);
    });
  });
});
