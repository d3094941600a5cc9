import {add, cosineAndSine, invert, matrix, multiply, scale, type Matrix} from './complex-matrix.ts';

/**
 * Rigorous coupled-wave analysis of a relief of square pixels that repeats itself in both directions (Moharam and Gaylord's
 * method with the products of Li, J. Opt. Soc. Am. A 14, 2758, 1997). Fields along x and y are carried from the exit to the
 * entrance as in coupled-waves.ts. Its own checks are in crossed-waves.test.ts.
 */
export interface CrossedRelief {
  /** Heights above the base over one period, row by row, mm; as many rows as columns. */
  readonly heightsMm: readonly (readonly number[])[];
  readonly pixelMm: number;
  readonly baseMm: number;
  readonly index: readonly [n: number, k: number];
  readonly reliefFaces: 'source' | 'detector';
}

type Complex = readonly [re: number, im: number];

/** A wave of a diffraction order for an incident wave along z whose electric field has the amplitude 1 along x. */
export interface Order {
  readonly x: number;
  readonly y: number;
  /** cos of the angle against z. */
  readonly cosine: number;
  /** Amplitudes behind the relief along the direction that x, and that y, is turned to with the wave. */
  readonly copolar: Complex;
  readonly crossed: Complex;
}

export interface CrossedOrders {
  /** The orders that travel. */
  readonly transmitted: readonly Order[];
  /** Parts of the incident power. */
  readonly transmittance: number;
  readonly reflectance: number;
}

export function computeCrossedOrders(
  relief: CrossedRelief,
  wavelengthMm: number,
  highestOrder: number,
): CrossedOrders {
  const side = 2 * highestOrder + 1;
  const size = side * side;
  const periodMm = relief.heightsMm.length * relief.pixelMm;
  const orders = Array.from({length: size}, (_, i) => [
    (i % side) - highestOrder,
    Math.floor(i / side) - highestOrder,
  ]);
  // In units of the wave number of air.
  const k = orders.map((order) => order.map((own) => (own * wavelengthMm) / periodMm));
  const waves = {kx: k.map(([x]) => x), ky: k.map(([, y]) => y), side};
  const kz = k.map(([x, y]): Complex => {
    const squared = 1 - x * x - y * y;
    return squared >= 0 ? [Math.sqrt(squared), 0] : [0, Math.sqrt(-squared)];
  });
  const air = airAdmittance(waves, kz);
  let admittance = air;
  let through: Matrix | undefined;
  for (const {thicknessMm, isMaterial} of layersOf(relief).toReversed()) {
    const {p, q} = slopesOf(waves, isMaterial, relief.index);
    const {cosine, sine} = cosineAndSine(
      scale(multiply(p, q), -1),
      (2 * Math.PI * thicknessMm) / wavelengthMm,
    );
    const slope = multiply(p, admittance);
    const exitOf = invert(add(cosine, multiply(sine, slope), -1));
    // s' at the entrance: A sin(..)/.. s + cos(..) s', with A = -P Q.
    const slopes = add(multiply(cosine, slope), multiply(multiply(p, q), sine), -1);
    admittance = multiply(multiply(invert(p), slopes), exitOf);
    through = through ? multiply(through, exitOf) : exitOf;
  }
  const zero = highestOrder * side + highestOrder;
  const entrance = solveColumn(add(air, admittance), scale(air, 2), zero);
  const behind = through ? applied(through, entrance) : entrance;
  const reflected = entrance.map(([re, im], i): Complex => [re - (i === zero ? 1 : 0), im]);
  const travelling = orders.map((_, i) => i).filter((i) => kz[i][0] > 0);
  const waveOf = (field: readonly Complex[], i: number): Order => {
    const [x, y] = orders[i];
    return {
      x,
      y,
      cosine: kz[i][0],
      ...polarised([waves.kx[i], waves.ky[i], kz[i][0]], [field[i], field[size + i]]),
    };
  };
  const powerOf = (field: readonly Complex[]): number =>
    travelling
      .map((i) => waveOf(field, i))
      .reduce((sum, {cosine, copolar, crossed}) => sum + cosine * Math.hypot(...copolar, ...crossed) ** 2, 0);
  return {
    transmitted: travelling.map((i) => waveOf(behind, i)),
    transmittance: powerOf(behind),
    reflectance: powerOf(reflected),
  };
}

