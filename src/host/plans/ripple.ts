import {fixedText} from '../../base/number-format.ts';
import type {ColumnSpec} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import type {RippleFinder, RippleFit} from '../../contract/scan-monitors.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {lineGeometry} from './geometry.ts';
import {readZMm} from './grid-passes.ts';
import {type PointScanResult, type ScanOptions, scanPoints} from './scan.ts';
import {addNote, declareStream, derive, move} from './steps.ts';
import {returningTo} from './wrappers.ts';

export interface RippleScanOptions extends ScanOptions {
  readonly xMm: number;
  readonly yMm: number;
  readonly spanMm: number;
  readonly stepMm: number;
  /** Behind the chain. */
  readonly outputFrequencyHz: number;
  readonly find: RippleFinder;
}

export interface RippleScanResult extends PointScanResult {
  /** Undefined where none could be fitted. */
  readonly ripple: RippleFit | undefined;
}

const zColumn: ColumnSpec = {name: 'z_mm', unit: 'mm', label: 'z, read back', precision: 4};
const rippleColumns: readonly ColumnSpec[] = [
  {name: 'amplitude_ratio', unit: '', label: 'swing of the ripple against the light', precision: 5},
  {name: 'amplitude_error_ratio', unit: '', label: 'standard error of it', precision: 5},
  {name: 'period_mm', unit: 'mm', label: 'period', precision: 5},
  {name: 'period_error_mm', unit: 'mm', label: 'standard error of it', precision: 5},
  {name: 'phase_deg', unit: 'deg', label: 'phase at z = 0', precision: 2},
  {name: 'residual_ratio', unit: '', label: 'not explained, against the light', precision: 5},
  {name: 'half_wave_mm', unit: 'mm', label: 'half a wavelength', precision: 5},
];
/** A ripple is there where it is larger than so many standard deviations. */
const certainSigmas = 4;

/**
 * Reads one place at many distances along the beam, about where the detector stands, and fits the ripple that a standing wave
 * makes of the light: kept in the stream `ripple` of the run. The detector goes back where it stood.
 */
export function* rippleScan(options: RippleScanOptions): Plan<RippleScanResult> {
  const {roles} = options;
  const zMm = yield* readZMm(roles.stage, 'a scan along the beam');
  return yield* returningTo(scanAlong(options, zMm), roles.stage, {z: zMm});
}

function* scanAlong(options: RippleScanOptions, middleMm: number): Plan<RippleScanResult> {
  const {roles, dwell, xMm, yMm, spanMm, stepMm, find} = options;
  const along = lineGeometry(middleMm - spanMm / 2, middleMm + spanMm / 2, stepMm);
  const halfWaveMm = wavelengthMmFromHz(options.outputFrequencyHz) / 2;
  const z: number[] = [];
  const strengths: number[] = [];
  let ripple: RippleFit | undefined;
  const result = yield* scanPoints({
    options,
    run: {
      planName: 'ripple',
      planArgs: {plan: 'ripple', xMm, yMm, spanMm, stepMm, ...dwellArgs(dwell)},
      hints: {dimensions: [[['z_mm'], 'primary']], fields: [roles.detector.signal.column]},
    },
    geometry: {count: along.count, pointAt: (index) => ({index, row: 0, column: index, xMm, yMm})},
    light: {
      isNewAt: () => true,
      *change({index}) {
        const targetMm = along.positionMm(index);
        z[index] = (yield* move(roles.stage, {x: xMm, y: yMm, z: targetMm})).z ?? targetMm;
      },
    },
    extraColumns: [zColumn],
    extraData: ({index}) => ({z_mm: z[index]}),
    label: 'ripple',
    declareMore: () => declareStream('ripple', rippleColumns, []),
    onPoint: (_point, {reading}) => void strengths.push(Math.hypot(reading.real, reading.imaginary)),
    *atEnd() {
      yield* derive('ripple', () => {
        ripple = find(z, strengths, halfWaveMm);
        return ripple && dataOf(ripple, halfWaveMm);
      });
      yield* addNote(rippleText(ripple, halfWaveMm));
    },
  });
  return {...result, ripple};
}

const dwellArgs = ({residualRatio, readingCount, restMs}: ScanOptions['dwell']) => ({
  residualRatio,
  readingCount,
  restMs,
});

const dataOf = (ripple: RippleFit, halfWaveMm: number): Readonly<Record<string, number>> => ({
  amplitude_ratio: ripple.amplitudeRatio,
  amplitude_error_ratio: ripple.amplitudeErrorRatio,
  period_mm: ripple.periodMm,
  period_error_mm: ripple.periodErrorMm,
  phase_deg: ripple.phaseDeg,
  residual_ratio: ripple.residualRatio,
  half_wave_mm: halfWaveMm,
});

function rippleText(ripple: RippleFit | undefined, halfWaveMm: number): string {
  if (!ripple)
    return 'No ripple could be fitted along the beam: there is no light, or less than half a wavelength of way, or fewer than nine points.';
  const {amplitudeRatio, amplitudeErrorRatio, periodMm, periodErrorMm} = ripple;
  const swing = `${fixedText(100 * amplitudeRatio, 2)} +- ${fixedText(100 * amplitudeErrorRatio, 2)} %`;
  const period = `${fixedText(periodMm, 4)} +- ${fixedText(periodErrorMm, 4)} mm (half a wavelength is ${fixedText(halfWaveMm, 4)} mm)`;
  return amplitudeRatio > certainSigmas * amplitudeErrorRatio
    ? `A standing wave swings the light by ${swing}, with a period of ${period}. Two planes a quarter wave apart average it out.`
    : `No standing wave shows: ${swing}.`;
}
