import {createRandom} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import {type OverlapTestName, overlapTests} from '../../contract/resume-check.ts';
import {degFromRad} from '../../contract/units.ts';

/**
 * Whether points that were measured again read as they did before a run was cut off. Nothing is supposed of the noise
 * but that it is the same before and after: had nothing moved, the stored reading of a point would be any one of its
 * readings. So each statistic of the stored reading against the others is held against its values when, point by point, a
 * reading drawn at random takes the place of the stored one (randomisation test; Fisher, The Design of Experiments,
 * 1935, section 21; with drawn assignments as in Dwass, Ann. Math. Statist. 28, 181, 1957: p = (1 + b) / (1 + n)).
 */

/** A reading; the imaginary part of a real signal is 0. In the detector's unit. */
export interface OverlapReading {
  readonly real: number;
  readonly imaginary: number;
}

/** A point of the run before, measured again. */
export interface OverlapPoint {
  readonly stored: OverlapReading;
  /** As often for every point, each after the stage had been elsewhere. */
  readonly again: readonly OverlapReading[];
  /** How the signal changes around the point, per mm along x and y; 0 where nothing is known of it. */
  readonly slopePerMm: {readonly x: OverlapReading; readonly y: OverlapReading};
}

/** What is asked of the points. */
export interface OverlapTestOptions {
  /** Probability of a refusal when nothing has changed, of all three tests together. */
  readonly significance: number;
  /** What a reading may differ by without being another one, as a part of it: what the plan itself leaves open. */
  readonly allowedRatio: number;
  /** Assignments are drawn from it. */
  readonly seed: number | string;
  /** How many are drawn; 2999 unless given: the smallest p is 1 / 3000, well below a third of 1 %. */
  readonly drawCount?: number;
}

/** Numbers of the test. */
export interface OverlapTest {
  /** Tests that are failed; the run may go on when there is none. */
  readonly failed: readonly OverlapTestName[];
  readonly pointCount: number;
  readonly passCount: number;
  readonly significance: number;
  readonly allowedRatio: number;
  /** Drawn assignments. */
  readonly drawCount: number;
  /** One standard deviation of a reading's part, from the readings made again, in the detector's unit. */
  readonly noise: number;
  /** The signal now over the signal then, and the angle by which it turned (0 for a real one). */
  readonly gain: {readonly ratio: number; readonly phaseDeg: number; readonly pValue: number};
  /** Where the probe stands now, seen from where it was read then; null along an axis that the points say nothing of. */
  readonly shift: {readonly xMm: number | null; readonly yMm: number | null; readonly pValue: number};
  /** RMS difference over what the noise lets expect: about 1 when nothing has changed. */
  readonly scatter: {readonly ratio: number; readonly pValue: number};
}

/** An axis whose slopes are, but for so small a part, those of the ones before tells nothing of its own. */
const dependentRatio = 1e-6;

/**
 * Fewest points with which a test can refuse at all: an assignment drawn at random is the one that was measured with
 * probability (passes + 1)^-points, which has to be below the significance of one test.
 */
export const fewestOverlapPoints = (significance: number, passCount: number): number =>
  Math.ceil(Math.log(overlapTests.length / significance) / Math.log(passCount + 1));

/** Tests the points; throws `twin/invalid` without points, or where they were not measured equally often. */
export function testOverlap(points: readonly OverlapPoint[], options: OverlapTestOptions): OverlapTest {
  const readings = points.map(({stored, again}) => [stored, ...again]);
  const passCount = assertReadings(readings);
  const {significance, allowedRatio, seed, drawCount = 2999} = options;
  const means = readings.map(meanOf);
  const noise = Math.sqrt(varianceWithin(points));
  const weights = weightsOf(readings, means, allowedRatio);
  const weighing = {basis: basisOf(points, means, weights), weights};
  const differences = readings.map((own) => own.map((_, chosen) => differenceOf(own, chosen)));
  // What is allowed is taken off whichever reading is taken for the stored one, so that the test stays exact.
  const tested = differences.map((own, i) =>
    own.map((each) => beyond(each, allowedRatio * sizeOf(means[i]))),
  );
  const statistics = (chosen: () => number): Statistics =>
    statisticsOf(
      tested.map((own) => own[chosen()]),
      weighing,
    );

  const seen = statistics(() => 0);
  const random = createRandom(seed);
  const asLarge: Record<OverlapTestName, number> = {gain: 0, shift: 0, scatter: 0};
  for (let draw = 0; draw < drawCount; draw++) {
    const drawn = statistics(() => random.integer(passCount + 1));
    for (const name of overlapTests) if (drawn[name] >= seen[name] * (1 - 1e-9)) asLarge[name]++;
  }
  const pValue = (name: OverlapTestName): number => (1 + asLarge[name]) / (1 + drawCount);
  const measured = differences.map(([own]) => own);
  return {
    failed: overlapTests.filter((name) => pValue(name) < significance / overlapTests.length),
    pointCount: points.length,
    passCount,
    significance,
    allowedRatio,
    drawCount,
    noise,
    gain: {...gainOf(points, weights), pValue: pValue('gain')},
    shift: {...shiftOf(measured, weighing), pValue: pValue('shift')},
    scatter: {ratio: scatterOf(measured, {noise, passCount}), pValue: pValue('scatter')},
  };
}

