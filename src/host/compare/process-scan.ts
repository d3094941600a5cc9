/** From the raw readings of one scan to values linear in power, with the noise of each. Raw data stay untouched. */
import type {ScanTreatment} from '../../contract/campaign-result.ts';
import type {DetectorSignal} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import {degFromRad} from '../../contract/units.ts';
import {
  computeDarkLevel,
  computeDriftCorrection,
  computeSignalPhaseRad,
  estimateNoise,
  estimateNoiseFromSteps,
  estimateSourceNoise,
  lineariseVoltages,
  squareSignal,
  subtractDark,
  type DarkLevel,
  type DriftErrors,
  type LinearValues,
  type PowerCurve,
  type SignalColumns,
} from '../../twin/metrics/index.ts';

/** Columns of a scan as stored; `timeS` on one clock with the reference visits. */
export interface RawScan {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  readonly real: Float64Array;
  /** Absent for a real signal. */
  readonly imaginary?: Float64Array | undefined;
  readonly timeS: Float64Array;
  /** Unit of the signal; V unless given. */
  readonly unit?: string | undefined;
  /** What the signal is proportional to, as the detector declared it; power unless given. */
  readonly proportionalTo?: DetectorSignal['proportionalTo'] | undefined;
}

export type RawReadings = SignalColumns;

export interface RawReferences extends RawReadings {
  readonly timeS: ArrayLike<number>;
}

export interface ScanProcessing {
  readonly scan: RawScan;
  /** Readings with the source off (or the beam blocked), chop running. */
  readonly dark: RawReadings;
  /** Visits of the reference point during this scan; may be empty. */
  readonly references?: RawReferences;
  readonly powerCurve?: PowerCurve;
}

export interface ProcessedScan {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  /** Dark-free, linear in power, drift-corrected; in the detector's unit (its square for a field), or the power curve's. */
  readonly values: Float64Array;
  /** Independent noise of each point, one standard deviation. */
  readonly sigma: Float64Array;
  /** What the source's noise makes of each point, one standard deviation, independent; 0 where it is not known. */
  readonly sourceSigma: Float64Array;
  /** What the drift correction may err by at each point; common to neighbours in time, as `driftErrors` says. */
  readonly driftSigma: Float64Array;
  readonly driftErrors: DriftErrors;
  /** What the dark level may err by, common to all points. */
  readonly offsetSigma: number;
  readonly references: readonly {readonly timeS: number; readonly value: number; readonly sigma: number}[];
  readonly treatment: ScanTreatment;
}

/** Fewer dark readings than this say nothing reliable about noise. */
const enoughDarkReadings = 5;

/**
 * Takes off the dark level, projects on the signal's phase, makes linear in power, corrects the drift. The noise of a
 * reading is the larger of what the imaginary part of the scan across its phase and the dark readings show. A point without any
 * number, as one that is damaged in the store, has none afterwards either and says nothing about the others.
 */
export function processScan(processing: ScanProcessing): ProcessedScan {
  const {scan} = processing;
  const whole = wholeRowsOf(scan);
  const count = scan.xMm.length;
  if (whole.length === count) return processWhole(processing);
  const processed = processWhole({...processing, scan: rowsOf(scan, whole)});
  const spread = (values: Float64Array): Float64Array =>
    spreadOver(new Float64Array(count).fill(NaN), values);
  const spreadOver = <Column extends Float64Array | Uint32Array>(all: Column, values: Column): Column => {
    whole.forEach((row, i) => (all[row] = values[i]));
    return all;
  };
  const {before, after, part, visitSigmaRatio} = processed.driftErrors;
  return {
    ...processed,
    xMm: scan.xMm,
    yMm: scan.yMm,
    values: spread(processed.values),
    sigma: spread(processed.sigma),
    sourceSigma: spread(processed.sourceSigma),
    driftSigma: spread(processed.driftSigma),
    driftErrors: {
      before: spreadOver(new Uint32Array(count), before),
      after: spreadOver(new Uint32Array(count), after),
      part: spread(part),
      visitSigmaRatio,
    },
  };
}

/** Rows that have a number at all; a row that lacks some of its numbers counts, and is refused later. */
export function wholeRowsOf({xMm, yMm, real, imaginary, timeS}: RawScan): readonly number[] {
  const rows: number[] = [];
  const columns = [xMm, yMm, real, ...(imaginary ? [imaginary] : []), timeS];
  for (let i = 0; i < xMm.length; i++) if (!columns.every((column) => Number.isNaN(column[i]))) rows.push(i);
  return rows;
}

