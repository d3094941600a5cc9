import {describe, expect, it} from 'vitest';
import {createRandom} from '../../src/base/random.ts';
import type {Design} from '../../src/twin/design/load.ts';
import type {MountedObject} from '../../src/virtual/scene.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import {createSmallDesign} from './small-design.ts';
import {coverageOfBench, drawnRegistration, summariseCoverage, type ScanOutcome} from './verdict-coverage.ts';

/** Four regions so near the last plate that the grains of their speckle are as fine as on a large bench. */
function withFineSpeckle(design: Design): Design {
  const region = (label: string, centerXMm: number, centerYMm: number) => ({
    label,
    centerXMm,
    centerYMm,
    widthMm: 4,
    heightMm: 4,
  });
  const regions = [region('0', -4, -4), region('1', 4, -4), region('2', -4, 4), region('3', 4, 4)];
  return {...design, file: {...design.file, detector: {zMm: 98, regions}}};
}

const random = createRandom('objects of the verdict coverage');
const objects = Array.from({length: 8}, (_, i): MountedObject => ({
  label: `object ${i}`,
  grid: {count: 8, pitchMm: 1.2},
  amplitude: Float64Array.from({length: 64}, () => (random.uniform() < 0.4 ? 1 : 0)),
}));

async function scans(
  stepMm: number,
  {seeds = [1], frameMm = 0, sourceNoiseRatio = 0} = {},
): Promise<readonly ScanOutcome[]> {
  using small = await createSmallDesign();
  return seeds.flatMap((seed) =>
    coverageOfBench({
      design: withFineSpeckle(small.design),
      seed,
      // Reliefs that are thin have the finest speckle.
      settings: {...defaultSceneSettings, plateModel: 'thin'},
      objects,
      scansPerObject: 4,
      stepMm,
      registration: (_reader, random) =>
        drawnRegistration({dxMm: frameMm, dyMm: frameMm, rotationDeg: 3 * frameMm}, random),
      noiseRatio: 1e-3,
      sourceNoiseRatio,
    }),
  );
}

const rmsOf = (outcomes: readonly ScanOutcome[], cause: keyof ScanOutcome['parts']): number =>
  Math.sqrt(outcomes.reduce((sum, {parts}) => sum + (parts[cause] ?? NaN) ** 2, 0) / outcomes.length);

describe('the sigma of a verdict on the virtual bench', () => {
  it('holds what points a step apart do not see, so that no wrong winner is decided', async () => {
    const coarse = await scans(1, {seeds: [1, 2]});
    const found = summariseCoverage(coarse);
    // 256 shares, in sets of four that sum to one: the RMS is known to about 7 %.
    expect(found.zRms).toBeGreaterThan(0.8);
    expect(found.zRms).toBeLessThan(1.25);
    expect(found.expectedError / found.shareError).toBeGreaterThan(0.8);
    expect(found.expectedError / found.shareError).toBeLessThan(1.25);
    expect(rmsOf(coarse, 'undersampling')).toBeGreaterThan(10 * rmsOf(coarse, 'noise'));
    // Of speckle that nobody designed many winners are wrong at this step.
    expect(found.wrong).toBeGreaterThan(10);
    expect(found.decidedWrong).toBe(0);

    const fine = summariseCoverage(await scans(0.5));
    expect(fine.shareError).toBeLessThan(found.shareError / 5);
    expect(fine.zRms).toBeGreaterThan(0.75);
    expect(fine.zRms).toBeLessThan(1.3);
    expect(fine.decided).toBeGreaterThan(fine.scans / 3);
    expect(fine.decidedWrong).toBe(0);
  });

  it('holds at a step of 2 mm, where a region has four points to estimate its own light from', async () => {
    const found = summariseCoverage(await scans(2, {seeds: [1, 2, 3]}));
    // A region's share is off by a third of what it has.
    expect(found.shareError).toBeGreaterThan(0.05);
    expect(found.zRms).toBeGreaterThan(0.85);
    expect(found.zRms).toBeLessThan(1.1);
    expect(found.wrong).toBeGreaterThan(30);
    expect(found.decidedWrong).toBe(0);
  });

  it('holds where the frame may stand and how restless the source is', async () => {
    const registered = await scans(0.5, {frameMm: 0.15});
    const frame = summariseCoverage(registered);
    expect(rmsOf(registered, 'registration')).toBeGreaterThan(rmsOf(registered, 'undersampling'));
    // One draw of the frame moves all regions, so that there are no more than 32 times three.
    expect(frame.zRms).toBeGreaterThan(0.7);
    expect(frame.zRms).toBeLessThan(1.35);
    expect(frame.decidedWrong).toBe(0);

    const restless = await scans(0.5, {sourceNoiseRatio: 0.1});
    const source = summariseCoverage(restless);
    expect(rmsOf(restless, 'source')).toBeGreaterThan(rmsOf(restless, 'noise'));
    expect(rmsOf(restless, 'drift')).toBeGreaterThan(rmsOf(restless, 'undersampling'));
    expect(source.zRms).toBeGreaterThan(0.75);
    expect(source.zRms).toBeLessThan(1.3);
  });
});