function assertReadings(readings: readonly (readonly OverlapReading[])[]): number {
  const [first] = readings;
  if (!first || first.length < 3 || readings.some(({length}) => length !== first.length))
    throw new BenchError(
      'twin/invalid',
      'Points of an overlap are measured again twice at least, and all equally often; nothing can be told from these.',
    );
  if (
    readings.some((own) =>
      own.some(({real, imaginary}) => !Number.isFinite(real) || !Number.isFinite(imaginary)),
    )
  )
    throw new BenchError('twin/invalid', 'A point of an overlap has no number.');
  return first.length - 1;
}

const meanOf = (readings: readonly OverlapReading[]): OverlapReading => ({
  real: readings.reduce((sum, {real}) => sum + real, 0) / readings.length,
  imaginary: readings.reduce((sum, {imaginary}) => sum + imaginary, 0) / readings.length,
});

const minus = (one: OverlapReading, other: OverlapReading): OverlapReading => ({
  real: one.real - other.real,
  imaginary: one.imaginary - other.imaginary,
});

const squareOf = ({real, imaginary}: OverlapReading): number => real ** 2 + imaginary ** 2;
const sizeOf = ({real, imaginary}: OverlapReading): number => Math.hypot(real, imaginary);

/** Mean of the other readings minus the chosen one. */
function differenceOf(readings: readonly OverlapReading[], chosen: number): OverlapReading {
  return minus(meanOf(readings.filter((_, i) => i !== chosen)), readings[chosen]);
}

/** Variance of a part of a reading, from the readings made again alone. */
function varianceWithin(points: readonly OverlapPoint[]): number {
  const parts = points.some(({again}) => again.some(({imaginary}) => imaginary !== 0)) ? 2 : 1;
  let [square, count] = [0, 0];
  for (const {again} of points) {
    const mean = meanOf(again);
    square += again.reduce((sum, reading) => sum + squareOf(minus(reading, mean)), 0);
    count += (again.length - 1) * parts;
  }
  return square / count;
}

/**
 * One over the variance that a point is taken to have. Of all its readings alike, so that the weights say nothing of
 * which of them was stored.
 */
function weightsOf(
  readings: readonly (readonly OverlapReading[])[],
  means: readonly OverlapReading[],
  allowedRatio: number,
): readonly number[] {
  const squares = readings.map((own, i) =>
    own.reduce((sum, reading) => sum + squareOf(minus(reading, means[i])), 0),
  );
  const common = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const variances = means.map((mean) => common + allowedRatio ** 2 * squareOf(mean));
  const largest = Math.max(...variances);
  return variances.map((variance) => (largest > 0 ? largest / Math.max(variance, largest * 1e-12) : 1));
}

/** What of a difference lies beyond what is allowed: 0 within it. */
function beyond(difference: OverlapReading, allowed: number): OverlapReading {
  const {real, imaginary} = difference;
  const size = sizeOf(difference);
  const part = size > allowed ? 1 - allowed / size : 0;
  return {real: real * part, imaginary: imaginary * part};
}

/** A pattern over the points, of length 1 in the weighted sum of squares. */
type Pattern = readonly OverlapReading[];

interface Basis {
  /** What a change of strength or phase makes of the points. */
  readonly gain: readonly Pattern[];
  /** What a shift along x and y makes of them beyond that; undefined where that is nothing of its own. */
  readonly x: Pattern | undefined;
  readonly y: Pattern | undefined;
  /** Difference per mm along each pattern. */
  readonly perMm: {readonly x: number; readonly xOfY: number; readonly y: number};
}

