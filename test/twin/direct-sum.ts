import type {ComplexPlane} from '../../src/contract/optics.ts';

/** Coordinates of the samples of a plane of n x n at `pitchMm`, rotated and shifted, mm. */
export function pointsOf(
  n: number,
  pitchMm: number,
  dxMm = 0,
  dyMm = 0,
  rotationDeg = 0,
): {x: number[]; y: number[]} {
  const angle = (rotationDeg * Math.PI) / 180;
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [u, v] = [(column - (n - 1) / 2) * pitchMm, (row - (n - 1) / 2) * pitchMm];
      x.push(Math.cos(angle) * u - Math.sin(angle) * v + dxMm);
      y.push(Math.sin(angle) * u + Math.cos(angle) * v + dyMm);
    }
  }
  return {x, y};
}

/** Rayleigh-Sommerfeld double sum between any two sets of points, written out from the formula. */
export function directSum(
  from: {x: number[]; y: number[]; re: ArrayLike<number>; im: ArrayLike<number>},
  to: {x: number[]; y: number[]},
  zMm: number,
  wavelengthMm: number,
  areaMm2: number,
): {re: Float64Array; im: Float64Array} {
  const re = new Float64Array(to.x.length);
  const im = new Float64Array(to.x.length);
  for (let p = 0; p < to.x.length; p++) {
    for (let q = 0; q < from.x.length; q++) {
      if (from.re[q] === 0 && from.im[q] === 0) continue;
      const r = Math.hypot(to.x[p] - from.x[q], to.y[p] - from.y[q], zMm);
      const scale = (areaMm2 * zMm) / (r * r);
      const phase = (2 * Math.PI * r) / wavelengthMm;
      // (1 / (2 pi r) + 1 / (i lambda)) exp(i phase)
      const [a, b] = [1 / (2 * Math.PI * r), -1 / wavelengthMm];
      const wr = scale * (a * Math.cos(phase) - b * Math.sin(phase));
      const wi = scale * (a * Math.sin(phase) + b * Math.cos(phase));
      re[p] += wr * from.re[q] - wi * from.im[q];
      im[p] += wr * from.im[q] + wi * from.re[q];
    }
  }
  return {re, im};
}

/** |a - b| / |b| over complex values. */
export function relativeError(
  a: {re: ArrayLike<number>; im: ArrayLike<number>},
  b: {re: ArrayLike<number>; im: ArrayLike<number>},
): number {
  let error = 0;
  let norm = 0;
  for (let i = 0; i < b.re.length; i++) {
    error += (a.re[i] - b.re[i]) ** 2 + (a.im[i] - b.im[i]) ** 2;
    norm += b.re[i] ** 2 + b.im[i] ** 2;
  }
  return Math.sqrt(error / norm);
}

/** <a, b> = sum conj(a) b. */
export function innerProduct(a: ComplexPlane, b: ComplexPlane): [re: number, im: number] {
  let re = 0;
  let im = 0;
  for (let i = 0; i < a.re.length; i++) {
    re += a.re[i] * b.re[i] + a.im[i] * b.im[i];
    im += a.re[i] * b.im[i] - a.im[i] * b.re[i];
  }
  return [re, im];
}