/** Some rows of a scan. */
export const rowsOf = (scan: RawScan, rows: readonly number[]): RawScan => ({
  xMm: pick(scan.xMm, rows),
  yMm: pick(scan.yMm, rows),
  real: pick(scan.real, rows),
  ...(scan.imaginary && {imaginary: pick(scan.imaginary, rows)}),
  timeS: pick(scan.timeS, rows),
  proportionalTo: scan.proportionalTo,
  unit: scan.unit,
});

/** Some entries of a list, in the order of `rows`. */
export const pick = (values: ArrayLike<number>, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row]);

function processWhole({scan, dark, references, powerCurve}: ScanProcessing): ProcessedScan {
  assertScan(scan);
  const darkLevel = computeDarkLevel(dark);
  const phaseRad = computeSignalPhaseRad(scan, darkLevel);
  const noise = noiseOf(scan, darkLevel, phaseRad);
  const powerFrom = (columns: SignalColumns): LinearValues => {
    const {signal, quadrature} = subtractDark(columns, darkLevel, phaseRad);
    if (scan.proportionalTo !== 'field' || powerCurve) return lineariseVoltages(signal, powerCurve);
    // The phase of a field changes over the plane: its magnitude is what squares to the power.
    return columns.imaginary
      ? squareSignal(
          signal.map((value, i) => Math.hypot(value, quadrature[i])),
          {noise, parts: 2},
        )
      : squareSignal(signal, {noise, parts: 1});
  };
  const linear = powerFrom(scan);
  const visits = references ? visitsFrom(references, powerFrom(references), noise) : [];
  const sourceNoiseRatio = estimateSourceNoise(visits);
  const drift = computeDriftCorrection(visits, scan.timeS, sourceNoiseRatio ?? 0);
  return {
    xMm: scan.xMm,
    yMm: scan.yMm,
    values: linear.values.map((value, i) => value * drift.factor[i]),
    sigma: linear.slope.map((slope, i) => noise * slope * drift.factor[i]),
    sourceSigma: linear.values.map((value, i) => Math.abs(value) * drift.factor[i] * (sourceNoiseRatio ?? 0)),
    driftErrors: drift.errors,
    driftSigma: linear.values.map((value, i) => Math.abs(value) * drift.factorSigma[i]),
    offsetSigma: (darkLevel.meanSigma ?? noise) * (linear.slope[0] ?? 1),
    references: visits,
    treatment: {
      darkXV: darkLevel.real,
      darkYV: darkLevel.imaginary,
      darkReadingCount: darkLevel.count,
      ...(scan.imaginary && {signalPhaseDeg: degFromRad(phaseRad)}),
      noiseV: noise,
      ...(scan.unit !== undefined && scan.unit !== 'V' && {unit: scan.unit}),
      isDriftCorrected: drift.isApplied,
      driftNote: drift.reason,
      driftSpanRatio: drift.spanRatio,
      isLinearised: powerCurve !== undefined,
      sourceNoiseRatio,
    },
  };
}

/** Noise of one reading of one part of the signal, in the detector's unit. */
function noiseOf(scan: RawScan, darkLevel: DarkLevel, phaseRad: number): number {
  const {readingSigma, count} = darkLevel;
  const ofDark = count >= enoughDarkReadings ? (readingSigma ?? 0) : 0;
  const {signal, quadrature} = subtractDark(scan, darkLevel, phaseRad);
  if (scan.imaginary && scan.proportionalTo !== 'field') return Math.max(estimateNoise(quadrature), ofDark);
  // Nothing but the signal itself was read: the dark readings know the noise, or else its own steps.
  return count >= enoughDarkReadings ? ofDark : Math.max(estimateNoiseFromSteps(signal), readingSigma ?? 0);
}

const visitsFrom = (
  {timeS}: RawReferences,
  {values, slope}: LinearValues,
  noise: number,
): ProcessedScan['references'] =>
  Array.from(values, (value, i) => ({timeS: timeS[i], value, sigma: noise * slope[i]}));

function assertScan(scan: RawScan): void {
  const count = scan.xMm.length;
  if (count === 0) throw new BenchError('twin/invalid', 'A scan without points cannot be compared.');
  for (const name of ['xMm', 'yMm', 'real', 'imaginary', 'timeS'] as const) {
    const column = scan[name];
    if (!column) continue;
    if (column.length !== count)
      throw new BenchError(
        'twin/invalid',
        `A scan's column ${name} has ${column.length} numbers, xMm ${count}.`,
      );
    const bad = column.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1)
      throw new BenchError('twin/invalid', `Point ${bad + 1} of a scan has no number in ${name}.`);
  }
}
