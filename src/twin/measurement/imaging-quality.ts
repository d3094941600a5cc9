import type {BarContrast, ImageQuality, ImageWindow} from '../../contract/imaging.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../design/load.ts';
import {createObject, type Image} from '../field/object.ts';
import {barContrast, createBarTarget, smallestLineMm, type BarPatch} from '../metrics/bar-contrast.ts';
import {comparePictures, type PictureLikeness} from '../metrics/image-quality.ts';
import {idealPicture, idealPower, type IdealSource, type PictureBench} from './measured-picture.ts';

/** An object and the picture that is wanted of it: the same image where a design shows its object. */
export interface ImagePair {
  readonly image: Image;
  readonly picture: Image;
}

/** How one image came out. */
export interface SeenImage extends PictureLikeness {
  readonly efficiency: number;
}

/** What one bench made of its images and of targets of bars. */
export interface ImagingBenchResult {
  readonly pixelCount: number;
  readonly pixelMm: number;
  readonly images: readonly SeenImage[];
  /** Both directions, width by width; null where a scan has no points on bars or gaps. */
  readonly bars: readonly {readonly lineMm: number; readonly contrasts: readonly (number | null)[]}[];
}

/** Shows images and targets of bars to one bench. */
export function measureImaging(
  {design, window, illumination}: IdealSource,
  bench: PictureBench,
  pairs: readonly ImagePair[],
): ImagingBenchResult {
  const {grid, object} = design.file;
  const images = pairs.map(({image, picture}) => {
    const {powers, efficiency, ...raster} = bench.read(createObject(image, grid, object));
    const power = idealPower(picture, {design, window, illumination});
    return {...comparePictures(powers, idealPicture(power, raster, window.magnification)), efficiency};
  });
  const {count: pixelCount, pitchMm: pixelMm, bars} = measureBars(bench, design, window);
  return {pixelCount, pixelMm, images, bars};
}

/** Bars in both directions; none where a design does not image its object, or shows phases. */
function measureBars(bench: PictureBench, design: Design, {magnification, shows}: ImageWindow) {
  const {grid, object, frequencyHz} = design.file;
  const wavelengthMm = wavelengthMmFromHz(frequencyHz);
  const seen = (['x', 'y'] as const).map((across) => {
    const target = createBarTarget(grid, object.sideMm, {wavelengthMm, across});
    const {count, pitchMm, powers, xMm, yMm} = bench.read(objectOf(target.plane.values, design));
    const points = {
      xMm: Float64Array.from(xMm, (x) => x / magnification),
      yMm: Float64Array.from(yMm, (y) => y / magnification),
      powers,
    };
    const contrastOf = (patch: BarPatch): number | null => barContrast(patch, points);
    return {
      count,
      pitchMm,
      contrasts: target.patches.map((patch) => ({...patch, contrast: contrastOf(patch)})),
    };
  });
  const [{count, pitchMm, contrasts}, other] = seen;
  const bars = contrasts.map(({lineMm, contrast}, i) => ({
    lineMm,
    contrasts: [contrast, other.contrasts[i].contrast],
  }));
  return {count, pitchMm, bars: shows === 'object' ? bars : []};
}

/** Bars as a design shows its objects: as amplitudes, or as half a turn of phase. */
function objectOf(values: ArrayLike<number>, {file: {grid, object}}: Design): ComplexPlane {
  const im = new Float64Array(values.length);
  // exp(i pi) is -1: half a turn of phase has no imaginary part.
  const re = Float64Array.from(values, (value) => (object.kind === 'phase' ? 1 - 2 * value : value));
  return {grid, re, im};
}

/** Means over the images of all benches, and of each width of bars over the benches, of the worse direction. */
export function imageQualityOf(benches: readonly ImagingBenchResult[]): ImageQuality {
  const images = benches.flatMap((bench) => bench.images);
  const mean = (figure: (image: SeenImage) => number): number =>
    images.reduce((sum, image) => sum + figure(image), 0) / images.length;
  const [{pixelCount, pixelMm, bars: widths}] = benches;
  const bars = widths.map(({lineMm}, i): BarContrast => {
    const means = [0, 1].map((direction) => {
      const all = benches.map((bench) => bench.bars[i].contrasts[direction]);
      const known = all.filter((contrast) => contrast !== null);
      return known.length === 0 ? 0 : known.reduce((sum, contrast) => sum + contrast, 0) / known.length;
    });
    return {lineMm, contrast: Math.min(...means)};
  });
  return {
    count: images.length,
    pixelCount,
    pixelMm,
    ssim: mean(({ssim}) => ssim),
    psnrDb: mean(({psnrDb}) => psnrDb),
    pearson: mean(({pearson}) => pearson),
    efficiency: mean(({efficiency}) => efficiency),
    bars,
    smallestLineMm: smallestLineMm(bars),
  };
}
