import {createRandom} from '../../base/random.ts';
import type {Probe} from '../../contract/illumination.ts';
import type {ImageWindow} from '../../contract/imaging.ts';
import {positionMm, type ComplexPlane, type RealPlane} from '../../contract/optics.ts';
import type {MeasurementModel} from '../../contract/measurement.ts';
import {modelFrom, type Design} from '../design/load.ts';
import {createIllumination} from '../field/illumination.ts';
import {enlargeImage, type Image} from '../field/object.ts';
import {windowSamples} from '../layers/detector.ts';
import {createProbeReader, type Points} from '../layers/probe.ts';
import {intensityOf, type OpticalSystem} from '../layers/system.ts';
import {addNoise, createBenchOptics, type BenchDraw} from './measured-bench.ts';

/** A square picture as a bench reads it: `count` points along a side, `pitchMm` apart. */
export interface MeasuredPicture extends Points {
  readonly count: number;
  readonly pitchMm: number;
  readonly powers: Float64Array;
  /** Power of the field in the window over that behind the object. */
  readonly efficiency: number;
}

/** A bench that reads the window of a design that images its objects. */
export interface PictureBench {
  read(object: ComplexPlane): MeasuredPicture;
}

/**
 * A bench on which a design is measured as a model says, with only some of its causes, as `createMeasuredBench`: with the
 * cause `scan` its points are those of a raster over the window, placed at random, else the samples of the design's grid.
 */
export function createPictureBench(
  design: Design,
  window: ImageWindow,
  model: MeasurementModel,
  draw: BenchDraw,
): PictureBench {
  const system = createBenchOptics(design, {...draw, model});
  const {wavelengthMm} = modelFrom(design);
  const probe = draw.causes.includes('probe') ? model.probe : ({kind: 'point'} as const);
  const random = createRandom(draw.seed);
  const raster = draw.causes.includes('scan')
    ? scanRaster(window.widthMm, model.scanStepMm, random.fork('scan'))
    : sampleRaster(design, window);
  const noise = random.fork('noise');
  return pictureBench(system, {wavelengthMm, probe, raster}, (powers) => {
    if (draw.causes.includes('noise')) addNoise(powers, model.noiseRatio, noise);
  });
}

/** A bench whose window is read at every sample of the design's grid, without noise. */
export const pictureBenchOf = (
  system: Pick<OpticalSystem, 'propagate' | 'inputPower'>,
  design: Design,
  window: ImageWindow,
): PictureBench =>
  pictureBench(system, {
    wavelengthMm: modelFrom(design).wavelengthMm,
    probe: {kind: 'point'},
    raster: sampleRaster(design, window),
  });

function pictureBench(
  system: Pick<OpticalSystem, 'propagate' | 'inputPower'>,
  {
    wavelengthMm,
    probe,
    raster,
  }: {readonly wavelengthMm: number; readonly probe: Probe; readonly raster: Raster},
  addErrors: (powers: Float64Array) => void = () => {},
): PictureBench {
  return {
    read(object) {
      const field = system.propagate(object);
      const powers = createProbeReader(field, wavelengthMm, probe)(raster);
      addErrors(powers);
      const read = powers.reduce((sum, power) => sum + power, 0) * raster.pitchMm ** 2;
      return {...raster, powers, efficiency: read / system.inputPower(object)};
    },
  };
}

interface Raster extends Points {
  readonly count: number;
  readonly pitchMm: number;
}

function rasterFrom(count: number, pitchMm: number, x0: number, y0: number): Raster {
  const total = count * count;
  return {
    count,
    pitchMm,
    xMm: Float64Array.from({length: total}, (_, i) => x0 + (i % count) * pitchMm),
    yMm: Float64Array.from({length: total}, (_, i) => y0 + Math.floor(i / count) * pitchMm),
  };
}

function sampleRaster({file: {grid}}: Design, {widthMm}: ImageWindow): Raster {
  const {count, first} = windowSamples(widthMm, grid);
  const start = positionMm(grid, first);
  return rasterFrom(count, grid.pitchMm, start, start);
}

function scanRaster(widthMm: number, stepMm: number, random: {uniform(): number}): Raster {
  const count = Math.floor(widthMm / stepMm);
  const from = (): number => (-(count - 1) / 2 + random.uniform() - 0.5) * stepMm;
  return rasterFrom(count, stepMm, from(), from());
}

/** What a perfect picture is made of. */
export interface IdealSource {
  readonly design: Design;
  readonly window: ImageWindow;
  /** The light that the object stands in. */
  readonly illumination: MeasurementModel['illumination'];
}

/**
 * The power that a perfect lens shows of an image, at the object: of an amplitude object the power behind it, of a phase
 * object its grey values, of another picture (`image` is that picture then) its grey values. See
 * twin/training/image-target.ts, whose pictures are the same.
 */
export function idealPower(image: Image, {design, window, illumination}: IdealSource): RealPlane {
  const {grid, object} = design.file;
  const values = enlargeImage(image, grid, object.sideMm, object.interpolation);
  if (window.shows === 'picture' || object.kind === 'phase') return {grid, values};
  if (object.kind === 'binary-mask')
    for (let i = 0; i < values.length; i++) values[i] = values[i] >= object.threshold ? 1 : 0;
  const light = intensityOf(createIllumination(illumination, grid, modelFrom(design).wavelengthMm));
  return {grid, values: values.map((value, i) => value * value * light[i])};
}

/** Means of a power at the object over the cells of a picture's points, seen through a magnification. */
export function idealPicture(
  {grid, values}: RealPlane,
  {count, pitchMm, xMm, yMm}: Raster,
  magnification: number,
): Float64Array {
  const cellMm = pitchMm / Math.abs(magnification);
  const columns = Array.from({length: count}, (_, i) => cellParts(grid, xMm[i] / magnification, cellMm));
  const rows = Array.from({length: count}, (_, i) => cellParts(grid, yMm[i * count] / magnification, cellMm));
  return Float64Array.from({length: count * count}, (_, i) => {
    let sum = 0;
    for (const row of rows[Math.floor(i / count)])
      for (const column of columns[i % count])
        sum += row.part * column.part * values[row.at * grid.count + column.at];
    return sum;
  });
}

/** Samples whose pixels share a part of a cell along one axis; parts of the cell's width. */
function cellParts(
  grid: RealPlane['grid'],
  centerMm: number,
  widthMm: number,
): readonly {readonly at: number; readonly part: number}[] {
  const toPixels = (mm: number): number => mm / grid.pitchMm + grid.count / 2;
  const [low, high] = [toPixels(centerMm - widthMm / 2), toPixels(centerMm + widthMm / 2)];
  const parts: {at: number; part: number}[] = [];
  for (let at = Math.max(0, Math.floor(low)); at < Math.min(grid.count, high); at++) {
    const part = (Math.min(high, at + 1) - Math.max(low, at)) / (high - low);
    // A sliver of rounding error is no part.
    if (part > 1e-9) parts.push({at, part});
  }
  return parts;
}
