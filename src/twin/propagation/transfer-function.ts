import {BenchError} from '../../contract/errors.ts';
import type {Grid, RealArray} from '../../contract/optics.ts';

/**
 * How a field travels through free space.
 * rs: the sampled Rayleigh-Sommerfeld kernel (first kind), equal to the double sum over all pairs of samples.
 * asm: angular spectrum with the band limit of Matsushima and Shimobaba (Opt. Express 17, 19662, 2009).
 */
export type PropagationMethod = 'rs' | 'asm';

/** Free space between two parallel planes that are sampled on the same grid. */
export interface Gap {
  readonly grid: Grid;
  readonly wavelengthMm: number;
  readonly distanceMm: number;
  /** Where the sample grid of the far plane lies against that of the near one, mm. */
  readonly shiftXMm?: number;
  readonly shiftYMm?: number;
}

/** Values over the frequencies of a transform of `length` points a side, row-major, in transform order. */
export interface TransferFunction {
  readonly length: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Frequency of index i of a transform of `length` points, in cycles a sample: 0, 1, ... -2, -1 over length. */
export const transformFrequency = (index: number, length: number): number =>
  (index < Math.ceil(length / 2) ? index : index - length) / length;

/** Refuses a gap that has no meaning; throws `twin/invalid`. */
export function assertGap({grid, wavelengthMm, distanceMm}: Gap): void {
  const bad = (what: string): never => {
    throw new BenchError('twin/invalid', `${what} Nothing was computed.`);
  };
  if (!(grid.pitchMm > 0)) bad(`A pitch of ${grid.pitchMm} mm is not positive.`);
  if (!(wavelengthMm > 0)) bad(`A wavelength of ${wavelengthMm} mm is not positive.`);
  if (!(distanceMm >= 0) || !Number.isFinite(distanceMm)) {
    bad(`A distance of ${distanceMm} mm is refused: planes must follow each other along the beam.`);
  }
}

/**
 * Transfer function of the angular spectrum: H = exp(i 2 pi z sqrt(1/lambda^2 - fx^2 - fy^2)), decaying beyond the
 * light circle, zero beyond the band limit |f| <= 1 / (lambda sqrt((2 z df)^2 + 1)), df = 1 / (length pitch).
 * A shift is the ramp exp(i 2 pi (fx dx + fy dy)). `isLimited: false` leaves the band limit out.
 */
export function angularSpectrumTransfer(gap: Gap, length: number, isLimited = true): TransferFunction {
  assertGap(gap);
  const {grid, wavelengthMm, distanceMm, shiftXMm = 0, shiftYMm = 0} = gap;
  const re = new Float64Array(length * length);
  const im = new Float64Array(length * length);
  const stepPerMm = 1 / (length * grid.pitchMm);
  const limitPerMm = isLimited
    ? 1 / (wavelengthMm * Math.sqrt((2 * distanceMm * stepPerMm) ** 2 + 1))
    : Number.POSITIVE_INFINITY;
  const cutSquared = 1 / wavelengthMm ** 2;
  // H is even in fx and fy: one quadrant is computed and mirrored.
  const half = Math.floor(length / 2);
  for (let row = 0; row <= half; row++) {
    const fy = row * stepPerMm;
    if (fy > limitPerMm) continue;
    for (let column = 0; column <= row; column++) {
      const fx = column * stepPerMm;
      const under = cutSquared - fx * fx - fy * fy;
      const amplitude = under >= 0 ? 1 : Math.exp(-2 * Math.PI * distanceMm * Math.sqrt(-under));
      const phase = under >= 0 ? 2 * Math.PI * distanceMm * Math.sqrt(under) : 0;
      const [real, imaginary] = [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
      for (const r of new Set([row, (length - row) % length])) {
        for (const c of new Set([column, (length - column) % length])) {
          re[r * length + c] = re[c * length + r] = real;
          im[r * length + c] = im[c * length + r] = imaginary;
        }
      }
    }
  }
  if (shiftXMm !== 0 || shiftYMm !== 0)
    shiftTransfer({re, im}, {re, im}, length, [shiftXMm / grid.pitchMm, shiftYMm / grid.pitchMm]);
  return {length, re, im};
}

/** A shift along one axis over the frequencies of a transform. */
export interface ShiftRamp {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** exp(i 2 pi f shift) over the frequencies of a transform, `shift` in samples. */
export function shiftRamp(shift: number, length: number): ShiftRamp {
  const cos = new Float64Array(length);
  const sin = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const angle = 2 * Math.PI * shift * transformFrequency(i, length);
    cos[i] = Math.cos(angle);
    sin[i] = Math.sin(angle);
  }
  return {cos, sin};
}

/**
 * `to` = `from` times exp(i 2 pi (fx dx + fy dy)), dx and dy in samples: the result is the field read dx, dy further
 * on. `from` and `to` may be the same.
 */
export function shiftTransfer(
  from: {readonly re: RealArray; readonly im: RealArray},
  to: {readonly re: RealArray; readonly im: RealArray},
  length: number,
  [dx, dy]: readonly [dx: number, dy: number],
): void {
  const [x, y] = [shiftRamp(dx, length), shiftRamp(dy, length)];
  for (let row = 0; row < length; row++) {
    for (let column = 0; column < length; column++) {
      const at = row * length + column;
      const c = x.cos[column] * y.cos[row] - x.sin[column] * y.sin[row];
      const s = x.cos[column] * y.sin[row] + x.sin[column] * y.cos[row];
      const [real, imaginary] = [from.re[at], from.im[at]];
      to.re[at] = real * c - imaginary * s;
      to.im[at] = real * s + imaginary * c;
    }
  }
}

/**
 * Rayleigh-Sommerfeld kernel, first kind, times the area of a sample:
 * w = pitch^2 (z / r^2) (1 / (2 pi r) + 1 / (i lambda)) exp(i 2 pi r / lambda), r^2 = x^2 + y^2 + z^2,
 * at offsets -(n-1)..n-1 plus the shift, laid out in transform order over `length` >= 2 n - 1 points.
 */
export function rayleighSommerfeldKernel(gap: Gap, length: number): TransferFunction {
  assertGap(gap);
  const {grid, wavelengthMm, distanceMm: z, shiftXMm = 0, shiftYMm = 0} = gap;
  if (length < 2 * grid.count - 1) {
    throw new RangeError(`A transform of ${length} points cannot hold the kernel of ${grid.count} samples.`);
  }
  if (z === 0) {
    throw new BenchError(
      'twin/invalid',
      'The Rayleigh-Sommerfeld sum has no meaning at a distance of 0 mm; use asm.',
    );
  }
  const re = new Float64Array(length * length);
  const im = new Float64Array(length * length);
  const area = grid.pitchMm ** 2;
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const reach = grid.count - 1;
  for (let j = -reach; j <= reach; j++) {
    const y = j * grid.pitchMm + shiftYMm;
    const row = (j < 0 ? j + length : j) * length;
    for (let i = -reach; i <= reach; i++) {
      const x = i * grid.pitchMm + shiftXMm;
      const squared = x * x + y * y + z * z;
      const r = Math.sqrt(squared);
      const factor = (area * z) / squared;
      const near = factor / (2 * Math.PI * r);
      const far = factor / wavelengthMm;
      const [c, s] = [Math.cos(waveNumber * r), Math.sin(waveNumber * r)];
      // (near - i far) (c + i s)
      const at = row + (i < 0 ? i + length : i);
      re[at] = near * c + far * s;
      im[at] = near * s - far * c;
    }
  }
  return {length, re, im};
}
