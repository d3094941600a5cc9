import type {Sr830Reading} from './sr830-declaration.ts';
import {degFromRad, radFromDeg} from '../../src/contract/units.ts';

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

/**
 * X, Y and R, theta are two samples about 10 us apart (sheet, SNAP); twice that is allowed for. R and theta that are
 * older than that (they are refreshed at 512 Hz) contradict X and Y while the signal moves: then it is read again.
 */
const skewS = 2e-5;
/** Six digits are printed and the values carry 16 bits; this is a few steps of both. */
const relativeResolution = 1e-4;
const thetaResolutionDeg = 0.01;

type Cartesian = readonly [xV: number, yV: number];
type Polar = readonly [rV: number, thetaDeg: number];

/** |R exp(i theta) - (X + iY)|: one distance for both checks, which stays meaningful where theta does not (R near 0). */
function isSamePoint([x, y]: Cartesian, [r, thetaDeg]: Polar, context: ReadingContext): boolean {
  const theta = radFromDeg(thetaDeg);
  const distance = Math.hypot(r * Math.cos(theta) - x, r * Math.sin(theta) - y);
  const skew = Math.min(1, skewS / context.timeConstantS) * context.fullScale;
  const allowed =
    relativeResolution * (context.fullScale + Math.abs(r)) +
    Math.abs(r) * radFromDeg(thetaResolutionDeg) +
    skew;
  return distance <= allowed;
}

/**
 * Checks X, Y, R and theta of one SNAP against each other and undoes the offsets, so that a reading is always the
 * signal at the input. Whether R and theta follow the offset X and Y is not documented: both are accepted.
 * Undefined when they do not belong together.
 */
export function consistentReading(
  values: readonly number[],
  context: ReadingContext,
): Sr830Reading | undefined {
  const [x = Number.NaN, y = Number.NaN, r = Number.NaN, thetaDeg = Number.NaN] = values;
  const {offsets, fullScale} = context;
  const trueX = x + (offsets.xPercent / 100) * fullScale;
  const trueY = y + (offsets.yPercent / 100) * fullScale;
  const trueR = r + (offsets.rPercent / 100) * fullScale;
  if (Math.abs(thetaDeg) > 180 + thetaResolutionDeg || trueR < -relativeResolution * fullScale)
    return undefined;
  if (isSamePoint([trueX, trueY], [trueR, thetaDeg], context))
    return {xV: trueX, yV: trueY, rV: trueR, thetaDeg};
  if (isSamePoint([x, y], [trueR, thetaDeg], context))
    return {
      xV: trueX,
      yV: trueY,
      rV: Math.hypot(trueX, trueY),
      thetaDeg: degFromRad(Math.atan2(trueY, trueX)),
    };
  return undefined;
}
