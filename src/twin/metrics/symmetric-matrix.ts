/** Dense symmetric linear algebra for a few dozen unknowns, row-major. */

/** Eigenvalues (ascending) and eigenvectors (columns of `vectors`) of a symmetric matrix by Jacobi's rotations. */
export function eigenSymmetric(
  matrix: ArrayLike<number>,
  count: number,
): {readonly values: Float64Array; readonly vectors: Float64Array} {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(count * count);
  for (let i = 0; i < count; i++) v[i * count + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let p = 0; p < count; p++) {
      diagonal += a[p * count + p] ** 2;
      for (let q = p + 1; q < count; q++) off += a[p * count + q] ** 2;
    }
    if (off <= 1e-26 * diagonal || off === 0) break;
    for (let p = 0; p < count; p++) for (let q = p + 1; q < count; q++) rotate({a, v, count}, p, q);
  }
  const order = Array.from({length: count}, (_, i) => i).sort((i, j) => a[i * count + i] - a[j * count + j]);
  const values = Float64Array.from(order, (i) => a[i * count + i]);
  const vectors = new Float64Array(count * count);
  order.forEach((from, to) => {
    for (let row = 0; row < count; row++) vectors[row * count + to] = v[row * count + from];
  });
  return {values, vectors};
}

/** One of Jacobi's rotations, in rows and columns p and q of a matrix and in the vectors gathered so far. */
function rotate(
  {a, v, count}: {readonly a: Float64Array; readonly v: Float64Array; readonly count: number},
  p: number,
  q: number,
): void {
  const apq = a[p * count + q];
  if (apq === 0) return;
  const theta = (a[q * count + q] - a[p * count + p]) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < count; k++) {
    const [x, y] = [a[k * count + p], a[k * count + q]];
    a[k * count + p] = c * x - s * y;
    a[k * count + q] = s * x + c * y;
  }
  for (let k = 0; k < count; k++) {
    const [x, y] = [a[p * count + k], a[q * count + k]];
    a[p * count + k] = c * x - s * y;
    a[q * count + k] = s * x + c * y;
    const [vx, vy] = [v[k * count + p], v[k * count + q]];
    v[k * count + p] = c * vx - s * vy;
    v[k * count + q] = s * vx + c * vy;
  }
}

/** Cholesky's lower factor of a positive definite matrix; undefined when it is none. */
function factorPositive(matrix: Float64Array, count: number, leastPivot = 0): Float64Array | undefined {
  const l = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * count + j];
      for (let k = 0; k < j; k++) sum -= l[i * count + k] * l[j * count + k];
      if (i === j) {
        if (!(sum > leastPivot)) return undefined;
        l[i * count + i] = Math.sqrt(sum);
      } else l[i * count + j] = sum / l[j * count + j];
    }
  return l;
}

function solveFactored(l: Float64Array, right: Float64Array): Float64Array {
  const count = right.length;
  const x = Float64Array.from(right);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * count + k] * x[k];
    x[i] /= l[i * count + i];
  }
  for (let i = count - 1; i >= 0; i--) {
    for (let k = i + 1; k < count; k++) x[i] -= l[k * count + i] * x[k];
    x[i] /= l[i * count + i];
  }
  return x;
}

/** Solves matrix x = right for a positive definite matrix; undefined when it is none. */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const l = factorPositive(matrix, right.length);
  return l && solveFactored(l, right);
}

/**
 * Inverse of a positive definite matrix; undefined when it is none. Rows and columns are scaled to a unit diagonal
 * first, because parameters in mm, radians and volts differ by many powers of ten; a matrix whose scaled pivots are
 * not all above `leastPivot` counts as singular.
 */
export function invertPositive(
  matrix: Float64Array,
  count: number,
  leastPivot = 0,
): Float64Array | undefined {
  const scale = Float64Array.from({length: count}, (_, k) => 1 / Math.sqrt(matrix[k * count + k]));
  if (!scale.every(Number.isFinite)) return undefined;
  const scaleOf = (at: number): number => scale[Math.floor(at / count)] * scale[at % count];
  const l = factorPositive(
    matrix.map((value, at) => value * scaleOf(at)),
    count,
    leastPivot,
  );
  if (!l) return undefined;
  const inverse = new Float64Array(count * count);
  for (let column = 0; column < count; column++) {
    const unit = new Float64Array(count);
    unit[column] = 1;
    const solved = solveFactored(l, unit);
    for (let row = 0; row < count; row++) inverse[row * count + column] = solved[row];
  }
  return inverse.map((value, at) => value * scaleOf(at));
}

/** As `invertPositive`, for systems of a few unknowns that nearly cancel where they cannot be told apart. */
export const invertWellPosed = (matrix: Float64Array, count: number): Float64Array | undefined =>
  invertPositive(matrix, count, 1e-14);

/** Logarithm of the determinant of a positive definite matrix; -Infinity when it is none. */
export function logDeterminant(matrix: Float64Array, count: number): number {
  const l = factorPositive(matrix, count);
  if (!l) return -Infinity;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += 2 * Math.log(l[i * count + i]);
  return sum;
}
