import {BenchError} from '../../contract/errors.ts';
import {
  positionMm,
  type ComplexPlane,
  type Grid,
  type RealArray,
  type RealPlane,
} from '../../contract/optics.ts';
import type {Placement, PlateTilt} from '../../contract/placement.ts';
import {PixelFilter, type PixelEdges} from './pixel-filter.ts';

/** One printed plate at zMm; `plateTransmission` takes it for a thin element, thick-plate.ts for the body that it is. */
export interface PlateModel {
  /** Relief above the base, mm, on the plate's own pixels. */
  readonly relief: RealPlane;
  readonly baseMm: number;
  /** Complex index n + i k. */
  readonly refractiveIndex: number;
  readonly extinction: number;
  readonly zMm: number;
  /** Amplitude transmission 0..1 of what lies on the plate, on pixels of its own; nothing lies on it without. */
  readonly mask?: RealPlane | undefined;
  /** A mask alone: it has no print whose heights could be off. */
  readonly isFoil?: boolean | undefined;
  /** The face of the print that carries the relief; the one towards the detector unless given. */
  readonly reliefFaces?: 'source' | 'detector' | undefined;
  /** From the lowest to the highest place of the relief as drawn, mm above the base; of its heights unless given. */
  readonly extent?: {readonly lowestMm: number; readonly highestMm: number} | undefined;
  readonly placement?: (Partial<Placement> & PlateTilt) | undefined;
}

/**
 * Transmission of a plate at the samples of a grid in the plate's own frame (flips applied, shift and rotation not):
 * t = a exp(-2 pi k h / lambda) exp(i 2 pi (n - 1) h / lambda), h = base + relief, a = the mask's transmission or 1. Outside
 * the plate nothing passes (the holder is opaque).
 */
export function plateTransmission(
  plate: PlateModel,
  grid: Grid,
  wavelengthMm: number,
  edges: PixelEdges = 'sampled',
): ComplexPlane {
  const own = pixelTransmission(plate, wavelengthMm);
  return resampleObject(own, grid, plate.placement, {edges, wavelengthMm});
}

/** Transmission of each pixel of a thin plate as it was made, on the pixels of its relief. */
export function pixelTransmission(plate: PlateModel, wavelengthMm: number): ComplexPlane {
  const {relief, baseMm, refractiveIndex, extinction, mask} = plate;
  if (!(refractiveIndex >= 1) || !(extinction >= 0)) {
    throw new BenchError(
      'twin/invalid',
      `A plate of index ${refractiveIndex} + ${extinction} i is refused: n >= 1 and k >= 0.`,
    );
  }
  const {grid, values} = relief;
  const phasePerMm = (2 * Math.PI * (refractiveIndex - 1)) / wavelengthMm;
  const lossPerMm = (2 * Math.PI * extinction) / wavelengthMm;
  const opening = mask && maskAt(mask, grid);
  const re = new Float64Array(values.length);
  const im = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const height = baseMm + values[i];
    const amplitude = Math.exp(-lossPerMm * height) * (opening?.[i] ?? 1);
    const phase = phasePerMm * height;
    re[i] = amplitude * Math.cos(phase);
    im[i] = amplitude * Math.sin(phase);
  }
  return {grid, re, im};
}

/** Transmission of a mask at the samples of a grid, flips applied; 0 outside. */
export function maskAt(
  mask: RealPlane,
  grid: Grid,
  placement: Partial<Placement> = {},
  how: SampledPixels = {edges: 'sampled'},
): RealArray {
  const im = new Float64Array(mask.values.length);
  return resampleObject({grid: mask.grid, re: mask.values, im}, grid, placement, how).re;
}

/** For each sample of `fine` along a side, the pixel of `coarse` that covers it, or -1 outside. */
export function pixelIndices(coarse: Grid, fine: Grid): Int32Array {
  return Int32Array.from({length: fine.count}, (_, i) => {
    // The small excess keeps a sample that lies on an edge by rounding on one side for all of them.
    const pixel = Math.floor(positionMm(fine, i) / coarse.pitchMm + coarse.count / 2 + 1e-9);
    return pixel < 0 || pixel >= coarse.count ? -1 : pixel;
  });
}

/** How samples see square pixels; the wavelength says how fine a grid is. */
export type SampledPixels =
  | {readonly edges: 'sampled'}
  | {readonly edges: PixelEdges; readonly wavelengthMm: number};

/** A complex transmission on square pixels, seen by the samples of another grid; nothing passes outside. */
export function resampleObject(
  object: ComplexPlane,
  grid: Grid,
  placement: Partial<Placement> = {},
  how: SampledPixels = {edges: 'sampled'},
): ComplexPlane {
  if (how.edges === 'band-limited') {
    const filter = new PixelFilter(object.grid, grid, how.wavelengthMm);
    const {re, im} = flipped(object, placement);
    return {grid, re: filter.spread(re), im: filter.spread(im)};
  }
  const pixels = pixelIndices(object.grid, grid);
  const {count: side} = object.grid;
  const total = grid.count * grid.count;
  const plane: ComplexPlane = {grid, re: new Float64Array(total), im: new Float64Array(total)};
  for (let row = 0; row < grid.count; row++) {
    const v = pixels[row];
    if (v < 0) continue;
    const line = (placement.flipY ? side - 1 - v : v) * side;
    for (let column = 0; column < grid.count; column++) {
      const u = pixels[column];
      if (u < 0) continue;
      const from = line + (placement.flipX ? side - 1 - u : u);
      plane.re[row * grid.count + column] = object.re[from];
      plane.im[row * grid.count + column] = object.im[from];
    }
  }
  return plane;
}

/** The same pixels as they stand after flips. */
export const flipped = (object: ComplexPlane, placement: Partial<Placement>): ComplexPlane =>
  placement.flipX || placement.flipY ? resampleObject(object, object.grid, placement) : object;

/** The opening of a field without anything in it: a mask of one pixel. */
export const openFrame = ({count, pitchMm}: Grid): ComplexPlane => ({
  grid: {count: 1, pitchMm: count * pitchMm},
  re: Float64Array.of(1),
  im: Float64Array.of(0),
});
