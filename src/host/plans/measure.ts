import type {ColumnSpec, PositionMm} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {degFromRad} from '../../contract/units.ts';
import {move, read, settle, sleep} from './steps.ts';

/** Roles of the instruments on the bench that a plan uses. */
export interface BenchRoles {
  readonly stage: string;
  readonly lockIn: string;
  readonly source: string;
  /** Mounts of plates: nothing is asked of them but where they stand. */
  readonly mount?: string;
}

/** Instruments whose settings stand beside every scan. */
export const recordedRoles = ({stage, lockIn, source, mount}: BenchRoles): readonly string[] => [
  stage,
  lockIn,
  source,
  ...(mount === undefined ? [] : [mount]),
];

export const defaultRoles: BenchRoles = {stage: 'stage', lockIn: 'lockin', source: 'source'};

export interface Dwell {
  /** Residual of the last step that is still allowed when reading. */
  readonly residualRatio: number;
  /** Readings averaged at each point. */
  readonly readingCount: number;
  /** Extra rest before reading, ms. */
  readonly restMs: number;
  /** What to do when the signal stays beyond the lock-in's range: ask a person (the default), or choose another range. */
  readonly onOverload?: 'ask' | 'choose-range';
}

export const defaultDwell: Dwell = {residualRatio: 0.01, readingCount: 1, restMs: 0};

/** Averaged reading. Standard errors are 0 for a single reading: nothing is known of them then. */
export interface Reading {
  readonly xV: number;
  readonly yV: number;
  readonly rV: number;
  readonly thetaDeg: number;
  readonly xStandardErrorV: number;
  readonly yStandardErrorV: number;
  readonly benchTimeS: number;
}

/** Readings closer than the filter's memory say the same thing twice: leave 14 % of the last one. */
const independentResidualRatio = 0.14;

const stageColumns: readonly ColumnSpec[] = [
  {name: 'x_mm', unit: 'mm', label: 'x, read back', precision: 4},
  {name: 'y_mm', unit: 'mm', label: 'y, read back', precision: 4},
  {name: 'x_target_mm', unit: 'mm', label: 'x asked for', precision: 4},
  {name: 'y_target_mm', unit: 'mm', label: 'y asked for', precision: 4},
];
const lockInColumns: readonly ColumnSpec[] = [
  {name: 'x_v', unit: 'V', label: 'X', precision: 9},
  {name: 'y_v', unit: 'V', label: 'Y', precision: 9},
  {name: 'r_v', unit: 'V', label: 'R', precision: 9},
  {name: 'theta_deg', unit: 'deg', label: 'theta', precision: 2},
];
const benchTimeColumn: ColumnSpec = {name: 'bench_time_s', unit: 's', label: 'bench time', precision: 3};
const errorColumns: readonly ColumnSpec[] = [
  {name: 'x_se_v', unit: 'V', label: 'standard error of X', precision: 9},
  {name: 'y_se_v', unit: 'V', label: 'standard error of Y', precision: 9},
];
const indexColumns: readonly ColumnSpec[] = [
  {name: 'point_index', unit: '', label: 'point', precision: 0},
  {name: 'row', unit: '', label: 'row', precision: 0},
  {name: 'column', unit: '', label: 'column', precision: 0},
];

/** Columns of one reading, without positions. */
export const readingColumns = (dwell: Dwell): readonly ColumnSpec[] => [
  ...lockInColumns,
  ...(dwell.readingCount > 1 ? errorColumns : []),
  benchTimeColumn,
];

/** Columns of a scan's point. `extra` come last. */
export const pointColumns = (dwell: Dwell, extra: readonly ColumnSpec[] = []): readonly ColumnSpec[] => [
  ...stageColumns,
  ...readingColumns(dwell),
  ...indexColumns,
  ...extra,
];

/** Columns of a visit of the reference point. */
export const referenceColumns = (dwell: Dwell): readonly ColumnSpec[] => [
  ...stageColumns,
  ...readingColumns(dwell),
  {name: 'after_point_count', unit: '', label: 'points taken before', precision: 0},
];

/** The columns of readingColumns filled in. */
export const readingData = (reading: Reading, dwell: Dwell): Record<string, number> => ({
  x_v: reading.xV,
  y_v: reading.yV,
  r_v: reading.rV,
  theta_deg: reading.thetaDeg,
  ...(dwell.readingCount > 1 ? {x_se_v: reading.xStandardErrorV, y_se_v: reading.yStandardErrorV} : {}),
  bench_time_s: reading.benchTimeS,
});

/** Settles and takes the average of `readingCount` readings where the stage stands. */
export function* takeReading(lockIn: string, dwell: Dwell): Plan<Reading> {
  yield* settle(lockIn, dwell.residualRatio);
  yield* sleep(dwell.restMs, 'rest before reading');
  const readings: Readonly<Record<string, number>>[] = [];
  for (let taken = 0; taken < dwell.readingCount; taken++) {
    if (taken > 0) yield* settle(lockIn, independentResidualRatio);
    readings.push(yield* read(lockIn, dwell.onOverload));
  }
  return averageReading(readings);
}

function averageReading(readings: readonly Readonly<Record<string, number>>[]): Reading {
  const first = readings[0];
  if (!first) throw new BenchError('plan/invalid', 'A point needs at least one reading.');
  if (readings.length === 1)
    return {
      xV: first['x_v'] ?? NaN,
      yV: first['y_v'] ?? NaN,
      rV: first['r_v'] ?? NaN,
      thetaDeg: first['theta_deg'] ?? NaN,
      xStandardErrorV: 0,
      yStandardErrorV: 0,
      benchTimeS: first['bench_time_s'] ?? NaN,
    };
  const x = computeMean(readings.map((reading) => reading['x_v'] ?? NaN));
  const y = computeMean(readings.map((reading) => reading['y_v'] ?? NaN));
  // R of the averages, not the average of R: the latter is biased upwards by noise.
  return {
    xV: x.mean,
    yV: y.mean,
    rV: Math.hypot(x.mean, y.mean),
    thetaDeg: degFromRad(Math.atan2(y.mean, x.mean)),
    xStandardErrorV: x.standardError,
    yStandardErrorV: y.standardError,
    benchTimeS: readings.at(-1)?.['bench_time_s'] ?? NaN,
  };
}

/** Mean and its standard error (sample standard deviation / sqrt n). */
export function computeMean(values: readonly number[]): {mean: number; standardError: number} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return {mean, standardError: 0};
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return {mean, standardError: Math.sqrt(variance / values.length)};
}

export interface MeasuredPoint {
  readonly positionMm: PositionMm;
  readonly reading: Reading;
  /** Position and reading columns, ready to be recorded. */
  readonly data: Record<string, number>;
}

/** Moves, settles, reads. */
export function* measureAt(
  roles: BenchRoles,
  dwell: Dwell,
  targetMm: {readonly xMm: number; readonly yMm: number},
): Plan<MeasuredPoint> {
  const positionMm = yield* move(roles.stage, {x: targetMm.xMm, y: targetMm.yMm});
  const reading = yield* takeReading(roles.lockIn, dwell);
  return {
    positionMm,
    reading,
    data: {
      // A stage without one of the axes stands where the design puts that axis.
      x_mm: positionMm.x ?? targetMm.xMm,
      y_mm: positionMm.y ?? targetMm.yMm,
      x_target_mm: targetMm.xMm,
      y_target_mm: targetMm.yMm,
      ...readingData(reading, dwell),
    },
  };
}
