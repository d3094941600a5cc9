/**
 * Where the scan's frame stands in the design's output plane, found from the measured plane itself.
 *
 * A frame registration is the placement of the scan's frame: a point that the stage calls s lies in the design's
 * plane at p = R(rotation) s + (dx, dy), rotation positive from x to y. The fit maximises the Pearson correlation of
 * the measured values m_i with the simulated plane S, which is the same as the least squares of m_i - gain S(p_i) -
 * offset over shift, rotation, gain and offset.
 */
import {BenchError} from '../../contract/errors.ts';
import {degFromRad, radFromDeg} from '../../contract/units.ts';
import {computePearson} from './agreement.ts';
import {fitFrame, sampleAt, type FrameFit} from './frame-fit.ts';
import {assertSampledPlane, blurPlane, computeSamplePositions, type SampledPlane} from './sampled-plane.ts';

/** Place of the scan's frame in the design's plane, p = R(rotation) s + (dx, dy); positive rotation from x to y. */
export interface FrameRegistration {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly rotationDeg: number;
}

/** The frame as it should be: no shift, no rotation. */
export const noRegistration: FrameRegistration = {dxMm: 0, dyMm: 0, rotationDeg: 0};

/** Measured values at positions in the scan's frame; the three lists have the same length. */
export interface MeasuredPoints {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** How far a registration searches and how finely the simulation is sampled. */
export interface RegistrationOptions {
  /** Largest shift and rotation searched to either side. */
  readonly searchMm?: number;
  readonly searchDeg?: number;
  /** Step of the grid on which the simulation is sampled once; a quarter of a wavelength holds all of it. */
  readonly planeStepMm?: number;
}

/** The registration found, how well it fits and whether it can be trusted. */
export interface RegistrationResult extends FrameRegistration {
  /** One standard deviation each, from the residuals of the fit; residuals are taken as independent. */
  readonly sigma: FrameRegistration;
  /** measured = gain * simulated + offset. */
  readonly gain: number;
  readonly offset: number;
  /** Correlation where the frame is taken as it should be, and where it was found. */
  readonly pearsonBefore: number;
  readonly pearsonAfter: number;
  /** Correlation of the best other place in the search range; null when there is none. */
  readonly pearsonSecond: number | null;
  /** True when another place fits about as well, or nothing fits: then the numbers must not be used unseen. */
  readonly isAmbiguous: boolean;
  /** True when the best place lies on the edge of the search range, so that the true one may lie beyond. */
  readonly isAtBound: boolean;
  readonly pointCount: number;
}

/** Points of the scan's frame in the design's plane, mm: p = R(rotation) s + (dx, dy). */
export function computeDesignPoints(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  {dxMm, dyMm, rotationDeg}: FrameRegistration,
): {readonly xMm: Float64Array; readonly yMm: Float64Array} {
  const cos = Math.cos(radFromDeg(rotationDeg));
  const sin = Math.sin(radFromDeg(rotationDeg));
  return {
    xMm: Float64Array.from(xMm, (x, i) => x * cos - yMm[i] * sin + dxMm),
    yMm: Float64Array.from(yMm, (y, i) => xMm[i] * sin + y * cos + dyMm),
  };
}

/** Grid that holds every place a measured point can take within the search range. */
export function planRegistrationPlane(
  {xMm, yMm}: Pick<MeasuredPoints, 'xMm' | 'yMm'>,
  options: RegistrationOptions = {},
): Omit<SampledPlane, 'values'> {
  const {searchMm, searchDeg, planeStepMm} = withDefaults(options);
  let reachX = 0;
  let reachY = 0;
  for (let i = 0; i < xMm.length; i++) {
    reachX = Math.max(reachX, Math.abs(xMm[i]));
    reachY = Math.max(reachY, Math.abs(yMm[i]));
  }
  const sin = Math.sin(radFromDeg(searchDeg));
  // Two samples more on each side are what the interpolation reads.
  const halfX = Math.ceil((reachX + reachY * sin + searchMm) / planeStepMm) + 2;
  const halfY = Math.ceil((reachY + reachX * sin + searchMm) / planeStepMm) + 2;
  return {
    x0Mm: -halfX * planeStepMm,
    y0Mm: -halfY * planeStepMm,
    stepMm: planeStepMm,
    columns: 2 * halfX + 1,
    rows: 2 * halfY + 1,
  };
}

/**
 * Registers measured points on a simulation that can be asked at any points of the design's plane (as the probe
 * would read there). It is asked twice: once on a fine grid, once at the place found.
 */
export function registerFrame(
  measured: MeasuredPoints,
  simulateAt: (xMm: Float64Array, yMm: Float64Array) => ArrayLike<number>,
  options: RegistrationOptions = {},
): RegistrationResult {
  const layout = planRegistrationPlane(measured, options);
  const positions = computeSamplePositions(layout);
  const values = Float64Array.from(simulateAt(positions.xMm, positions.yMm));
  return registerFrameToPlane(measured, {...layout, values}, options);
}

/** As `registerFrame`, with the simulated plane already sampled (see `planRegistrationPlane`). */
export function registerFrameToPlane(
  measured: MeasuredPoints,
  plane: SampledPlane,
  options: RegistrationOptions = {},
): RegistrationResult {
  const settings = withDefaults(options);
  assertSampledPlane(plane);
  const points = pointsFrom(measured);
  const pearsonBefore = computePearson(points.values, sampleAt(plane, points, noRegistrationRad));
  if (pearsonBefore === null)
    throw new BenchError(
      'twin/invalid',
      'Registration needs structure in both planes; the measured or the simulated one is constant.',
    );
  const peaks = refinePeaks(points, plane, findCoarsePeaks(points, plane, settings), settings);
  const best = peaks[0];
  if (best === undefined) return nothingFits(pearsonBefore, points.values.length);
  const second = peaks.find((peak) => isElsewhere(peak, best)) ?? null;
  const gap = second === null ? Infinity : best.pearson - second.pearson;
  // Standard deviation of a correlation of n independent pairs; of a difference of two of them.
  const noise = ((1 - best.pearson ** 2) / Math.sqrt(Math.max(1, points.values.length - 3))) * Math.SQRT2;
  const isInsignificant = best.pearson < 5 / Math.sqrt(points.values.length);
  return {
    dxMm: best.dxMm,
    dyMm: best.dyMm,
    rotationDeg: degFromRad(best.rotationRad),
    sigma: {
      dxMm: best.sigma.dxMm,
      dyMm: best.sigma.dyMm,
      rotationDeg: degFromRad(best.sigma.rotationRad),
    },
    gain: best.gain,
    offset: best.offset,
    pearsonBefore,
    pearsonAfter: best.pearson,
    pearsonSecond: second?.pearson ?? null,
    isAmbiguous: isInsignificant || gap < Math.max(0.02, 3 * noise),
    isAtBound:
      Math.max(Math.abs(best.dxMm), Math.abs(best.dyMm)) > 0.98 * settings.searchMm ||
      Math.abs(degFromRad(best.rotationRad)) > 0.98 * settings.searchDeg,
    pointCount: points.values.length,
  };
}

/** The result when every place has the pattern upside down: the frame is left where it should be, and marked. */
const nothingFits = (pearsonBefore: number, pointCount: number): RegistrationResult => ({
  ...noRegistration,
  sigma: {dxMm: Infinity, dyMm: Infinity, rotationDeg: Infinity},
  gain: 0,
  offset: 0,
  pearsonBefore,
  pearsonAfter: pearsonBefore,
  pearsonSecond: null,
  isAmbiguous: true,
  isAtBound: false,
  pointCount,
});

type Place = Pick<FrameFit, 'dxMm' | 'dyMm' | 'rotationRad'>;
interface Points {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  readonly values: Float64Array;
}

const noRegistrationRad: Place = {dxMm: 0, dyMm: 0, rotationRad: 0};
// Blurs of the search, mm: speckle grains of 0.4..1 mm give narrow peaks, and a blurred plane wide ones.
const coarseBlurMm = 0.8;
const middleBlurMm = 0.4;
const coarsePointLimit = 2500;
const candidateCount = 8;

/** How far a registration searches to either side unless told. */
export const defaultSearch = {searchMm: 2, searchDeg: 2} as const;

const withDefaults = (options: RegistrationOptions): Required<RegistrationOptions> => ({
  searchMm: options.searchMm ?? defaultSearch.searchMm,
  searchDeg: options.searchDeg ?? defaultSearch.searchDeg,
  planeStepMm: options.planeStepMm ?? 0.2,
});

function pointsFrom({xMm, yMm, values}: MeasuredPoints): Points {
  if (xMm.length !== yMm.length || xMm.length !== values.length || xMm.length < 20)
    throw new BenchError(
      'twin/invalid',
      `Registration needs 20 or more points with x, y and a value, not ${xMm.length}, ${yMm.length}, ${values.length}.`,
    );
  return {xMm: Float64Array.from(xMm), yMm: Float64Array.from(yMm), values: Float64Array.from(values)};
}

/** The places of a coarse search over the whole range that are better than all their neighbours, best first. */
function findCoarsePeaks(
  points: Points,
  plane: SampledPlane,
  {searchMm, searchDeg}: Required<RegistrationOptions>,
): readonly Place[] {
  const blurred = blurPlane(plane, coarseBlurMm);
  const some = thinOut(points, coarsePointLimit);
  const shifts = stepsOver(searchMm, 0.5);
  const turns = stepsOver(radFromDeg(searchDeg), radFromDeg(0.5));
  const score = new Float64Array(shifts.length * shifts.length * turns.length);
  const at = (ix: number, iy: number, it: number): number => (it * shifts.length + iy) * shifts.length + ix;
  const placeAt = (ix: number, iy: number, it: number): Place => ({
    dxMm: shifts[ix],
    dyMm: shifts[iy],
    rotationRad: turns[it],
  });
  const forEachPlace = (visit: (ix: number, iy: number, it: number) => void): void => {
    for (let it = 0; it < turns.length; it++)
      for (let iy = 0; iy < shifts.length; iy++) for (let ix = 0; ix < shifts.length; ix++) visit(ix, iy, it);
  };
  forEachPlace((ix, iy, it) => {
    score[at(ix, iy, it)] = computePearson(some.values, nearestAt(blurred, some, placeAt(ix, iy, it))) ?? -1;
  });
  const peaks: {place: Place; score: number}[] = [];
  forEachPlace((ix, iy, it) => {
    const own = score[at(ix, iy, it)];
    for (const [dx, dy, dt] of neighbours) {
      const [jx, jy, jt] = [ix + dx, iy + dy, it + dt];
      const isInside = Math.min(jx, jy, jt) >= 0 && Math.max(jx, jy) < shifts.length && jt < turns.length;
      if (isInside && score[at(jx, jy, jt)] > own) return;
    }
    peaks.push({place: placeAt(ix, iy, it), score: own});
  });
  peaks.sort((a, b) => b.score - a.score);
  return peaks.slice(0, candidateCount).map(({place}) => place);
}

const neighbours = [-1, 0, 1].flatMap((dx) =>
  [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dt) => [dx, dy, dt] as const)),
);

