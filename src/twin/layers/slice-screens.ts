import type {RealArray} from '../../contract/optics.ts';
import {materialMm, topSliceOf, type PlateLayout} from './slices.ts';

/** Real and imaginary parts of the samples of a plane. */
export interface Samples {
  readonly re: RealArray;
  readonly im: RealArray;
}

/** Index and extinction of a plate's material. */
export interface Material {
  readonly refractiveIndex: number;
  readonly extinction: number;
}

/** Amplitude that both faces of a plate let through at normal incidence (Hecht, Optics, section 4.6). */
export const facesTransmission = (refractiveIndex: number): number =>
  (4 * refractiveIndex) / (refractiveIndex + 1) ** 2;

/** The relief of a plate on the samples or pixels of a grid, its cells, row-major. */
export interface SampledRelief {
  /** Above the base, mm; NaN outside of the plate. */
  readonly heights: Float64Array;
  /** The slice in which a height ends (`topSliceOf`); -1 outside of the plate. */
  readonly tops: Int8Array;
  /** The cells whose heights end in a slice, slice by slice. */
  readonly ending: readonly Int32Array[];
}

/** Sorts the cells of a relief by the slices in which their heights end; `tops` is written over where it fits. */
export function sortIntoSlices(heights: Float64Array, layout: PlateLayout, tops: Int8Array): SampledRelief {
  const own = tops.length === heights.length ? tops : new Int8Array(heights.length);
  const counts = new Int32Array(layout.sliceCount);
  for (let i = 0; i < own.length; i++) {
    own[i] = Number.isNaN(heights[i]) ? -1 : topSliceOf(layout, heights[i]);
    if (own[i] >= 0) counts[own[i]]++;
  }
  const ending = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < own.length; i++) if (own[i] >= 0) ending[own[i]][counts[own[i]]++] = i;
  return {heights, tops: own, ending};
}

/**
 * Writes what a slice does to the light of each cell beyond its way through the medium; the first slice also has the faces'
 * losses. Outside of the plate nothing passes.
 */
export function writeSlice(
  {re, im}: Samples,
  {heights, tops, ending}: SampledRelief,
  layout: PlateLayout,
  {
    slice,
    material: {refractiveIndex, extinction},
    wavelengthMm,
  }: {readonly slice: number; readonly material: Material; readonly wavelengthMm: number},
): void {
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const [perMm, lossPerMm] = [waveNumber * (refractiveIndex - 1), waveNumber * extinction];
  const slabPhase = slice === 0 ? waveNumber * (layout.slabIndex - 1) * layout.slabMm : 0;
  const constant = waveNumber * (layout.referenceIndex - 1) * layout.sliceMm + slabPhase;
  const faces = slice === 0 ? facesTransmission(layout.slabIndex) : 1;
  const reOf = new Float64Array(layout.sliceCount + 1);
  const imOf = new Float64Array(layout.sliceCount + 1);
  const phaseOf = (thicknessMm: number): number => perMm * thicknessMm - constant;
  const amplitudeOf = (thicknessMm: number): number => faces * Math.exp(-lossPerMm * thicknessMm);
  // By the slice in which a height ends: empty in front of it, full behind it, dark outside of the plate (the first entry).
  for (let top = 0; top < layout.sliceCount; top++) {
    const thicknessMm = materialMm(layout, slice, top < slice ? -Infinity : Infinity);
    reOf[top + 1] = amplitudeOf(thicknessMm) * Math.cos(phaseOf(thicknessMm));
    imOf[top + 1] = amplitudeOf(thicknessMm) * Math.sin(phaseOf(thicknessMm));
  }
  for (let i = 0; i < tops.length; i++) {
    re[i] = reOf[tops[i] + 1];
    im[i] = imOf[tops[i] + 1];
  }
  for (const i of ending[slice]) {
    const thicknessMm = materialMm(layout, slice, heights[i]);
    const [amplitude, phase] = [amplitudeOf(thicknessMm), phaseOf(thicknessMm)];
    re[i] = amplitude * Math.cos(phase);
    im[i] = amplitude * Math.sin(phase);
  }
}
