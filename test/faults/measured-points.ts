import type {FaultBench} from './fault-bench.ts';

/** Signal at every place of the plan when nothing goes wrong, V. */
export type Baseline = ReadonlyMap<string, number>;

/** Points of a scan as they are stored. */
export interface StoredPoints {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  /** R of the lock-in amplifier, V. */
  readonly r: Float64Array;
  /** By index: it was not said that the point is in doubt and counts for nothing. */
  readonly isSound: (index: number) => boolean;
}

/** Readings of a scan without any fault agree with those of another one within this part of the largest. */
const signalTolerance = 0.02;
const placeToleranceMm = 0.02;

const placeKey = (xMm: number, yMm: number): string => `${Math.round(xMm)} ${Math.round(yMm)}`;

export function pointsOf({on}: FaultBench, runUid: string): StoredPoints {
  const {store} = on.services;
  const {data} = store.readPoints(runUid);
  const {stop} = store.getRun(runUid);
  const ranges = [stop?.doubtful, ...(stop?.suspensions ?? [])]
    .map((one) => one?.points['primary'])
    .filter((range) => range !== undefined);
  const none = new Float64Array(0);
  return {
    xMm: data['x_mm'] ?? none,
    yMm: data['y_mm'] ?? none,
    r: data['r_v'] ?? none,
    isSound: (index) => ranges.every(([first, last]) => index + 1 < first || index + 1 > last),
  };
}

export const baselineOf = ({xMm, yMm, r}: StoredPoints): Baseline =>
  new Map(Array.from(r, (signal, index) => [placeKey(xMm[index] ?? NaN, yMm[index] ?? NaN), signal]));

/** Points that count as measured and are not what is measured at that place without any fault, in words. */
export function differencesFrom(baseline: Baseline, {xMm, yMm, r, isSound}: StoredPoints): string[] {
  const largest = Math.max(...baseline.values());
  return [...r.entries()].flatMap(([index, signal]) => {
    if (!isSound(index)) return [];
    const [x, y] = [xMm[index] ?? NaN, yMm[index] ?? NaN];
    const expected = baseline.get(placeKey(x, y));
    const isAtPlace =
      Math.abs(x - Math.round(x)) < placeToleranceMm && Math.abs(y - Math.round(y)) < placeToleranceMm;
    if (expected === undefined || !isAtPlace) return [`point ${index + 1} is stored at ${x}, ${y} mm`];
    return Math.abs(signal - expected) < signalTolerance * largest
      ? []
      : [
          `point ${index + 1} at ${x}, ${y} mm is stored with ${signal.toExponential(3)} instead of ${expected.toExponential(3)} V`,
        ];
  });
}
