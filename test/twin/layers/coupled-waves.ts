import {add, cosineAndSine, diagonal, invert, matrix, multiply, type Matrix} from './complex-matrix.ts';

/**
 * Rigorous coupled-wave analysis of a grating of one direction whose pixels end at different heights (Moharam and Gaylord,
 * J. Opt. Soc. Am. 71, 811, 1981; the products of Li, J. Opt. Soc. Am. A 13, 1870, 1996 for TM). Instead of modes, the
 * admittance matrix (field slopes from fields) is carried from the exit to the entrance, layer by layer, which stays
 * stable for waves that decay. Its own checks are in coupled-waves.test.ts.
 */
export interface Grating {
  /** Heights above the base over one period, mm. */
  readonly heightsMm: readonly number[];
  readonly pixelMm: number;
  readonly baseMm: number;
  readonly index: readonly [n: number, k: number];
  readonly reliefFaces: 'source' | 'detector';
}

export interface Light {
  readonly wavelengthMm: number;
  /** TE: the electric field along the grooves, for which the wave equation is scalar. TM: the magnetic field. */
  readonly polarisation: 'TE' | 'TM';
  /** Of the incident wave, 1/mm; 0 for normal incidence. */
  readonly fx?: number;
}

export interface Orders {
  readonly orders: readonly number[];
  /** kz of each order in air, rad/mm; 0 where it does not travel. */
  readonly kz: readonly number[];
  /** Field of each order behind the grating and in front of it, for an incident amplitude of 1. */
  readonly transmitted: readonly (readonly [number, number])[];
  readonly reflected: readonly (readonly [number, number])[];
}

export function computeOrders(grating: Grating, light: Light, highestOrder = 14): Orders {
  const {wavelengthMm, polarisation, fx = 0} = light;
  const periodMm = grating.heightsMm.length * grating.pixelMm;
  const size = 2 * highestOrder + 1;
  const orders = Array.from({length: size}, (_, i) => i - highestOrder);
  const k0 = (2 * Math.PI) / wavelengthMm;
  const kx = orders.map((order) => 2 * Math.PI * (fx + order / periodMm));
  const kz = kx.map((value): readonly [number, number] =>
    value * value <= k0 * k0
      ? [Math.sqrt(k0 * k0 - value * value), 0]
      : [0, Math.sqrt(value * value - k0 * k0)],
  );
  const alongX = diagonal(kx.map((value) => [value, 0]));
  // Admittance of air: slope = i kz field.
  const air = diagonal(kz.map(([re, im]) => [-im, re]));
  let admittance = air;
  let through: Matrix | undefined;
  for (const {thicknessMm, isMaterial} of layersOf(grating).toReversed()) {
    const permittivity = isMaterial.map((own) => (own ? square(grating.index) : ([1, 0] as const)));
    const toeplitz = toeplitzOf(permittivity, size);
    const wave = (of: Matrix): Matrix =>
      add(
        {...of, re: of.re.map((v) => v * k0 * k0), im: of.im.map((v) => v * k0 * k0)},
        multiply(alongX, alongX),
        -1,
      );
    // field' = slopeOf flux, flux' = -source field; A = slopeOf source.
    const fluxOf = polarisation === 'TE' ? undefined : toeplitzOf(permittivity.map(inverse), size);
    const slopeOf = fluxOf && invert(fluxOf);
    const a = slopeOf
      ? multiply(
          slopeOf,
          add(
            diagonal(orders.map(() => [k0 * k0, 0])),
            multiply(alongX, multiply(invert(toeplitz), alongX)),
            -1,
          ),
        )
      : wave(toeplitz);
    const {cosine, sine} = cosineAndSine(a, thicknessMm);
    const slope = slopeOf ? multiply(slopeOf, admittance) : admittance;
    const entrance = add(cosine, multiply(sine, slope), -1);
    const exitOf = invert(entrance);
    const slopes = add(multiply(a, sine), multiply(cosine, slope));
    admittance = multiply(fluxOf ? multiply(fluxOf, slopes) : slopes, exitOf);
    through = through ? multiply(through, exitOf) : exitOf;
  }
  // The field at the entrance is incident plus reflected: i kz (incident - reflected) = admittance field.
  const inverted = invert(add(air, admittance));
  const column = (of: Matrix): readonly (readonly [number, number])[] =>
    orders.map((_, i) => [of.re[i * size + highestOrder], of.im[i * size + highestOrder]]);
  const doubled = multiply(inverted, {...air, re: air.re.map((v) => 2 * v), im: air.im.map((v) => 2 * v)});
  const entranceField = column(doubled);
  const reflected = entranceField.map(([re, im], i): readonly [number, number] => [
    re - (i === highestOrder ? 1 : 0),
    im,
  ]);
  const transmitted = column(multiply(through ?? diagonal(orders.map(() => [1, 0])), doubled));
  return {orders, kz: kz.map(([re]) => re), transmitted, reflected};
}

interface Layer {
  readonly thicknessMm: number;
  /** Of each pixel. */
  readonly isMaterial: readonly boolean[];
}

/** Layers from the source on. */
function layersOf({heightsMm, baseMm, reliefFaces}: Grating): readonly Layer[] {
  const levels = [...new Set([0, ...heightsMm])].sort((a, b) => a - b);
  const slab: Layer = {thicknessMm: baseMm, isMaterial: heightsMm.map(() => true)};
  const relief = levels.slice(1).map((top, i): Layer => ({
    thicknessMm: top - levels[i],
    isMaterial: heightsMm.map((height) => height >= top),
  }));
  const fromBase = baseMm > 0 ? [slab, ...relief] : relief;
  return reliefFaces === 'detector' ? fromBase : fromBase.toReversed();
}

/** Matrix of a product with values that are constant on the pixels of a period; pixel p is centred at (p + 1/2) pixels. */
function toeplitzOf(values: readonly (readonly [number, number])[], size: number): Matrix {
  const count = values.length;
  const coefficient = (order: number): readonly [number, number] => {
    const x = (Math.PI * order) / count;
    const width = order === 0 ? 1 / count : Math.sin(x) / x / count;
    let [re, im] = [0, 0];
    values.forEach(([a, b], pixel) => {
      const angle = (-2 * Math.PI * order * (pixel + 0.5)) / count;
      re += width * (a * Math.cos(angle) - b * Math.sin(angle));
      im += width * (a * Math.sin(angle) + b * Math.cos(angle));
    });
    return [re, im];
  };
  const known = Array.from({length: 2 * size - 1}, (_, i) => coefficient(i - size + 1));
  return matrix(size, (row, column) => known[row - column + size - 1]);
}

const square = ([a, b]: readonly [number, number]): readonly [number, number] => [a * a - b * b, 2 * a * b];
const inverse = ([a, b]: readonly [number, number]): readonly [number, number] => [
  a / (a * a + b * b),
  -b / (a * a + b * b),
];
