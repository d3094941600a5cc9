/** Square complex matrices of a reference calculation, row-major. Small and plain: nothing here is fast. */
export interface Matrix {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function matrix(
  size: number,
  value: (row: number, column: number) => readonly [number, number],
): Matrix {
  const re = new Float64Array(size * size);
  const im = new Float64Array(size * size);
  for (let i = 0; i < re.length; i++) [re[i], im[i]] = value(Math.floor(i / size), i % size);
  return {size, re, im};
}

export const diagonal = (values: readonly (readonly [number, number])[]): Matrix =>
  matrix(values.length, (row, column) => (row === column ? values[row] : [0, 0]));

export const identity = (size: number): Matrix => diagonal(Array.from({length: size}, () => [1, 0]));

/** a + factor b, with a real factor. */
export const add = (a: Matrix, b: Matrix, factor = 1): Matrix => ({
  size: a.size,
  re: a.re.map((value, i) => value + factor * b.re[i]),
  im: a.im.map((value, i) => value + factor * b.im[i]),
});

export const scale = (a: Matrix, factor: number): Matrix => ({
  size: a.size,
  re: a.re.map((value) => value * factor),
  im: a.im.map((value) => value * factor),
});

export function multiply(a: Matrix, b: Matrix): Matrix {
  const {size} = a;
  const re = new Float64Array(size * size);
  const im = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const [x, y] = [a.re[i * size + k], a.im[i * size + k]];
      for (let j = 0; j < size; j++) {
        const [u, v] = [b.re[k * size + j], b.im[k * size + j]];
        re[i * size + j] += x * u - y * v;
        im[i * size + j] += x * v + y * u;
      }
    }
  return {size, re, im};
}

/** Inverse by Gauss and Jordan with row pivots. */
export function invert(a: Matrix): Matrix {
  const {size} = a;
  const rows = Array.from({length: size}, (_, i) => ({
    re: Float64Array.from({length: 2 * size}, (__, j) =>
      j < size ? a.re[i * size + j] : j - size === i ? 1 : 0,
    ),
    im: Float64Array.from({length: 2 * size}, (__, j) => (j < size ? a.im[i * size + j] : 0)),
  }));
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++)
      if (Math.hypot(rows[i].re[k], rows[i].im[k]) > Math.hypot(rows[pivot].re[k], rows[pivot].im[k]))
        pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const own = rows[k];
    const squared = own.re[k] ** 2 + own.im[k] ** 2;
    const [pr, pi] = [own.re[k] / squared, -own.im[k] / squared];
    for (let j = 0; j < 2 * size; j++)
      [own.re[j], own.im[j]] = [own.re[j] * pr - own.im[j] * pi, own.re[j] * pi + own.im[j] * pr];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const [fr, fi] = [rows[i].re[k], rows[i].im[k]];
      for (let j = 0; j < 2 * size; j++) {
        rows[i].re[j] -= fr * own.re[j] - fi * own.im[j];
        rows[i].im[j] -= fr * own.im[j] + fi * own.re[j];
      }
    }
  }
  return matrix(size, (row, column) => [rows[row].re[size + column], rows[row].im[size + column]]);
}

/** cos(sqrt(A) d) and sin(sqrt(A) d) / sqrt(A), by their series at a small part of d and doubling. */
export function cosineAndSine(a: Matrix, distance: number): {readonly cosine: Matrix; readonly sine: Matrix} {
  let largest = 0;
  for (let row = 0; row < a.size; row++) {
    let sum = 0;
    for (let i = row * a.size; i < (row + 1) * a.size; i++) sum += Math.hypot(a.re[i], a.im[i]);
    largest = Math.max(largest, sum);
  }
  const doublings = Math.max(0, Math.ceil(Math.log2(2 * distance * Math.sqrt(largest))));
  const step = distance / 2 ** doublings;
  const one = identity(a.size);
  let [cosine, sine, term] = [one, one, one];
  for (let k = 1; k <= 8; k++) {
    term = scale(multiply(term, a), -(step * step) / (2 * k * (2 * k - 1)));
    cosine = add(cosine, term);
    sine = add(sine, term, 1 / (2 * k + 1));
  }
  sine = scale(sine, step);
  for (let k = 0; k < doublings; k++) {
    sine = scale(multiply(sine, cosine), 2);
    cosine = add(scale(multiply(cosine, cosine), 2), one, -1);
  }
  return {cosine, sine};
}
