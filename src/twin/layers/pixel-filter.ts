import {positionMm, type Grid} from '../../contract/optics.ts';
import {besselI0} from '../field/interpolation.ts';

/**
 * How square pixels are seen by the samples of a grid.
 *   sampled       each sample sees the pixel in which it lies, as if all of its light came from one point
 *   band-limited  the transmission without what is finer than the samples can hold, so that nothing of it appears as light of
 *                 another direction: with two samples a pixel a plane's power is right to a hundredth instead of a tenth
 */
export type PixelEdges = 'sampled' | 'band-limited';

/** A filter ends after so many samples on each side, under a Kaiser window of this beta. */
const fineWindow = {reach: 6, beta: 6};
/** The same on grids that hardly hold the waves that travel, where all that the samples can hold counts. */
const coarseWindow = {reach: 4, beta: 4};
/** Up to this part of a wavelength, samples hold the waves that travel and what a screen makes of them. */
const finePart = 1 / 3;

/** Whether samples hold what square pixels make of light: predictions use band-limited pixels from there on. */
export const edgesOn = ({pitchMm}: Grid, wavelengthMm: number): PixelEdges =>
  pitchMm < finePart * wavelengthMm ? 'band-limited' : 'sampled';

/**
 * Samples of square pixels behind an ideal low pass at the samples' Nyquist frequency (its kernel, a windowed sinc, integrated
 * over each pixel), along both sides. Both grids have the same middle; beyond the pixels there is nothing.
 */
export class PixelFilter {
  private readonly pixelCount: number;
  private readonly sampleCount: number;
  private readonly taps: number;
  /** For each sample along a side, the first pixel that it sees, and the weights of that and the following ones. */
  private readonly first: Int32Array;
  private readonly weights: Float64Array;
  private readonly rows: Float64Array;

  constructor(pixels: Grid, samples: Grid, wavelengthMm: number) {
    this.pixelCount = pixels.count;
    this.sampleCount = samples.count;
    const {reach, beta} = edgesOn(samples, wavelengthMm) === 'band-limited' ? fineWindow : coarseWindow;
    const reachMm = reach * samples.pitchMm;
    const integral = kernelIntegral(reach, beta);
    this.taps = Math.min(pixels.count, Math.ceil((2 * reachMm) / pixels.pitchMm) + 1);
    this.first = new Int32Array(samples.count);
    this.weights = new Float64Array(samples.count * this.taps);
    this.rows = new Float64Array(pixels.count * samples.count);
    const edgeMm = (pixel: number): number => (pixel - pixels.count / 2) * pixels.pitchMm;
    for (let i = 0; i < samples.count; i++) {
      const atMm = positionMm(samples, i);
      const lowest = Math.floor((atMm - reachMm) / pixels.pitchMm + pixels.count / 2);
      this.first[i] = Math.min(Math.max(lowest, 0), pixels.count - this.taps);
      for (let k = 0; k < this.taps; k++) {
        const pixel = this.first[i] + k;
        this.weights[i * this.taps + k] =
          integral((edgeMm(pixel + 1) - atMm) / samples.pitchMm) -
          integral((edgeMm(pixel) - atMm) / samples.pitchMm);
      }
    }
  }

  /** From pixels to samples, both row by row. */
  spread(pixels: ArrayLike<number>): Float64Array {
    const {pixelCount, sampleCount, taps, first, weights, rows} = this;
    for (let row = 0; row < pixelCount; row++)
      for (let i = 0; i < sampleCount; i++) {
        let sum = 0;
        const from = row * pixelCount + first[i];
        for (let k = 0; k < taps; k++) sum += weights[i * taps + k] * pixels[from + k];
        rows[row * sampleCount + i] = sum;
      }
    const out = new Float64Array(sampleCount * sampleCount);
    for (let j = 0; j < sampleCount; j++)
      for (let k = 0; k < taps; k++) {
        const weight = weights[j * taps + k];
        if (weight === 0) continue;
        const from = (first[j] + k) * sampleCount;
        const to = j * sampleCount;
        for (let i = 0; i < sampleCount; i++) out[to + i] += weight * rows[from + i];
      }
    return out;
  }

  /** Adjoint of `spread`: from samples to pixels. */
  gather(samples: ArrayLike<number>): Float64Array {
    const {pixelCount, sampleCount, taps, first, weights} = this;
    const rows = this.rows.fill(0);
    for (let j = 0; j < sampleCount; j++)
      for (let k = 0; k < taps; k++) {
        const weight = weights[j * taps + k];
        if (weight === 0) continue;
        const to = (first[j] + k) * sampleCount;
        const from = j * sampleCount;
        for (let i = 0; i < sampleCount; i++) rows[to + i] += weight * samples[from + i];
      }
    const out = new Float64Array(pixelCount * pixelCount);
    for (let row = 0; row < pixelCount; row++)
      for (let i = 0; i < sampleCount; i++) {
        const value = rows[row * sampleCount + i];
        const to = row * pixelCount + first[i];
        for (let k = 0; k < taps; k++) out[to + k] += weights[i * taps + k] * value;
      }
    return out;
  }
}

/** Steps of a sample's pitch in which the kernel is integrated. */
const steps = 256;

/** Integral of sinc(x) under a Kaiser window, from its beginning to x in samples; 1 at its end. */
function kernelIntegral(reach: number, beta: number): (x: number) => number {
  const half = reach * steps;
  const kernel = (i: number): number => {
    const x = i / steps;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return sinc * besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / reach) ** 2)));
  };
  const sums = new Float64Array(2 * half + 1);
  for (let i = 1; i < sums.length; i++) sums[i] = sums[i - 1] + (kernel(i - 1 - half) + kernel(i - half)) / 2;
  const whole = sums[sums.length - 1];
  return (x) => {
    const at = Math.min(Math.max(x * steps + half, 0), 2 * half);
    const below = Math.min(Math.floor(at), 2 * half - 1);
    return (sums[below] + (at - below) * (sums[below + 1] - sums[below])) / whole;
  };
}
