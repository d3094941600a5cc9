import type {ColourMapName} from './colour-maps.ts';

/** How values are spread over a colour map; `symmetric` is linear and centred on zero. */
export type ValueScale = 'linear' | 'log' | 'sqrt' | 'symmetric';

export const valueScales: readonly ValueScale[] = ['linear', 'log', 'sqrt', 'symmetric'];

export const valueScaleLabels: Readonly<Record<ValueScale, string>> = {
  linear: 'Linear',
  log: 'Log',
  sqrt: 'Square root',
  symmetric: 'Symmetric about 0',
};

/** Values at the two ends of the colour map, in the unit of the plane; low < high. */
export type ValueRange = readonly [low: number, high: number];

/**
 * Where a value lies in a range: 0 at its low end, 1 at its high end, below 0 or above 1 outside.
 * NaN for NaN, and under `log` for values that are not positive.
 */
export function toFraction(value: number, scale: ValueScale, [low, high]: ValueRange): number {
  if (scale === 'log') return value > 0 ? Math.log(value / low) / Math.log(high / low) : NaN;
  const linear = (value - low) / (high - low);
  return scale === 'sqrt' ? Math.sign(linear) * Math.sqrt(Math.abs(linear)) : linear;
}

/** The value at a fraction of a range: the inverse of {@link toFraction}. */
export function fromFraction(fraction: number, scale: ValueScale, [low, high]: ValueRange): number {
  if (scale === 'log') return low * (high / low) ** fraction;
  const linear = scale === 'sqrt' ? Math.sign(fraction) * fraction * fraction : fraction;
  return low + linear * (high - low);
}

/** Options of {@link autoRange}. */
export interface AutoRangeOptions {
  readonly scale: ValueScale;
  readonly colourMap?: ColourMapName;
  /** Unit of the values; the phase map spans a whole turn of `deg` or `rad`. */
  readonly unit?: string;
  /** Share of the measured cells left outside at each end, percent; 0 takes all. */
  readonly clipPercent?: number;
}

/** Span of what has been measured, in the unit of the plane. */
export interface Extremes {
  readonly min: number;
  readonly max: number;
  /** Smallest value above zero; Infinity when there is none. */
  readonly minPositive: number;
}

/** Extremes of the finite values; `min` is Infinity when nothing is measured. */
export function findExtremes(values: ArrayLike<number>): Extremes {
  let min = Infinity;
  let max = -Infinity;
  let minPositive = Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < minPositive) minPositive = value;
  }
  return {min, max, minPositive};
}

function clippedExtremes(values: ArrayLike<number>, clipPercent: number, isLog: boolean): Extremes {
  const kept = Float64Array.from(
    Array.from(values).filter((value) => Number.isFinite(value) && (!isLog || value > 0)),
  ).sort();
  if (kept.length === 0) return findExtremes([]);
  const skip = Math.min(Math.floor((kept.length * clipPercent) / 100), Math.floor((kept.length - 1) / 2));
  return findExtremes(kept.subarray(skip, kept.length - skip));
}

/**
 * Range that shows what is measured. Unmeasured cells (NaN), and under `log` cells that are not positive,
 * have no say. `symmetric` and the diverging map are centred on zero; the phase map spans one turn.
 *
 * @returns low < high always: [0, 1] ([0.1, 1] under log) when nothing is measured.
 */
export function autoRange(values: ArrayLike<number>, options: AutoRangeOptions): ValueRange {
  const {clipPercent = 0, scale} = options;
  const extremes =
    clipPercent > 0 ? clippedExtremes(values, clipPercent, scale === 'log') : findExtremes(values);
  return rangeOfExtremes(extremes, options);
}

/** As {@link autoRange}, from extremes that are known already (a live plane keeps them). */
export function rangeOfExtremes(extremes: Extremes, {scale, colourMap, unit}: AutoRangeOptions): ValueRange {
  if (colourMap === 'twilight' && unit === 'deg') return [-180, 180];
  if (colourMap === 'twilight' && unit === 'rad') return [-Math.PI, Math.PI];
  const {min, max, minPositive} = extremes;
  if (scale === 'log') {
    if (!(max > 0)) return [0.1, 1];
    return widened(Math.max(minPositive, max * 1e-12), max, true);
  }
  if (!(max >= min)) return [0, 1];
  if (scale === 'symmetric' || (colourMap === 'diverging' && scale === 'linear')) {
    const reach = Math.max(Math.abs(min), Math.abs(max)) || 1;
    return [-reach, reach];
  }
  return widened(min, max, false);
}

/** A range of one value is opened a little, or nothing could be told apart from its ends. */
function widened(low: number, high: number, isLog: boolean): ValueRange {
  if (high > low) return [low, high];
  if (isLog) return [low / 1.1, low * 1.1];
  const half = Math.abs(low) * 0.05 || 0.5;
  return [low - half, low + half];
}
