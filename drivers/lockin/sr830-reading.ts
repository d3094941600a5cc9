import {median} from '../../src/base/median.ts';
import {degFromRad, radFromDeg} from '../../src/contract/units.ts';
import type {Sr830Reading} from './sr830-declaration.ts';

/** Offsets of X, Y and R in per cent of full scale (OEXP). */
export interface Offsets {
  readonly xPercent: number;
  readonly yPercent: number;
  readonly rPercent: number;
}

export interface ReadingContext {
  /** Full scale in the unit of the reading. */
  readonly fullScale: number;
  readonly timeConstantS: number;
  readonly offsets: Offsets;
}

/** A reading with the offsets undone, and how well its four numbers agree: |R exp(i theta) - (X + iY)|, in its unit. */
export interface JudgedReading {
  readonly reading: Sr830Reading;
  readonly distance: number;
  /** What rounding alone may make of the distance. */
  readonly rounding: number;
}

/** Outputs are limited to this part of full scale, which 16 bits with a sign hold (manual, section 3). */
const overloadRatio = 1.09;
/** Six digits are printed. */
const printedRatio = 5e-6;
/** Half of the resolution of theta. */
const thetaRoundingDeg = 0.005;
/**
 * X, Y and R, theta are two samples about 10 us apart (manual, SNAP), of outputs that are refreshed at 512 Hz: what the
 * signal and its noise do meanwhile is in the distance. Never more is allowed for than a change of full scale in a time
 * constant makes of twice that time.
 */
const skewS = 2e-5;
const historyCount = 5;
const shortestHistory = 3;
const noiseFactor = 5;

type Cartesian = readonly [xV: number, yV: number];
type Polar = readonly [rV: number, thetaDeg: number];

/** One distance for all four numbers, which stays meaningful where theta does not (R near 0). */
function distanceOf([x, y]: Cartesian, [r, thetaDeg]: Polar): number {
  const theta = radFromDeg(thetaDeg);
  return Math.hypot(r * Math.cos(theta) - x, r * Math.sin(theta) - y);
}

/** Rounding of X, Y and R to steps of the output, of all to the digits that are printed, and of theta. */
function roundingOf([x, y]: Cartesian, r: number, fullScale: number): number {
  const step = 2 ** (Math.ceil(Math.log2(overloadRatio * fullScale)) - 15);
  return (
    step * (Math.SQRT1_2 + 0.5) +
    printedRatio * (Math.hypot(x, y) + Math.abs(r)) +
    Math.abs(r) * radFromDeg(thetaRoundingDeg)
  );
}

/**
 * The four numbers of one SNAP, X, Y, R and theta, as the signal at the input. Whether R and theta follow the offset X and
 * Y is not documented: whichever agrees better is taken. Undefined where a number is none of an SR830.
 */
export function judgeReading(
  values: readonly number[],
  {fullScale, offsets}: ReadingContext,
): JudgedReading | undefined {
  const [x = Number.NaN, y = Number.NaN, r = Number.NaN, thetaDeg = Number.NaN] = values;
  const trueX = x + (offsets.xPercent / 100) * fullScale;
  const trueY = y + (offsets.yPercent / 100) * fullScale;
  const trueR = r + (offsets.rPercent / 100) * fullScale;
  const rounding = roundingOf([trueX, trueY], trueR, fullScale);
  if (!(Math.abs(thetaDeg) <= 180 + thetaRoundingDeg && trueR >= -rounding)) return undefined;
  const distance = distanceOf([trueX, trueY], [trueR, thetaDeg]);
  const distanceOfShown = distanceOf([x, y], [trueR, thetaDeg]);
  if (distance <= distanceOfShown)
    return {reading: {xV: trueX, yV: trueY, rV: trueR, thetaDeg}, distance, rounding};
  const [rV, turnedDeg] = [Math.hypot(trueX, trueY), degFromRad(Math.atan2(trueY, trueX))];
  return {
    reading: {xV: trueX, yV: trueY, rV, thetaDeg: turnedDeg},
    distance: distanceOfShown,
    rounding,
  };
}

/**
 * How far the numbers of a reading may be from agreeing: by rounding, and by what the noise of the readings before has
 * made of them beyond that. The noise is the median of the last readings, taken or not, so that a damaged one among them
 * says nothing; readings in a row that disagree alike are noise, and are taken from the fourth on.
 */
export class AgreementLimit {
  /** Distances of the last readings beyond what rounding explains. */
  readonly #excesses: number[] = [];

  /** Beside rounding, in the unit of the reading. */
  noiseLimit({fullScale, timeConstantS}: ReadingContext): number {
    if (this.#excesses.length < shortestHistory) return 0;
    return Math.min(noiseFactor * median(this.#excesses), Math.min(1, skewS / timeConstantS) * fullScale);
  }

  /** Whether the numbers agree. */
  admits({distance, rounding}: JudgedReading, context: ReadingContext): boolean {
    return distance <= rounding + this.noiseLimit(context);
  }

  /** The reading counts for those behind it. */
  note({distance, rounding}: JudgedReading): void {
    this.#excesses.push(Math.max(0, distance - rounding));
    if (this.#excesses.length > historyCount) this.#excesses.shift();
  }

  /** Range or filter are others now: what was known of the noise is not. */
  forget(): void {
    this.#excesses.length = 0;
  }
}

/**
 * The orders in which X, Y, R and theta (1 to 4) are asked for, one after the other. The two pairs that belong together stay
 * together. Numbers in the order of another turn contradict each other, but for those of no signal at all.
 */
const orders = [
  [1, 2, 3, 4],
  [2, 1, 4, 3],
  [3, 4, 1, 2],
  [4, 3, 2, 1],
] as const;

/** What is asked at a turn. */
export const snapAt = (turn: number): string => `SNAP?${orders[turn % orders.length].join(',')}`;

/** Numbers that came as an answer at a turn as X, Y, R and theta. */
export function inOrder(turn: number, answered: readonly number[]): readonly number[] {
  const order: readonly number[] = orders[turn % orders.length];
  return [1, 2, 3, 4].map((parameter) => answered[order.indexOf(parameter)] ?? Number.NaN);
}

/** Whether numbers that contradict each other at a turn agree by rounding alone as the answer of one of the turns before. */
export const isAnswerBefore = (turn: number, answered: readonly number[], context: ReadingContext): boolean =>
  Array.from({length: Math.min(turn, orders.length - 1)}, (_, index) => turn - 1 - index).some((before) => {
    const judged = judgeReading(inOrder(before, answered), context);
    return judged !== undefined && judged.distance <= judged.rounding;
  });
