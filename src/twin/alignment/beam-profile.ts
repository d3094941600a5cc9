import {BenchError} from '../../contract/errors.ts';
import {solveLeastSquares} from '../metrics/least-squares.ts';
import {invertWellPosed} from '../metrics/symmetric-matrix.ts';

/**
 * The light of a bench without plates and mask, as a Gaussian beam: what a scan of it says, how it travels, and what
 * follows for the light at the object. Radii are those of the amplitude 1/e, which is the power 1/e^2.
 */

/** Powers at places of one plane, dark taken off. */
export interface BeamPlane {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * Gaussian fitted to the power in a plane. `radiusMm` is where the power has fallen to 1/e^2; positions and sigmas in
 * mm.
 */
export interface BeamProfile {
  readonly centerXMm: number;
  readonly centerYMm: number;
  readonly radiusMm: number;
  /** Power at the centre, in the unit of the values. */
  readonly peak: number;
  /** One standard deviation of centre and radius: the scatter of fits that leave out one block of the plane each. */
  readonly centerSigmaMm: number;
  readonly radiusSigmaMm: number;
  /** Root of the squares of what is not explained over that of the values. */
  readonly residualRatio: number;
}

type Numbers = readonly [logPeak: number, centerXMm: number, centerYMm: number, logRadius: number];

/** Blocks a side that the plane is cut into; a fit without each says how sure the fit of all is. */
const blocks = 4;
const mostIterations = 60;

/**
 * Least squares of `peak exp(-2 r^2 / radius^2)` (Siegman, Lasers, ch. 17). Error bars by the delete-one-block jackknife
 * (Efron 1982), because rings and standing waves leave residuals that neighbours share. Throws `twin/invalid` where the
 * values show no hill.
 */
export function fitBeamProfile(plane: BeamPlane): BeamProfile {
  const all = Array.from({length: plane.values.length}, (_, i) => i);
  const numbers = fitNumbers(plane, all, startFrom(plane));
  const [xs, ys] = [spanOf(plane.xMm), spanOf(plane.yMm)];
  const blockOf = (i: number): number => placeIn(xs, plane.xMm[i]) + blocks * placeIn(ys, plane.yMm[i]);
  const others: Numbers[] = [];
  for (let block = 0; block < blocks * blocks; block++) {
    const kept = all.filter((i) => blockOf(i) !== block);
    if (kept.length < all.length && kept.length > 8) others.push(fitNumbers(plane, kept, numbers));
  }
  const [logPeak, centerXMm, centerYMm, logRadius] = numbers;
  const radiusMm = Math.exp(logRadius);
  const residuals = residualsOf(plane, all, numbers);
  return {
    centerXMm,
    centerYMm,
    radiusMm,
    peak: Math.exp(logPeak),
    centerSigmaMm: Math.hypot(jackknife(others, 1), jackknife(others, 2)) / Math.SQRT2,
    radiusSigmaMm: radiusMm * jackknife(others, 3),
    residualRatio: Math.sqrt(squares(residuals) / squares(plane.values)),
  };
}

/** Power of a profile at places, in the unit of its peak. */
export function beamPowers(
  {centerXMm, centerYMm, radiusMm, peak}: Pick<BeamProfile, 'centerXMm' | 'centerYMm' | 'radiusMm' | 'peak'>,
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(
    {length: xMm.length},
    (_, i) => peak * Math.exp((-2 * ((xMm[i] - centerXMm) ** 2 + (yMm[i] - centerYMm) ** 2)) / radiusMm ** 2),
  );
}

/** Width and curvature of a beam at one plane; see BeamState. */
export interface BeamShape {
  /** 1 / radius^2. */
  readonly narrownessPerMm2: number;
  /** 1 / radius of the wavefront, positive diverges. */
  readonly curvaturePerMm: number;
}

/** A beam wider than this, mm, is even light on any bench; keeps the formulas finite. */
const widestMm = 1e4;

/**
 * The beam further on: radius^2 = w^2 ((1 + c z)^2 + (lambda z / (pi w^2))^2), from 1/q = c - i lambda / (pi w^2) and
 * q(z) = q + z (Kogelnik and Li 1966).
 */
export function propagateBeam(
  {narrownessPerMm2, curvaturePerMm}: BeamShape,
  distanceMm: number,
  wavelengthMm: number,
): BeamShape & {readonly radiusMm: number} {
  const narrowness = Math.max(narrownessPerMm2, 1 / widestMm ** 2);
  const spread = (wavelengthMm * narrowness) / Math.PI;
  const [a, b] = [1 + curvaturePerMm * distanceMm, spread * distanceMm];
  const growth = a ** 2 + b ** 2;
  return {
    radiusMm: Math.sqrt(growth / narrowness),
    narrownessPerMm2: narrowness / growth,
    curvaturePerMm: (curvaturePerMm * a + spread * b) / growth,
  };
}

/** Width and curvature of a beam with one standard deviation each. */
export interface KnownShape extends BeamShape {
  readonly narrownessSigmaPerMm2: number;
  readonly curvatureSigmaPerMm: number;
}

/**
 * What a radius that was measured `distanceMm` behind the object says of the light at the object, together with what
 * was known: one radius cannot tell width and curvature apart, so that both come out no further from what was known
 * than the radius asks for, and their error bars shrink along one direction only. Gauss-Newton on the posterior.
 */
export function updateBeamShape(
  known: KnownShape,
  measured: {
    readonly radiusMm: number;
    readonly sigmaMm: number;
    readonly distanceMm: number;
    readonly wavelengthMm: number;
  },
): KnownShape {
  const {narrownessSigmaPerMm2: sigmaN, curvatureSigmaPerMm: sigmaC} = known;
  const radiusOf = (n: number, c: number): number =>
    propagateBeam({narrownessPerMm2: n, curvaturePerMm: c}, measured.distanceMm, measured.wavelengthMm)
      .radiusMm;
  let [n, c] = [Math.max(known.narrownessPerMm2, sigmaN / 10), known.curvaturePerMm];
  let covariance: Float64Array | undefined;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    // In units of the prior's standard deviations, so that the normal matrix is well scaled.
    const step = 1e-4;
    const slope = [
      (radiusOf(n + step * sigmaN, c) - radiusOf(n - step * sigmaN, c)) / (2 * step),
      (radiusOf(n, c + step * sigmaC) - radiusOf(n, c - step * sigmaC)) / (2 * step),
    ].map((value) => value / measured.sigmaMm);
    const misfit = (measured.radiusMm - radiusOf(n, c)) / measured.sigmaMm;
    const away = [(n - known.narrownessPerMm2) / sigmaN, (c - known.curvaturePerMm) / sigmaC];
    const normal = Float64Array.from([
      1 + slope[0] ** 2,
      slope[0] * slope[1],
      slope[0] * slope[1],
      1 + slope[1] ** 2,
    ]);
    covariance = invertWellPosed(normal, 2);
    if (!covariance) break;
    const right = slope.map((value, i) => value * misfit - away[i]);
    const dn = covariance[0] * right[0] + covariance[1] * right[1];
    const dc = covariance[2] * right[0] + covariance[3] * right[1];
    // Radius against narrowness is steep: half a standard deviation at a time stays where the slope holds.
    const size = Math.min(1, 0.5 / Math.max(Math.abs(dn), Math.abs(dc), 1e-12));
    n = Math.max(n + size * dn * sigmaN, n / 3, 1 / widestMm ** 2);
    c += size * dc * sigmaC;
    if (size === 1 && Math.max(Math.abs(dn), Math.abs(dc)) < 1e-6) break;
  }
  return {
    narrownessPerMm2: n,
    curvaturePerMm: c,
    narrownessSigmaPerMm2: sigmaN * Math.sqrt(covariance?.[0] ?? 1),
    curvatureSigmaPerMm: sigmaC * Math.sqrt(covariance?.[3] ?? 1),
  };
}