/** Fits each candidate, and the frame as it should be, on a less blurred and then on the true plane; best first. */
function refinePeaks(
  points: Points,
  plane: SampledPlane,
  candidates: readonly Place[],
  {searchMm, searchDeg}: Required<RegistrationOptions>,
): readonly FrameFit[] {
  const bounds = {shiftMm: searchMm, rotationRad: radFromDeg(searchDeg)};
  const middle = blurPlane(plane, middleBlurMm);
  return [...candidates, noRegistrationRad]
    .map((place) => fitFrame(points, plane, fitFrame(points, middle, place, bounds), bounds))
    .filter(({gain}) => gain > 0)
    .sort((a, b) => b.pearson - a.pearson);
}

/** Two places are different peaks when they lie further apart than a speckle grain. */
const isElsewhere = (a: Place, b: Place): boolean =>
  Math.hypot(a.dxMm - b.dxMm, a.dyMm - b.dyMm) > 0.4 ||
  Math.abs(a.rotationRad - b.rotationRad) > radFromDeg(0.6);

/** Values at the nearest samples: enough on a plane blurred over several of them, and several times as fast. */
function nearestAt(plane: SampledPlane, points: Points, place: Place): Float64Array {
  const cos = Math.cos(place.rotationRad) / plane.stepMm;
  const sin = Math.sin(place.rotationRad) / plane.stepMm;
  const column0 = (place.dxMm - plane.x0Mm) / plane.stepMm;
  const row0 = (place.dyMm - plane.y0Mm) / plane.stepMm;
  const result = new Float64Array(points.values.length);
  for (let i = 0; i < result.length; i++) {
    const x = points.xMm[i];
    const y = points.yMm[i];
    const column = Math.round(x * cos - y * sin + column0);
    const row = Math.round(x * sin + y * cos + row0);
    result[i] =
      plane.values[
        Math.max(0, Math.min(plane.rows - 1, row)) * plane.columns +
          Math.max(0, Math.min(plane.columns - 1, column))
      ]!;
  }
  return result;
}

/** Every k-th point, so that at most `limit` remain; a step that shares no factor with the rows is not needed. */
function thinOut(points: Points, limit: number): Points {
  const step = Math.ceil(points.values.length / limit);
  if (step === 1) return points;
  const keep = (_value: number, i: number): boolean => i % step === 0;
  return {xMm: points.xMm.filter(keep), yMm: points.yMm.filter(keep), values: points.values.filter(keep)};
}

/** Symmetric steps from -limit to limit, none longer than `step`; 0 alone for a limit of 0. */
function stepsOver(limit: number, step: number): readonly number[] {
  const half = Math.ceil(limit / step - 1e-9);
  if (half === 0) return [0];
  return Array.from({length: 2 * half + 1}, (_, i) => ((i - half) / half) * limit);
}
