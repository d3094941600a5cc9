/** From the raw readings of one scan to values linear in power, with the noise of each. Raw data stay untouched. */
import type {ScanTreatment} from '../../contract/campaign-result.ts';
import {BenchError} from '../../contract/errors.ts';
import {degFromRad} from '../../contract/units.ts';
import {
  computeDarkLevel,
  computeDriftCorrection,
  computeSignalPhaseRad,
  estimateNoiseV,
  lineariseVoltages,
  subtractDark,
  type PowerCurve,
} from '../../twin/metrics/index.ts';

/** Columns of a scan as stored; `timeS` on one clock with the reference visits. */
export interface RawScan {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  readonly xV: Float64Array;
  readonly yV: Float64Array;
  readonly timeS: Float64Array;
}

export interface RawReadings {
  readonly xV: ArrayLike<number>;
  readonly yV: ArrayLike<number>;
}

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
  /** Dark-free, linear in power, drift-corrected; V, or the power curve's unit. */
  readonly values: Float64Array;
  /** Independent noise of each point, one standard deviation. */
  readonly sigma: Float64Array;
  /** What the drift correction may err by at each point; common to neighbours in time. */
  readonly driftSigma: Float64Array;
  /** What the dark level may err by, common to all points. */
  readonly offsetSigma: number;
  readonly references: readonly {readonly timeS: number; readonly value: number; readonly sigma: number}[];
  readonly treatment: ScanTreatment;
}

/** Fewer dark readings than this say nothing reliable about noise. */
const enoughDarkReadings = 5;

/**
 * Takes off the vector dark level, projects on the signal's phase, makes linear, corrects the drift. The noise of a
 * reading is the larger of what the quadrature channel of the scan and the dark readings show. A point without any
 * number, as one that is damaged in the store, has none afterwards either and says nothing about the others.
 */
export function processScan(processing: ScanProcessing): ProcessedScan {
  const {scan} = processing;
  const whole = wholeRowsOf(scan);
  if (whole.length === scan.xMm.length) return processWhole(processing);
  const processed = processWhole({...processing, scan: rowsOf(scan, whole)});
  const spread = (values: Float64Array): Float64Array => {
    const all = new Float64Array(scan.xMm.length).fill(NaN);
    whole.forEach((row, i) => (all[row] = values[i]));
    return all;
  };
  return {
    ...processed,
    xMm: scan.xMm,
    yMm: scan.yMm,
    values: spread(processed.values),
    sigma: spread(processed.sigma),
    driftSigma: spread(processed.driftSigma),
  };
}

/** Rows that have a number at all; a row that lacks some of its numbers counts, and is refused later. */
export function wholeRowsOf({xMm, yMm, xV, yV, timeS}: RawScan): readonly number[] {
  const rows: number[] = [];
  for (let i = 0; i < xMm.length; i++)
    if (![xMm[i], yMm[i], xV[i], yV[i], timeS[i]].every(Number.isNaN)) rows.push(i);
  return rows;
}

/** Some rows of a scan. */
export const rowsOf = (scan: RawScan, rows: readonly number[]): RawScan => ({
  xMm: pick(scan.xMm, rows),
  yMm: pick(scan.yMm, rows),
  xV: pick(scan.xV, rows),
  yV: pick(scan.yV, rows),
  timeS: pick(scan.timeS, rows),
});

/** Some entries of a list, in the order of `rows`. */
export const pick = (values: ArrayLike<number>, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row]);

function processWhole({scan, dark, references, powerCurve}: ScanProcessing): ProcessedScan {
  assertScan(scan);
  const darkLevel = computeDarkLevel(dark);
  const phaseRad = computeSignalPhaseRad(scan, darkLevel);
  const {signalV, quadratureV} = subtractDark(scan, darkLevel, phaseRad);
  const noiseV = Math.max(
    estimateNoiseV(quadratureV),
    darkLevel.count >= enoughDarkReadings ? (darkLevel.readingSigmaV ?? 0) : 0,
  );
  const linear = lineariseVoltages(signalV, powerCurve);
  const visits = visitsFrom(references, darkLevel, phaseRad, {noiseV, powerCurve});
  const drift = computeDriftCorrection(visits, scan.timeS);
  return {
    xMm: scan.xMm,
    yMm: scan.yMm,
    values: linear.values.map((value, i) => value * drift.factor[i]),
    sigma: linear.slope.map((slope, i) => noiseV * slope * drift.factor[i]),
    driftSigma: linear.values.map((value, i) => Math.abs(value) * drift.factorSigma[i]),
    offsetSigma: (darkLevel.meanSigmaV ?? noiseV) * (linear.slope[0] ?? 1),
    references: visits,
    treatment: {
      darkXV: darkLevel.xV,
      darkYV: darkLevel.yV,
      darkReadingCount: darkLevel.count,
      signalPhaseDeg: degFromRad(phaseRad),
      noiseV,
      isDriftCorrected: drift.isApplied,
      driftNote: drift.reason,
      driftSpanRatio: drift.spanRatio,
      isLinearised: powerCurve !== undefined,
    },
  };
}

function visitsFrom(
  references: RawReferences | undefined,
  darkLevel: {readonly xV: number; readonly yV: number},
  phaseRad: number,
  {noiseV, powerCurve}: {readonly noiseV: number; readonly powerCurve: PowerCurve | undefined},
): ProcessedScan['references'] {
  if (references === undefined) return [];
  const {signalV} = subtractDark(references, darkLevel, phaseRad);
  const linear = lineariseVoltages(signalV, powerCurve);
  return Array.from(linear.values, (value, i) => ({
    timeS: references.timeS[i],
    value,
    sigma: noiseV * linear.slope[i],
  }));
}

function assertScan(scan: RawScan): void {
  const count = scan.xMm.length;
  if (count === 0) throw new BenchError('twin/invalid', 'A scan without points cannot be compared.');
  for (const name of ['xMm', 'yMm', 'xV', 'yV', 'timeS'] as const) {
    if (scan[name].length !== count)
      throw new BenchError(
        'twin/invalid',
        `A scan's column ${name} has ${scan[name].length} numbers, xMm ${count}.`,
      );
    const bad = scan[name].findIndex((value) => !Number.isFinite(value));
    if (bad !== -1)
      throw new BenchError('twin/invalid', `Point ${bad + 1} of a scan has no number in ${name}.`);
  }
}