interface Waves {
  readonly kx: readonly number[];
  readonly ky: readonly number[];
  /** Orders along each side. */
  readonly side: number;
}

/** s' = P u, u' = Q s over k0 z, where s is (Ex, Ey) and u (Hx, Hy) in the units that make Maxwell's equations real. */
function slopesOf(
  waves: Waves,
  isMaterial: readonly (readonly boolean[])[],
  index: Complex,
): {p: Matrix; q: Matrix} {
  const permittivity: Complex = [index[0] ** 2 - index[1] ** 2, 2 * index[0] * index[1]];
  const values = isMaterial.map((row) => row.map((own): Complex => (own ? permittivity : [1, 0])));
  const {kx, ky, side} = waves;
  const inverse = invert(productOf(values, side));
  const alongX = inverseRule(values, side);
  const alongY = transposedOrders(inverseRule(transposed(values), side), side);
  const size = side * side;
  const block = (
    of: Matrix,
    left: readonly number[],
    right: readonly number[],
    row: number,
    column: number,
  ): Complex => [
    left[row] * of.re[row * size + column] * right[column],
    left[row] * of.im[row * size + column] * right[column],
  ];
  const one = (row: number, column: number, value: number): Complex => [row === column ? value : 0, 0];
  const plus = (a: Complex, b: Complex, factor = 1): Complex => [a[0] + factor * b[0], a[1] + factor * b[1]];
  const at = (of: Matrix, row: number, column: number): Complex => [
    of.re[row * size + column],
    of.im[row * size + column],
  ];
  return {
    p: blocks(size, [
      [
        (i, j) => block(inverse, kx, ky, i, j),
        (i, j) => plus(one(i, j, 1), block(inverse, kx, kx, i, j), -1),
      ],
      [
        (i, j) => plus(block(inverse, ky, ky, i, j), one(i, j, 1), -1),
        (i, j) => plus([0, 0], block(inverse, ky, kx, i, j), -1),
      ],
    ]),
    q: blocks(size, [
      [(i, j) => one(i, j, kx[i] * ky[i]), (i, j) => plus(at(alongY, i, j), one(i, j, kx[i] ** 2), -1)],
      [(i, j) => plus(one(i, j, ky[i] ** 2), at(alongX, i, j), -1), (i, j) => one(i, j, -kx[i] * ky[i])],
    ]),
  };
}

type Entry = (row: number, column: number) => Complex;

const blocks = (size: number, of: readonly (readonly Entry[])[]): Matrix =>
  matrix(2 * size, (row, column) => of[row < size ? 0 : 1][column < size ? 0 : 1](row % size, column % size));

/** u = Y s of waves that leave along +z in air: s' = i kz s, and P^-1 = -Q / kz^2 there. */
function airAdmittance({kx, ky}: Waves, kz: readonly Complex[]): Matrix {
  const size = kz.length;
  // i kz (-1 / kz^2) = -i / kz.
  const factor = kz.map(([re, im]): Complex => [-im / (re * re + im * im), -re / (re * re + im * im)]);
  const times = (row: number, column: number, value: number): Complex =>
    row === column ? [factor[row][0] * value, factor[row][1] * value] : [0, 0];
  return blocks(size, [
    [(i, j) => times(i, j, kx[i] * ky[i]), (i, j) => times(i, j, 1 - kx[i] ** 2)],
    [(i, j) => times(i, j, ky[i] ** 2 - 1), (i, j) => times(i, j, -kx[i] * ky[i])],
  ]);
}

/** Fourier coefficient of pixel p of `count` along one direction. */
function pixelCoefficient(order: number, pixel: number, count: number): Complex {
  const half = (Math.PI * order) / count;
  const width = order === 0 ? 1 / count : Math.sin(half) / half / count;
  const angle = -2 * half * (pixel + 0.5);
  return [width * Math.cos(angle), width * Math.sin(angle)];
}

/** Product with values on pixels, for what is continuous at no wall's side or at all (Laurent's rule). */
function productOf(values: readonly (readonly Complex[])[], side: number): Matrix {
  const rows = values.map((row) => toeplitz(row, side));
  return overRows(rows, side);
}

