import {invertWellPosed} from './symmetric-matrix.ts';

/**
 * Least squares by the normal equations with Marquardt's damping, for few columns of many rows: the solution d of
 * min |A d - b|^2. covarianceDiagonal is the diagonal of (A^T A)^-1, to be multiplied by the variance of the
 * residuals. A column that changes nothing has the solution 0 and an infinite covariance; so have all where some make
 * up for others.
 */
export function solveLeastSquares(
  columns: readonly Float64Array[],
  b: Float64Array,
  damping: number,
): {solution: number[]; covarianceDiagonal: number[]} {
  const n = columns.length;
  const normal = new Float64Array(n * n);
  columns.forEach((column, i) => columns.forEach((other, j) => (normal[i * n + j] = dot(column, other))));
  const isIdle = columns.map((_, i) => !(normal[i * n + i] > 0));
  for (let i = 0; i < n; i++) normal[i * n + i] = isIdle[i] ? 1 : normal[i * n + i] * (1 + damping);
  const inverse = invertWellPosed(normal, n);
  const right = columns.map((column) => dot(column, b));
  return {
    solution: right.map((_, i) =>
      inverse ? right.reduce((sum, value, j) => sum + inverse[i * n + j] * value, 0) : 0,
    ),
    covarianceDiagonal: isIdle.map((idle, i) =>
      inverse && !idle ? inverse[i * n + i] : Number.POSITIVE_INFINITY,
    ),
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
