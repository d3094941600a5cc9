/** What the numbers of a map are, before anything is made of them. */
export interface MapStatistics {
  /** Of the finite ones; null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly missingCount: number;
  readonly infiniteCount: number;
  readonly histogram: {readonly edges: number[]; readonly counts: number[]};
}

const binCount = 40;

/** Range, mean and histogram of the finite numbers, and how many others there are. */
export function mapStatistics(values: ArrayLike<number>): MapStatistics {
  let [min, max, sum, missingCount, infiniteCount] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) missingCount++;
    else if (!Number.isFinite(value)) infiniteCount++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
  }
  const finiteCount = values.length - missingCount - infiniteCount;
  if (finiteCount === 0)
    return {
      min: null,
      max: null,
      mean: null,
      missingCount,
      infiniteCount,
      histogram: {edges: [0, 1], counts: [0]},
    };
  // A width that a double cannot hold, or of a single value, still has bins.
  const width = max - min > 0 && Number.isFinite(max - min) ? max - min : 1;
  const counts = new Array<number>(binCount).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isFinite(value))
      counts[Math.max(0, Math.min(binCount - 1, Math.floor(((value - min) / width) * binCount)))]++;
  }
  const edges = Array.from({length: binCount + 1}, (_, i) => min + (i * width) / binCount);
  return {min, max, mean: sum / finiteCount, missingCount, infiniteCount, histogram: {edges, counts}};
}
