import type {ColumnSpec, PositionMm} from '../../contract/devices.ts';
import {
  type DetectorColumns,
  errorColumnsOf,
  errorName,
  impliedColumns,
  signalParts,
} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {degFromRad} from '../../contract/units.ts';
import {callAction, move, read, settle, sleep} from './steps.ts';

/** Roles of the instruments on the bench that a plan uses. */
export interface BenchRoles {
  readonly stage: string;
  readonly detector: DetectorRole;
  readonly source: string;
  /** Mounts of plates: nothing is asked of them but where they stand. */
  readonly mount?: string;
}

/** The detector by its role, and what a plan has to know of it. Columns by the names that they are stored under. */
export interface DetectorRole extends DetectorColumns {
  readonly role: string;
  readonly canSetPhase: boolean;
  readonly canChooseRange: boolean;
}

/** Instruments whose settings stand beside every scan. */
export const recordedRoles = ({stage, detector, source, mount}: BenchRoles): readonly string[] => [
  stage,
  detector.role,
  source,
  ...(mount === undefined ? [] : [mount]),
];

export const defaultRoles: BenchRoles = {
  stage: 'stage',
  detector: {role: 'lockin', ...impliedColumns, canSetPhase: true, canChooseRange: true},
  source: 'source',
};

export interface Dwell {
  /** Residual of the last step that is still allowed when reading. */
  readonly residualRatio: number;
  /** Readings averaged at each point. */
  readonly readingCount: number;
  /** Extra rest before reading, ms. */
  readonly restMs: number;
  /** What to do when the signal stays beyond the detector's range: ask a person (the default), or choose another range. */
  readonly onOverload?: 'ask' | 'choose-range';
}

export const defaultDwell: Dwell = {residualRatio: 0.01, readingCount: 1, restMs: 0};

/** Averaged reading. */
export interface Reading {
  /** The signal, in its unit; the imaginary part of a real one is 0. */
  readonly real: number;
  readonly imaginary: number;
  /** Every column as it is stored, in order; of several readings also the standard errors of the signal. */
  readonly values: Readonly<Record<string, number>>;
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
const benchTimeColumn: ColumnSpec = {name: 'bench_time_s', unit: 's', label: 'bench time', precision: 3};
const indexColumns: readonly ColumnSpec[] = [
  {name: 'point_index', unit: '', label: 'point', precision: 0},
  {name: 'row', unit: '', label: 'row', precision: 0},
  {name: 'column', unit: '', label: 'column', precision: 0},
];

/** Columns of one reading, without positions. */
export const readingColumns = ({detector}: BenchRoles, {readingCount}: Dwell): readonly ColumnSpec[] => [
  ...detector.columns,
  ...(readingCount > 1 ? errorColumnsOf(detector) : []),
  benchTimeColumn,
];

/** Columns of a scan's point. `extra` come last. */
export const pointColumns = (
  roles: BenchRoles,
  dwell: Dwell,
  extra: readonly ColumnSpec[] = [],
): readonly ColumnSpec[] => [...stageColumns, ...readingColumns(roles, dwell), ...indexColumns, ...extra];

/** Columns of a visit of the reference point. */
export const referenceColumns = (roles: BenchRoles, dwell: Dwell): readonly ColumnSpec[] => [
  ...stageColumns,
  ...readingColumns(roles, dwell),
  {name: 'after_point_count', unit: '', label: 'points taken before', precision: 0},
];

/** The columns of readingColumns filled in. */
export const readingData = ({values, benchTimeS}: Reading): Record<string, number> => ({
  ...values,
  bench_time_s: benchTimeS,
});

/** Range and phase for the light that the detector sees now, as far as it has them. */
export function* setUpDetector({role, canChooseRange, canSetPhase}: DetectorRole): Plan<void> {
  if (canChooseRange) yield* callAction(role, 'auto-range');
  if (canSetPhase) yield* callAction(role, 'auto-phase');
}

/** Settles and takes the average of `readingCount` readings where the stage stands. */
export function* takeReading(detector: DetectorRole, dwell: Dwell): Plan<Reading> {
  const {role} = detector;
  yield* settle(role, dwell.residualRatio);
  yield* sleep(dwell.restMs, 'rest before reading');
  const readings: Readonly<Record<string, number>>[] = [];
  for (let taken = 0; taken < dwell.readingCount; taken++) {
    if (taken > 0) yield* settle(role, independentResidualRatio);
    readings.push(yield* read(role, dwell.onOverload));
  }
  return averageReading(detector, readings);
}

function averageReading(
  detector: DetectorRole,
  readings: readonly Readonly<Record<string, number>>[],
): Reading {
  const last = readings.at(-1);
  if (!last) throw new BenchError('plan/invalid', 'A point needs at least one reading.');
  const {columns, signal} = detector;
  const values: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const parts = signalParts(signal);
  for (const {name} of columns) {
    const {mean, standardError} = computeMean(readings.map((reading) => reading[name] ?? NaN));
    values[name] = mean;
    if (parts.includes(name)) errors[errorName(name)] = standardError;
  }
  const real = values[signal.column] ?? NaN;
  const imaginary = signal.complex ? (values[signal.complex.imaginary] ?? NaN) : 0;
  if (signal.complex && readings.length > 1) {
    // R of the averages, not the average of R: the latter is biased upwards by noise.
    values[signal.complex.magnitude] = Math.hypot(real, imaginary);
    values[signal.complex.phase] = degFromRad(Math.atan2(imaginary, real));
  }
  return {
    real,
    imaginary,
    values: readings.length > 1 ? {...values, ...errors} : values,
    benchTimeS: last['bench_time_s'] ?? NaN,
  };
}

/** Mean and its standard error (sample standard deviation / sqrt n); 0 for a single value: nothing is known of it then. */
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
  const reading = yield* takeReading(roles.detector, dwell);
  return {
    positionMm,
    reading,
    data: {
      // A stage without one of the axes stands where the design puts that axis.
      x_mm: positionMm.x ?? targetMm.xMm,
      y_mm: positionMm.y ?? targetMm.yMm,
      x_target_mm: targetMm.xMm,
      y_target_mm: targetMm.yMm,
      ...readingData(reading),
    },
  };
}
