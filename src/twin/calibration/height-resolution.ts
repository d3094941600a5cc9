import type {Grid} from '../../contract/optics.ts';

/** Part of height errors of a period that a fit recovers: 1 all, 0 nothing. */
export interface RecoveredPart {
  /** Geometric middle of an octave of periods, mm. */
  readonly periodMm: number;
  readonly part: number;
}

/** How well a fit of heights finds heights that are known. */
export interface HeightResolution {
  /** Root of the mean square of found minus true, mm. */
  readonly errorMm: number;
  readonly recovered: readonly RecoveredPart[];
  /** Shortest period of which half is recovered, with all longer ones; null where not even of the longest. */
  readonly resolutionMm: number | null;
}

/**
 * Compares heights that a fit has found with the true ones, both mm, row-major on `grid`: their error, and octave by octave of
 * the period the part of the true heights in the found ones, sum Re(conj(T) F) / sum |T|^2 over the spectra T and F.
 */
export function compareHeights(
  grid: Grid,
  truth: ArrayLike<number>,
  found: ArrayLike<number>,
): HeightResolution {
  let squares = 0;
  for (let i = 0; i < truth.length; i++) squares += (found[i] - truth[i]) ** 2;
  const recovered = recoveredParts(grid, spectrumOf(grid.count, truth), spectrumOf(grid.count, found));
  let resolutionMm: number | null = null;
  for (const {periodMm, part} of recovered) {
    if (part < 0.5) break;
    resolutionMm = periodMm;
  }
  return {errorMm: Math.sqrt(squares / truth.length), recovered, resolutionMm};
}

interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Longest periods first. */
function recoveredParts({count, pitchMm}: Grid, truth: Spectrum, found: Spectrum): RecoveredPart[] {
  const octaves = new Map<number, {cross: number; own: number}>();
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      const signed = (k: number): number => (k > count / 2 ? k - count : k) / (count * pitchMm);
      const frequency = Math.hypot(signed(row), signed(column));
      if (frequency === 0) continue;
      const octave = Math.floor(Math.log2(1 / frequency / pitchMm));
      const sums = octaves.get(octave) ?? {cross: 0, own: 0};
      const at = row * count + column;
      sums.cross += truth.re[at] * found.re[at] + truth.im[at] * found.im[at];
      sums.own += truth.re[at] ** 2 + truth.im[at] ** 2;
      octaves.set(octave, sums);
    }
  return [...octaves]
    .sort(([a], [b]) => b - a)
    .map(([octave, {cross, own}]) => ({
      periodMm: pitchMm * 2 ** (octave + 0.5),
      part: own > 0 ? cross / own : 0,
    }));
}

/** Discrete Fourier transform of a real square by its definition, rows and then columns: a plate takes a tenth of a second. */
function spectrumOf(count: number, values: ArrayLike<number>): Spectrum {
  const cos = Float64Array.from({length: count}, (_, k) => Math.cos((2 * Math.PI * k) / count));
  const sin = Float64Array.from({length: count}, (_, k) => Math.sin((2 * Math.PI * k) / count));
  const rows = {re: new Float64Array(count * count), im: new Float64Array(count * count)};
  for (let row = 0; row < count; row++)
    for (let k = 0; k < count; k++) {
      let [re, im] = [0, 0];
      for (let i = 0, phase = 0; i < count; i++, phase = (phase + k) % count) {
        re += values[row * count + i] * cos[phase];
        im -= values[row * count + i] * sin[phase];
      }
      rows.re[row * count + k] = re;
      rows.im[row * count + k] = im;
    }
  const out = {re: new Float64Array(count * count), im: new Float64Array(count * count)};
  for (let k = 0; k < count; k++)
    for (let column = 0; column < count; column++) {
      let [re, im] = [0, 0];
      for (let i = 0, phase = 0; i < count; i++, phase = (phase + k) % count) {
        const [a, b] = [rows.re[i * count + column], rows.im[i * count + column]];
        re += a * cos[phase] + b * sin[phase];
        im += b * cos[phase] - a * sin[phase];
      }
      out.re[k * count + column] = re;
      out.im[k * count + column] = im;
    }
  return out;
}
