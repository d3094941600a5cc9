/**
 * Least squares by the normal equations with Levenberg's damping, for few columns of many rows: the solution d of
 * min |A d - b|^2, columns scaled to unit length first so that their units do not matter. covarianceDiagonal is the
 * diagonal of (A^T A)^-1, to be multiplied by the variance of the residuals; Infinity for a column that the others
 * make up for or that changes nothing (whose solution is 0).
 */
export function solveLeastSquares(
  columns: readonly Float64Array[],
  b: Float64Array,
  damping: number,
): {solution: number[]; covarianceDiagonal: number[]} {
  const n = columns.length;
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  if (lengths.some((length) => !(length > 0))) return withoutIdleColumns(columns, lengths, b, damping);
  const normal = columns.map((column, i) =>
    columns.map((other, j) => dot(column, other) / (lengths[i] * lengths[j]) + (i === j ? damping : 0)),
  );
  const inverse = invertSymmetric(normal);
  const right = columns.map((column, i) => dot(column, b) / lengths[i]);
  return {
    solution: Array.from(
      {length: n},
      (_, i) => inverse[i].reduce((sum, value, j) => sum + value * right[j], 0) / lengths[i],
    ),
    covarianceDiagonal: inverse.map((row, i) =>
      row[i] > 0 ? row[i] / lengths[i] ** 2 : Number.POSITIVE_INFINITY,
    ),
  };
}

/** Solves for the columns that change something. */
function withoutIdleColumns(
  columns: readonly Float64Array[],
  lengths: readonly number[],
  b: Float64Array,
  damping: number,
): {solution: number[]; covarianceDiagonal: number[]} {
  const active = columns.flatMap((_, i) => (lengths[i] > 0 ? [i] : []));
  const solution = columns.map(() => 0);
  const covarianceDiagonal = columns.map(() => Number.POSITIVE_INFINITY);
  if (active.length === 0) return {solution, covarianceDiagonal};
  const part = solveLeastSquares(
    active.map((i) => columns[i]),
    b,
    damping,
  );
  active.forEach((i, k) => {
    solution[i] = part.solution[k];
    covarianceDiagonal[i] = part.covarianceDiagonal[k];
  });
  return {solution, covarianceDiagonal};
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Gauss-Jordan with pivoting; a singular direction gets an infinite inverse. */
function invertSymmetric(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({length: n}, (_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    const scale = rows[column][column];
    for (let k = 0; k < 2 * n; k++) rows[column][k] /= scale;
    for (let row = 0; row < n; row++) {
      const factor = rows[row][column];
      if (row === column || factor === 0) continue;
      for (let k = 0; k < 2 * n; k++) rows[row][k] -= factor * rows[column][k];
    }
  }
  return rows.map((row) => row.slice(n));
}
