import {alignPlanes} from '../../src/host/alignment/align-planes.ts';
import {fitHeights} from '../../src/host/calibrate/fit-heights.ts';
import {chooseTestDigits} from '../../src/host/campaign/digits.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {openDesign} from '../../src/host/designs/design-folder.ts';
import type {MeasuredPlane} from '../../src/twin/alignment/measured-plane.ts';
import {compareHeights, type HeightResolution} from '../../src/twin/calibration/height-resolution.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {heightNoise} from '../../src/twin/layers/print-roughness.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import type {SceneTruth} from '../../src/virtual/scene-truth.ts';
import type {BenchResult} from '../figures.ts';
import {alignmentCases, givenOptics, readCase} from './cases.ts';

const list = (name: string, otherwise: string): number[] =>
  (process.env[name] ?? otherwise).split(',').map(Number);
const seed = Number(process.env['HEIGHTS_SEED'] ?? 1);
const alignedCount = 5;

/**
 * How many objects and points buy how much of the heights: a bench whose plates are off by 0.3 mm RMS and whose heights are
 * wrong by `HEIGHTS_RMS_MM` (0.05 mm, correlated over 0.5 mm) is aligned on five planes; heights are fitted to `HEIGHTS_OBJECTS`
 * (5,10,20) of them, all points of 1 mm or every second and third of both axes (`HEIGHTS_STEPS`, 1,2 mm), and held against
 * those that the scene has. `HEIGHTS_SEED` another bench, `DESIGN` another design folder, `ALIGN_PLATES` a model of the plates.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(process.env['DESIGN'] ?? defaultDesignFolder);
  const roughness = {rmsMm: Number(process.env['HEIGHTS_RMS_MM'] ?? 0.05), correlationMm: 0.5};
  const rough = {
    ...alignmentCases['default'],
    settings: {
      ...defaultSceneSettings,
      plates: {lateralMm: 0.3, axialMm: 0.2, rotationDeg: 0.2},
      heightNoise: roughness,
    },
  };
  const objects = list('HEIGHTS_OBJECTS', '5,10,20');
  const widthMm = Math.floor(design.file.grid.count * design.file.grid.pitchMm) - 1;
  const digits = chooseTestDigits(Math.max(alignedCount, ...objects), seed, design.file);
  const {planes, probe, illumination, truth} = readCase(rough, design, seed, {
    digits,
    scan: {widthMm, stepMm: 1},
  });
  const {state, arrangement, result} = await alignPlanes(
    {design, illumination, probe, planes: planes.slice(0, alignedCount)},
    {orientation: 'never', reach: 'near', plateOptics: givenOptics()},
  );
  const found = {state, arrangement, method: 'rs', plateOptics: result.plateOptics} as const;
  const results: BenchResult[] = [];
  for (const count of objects)
    for (const stepMm of list('HEIGHTS_STEPS', '1,2')) {
      const own = planes.slice(0, count).map((plane) => everySo(plane, stepMm));
      const {valuesMm, rmsMm} = await fitHeights(
        {
          ...{design, probe, planes: own, bench: found},
          ...{sigmaMm: roughness.rmsMm, correlationMm: roughness.correlationMm},
        },
        {isJudged: false},
      );
      results.push({
        name: `heights from ${count} objects at ${stepMm} mm, ${count * own[0].xMm.length} points`,
        figures: {foundUm: 1000 * rmsMm, ...figuresOf(compared(design, truth, valuesMm))},
      });
      console.error(JSON.stringify(results.at(-1)));
    }
  return results;
}

/** Every so many points of a plane whose points stand at 1 mm, along both axes. */
function everySo(plane: MeasuredPlane, stepMm: number): MeasuredPlane {
  const columns = Math.round(Math.sqrt(plane.xMm.length));
  const isTaken = (i: number): boolean =>
    (i % columns) % stepMm === 0 && Math.floor(i / columns) % stepMm === 0;
  const take = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(Array.from(values).filter((_, i) => isTaken(i)));
  const {xMm, yMm, values, sigma} = plane;
  return {...plane, xMm: take(xMm), yMm: take(yMm), values: take(values), sigma: take(sigma)};
}

/** Plate by plate, found heights against those that the scene has: the mean over each pixel of its own finer samples. */
function compared({layers}: Design, {seed: own, settings}: SceneTruth, foundMm: Float32Array) {
  const {oversample, heightNoise: roughness} = settings;
  let first = 0;
  return layers.map(({grid}, plate): HeightResolution & {readonly trueMm: number} => {
    const {count, pitchMm} = grid;
    const fine = {count: count * oversample, pitchMm: pitchMm / oversample};
    const noise = heightNoise(fine, roughness, `${own}/height noise ${plate}`).values;
    const mean = new Float64Array(count * count);
    noise.forEach((value, i) => {
      const [row, column] = [Math.floor(i / fine.count), i % fine.count];
      const pixel = Math.floor(row / oversample) * count + Math.floor(column / oversample);
      mean[pixel] += value / oversample ** 2;
    });
    const end = first + count * count;
    const resolution = compareHeights(grid, mean, foundMm.subarray(first, end));
    first = end;
    const squares = mean.reduce((sum, value) => sum + value * value, 0);
    return {...resolution, trueMm: Math.sqrt(squares / mean.length)};
  });
}

/** RMS over the plates of what there was and what is left, and for each plate what is left and the shortest period of which half is found. */
function figuresOf(plates: ReturnType<typeof compared>): Record<string, number> {
  const rmsUm = (of: (plate: (typeof plates)[number]) => number): number =>
    1000 * Math.sqrt(plates.reduce((sum, plate) => sum + of(plate) ** 2, 0) / plates.length);
  return {
    trueUm: rmsUm(({trueMm}) => trueMm),
    errorUm: rmsUm(({errorMm}) => errorMm),
    ...Object.fromEntries(
      plates.flatMap(({errorMm, recovered}, i) => [
        [`plate${i + 1}ErrorUm`, 1000 * errorMm],
        // Very long periods are few and look like shifts and tilts: half is asked of those below 8 mm.
        [`plate${i + 1}ResolutionMm`, shortestHalf(recovered)],
      ]),
    ),
  };
}

const shortestHalf = (recovered: HeightResolution['recovered']): number =>
  Math.min(
    ...recovered.filter(({periodMm, part}) => periodMm < 8 && part >= 0.5).map(({periodMm}) => periodMm),
  );
