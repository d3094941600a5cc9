/** A function of many numbers to be made small, with its gradient. */
export type CostFunction = (at: Float64Array) => Promise<{
  readonly cost: number;
  readonly gradient: Float64Array;
}>;

/** When a minimisation ends, how long its first step is, and how it is followed and stopped. */
export interface LbfgsOptions {
  readonly maximumIterations: number;
  /** Ends when an iteration lowers the cost by less than this part of it. */
  readonly relativeTolerance: number;
  /** Variance of the numbers as far as it is known: scales the first step. */
  readonly firstScale: number;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: ((iteration: number, cost: number) => void) | undefined;
}

/** Where a minimisation ended; `isConverged` is false where it ran out of iterations or found no lower cost. */
export interface LbfgsResult {
  readonly at: Float64Array;
  readonly cost: number;
  readonly iterationCount: number;
  readonly isConverged: boolean;
}

/** Pairs of steps and gradient changes that are remembered. */
const memory = 8;

/**
 * Limited-memory BFGS with backtracking (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.5): for
 * smooth costs of far more numbers than a matrix could be made of.
 */
export async function minimise(
  cost: CostFunction,
  start: Float64Array,
  {maximumIterations, relativeTolerance, firstScale, signal, onIteration}: LbfgsOptions,
): Promise<LbfgsResult> {
  let at = start;
  let now = await cost(at);
  const pairs: {readonly step: Float64Array; readonly change: Float64Array; readonly overlap: number}[] = [];
  let isConverged = false;
  let iteration = 0;
  while (iteration < maximumIterations && !isConverged) {
    signal?.throwIfAborted();
    const direction = twoLoops(now.gradient, pairs, firstScale);
    let length = 1;
    let next: typeof now | undefined;
    let moved = at;
    for (; length > 1e-4; length /= 3) {
      moved = at.map((value, i) => value - length * direction[i]);
      const tried = await cost(moved);
      signal?.throwIfAborted();
      if (tried.cost < now.cost) {
        next = tried;
        break;
      }
    }
    if (!next) break;
    const {gradient} = now;
    const step = moved.map((value, i) => value - at[i]);
    const change = next.gradient.map((value, i) => value - gradient[i]);
    const overlap = dot(step, change);
    // Where the cost does not curve upwards the pair says nothing of use.
    if (overlap > 0) pairs.push({step, change, overlap});
    if (pairs.length > memory) pairs.shift();
    isConverged = now.cost - next.cost < relativeTolerance * now.cost;
    at = moved;
    now = next;
    iteration++;
    onIteration?.(iteration, now.cost);
  }
  return {at, cost: now.cost, iterationCount: iteration, isConverged};
}

/** The inverse curvature that the remembered pairs stand for, times the gradient. */
function twoLoops(
  gradient: Float64Array,
  pairs: readonly {readonly step: Float64Array; readonly change: Float64Array; readonly overlap: number}[],
  firstScale: number,
): Float64Array {
  const out = gradient.slice();
  const factors = new Float64Array(pairs.length);
  for (let j = pairs.length - 1; j >= 0; j--) {
    const {step, change, overlap} = pairs[j];
    factors[j] = dot(step, out) / overlap;
    for (let i = 0; i < out.length; i++) out[i] -= factors[j] * change[i];
  }
  const last = pairs.at(-1);
  const scale = last ? last.overlap / dot(last.change, last.change) : firstScale;
  for (let i = 0; i < out.length; i++) out[i] *= scale;
  for (let j = 0; j < pairs.length; j++) {
    const {step, change, overlap} = pairs[j];
    const factor = factors[j] - dot(change, out) / overlap;
    for (let i = 0; i < out.length; i++) out[i] += factor * step[i];
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
