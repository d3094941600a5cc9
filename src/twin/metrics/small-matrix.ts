/**
 * Inverse of a symmetric positive matrix of a few rows (row-major). Rows and columns are first scaled to a unit
 * diagonal, because parameters in mm, radians and volts differ by many powers of ten. Undefined when singular.
 */
export function invertSymmetric(matrix: Float64Array, size: number): Float64Array | undefined {
  const scale = Float64Array.from({length: size}, (_, k) => 1 / Math.sqrt(matrix[k * size + k]));
  if (!scale.every(Number.isFinite)) return undefined;
  const work = matrix.map((value, i) => value * scale[Math.floor(i / size)] * scale[i % size]);
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k++) inverse[k * size + k] = 1;
  // Gauss-Jordan without pivoting: safe for a positive matrix with a unit diagonal.
  for (let k = 0; k < size; k++) {
    const pivot = work[k * size + k];
    if (!(pivot > 1e-14)) return undefined;
    for (let j = 0; j < size; j++) {
      work[k * size + j] /= pivot;
      inverse[k * size + j] /= pivot;
    }
    for (let i = 0; i < size; i++) {
      const factor = work[i * size + k];
      if (i === k || factor === 0) continue;
      for (let j = 0; j < size; j++) {
        work[i * size + j] -= factor * work[k * size + j];
        inverse[i * size + j] -= factor * inverse[k * size + j];
      }
    }
  }
  return inverse.map((value, i) => value * scale[Math.floor(i / size)] * scale[i % size]);
}
