import {describe, expect, it} from 'vitest';
import {measurementCauses, measurementModelSchema} from '../../src/contract/measurement.ts';
import {createObject} from '../../src/twin/field/object.ts';
import {predictedCauses} from '../../src/twin/measurement/losses.ts';
import {createMeasuredBench} from '../../src/twin/measurement/measured-bench.ts';
import {
  computePlaneShares,
  computePlaneWeights,
  computeRegionEnergies,
  computeShares,
} from '../../src/twin/metrics/regions.ts';
import {positionMm} from '../../src/contract/optics.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {defaultSceneSettings, idealSceneSettings} from '../../src/virtual/scene-settings.ts';
import {createSmallDesign, smallObject} from './small-design.ts';

const model = measurementModelSchema.parse({});
/** As many slices as the scene has. */
const plateOptics = {kind: 'thick', sliceCount: 10} as const;
const imageOf = ({amplitude}: typeof smallObject) => ({
  rows: 8,
  columns: 8,
  // The picture's first row is the top one, the object's is the lowest.
  bytes: Uint8Array.from({length: 64}, (_, i) => 255 * amplitude[(7 - Math.floor(i / 8)) * 8 + (i % 8)]),
});

describe('how a bench is assumed to measure', () => {
  it('is the default scene where nothing else is said', () => {
    const {illumination, plates, heightNoise, probe, objectLateralMm, indexError, oversample, ...scene} =
      defaultSceneSettings;
    expect(model).toMatchObject({plates, heightNoise, probe, objectLateralMm, indexError});
    expect(model.illumination).toMatchObject({
      radiusMm: illumination.radiusMm,
      curvatureRadiusMm: illumination.curvatureRadiusMm,
    });
    expect(model.lightOffCenterMm).toBe(illumination.offCentreMm);
    expect(model.samplesPerPixel).toBe(oversample);
    expect(model.noiseRatio).toBeCloseTo(10 ** (-scene.noiseBelowMaximumDb / 10), 12);
  });

  it.each([
    ['thin', {}],
    ['thick', {plateOptics}],
  ] as const)('predicts what the scene without errors shows, plates %s', async (plateModel, said) => {
    using small = await createSmallDesign();
    const {file} = small.design;
    const bench = createMeasuredBench(
      small.design,
      {...model, ...said},
      {causes: predictedCauses, seed: 'any'},
    );
    const {energies} = bench.read(createObject(imageOf(smallObject), file.grid, file.object));
    const scene = createSceneReader(
      small.design,
      revealScene(1, {
        settings: {...idealSceneSettings(model.illumination, model.probe), plateModel},
        layerCount: 3,
      }),
    );
    const grid = {count: 80, pitchMm: 0.2};
    const at = (axis: (i: number) => number): number[] =>
      Array.from({length: 6400}, (_, i) => positionMm(grid, axis(i)));
    const powers = scene.read(smallObject, {xMm: at((i) => i % 80), yMm: at((i) => Math.floor(i / 80))});
    const truth = computeShares(
      computeRegionEnergies(computePlaneWeights(grid, file.detector.regions), powers),
    );
    computeShares(energies).forEach((share, k) => expect(Math.abs(share - truth[k])).toBeLessThan(3e-3));
    // Far from the other model, so that one taken for the other would be seen.
    const other = createMeasuredBench(small.design, model, {causes: predictedCauses, seed: 'any'});
    const thin = computeShares(
      other.read(createObject(imageOf(smallObject), file.grid, file.object)).energies,
    );
    if (plateModel === 'thick')
      expect(Math.max(...thin.map((share, k) => Math.abs(share - truth[k])))).toBeGreaterThan(0.02);
  });

  it('predicts what the scene shows at each frequency, plane after plane', async () => {
    const frequenciesHz = [4e11, 3.5e11];
    using small = await createSmallDesign(8, {frequenciesHz});
    const {file} = small.design;
    const bench = createMeasuredBench(
      small.design,
      {...model, plateOptics},
      {causes: predictedCauses, seed: 'any'},
    );
    const {energies} = bench.read(createObject(imageOf(smallObject), file.grid, file.object));
    const scene = createSceneReader(
      small.design,
      revealScene(1, {settings: idealSceneSettings(model.illumination, model.probe), layerCount: 3}),
    );
    const grid = {count: 80, pitchMm: 0.2};
    const at = (axis: (i: number) => number): number[] =>
      Array.from({length: 6400}, (_, i) => positionMm(grid, axis(i)));
    const points = {xMm: at((i) => i % 80), yMm: at((i) => Math.floor(i / 80))};
    const weights = computePlaneWeights(grid, file.detector.regions);
    const truth = frequenciesHz.flatMap((frequencyHz) =>
      Array.from(computeRegionEnergies(weights, scene.read(smallObject, points, {frequencyHz}))),
    );
    const [predicted, shown] = [energies, truth].map((own) => computePlaneShares(own, 2));
    predicted.forEach((share, k) => expect(Math.abs(share - shown[k])).toBeLessThan(2e-3));
    // The planes differ, so that one frequency taken for the other would be seen.
    expect(Math.abs(shown[0] - shown[2])).toBeGreaterThan(0.01);
    // Also in brightness: the scene measures both by the same plain figure, as the twin does by the same light.
    const ratioOf = (own: ArrayLike<number>): number => (own[0] + own[1]) / (own[2] + own[3]);
    expect(ratioOf(energies) / ratioOf(truth)).toBeCloseTo(1, 2);
  });

  it('draws the same bench from the same seed, another from another, and nothing where no cause is drawn', async () => {
    using small = await createSmallDesign();
    const {file} = small.design;
    const object = createObject(imageOf(smallObject), file.grid, file.object);
    const read = (causes: readonly (typeof measurementCauses)[number][], seed: string): number[] =>
      Array.from(
        computeShares(createMeasuredBench(small.design, model, {causes, seed}).read(object).energies),
      );
    expect(read(measurementCauses, 'a')).toEqual(read(measurementCauses, 'a'));
    for (const cause of ['scan', 'print', 'noise', 'placement'] as const)
      expect(read([cause], 'a'), cause).not.toEqual(read([cause], 'b'));
    expect(read(predictedCauses, 'a')).toEqual(read(predictedCauses, 'b'));
    expect(read([], 'a')).not.toEqual(read(['light'], 'a'));
  });
});
