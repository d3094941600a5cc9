import {expect, test} from 'vitest';
import type {ImageWindow} from '../../../src/contract/imaging.ts';
import {measurementCauses, measurementModelSchema} from '../../../src/contract/measurement.ts';
import {createRandom} from '../../../src/base/random.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {drawLinePattern} from '../../../src/twin/field/line-pattern.ts';
import {imageQualityOf, measureImaging} from '../../../src/twin/measurement/imaging-quality.ts';
import {
  createPictureBench,
  idealPicture,
  idealPower,
} from '../../../src/twin/measurement/measured-picture.ts';
import {noAugmentation} from '../../../src/twin/training/augment.ts';
import {createWantedPicture} from '../../../src/twin/training/image-target.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';

const grid = {count: 80, pitchMm: 0.3};
const window: ImageWindow = {widthMm: 20, magnification: 1, shows: 'object'};

/** A flat plate so close to object and plane that these are nearly the same: its shadow is the image. */
async function shadowDesign(detectorMm: number, detector = window): Promise<Design> {
  using small = await createSmallDesign();
  const {file} = small.design;
  const relief = {grid, values: new Float64Array(grid.count ** 2)};
  return {
    file: {
      ...file,
      grid,
      object: {...file.object, kind: 'grey-amplitude', imageCount: 60, sideMm: 18, interpolation: 'bilinear'},
      layers: [{...file.layers[0], zMm: detectorMm / 2, pitchMm: grid.pitchMm}],
      detector: {zMm: detectorMm, regions: [], image: detector},
    },
    layers: [relief],
  };
}

const image = {rows: 60, columns: 60, bytes: drawLinePattern(60, createRandom('shown'))};
const pair = {image, picture: image};
const model = measurementModelSchema.parse({});

test('a plane close behind its object shows it better than one far behind, on a bench too', async () => {
  const qualityOf = async (detectorMm: number, causes: typeof measurementCauses | readonly ['pixels']) => {
    const design = await shadowDesign(detectorMm);
    const {illumination} = causes.some((cause) => cause === 'light') ? model : design.file;
    const bench = createPictureBench(design, window, model, {causes, seed: '1'});
    return imageQualityOf([measureImaging({design, window, illumination}, bench, [pair])]);
  };
  const near = await qualityOf(1.2, ['pixels']);
  const far = await qualityOf(24, ['pixels']);
  expect(near).toMatchObject({count: 1, pixelCount: 66, pixelMm: 0.3});
  expect(near.ssim).toBeGreaterThan(0.7);
  expect(near.pearson).toBeGreaterThan(0.8);
  expect(near.ssim - far.ssim).toBeGreaterThan(0.2);
  expect(near.psnrDb - far.psnrDb).toBeGreaterThan(3);
  expect(near.smallestLineMm).toBeLessThanOrEqual(1.2);
  expect(far.smallestLineMm ?? Infinity).toBeGreaterThan(1.2);
  // The base of the plate absorbs; what is left stays in the window.
  expect(near.efficiency).toBeGreaterThan(0.6);
  expect(near.efficiency).toBeLessThan(0.9);
  const bench = await qualityOf(1.2, measurementCauses);
  expect(bench).toMatchObject({pixelCount: 20, pixelMm: 1});
  expect(bench.pearson).toBeGreaterThan(0.75);
  expect(bench.pearson).not.toBe(near.pearson);
});

test('the ideal picture is the one that a training wants, at any magnification', async () => {
  for (const magnification of [1, -1, 0.8]) {
    const own = {...window, magnification};
    const design = await shadowDesign(8, own);
    const {file} = design;
    const illumination = model.illumination;
    const wanted = createWantedPicture({
      grid,
      object: file.object,
      window: own,
      illumination,
      wavelengthMm: 0.7495,
    })(image, {change: noAugmentation, random: createRandom('none')});
    const count = Math.sqrt(wanted.length);
    const place = (i: number): number => (i - (count - 1) / 2) * grid.pitchMm;
    const raster = {
      count,
      pitchMm: grid.pitchMm,
      xMm: Float64Array.from(wanted, (_, i) => place(i % count)),
      yMm: Float64Array.from(wanted, (_, i) => place(Math.floor(i / count))),
    };
    const ideal = idealPicture(idealPower(image, {design, window: own, illumination}), raster, magnification);
    const peak = Math.max(...ideal);
    // Where it is reduced, means over cells and samples of the image differ at its edges.
    const rms = Math.sqrt(wanted.reduce((sum, value, i) => sum + (value - ideal[i]) ** 2, 0) / wanted.length);
    expect(rms / peak).toBeLessThan(Math.abs(magnification) === 1 ? 1e-6 : 0.05);
  }
});

test('a bench may have no points on bars: what others see counts, and what none sees is not resolved', () => {
  const bench = (contrasts: readonly (number | null)[]) => ({
    pixelCount: 11,
    pixelMm: 1,
    images: [{ssim: 0.5, psnrDb: 10, pearson: 0.6, efficiency: 0.1}],
    bars: [
      {lineMm: 2, contrasts: [0.8, 0.6]},
      {lineMm: 1, contrasts},
    ],
  });
  const quality = imageQualityOf([bench([0.5, null]), bench([0.3, 0.9])]);
  expect(quality.bars[1].contrast).toBeCloseTo(0.4, 10);
  expect(quality.smallestLineMm).toBe(1);
  expect(imageQualityOf([bench([null, 0.5])]).smallestLineMm).toBe(2);
});