interface Weighing {
  readonly basis: Basis;
  readonly weights: readonly number[];
}

type Statistics = Readonly<Record<OverlapTestName, number>>;

const product = (one: Pattern, other: Pattern, weights: readonly number[]): number =>
  weights.reduce(
    (sum, weight, i) => sum + weight * (one[i].real * other[i].real + one[i].imaginary * other[i].imaginary),
    0,
  );

/** Gram-Schmidt: strength, phase, x, y. */
function basisOf(points: readonly OverlapPoint[], means: Pattern, weights: readonly number[]): Basis {
  const found: Pattern[] = [];
  const add = (raw: Pattern): Pattern | undefined => {
    let rest = raw;
    for (const one of found) {
      const along = product(one, rest, weights);
      rest = rest.map((value, i) =>
        minus(value, {real: along * one[i].real, imaginary: along * one[i].imaginary}),
      );
    }
    const [length, whole] = [product(rest, rest, weights), product(raw, raw, weights)];
    if (!(length > whole * dependentRatio)) return undefined;
    const scale = 1 / Math.sqrt(length);
    const pattern = rest.map(({real, imaginary}) => ({real: real * scale, imaginary: imaginary * scale}));
    found.push(pattern);
    return pattern;
  };
  add(means);
  add(means.map(({real, imaginary}) => ({real: -imaginary, imaginary: real})));
  const gain = [...found];
  const [slopesX, slopesY] = [
    points.map(({slopePerMm}) => slopePerMm.x),
    points.map(({slopePerMm}) => slopePerMm.y),
  ];
  const x = add(slopesX);
  const y = add(slopesY);
  return {
    gain,
    x,
    y,
    perMm: {
      x: x ? product(x, slopesX, weights) : 0,
      xOfY: x ? product(x, slopesY, weights) : 0,
      y: y ? product(y, slopesY, weights) : 0,
    },
  };
}

function statisticsOf(differences: Pattern, {basis, weights}: Weighing): Statistics {
  const along = (pattern: Pattern | undefined): number =>
    pattern ? product(pattern, differences, weights) ** 2 : 0;
  return {
    gain: basis.gain.reduce((sum, pattern) => sum + along(pattern), 0),
    shift: along(basis.x) + along(basis.y),
    scatter: product(differences, differences, weights),
  };
}

/** Least squares of the readings made again on the stored ones: sum w conj(s) n / sum w |s|^2. */
function gainOf(
  points: readonly OverlapPoint[],
  weights: readonly number[],
): {readonly ratio: number; readonly phaseDeg: number} {
  let [real, imaginary, square] = [0, 0, 0];
  points.forEach(({stored, again}, i) => {
    const now = meanOf(again);
    real += weights[i] * (stored.real * now.real + stored.imaginary * now.imaginary);
    imaginary += weights[i] * (stored.real * now.imaginary - stored.imaginary * now.real);
    square += weights[i] * squareOf(stored);
  });
  if (square === 0) return {ratio: 1, phaseDeg: 0};
  return imaginary === 0
    ? {ratio: real / square, phaseDeg: 0}
    : {ratio: Math.hypot(real, imaginary) / square, phaseDeg: degFromRad(Math.atan2(imaginary, real))};
}

/** First order: a shift that is small against what the signal varies over. */
function shiftOf(
  differences: Pattern,
  {basis: {x, y, perMm}, weights}: Weighing,
): {readonly xMm: number | null; readonly yMm: number | null} {
  const yMm = y ? product(y, differences, weights) / perMm.y : null;
  const xMm = x ? (product(x, differences, weights) - perMm.xOfY * (yMm ?? 0)) / perMm.x : null;
  return {xMm, yMm};
}

/** A stored reading minus the mean of `passCount` others has the variance of one times 1 + 1 / passCount. */
function scatterOf(
  differences: Pattern,
  {noise, passCount}: {readonly noise: number; readonly passCount: number},
): number {
  const parts = differences.some(({imaginary}) => imaginary !== 0) ? 2 : 1;
  const square = differences.reduce((sum, own) => sum + squareOf(own), 0) / (differences.length * parts);
  const expected = noise * Math.sqrt(1 + 1 / passCount);
  return expected > 0 ? Math.sqrt(square) / expected : square > 0 ? Number.POSITIVE_INFINITY : 1;
}