/** Product for a field along x: by its inverse along x, whose walls it meets at right angles, then along y as it is. */
function inverseRule(values: readonly (readonly Complex[])[], side: number): Matrix {
  const rows = values.map((row) =>
    invert(
      toeplitz(
        row.map(([re, im]): Complex => [re / (re * re + im * im), -im / (re * re + im * im)]),
        side,
      ),
    ),
  );
  return overRows(rows, side);
}

function toeplitz(values: readonly Complex[], side: number): Matrix {
  return matrix(side, (row, column) =>
    sumOf(values, (pixel) => pixelCoefficient(row - column, pixel, values.length)),
  );
}

/** From matrices of the orders along x, one for each row of pixels, to one of the orders along both. */
function overRows(rows: readonly Matrix[], side: number): Matrix {
  return matrix(side * side, (to, from) => {
    const [m, n] = [to % side, Math.floor(to / side)];
    const [a, b] = [from % side, Math.floor(from / side)];
    const own = rows.map((row): Complex => [row.re[m * side + a], row.im[m * side + a]]);
    return sumOf(own, (pixel) => pixelCoefficient(n - b, pixel, rows.length));
  });
}

function sumOf(values: readonly Complex[], weightOf: (i: number) => Complex): Complex {
  let [re, im] = [0, 0];
  values.forEach(([a, b], i) => {
    const [c, d] = weightOf(i);
    re += a * c - b * d;
    im += a * d + b * c;
  });
  return [re, im];
}

const transposed = <Value>(values: readonly (readonly Value[])[]): Value[][] =>
  values.map((_, i) => values.map((row) => row[i]));

/** The same matrix with the orders along x and y exchanged. */
function transposedOrders(of: Matrix, side: number): Matrix {
  const turned = (i: number): number => (i % side) * side + Math.floor(i / side);
  return matrix(of.size, (row, column) => {
    const at = turned(row) * of.size + turned(column);
    return [of.re[at], of.im[at]];
  });
}

/** Layers from the source on. */
function layersOf({heightsMm, baseMm, reliefFaces}: CrossedRelief) {
  const levels = [...new Set([0, ...heightsMm.flat()])].sort((a, b) => a - b);
  const slab = {thicknessMm: baseMm, isMaterial: heightsMm.map((row) => row.map(() => true))};
  const relief = levels.slice(1).map((top, i) => ({
    thicknessMm: top - levels[i],
    isMaterial: heightsMm.map((row) => row.map((height) => height >= top)),
  }));
  const fromBase = baseMm > 0 ? [slab, ...relief] : relief;
  return reliefFaces === 'detector' ? fromBase : fromBase.toReversed();
}

/** x of a x = column `column` of b. */
function solveColumn(a: Matrix, b: Matrix, column: number): Complex[] {
  const field = Array.from({length: a.size}, (_, i): Complex => [
    b.re[i * a.size + column],
    b.im[i * a.size + column],
  ]);
  return applied(invert(a), field);
}

const applied = (a: Matrix, field: readonly Complex[]): Complex[] =>
  field.map((_, row) => sumOf(field, (i) => [a.re[row * a.size + i], a.im[row * a.size + i]]));

/** The amplitudes of a wave along the directions to which x and y turn as z is turned to its own direction the short way. */
function polarised(
  [kx, ky, kz]: readonly [number, number, number],
  [ex, ey]: readonly [Complex, Complex],
): Pick<Order, 'copolar' | 'crossed'> {
  // Transverse: k E = 0.
  const ez: Complex = [-(kx * ex[0] + ky * ey[0]) / kz, -(kx * ex[1] + ky * ey[1]) / kz];
  const along = (x: number, y: number): Complex => {
    const part = (kx * x + ky * y) / (1 + kz);
    const direction = [x - part * kx, y - part * ky, -part * (kz + 1)];
    return [
      direction[0] * ex[0] + direction[1] * ey[0] + direction[2] * ez[0],
      direction[0] * ex[1] + direction[1] * ey[1] + direction[2] * ez[1],
    ];
  };
  return {copolar: along(1, 0), crossed: along(0, 1)};
}
