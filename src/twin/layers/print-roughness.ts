import {createRandom} from '../../base/random.ts';
import type {Grid, RealPlane} from '../../contract/optics.ts';

/** Adds print roughness to a relief, on pixels finer by `oversample`; the design's square pixels stay whole. */
export function printRelief(relief: RealPlane, oversample: number, noise: RealPlane | null): RealPlane {
  const {count, pitchMm} = relief.grid;
  const grid = {count: count * oversample, pitchMm: pitchMm / oversample};
  const values = new Float64Array(grid.count * grid.count);
  for (let row = 0; row < grid.count; row++)
    for (let column = 0; column < grid.count; column++) {
      const at = row * grid.count + column;
      const pixel = Math.floor(row / oversample) * count + Math.floor(column / oversample);
      values[at] = relief.values[pixel] + (noise?.values[at] ?? 0);
    }
  return {grid, values};
}

/** Gaussian random heights of a given RMS whose autocorrelation is exp(-r^2 / correlationMm^2), on a torus. */
export function heightNoise(
  grid: Grid,
  {rmsMm, correlationMm}: {readonly rmsMm: number; readonly correlationMm: number},
  seed: string,
): RealPlane {
  const {count} = grid;
  const random = createRandom(seed);
  const white = new Float64Array(count * count);
  for (let i = 0; i < white.length; i++) white[i] = random.normal();
  // A kernel exp(-2 r^2 / L^2) correlates white noise as exp(-r^2 / L^2); its square sum keeps the variance.
  const reach = Math.ceil((1.8 * correlationMm) / grid.pitchMm);
  const kernel = Float64Array.from({length: 2 * reach + 1}, (_, i) =>
    Math.exp(-2 * (((i - reach) * grid.pitchMm) / correlationMm) ** 2),
  );
  const norm = Math.sqrt(kernel.reduce((sum, weight) => sum + weight * weight, 0));
  const filter = {kernel, norm};
  const values = filterLines(filterLines(white, count, filter, false), count, filter, true);
  return {grid, values: values.map((value) => value * rmsMm)};
}

/** Convolves the rows or columns of a square plane with a kernel of odd length, around the edges, over its norm. */
function filterLines(
  values: Float64Array,
  count: number,
  {kernel, norm}: {readonly kernel: Float64Array; readonly norm: number},
  isColumn: boolean,
): Float64Array {
  const [step, lineStep] = isColumn ? [count, 1] : [1, count];
  const reach = (kernel.length - 1) / 2;
  const out = new Float64Array(values.length);
  // A line with its far ends before and behind it, so that the sum needs no remainders.
  const around = new Float64Array(count + 2 * reach);
  for (let line = 0; line < count; line++) {
    const start = line * lineStep;
    for (let i = 0; i < around.length; i++)
      around[i] = values[start + ((((i - reach) % count) + count) % count) * step];
    for (let at = 0; at < count; at++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * around[at + k];
      out[start + at * step] = sum / norm;
    }
  }
  return out;
}
