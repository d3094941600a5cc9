import type {Grid} from '../../contract/optics.ts';

/** Errors whose autocorrelation is exp(-r^2 / correlationMm^2), on plates of one grid. */
export interface PrintCorrelation {
  readonly correlationMm: number;
  readonly grid: Grid;
}

/** Turns independent numbers into heights that hang together; both ways leave their argument as it is. */
export interface HeightSmoothing {
  apply(values: Float64Array): Float64Array;
  adjoint(values: Float64Array): Float64Array;
}

/**
 * Heights of the same standard deviation as the independent numbers, with the autocorrelation exp(-r^2 / correlationMm^2) on each
 * of the plates that follow each other in the array: a Gaussian filter over rows and columns, which sees zeros beyond the edge, so
 * that it is its own adjoint.
 */
export function createHeightSmoothing({
  correlationMm,
  grid: {count, pitchMm},
}: PrintCorrelation): HeightSmoothing {
  const reach = Math.ceil((1.8 * correlationMm) / pitchMm);
  const kernel = Float64Array.from({length: 2 * reach + 1}, (_, i) =>
    Math.exp(-2 * (((i - reach) * pitchMm) / correlationMm) ** 2),
  );
  const norm = Math.sqrt(kernel.reduce((sum, weight) => sum + weight * weight, 0));
  const weights = kernel.map((weight) => weight / norm);
  const filter = (values: Float64Array): Float64Array => {
    const out = new Float64Array(values.length);
    const size = count * count;
    for (let first = 0; first < values.length; first += size) {
      const rows = filterLines(values.subarray(first, first + size), weights, count, [1, count]);
      out.set(filterLines(rows, weights, count, [count, 1]), first);
    }
    return out;
  };
  return {apply: filter, adjoint: filter};
}

/** Convolves every line of a square array with a symmetric kernel of odd length. */
function filterLines(
  values: Float64Array,
  weights: Float64Array,
  count: number,
  [step, lineStep]: readonly [number, number],
): Float64Array {
  const reach = (weights.length - 1) / 2;
  const out = new Float64Array(values.length);
  for (let line = 0; line < count; line++) {
    const start = line * lineStep;
    for (let at = 0; at < count; at++) {
      let sum = 0;
      for (let k = Math.max(-reach, -at); k <= Math.min(reach, count - 1 - at); k++)
        sum += weights[k + reach] * values[start + (at + k) * step];
      out[start + at * step] = sum;
    }
  }
  return out;
}
