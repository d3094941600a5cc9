import type {SeriesRing} from './series-ring.ts';

/** A point of a chart. */
export interface ChartPoint {
  x: number;
  y: number;
}

/** What {@link decimateRing} takes. */
export interface RingWindow {
  readonly channel: number;
  /** Window, s in the ring's time. */
  readonly fromS: number;
  readonly toS: number;
  /** Time that becomes x = 0, s. */
  readonly zeroS: number;
  /** Number of buckets over the window, about one a pixel. */
  readonly buckets: number;
  /** Values are multiplied by this (for a unit's prefix). */
  readonly factor: number;
}

/**
 * Smallest and largest value of every bucket in the order in which they came, so that no spike is lost. Buckets
 * lie at multiples of their width in time: points do not shimmer while the window moves. `points` is reused.
 */
export function decimateRing(ring: SeriesRing, window: RingWindow, points: ChartPoint[]): ChartPoint[] {
  const {channel, fromS, toS, zeroS, factor} = window;
  const widthS = (toS - fromS) / Math.max(1, window.buckets);
  // One instant more at each side, so that the line goes on to the edges.
  const first = Math.max(0, ring.firstAt(fromS) - 1);
  const end = Math.min(ring.length, ring.firstAt(toS) + 1);
  const isSparse = end - first <= window.buckets * 2;
  let count = 0;
  const put = (index: number) => {
    const x = ring.timeS(index) - zeroS;
    const y = ring.value(channel, index) * factor;
    if (count < points.length) {
      points[count].x = x;
      points[count].y = y;
    } else points.push({x, y});
    count++;
  };
  for (let index = first; index < end;) {
    if (isSparse) {
      put(index++);
      continue;
    }
    const bucket = Math.floor(ring.timeS(index) / widthS);
    let lowest = index;
    let highest = index;
    let gap = -1;
    for (; index < end && Math.floor(ring.timeS(index) / widthS) === bucket; index++) {
      const value = ring.value(channel, index);
      if (Number.isNaN(value)) gap = index;
      else {
        if (!(value >= ring.value(channel, lowest))) lowest = index;
        if (!(value <= ring.value(channel, highest))) highest = index;
      }
    }
    put(Math.min(lowest, highest));
    if (lowest !== highest) put(Math.max(lowest, highest));
    if (gap >= 0 && gap !== lowest) put(gap);
  }
  points.length = count;
  return points;
}

/** Points of two arrays, thinned to smallest and largest of each run when there are more than `most`. */
export function chartPoints(x: ArrayLike<number>, y: ArrayLike<number>, most = 2000): ChartPoint[] {
  const count = Math.min(x.length, y.length);
  if (count <= most) return Array.from({length: count}, (_, i) => ({x: x[i], y: y[i]}));
  const run = Math.ceil((2 * count) / most);
  const points: ChartPoint[] = [];
  for (let begin = 0; begin < count; begin += run) {
    const end = Math.min(begin + run, count);
    let lowest = begin;
    let highest = begin;
    for (let i = begin; i < end; i++) {
      if (y[i] < y[lowest]) lowest = i;
      if (y[i] > y[highest]) highest = i;
    }
    for (const i of lowest < highest ? [lowest, highest] : [highest, lowest]) points.push({x: x[i], y: y[i]});
  }
  return points;
}