/** Second moments above a tenth of the peak: near enough for a fit to begin with. */
function startFrom({xMm, yMm, values}: BeamPlane): Numbers {
  let peak = 0;
  for (let i = 0; i < values.length; i++) peak = Math.max(peak, values[i]);
  let [sum, x, y, square] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > peak / 10)) continue;
    sum += values[i];
    x += values[i] * xMm[i];
    y += values[i] * yMm[i];
    square += values[i] * (xMm[i] ** 2 + yMm[i] ** 2);
  }
  const [centerX, centerY] = [x / sum, y / sum];
  const variance = square / sum - centerX ** 2 - centerY ** 2;
  if (!(sum > 0) || !(variance > 0))
    throw new BenchError(
      'twin/invalid',
      'No beam can be seen in this plane: no value stands out of the others. Nothing was computed.',
    );
  // The power of a Gaussian beam has half its radius as standard deviation along each axis.
  return [Math.log(peak), centerX, centerY, Math.log(Math.sqrt(2 * variance))];
}

function fitNumbers(plane: BeamPlane, kept: readonly number[], start: Numbers): Numbers {
  let numbers = start;
  let cost = squares(residualsOf(plane, kept, numbers));
  let damping = 1e-3;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const {solution} = solveLeastSquares(
      columnsOf(plane, kept, numbers),
      residualsOf(plane, kept, numbers),
      damping,
    );
    const next: Numbers = [
      numbers[0] + solution[0],
      numbers[1] + solution[1],
      numbers[2] + solution[2],
      numbers[3] + Math.max(-0.5, Math.min(0.5, solution[3])),
    ];
    const nextCost = squares(residualsOf(plane, kept, next));
    if (!(nextCost <= cost)) {
      damping *= 10;
      if (damping > 1e6) break;
      continue;
    }
    const isDone = cost - nextCost <= 1e-10 * cost;
    [numbers, cost, damping] = [next, nextCost, Math.max(damping / 5, 1e-9)];
    if (isDone) break;
  }
  return numbers;
}

