import {fixedText} from '../../../base/number-format.ts';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import type {Quantity} from '../../run-data/index.ts';

type Points = Pick<ApiOutputs['runs']['points'], 'count' | 'columns'>;

/** A shift is certain from so many standard deviations on, and matters from so many um. */
const [certainSigmas, leastUm] = [4, 10];

const column = ({columns}: Points, name: string): Float64Array | undefined =>
  columns.find((one) => one.name === name)?.values;

const lastOf = (points: Points, name: string): number => column(points, name)?.at(-1) ?? NaN;

/** The last visit of the reference point against the first. */
export interface Drift {
  readonly ratio: number;
  /** Null of a signal without a phase. */
  readonly turnDeg: number | null;
  readonly visitCount: number;
}

/** Null before a second visit. */
export function driftOf(points: Points, quantities: readonly Quantity[]): Drift | null {
  const strength = column(points, quantities[0]?.column ?? '');
  if (!strength || strength.length < 2 || strength[0] === 0) return null;
  const phase = column(points, quantities.find(({isPhase}) => isPhase)?.column ?? '');
  return {
    ratio: strength[strength.length - 1] / strength[0],
    turnDeg: phase ? turnBetween(phase[0], phase[phase.length - 1]) : null,
    visitCount: strength.length,
  };
}

const turnBetween = (fromDeg: number, toDeg: number): number =>
  ((((toDeg - fromDeg + 180) % 360) + 360) % 360) - 180;

const signed = (value: number, digits: number): string =>
  `${value < 0 ? '−' : '+'}${fixedText(Math.abs(value), digits)}`;

export const driftText = ({ratio, turnDeg}: Drift): string =>
  `Reference ${signed(100 * (ratio - 1), 2)} %${turnDeg === null ? '' : `, ${signed(turnDeg, 2)}°`}`;

/** Where the probe stands at the reference point, mm, with one standard deviation. */
export interface Place {
  readonly xMm: number;
  readonly xErrorMm: number;
  readonly yMm: number;
  readonly yErrorMm: number;
  readonly isLost: boolean;
}

export const positionOf = (points: Points): Place => ({
  xMm: lastOf(points, 'shift_x_mm'),
  xErrorMm: lastOf(points, 'shift_x_error_mm'),
  yMm: lastOf(points, 'shift_y_mm'),
  yErrorMm: lastOf(points, 'shift_y_error_mm'),
  isLost: lastOf(points, 'is_lost') === 1,
});

export const positionText = ({xMm, xErrorMm, yMm, yErrorMm}: Place): string =>
  `Probe off x ${signed(xMm, 3)} ± ${fixedText(xErrorMm, 3)}, y ${signed(yMm, 3)} ± ${fixedText(yErrorMm, 3)} mm`;

/** Where backward lines stand against forward ones, with one standard deviation. */
export interface ShownLineShift {
  readonly shiftUm: number;
  readonly errorUm: number;
  readonly lineCount: number;
}

export const lineShiftOf = (points: Points): ShownLineShift => ({
  shiftUm: lastOf(points, 'shift_um'),
  errorUm: lastOf(points, 'shift_error_um'),
  lineCount: lastOf(points, 'line_count'),
});

export const lineShiftText = ({shiftUm, errorUm}: ShownLineShift): string =>
  `Backward lines ${signed(shiftUm, 0)} ± ${fixedText(errorUm, 0)} µm`;

export const isLineShiftCertain = ({shiftUm, errorUm}: ShownLineShift): boolean =>
  Math.abs(shiftUm) > leastUm && Math.abs(shiftUm) > certainSigmas * errorUm;

/** What a standing wave makes of the light along the beam, with one standard deviation. */
export interface ShownRipple {
  readonly ratio: number;
  readonly errorRatio: number;
  readonly periodMm: number;
  readonly periodErrorMm: number;
}

export const rippleOf = (points: Points): ShownRipple => ({
  ratio: lastOf(points, 'amplitude_ratio'),
  errorRatio: lastOf(points, 'amplitude_error_ratio'),
  periodMm: lastOf(points, 'period_mm'),
  periodErrorMm: lastOf(points, 'period_error_mm'),
});

export const rippleText = ({ratio, errorRatio, periodMm, periodErrorMm}: ShownRipple): string =>
  `Standing wave ${fixedText(100 * ratio, 2)} ± ${fixedText(100 * errorRatio, 2)} %, period ` +
  `${fixedText(periodMm, 4)} ± ${fixedText(periodErrorMm, 4)} mm`;

export const isRippleCertain = ({ratio, errorRatio}: ShownRipple): boolean =>
  ratio > certainSigmas * errorRatio;
