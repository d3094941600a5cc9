import {BenchError} from '../../contract/errors.ts';
import {positionMm, type Grid} from '../../contract/optics.ts';

/**
 * Focal lengths of thin lenses at the places of the plates that image the object plane upright at unit magnification onto
 * the output plane: one for the middle lens, near which the intermediate image lies, and one for all others. Found by
 * Newton's method on the paraxial ray matrix (A, B; C, D) of the whole: A = 1, B = 0. `gapsMm`: object to plate 1, plate to
 * plate, last plate to output. Throws `plan/invalid` where there is no such relay.
 */
export function relayFocalLengths(gapsMm: readonly number[]): number[] {
  const layerCount = gapsMm.length - 1;
  const middle = (layerCount - 1) / 2;
  const lengthMm = gapsMm.reduce((sum, gap) => sum + gap, 0);
  const powersOf = (outer: number, inner: number): number[] =>
    Array.from({length: layerCount}, (_, i) => (i === middle ? inner : outer));
  const misses = (outer: number, inner: number): readonly [number, number] => {
    const {a, b} = rayMatrix(gapsMm, powersOf(outer, inner));
    return [a - 1, b / lengthMm];
  };
  if (Number.isInteger(middle) && middle > 0)
    // The weakest lenses first: in powers of the whole length.
    for (let outerStart = 1; outerStart < 16; outerStart++)
      for (let innerStart = 1; innerStart < 32; innerStart++) {
        const found = newton(misses, outerStart / lengthMm, innerStart / lengthMm);
        if (found && found.every((power) => power > 0.5 / lengthMm))
          return powersOf(found[0], found[1]).map((power) => 1 / power);
      }
  throw new BenchError(
    'plan/invalid',
    'No relay of lenses fits these plates: it needs an odd number of them, at least three. Nothing was started; start from flat plates.',
  );
}

/** Paraxial matrix of gaps with lenses of these powers (1/mm) between them: x' = a x + b angle. */
export function rayMatrix(
  gapsMm: readonly number[],
  powers: readonly number[],
): {readonly a: number; readonly b: number} {
  let [a, b, c, d] = [1, 0, 0, 1];
  gapsMm.forEach((gap, i) => {
    [a, b] = [a + gap * c, b + gap * d];
    const power = powers[i] ?? 0;
    [c, d] = [c - power * a, d - power * b];
  });
  return {a, b};
}

/** A root of two equations in two unknowns; undefined where the search does not end. */
function newton(
  misses: (x: number, y: number) => readonly [number, number],
  startX: number,
  startY: number,
): readonly [number, number] | undefined {
  let [x, y] = [startX, startY];
  for (let step = 0; step < 50; step++) {
    const [p, q] = misses(x, y);
    if (Math.hypot(p, q) < 1e-12) return [x, y];
    const small = 1e-7 * (Math.abs(x) + Math.abs(y));
    const [px, qx] = misses(x + small, y);
    const [py, qy] = misses(x, y + small);
    const [a, b, c, d] = [(px - p) / small, (py - p) / small, (qx - q) / small, (qy - q) / small];
    const determinant = a * d - b * c;
    if (!(Math.abs(determinant) > 1e-12)) return undefined;
    x -= (d * p - b * q) / determinant;
    y -= (a * q - c * p) / determinant;
  }
  return undefined;
}

/**
 * Phases (rad, row-major) of a square array of equal lenses that fills a plate, each of one focal length, hyperbolic:
 * -(2 pi / lambda) (sqrt(f^2 + r^2) - f) from its own centre. Lenses behind each other on all plates are an array of
 * upright relays, as in the lens bar of a copier.
 */
export function lensArrayPhases(
  grid: Grid,
  wavelengthMm: number,
  {focalLengthMm, lensMm}: {readonly focalLengthMm: number; readonly lensMm: number},
): Float32Array {
  const fromCentre = Float64Array.from({length: grid.count}, (_, i) => {
    const place = positionMm(grid, i);
    return place - lensMm * Math.round(place / lensMm);
  });
  const wavenumber = (2 * Math.PI) / wavelengthMm;
  return Float32Array.from({length: grid.count ** 2}, (_, i) => {
    const x = fromCentre[i % grid.count];
    const y = fromCentre[Math.floor(i / grid.count)];
    return -wavenumber * (Math.hypot(focalLengthMm, x, y) - focalLengthMm);
  });
}
