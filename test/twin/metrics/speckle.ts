import type {Random} from '../../../src/base/random.ts';

/** Reads an intensity anywhere in a plane. */
export type PlaneFunction = (xMm: number, yMm: number) => number;

/**
 * A smooth random intensity with grains of about `grainMm`: the square of a sum of plane waves of random direction,
 * amplitude and phase, under a broad Gaussian envelope.
 */
export function createSpeckle(random: Random, grainMm: number, waveCount = 60, radiusMm = 25): PlaneFunction {
  const waves = Array.from({length: waveCount}, () => {
    const angle = 2 * Math.PI * random.uniform();
    const k = (Math.PI / grainMm) * Math.sqrt(random.uniform());
    return [k * Math.cos(angle), k * Math.sin(angle), 2 * Math.PI * random.uniform()] as const;
  });
  return (x, y) => {
    let re = 0;
    let im = 0;
    for (const [kx, ky, phase] of waves) {
      re += Math.cos(kx * x + ky * y + phase);
      im += Math.sin(kx * x + ky * y + phase);
    }
    return ((re * re + im * im) / waveCount) * Math.exp((-2 * (x * x + y * y)) / (radiusMm * radiusMm));
  };
}

/** Points of a square grid about the origin, row by row from the smallest y. */
export function gridPoints(sideMm: number, stepMm: number): {xMm: Float64Array; yMm: Float64Array} {
  const count = Math.round(sideMm / stepMm) + 1;
  const at = (i: number): number => (i - (count - 1) / 2) * stepMm;
  return {
    xMm: Float64Array.from({length: count * count}, (_, i) => at(i % count)),
    yMm: Float64Array.from({length: count * count}, (_, i) => at(Math.floor(i / count))),
  };
}

/** Regions of the digit layout: ten squares in rows of 3, 4 and 3. */
export function digitRegions(sideMm = 4.8): {
  label: string;
  centerXMm: number;
  centerYMm: number;
  widthMm: number;
  heightMm: number;
}[] {
  const places = [
    ...[-12, 0, 12].map((x) => [x, 12] as const),
    ...[-18, -6, 6, 18].map((x) => [x, 0] as const),
    ...[-12, 0, 12].map((x) => [x, -12] as const),
  ];
  return places.map(([centerXMm, centerYMm], k) => ({
    label: String(k),
    centerXMm,
    centerYMm,
    widthMm: sideMm,
    heightMm: sideMm,
  }));
}
