import {wilsonInterval} from '../../base/wilson.ts';
import type {BenchesTogether, Distribution, MatchRate} from '../../contract/tolerance.ts';
import {marginOfClass, type ReadOut} from '../metrics/read-out.ts';
import {findWinner} from '../metrics/regions.ts';
import type {MeasuredEnergies} from './losses.ts';

/** One image as a bench measures it. */
export interface BenchReading {
  readonly measured: MeasuredEnergies;
  /** Class that wins in the predicted plane. */
  readonly predictedWinner: number;
  /** The image's own class. */
  readonly label: number;
}

/** What several benches make of their images, bench by bench. */
export function benchesTogether(
  benches: readonly (readonly BenchReading[])[],
  readOut: ReadOut,
): BenchesTogether {
  const scoresOf = ({measured}: BenchReading): Float64Array => readOut.scoresOf(measured.energies);
  const meanOver = (figure: (reading: BenchReading) => number): number[] =>
    benches.map((readings) => readings.reduce((sum, one) => sum + figure(one), 0) / readings.length);
  const accuracy = meanOver((one) => Number(findWinner(scoresOf(one)) === one.label));
  const match = meanOver((one) => Number(findWinner(scoresOf(one)) === one.predictedWinner));
  const margins = meanOver((one) => marginOfClass(scoresOf(one), one.label));
  const ratioEdges = Array.from({length: 21}, (_, i) => i / 20);
  return {
    accuracy: distributionOf(accuracy, ratioEdges),
    match: distributionOf(match, ratioEdges),
    meanMargin: distributionOf(margins, edgesAround(margins, 20)),
    matchRate: matchRateOf(match, benches[0].length),
  };
}

/** Mean, quantiles and histogram; the last bin holds its upper edge too. Values outside the edges throw RangeError. */
export function distributionOf(values: readonly number[], edges: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const counts = edges.slice(1).map(() => 0);
  const [first, last] = [edges[0], edges[edges.length - 1]];
  for (const value of values) {
    if (!(value >= first && value <= last)) throw new RangeError(`${value} is outside of the histogram.`);
    const bin = Math.min(
      counts.length - 1,
      // Rounding must not put 0.7 / 0.05 = 13.999999999999998 one bin too low.
      Math.floor((counts.length * (value - first)) / (last - first) + 1e-9),
    );
    counts[bin] += 1;
  }
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    p5: quantile(sorted, 0.05),
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    values: [...values],
    edges: [...edges],
    counts,
  };
}

/** Quantile of sorted values, straight between neighbours (type 7 of Hyndman and Fan 1996). */
export function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/**
 * Match of all benches together with its 95 % interval. Images on one bench share its errors, so they are worth fewer
 * independent ones: the variance of the benches' rates over that of independent images is the design effect (Kish 1965)
 * by which their number is divided, at least 1.
 */
export function matchRateOf(perBench: readonly number[], perBenchCount: number): MatchRate {
  const count = perBench.length * perBenchCount;
  const rate = perBench.reduce((sum, own) => sum + own, 0) / perBench.length;
  const variance = perBench.reduce((sum, own) => sum + (own - rate) ** 2, 0) / (perBench.length - 1);
  const independent = (rate * (1 - rate)) / perBenchCount;
  const effect = independent > 0 ? Math.max(1, variance / independent) : 1;
  const effectiveCount = count / effect;
  const {low, high} = wilsonInterval(rate * effectiveCount, effectiveCount);
  return {rate, low, high, count, effectiveCount};
}

function edgesAround(values: readonly number[], binCount: number): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  // Equal values stand in the first bin of a narrow histogram; the largest is the last edge, whatever rounding does.
  const last = high > low ? high : low + 1e-3;
  return Array.from({length: binCount + 1}, (_, i) =>
    i === binCount ? last : low + (i * (last - low)) / binCount,
  );
}
