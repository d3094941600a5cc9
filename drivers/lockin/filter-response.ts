/** Step response and noise bandwidth of n equal first-order low passes in a row (n = 1..4 for 6..24 dB/oct). */

/** Part of a step that is still missing after `t` time constants: exp(-t) * sum of t^k/k! for k < n. */
export function computeResidualRatio(t: number, poleCount: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < poleCount; k++) {
    term *= t / k;
    sum += term;
  }
  return Math.exp(-t) * sum;
}

/**
 * Time constants until a step has decayed to `residualRatio` (0 < ratio < 1). Solved by bisection: the residual falls
 * strictly with time.
 */
export function computeSettleTimeConstants(residualRatio: number, poleCount: number): number {
  if (!(residualRatio > 0 && residualRatio < 1))
    throw new RangeError(`A residual is a ratio above 0 and below 1, not ${residualRatio}.`);
  let low = 0;
  let high = 1;
  while (computeResidualRatio(high, poleCount) > residualRatio) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (computeResidualRatio(middle, poleCount) > residualRatio) low = middle;
    else high = middle;
  }
  return high;
}

const noiseBandwidthFactors = [1 / 4, 1 / 8, 3 / 32, 5 / 64];

/** Equivalent noise bandwidth, Hz: 1/(4T), 1/(8T), 3/(32T), 5/(64T). */
export const computeNoiseBandwidthHz = (timeConstantS: number, poleCount: number): number =>
  (noiseBandwidthFactors[poleCount - 1] ?? Number.NaN) / timeConstantS;