const modelAt = ({xMm, yMm}: BeamPlane, i: number, [logPeak, x, y, logRadius]: Numbers): number =>
  Math.exp(logPeak - 2 * ((xMm[i] - x) ** 2 + (yMm[i] - y) ** 2) * Math.exp(-2 * logRadius));

const residualsOf = (plane: BeamPlane, kept: readonly number[], numbers: Numbers): Float64Array =>
  Float64Array.from(kept, (i) => plane.values[i] - modelAt(plane, i, numbers));

function columnsOf(plane: BeamPlane, kept: readonly number[], numbers: Numbers): Float64Array[] {
  const columns = numbers.map(() => new Float64Array(kept.length));
  const [, x, y, logRadius] = numbers;
  const perMm2 = 4 * Math.exp(-2 * logRadius);
  kept.forEach((i, row) => {
    const model = modelAt(plane, i, numbers);
    const [dx, dy] = [plane.xMm[i] - x, plane.yMm[i] - y];
    columns[0][row] = model;
    columns[1][row] = model * perMm2 * dx;
    columns[2][row] = model * perMm2 * dy;
    columns[3][row] = model * perMm2 * (dx ** 2 + dy ** 2);
  });
  return columns;
}

/** Standard deviation of one number by fits without one block each. */
function jackknife(others: readonly Numbers[], at: 0 | 1 | 2 | 3): number {
  const count = others.length;
  if (count < 2) return 0;
  const mean = others.reduce((sum, own) => sum + own[at], 0) / count;
  const sum = others.reduce((total, own) => total + (own[at] - mean) ** 2, 0);
  return Math.sqrt(((count - 1) / count) * sum);
}

function squares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return sum;
}

function spanOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]), Math.max(high, values[i])];
  return [low, high];
}

const placeIn = ([low, high]: readonly [number, number], value: number): number =>
  Math.min(blocks - 1, Math.floor((blocks * (value - low)) / Math.max(high - low, 1e-9)));
