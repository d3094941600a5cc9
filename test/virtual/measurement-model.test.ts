import {describe, expect, it} from 'vitest';
import {measurementCauses, measurementModelSchema} from '../../src/contract/measurement.ts';
import {createObject} from '../../src/twin/field/object.ts';
import {predictedCauses} from '../../src/twin/measurement/losses.ts';
import {createMeasuredBench} from '../../src/twin/measurement/measured-bench.ts';
import {computePlaneWeights, computeRegionEnergies, computeShares} from '../../src/twin/metrics/regions.ts';
import {positionMm} from '../../src/contract/optics.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {defaultSceneSettings, idealSceneSettings} from '../../src/virtual/scene-settings.ts';
import {createSmallDesign, smallObject} from './small-design.ts';

const model = measurementModelSchema.parse({});
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

  it('predicts what the scene without errors shows', async () => {
    using small = await createSmallDesign();
    const {file} = small.design;
    const bench = createMeasuredBench(small.design, model, {causes: predictedCauses, seed: 'any'});
    const {energies} = bench.read(createObject(imageOf(smallObject), file.grid, file.object));
    const scene = createSceneReader(
      small.design,
      revealScene(1, {settings: idealSceneSettings(model.illumination, model.probe), layerCount: 3}),
    );
    const grid = {count: 80, pitchMm: 0.2};
    const at = (axis: (i: number) => number): number[] =>
      Array.from({length: 6400}, (_, i) => positionMm(grid, axis(i)));
    const powers = scene.read(smallObject, {xMm: at((i) => i % 80), yMm: at((i) => Math.floor(i / 80))});
    const truth = computeShares(
      computeRegionEnergies(computePlaneWeights(grid, file.detector.regions), powers),
    );
    computeShares(energies).forEach((share, k) => expect(Math.abs(share - truth[k])).toBeLessThan(2e-3));
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
