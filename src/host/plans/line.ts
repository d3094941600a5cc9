import type {Plan} from '../../contract/messages.ts';
import {lineGeometry} from './geometry.ts';
import {type PointScanResult, type ScanOptions, scanPoints, startOf} from './scan.ts';

export interface LineScanOptions extends ScanOptions {
  readonly axis: 'x' | 'y';
  readonly startMm: number;
  readonly stopMm: number;
  readonly stepMm: number;
  /** Position of the other axis, mm. */
  readonly otherMm: number;
}

export interface LineScanResult extends PointScanResult {
  /** Position along the line as read back, mm, and the signal in its unit, in the order of measuring. */
  readonly positionMm: Float64Array;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Step scan along one axis, always in the same direction. */
export function* lineScan(options: LineScanOptions): Plan<LineScanResult> {
  const {axis, startMm, stopMm, stepMm, otherMm, dwell} = options;
  const line = lineGeometry(startMm, stopMm, stepMm);
  const positionMm = new Float64Array(line.count).fill(NaN);
  const real = new Float64Array(line.count).fill(NaN);
  const imaginary = new Float64Array(line.count).fill(NaN);
  const result = yield* scanPoints({
    options,
    run: {
      planName: 'line',
      planArgs: {plan: 'line', axis, startMm, stopMm, stepMm, otherMm, ...dwell, ...startOf(options)},
      hints: {dimensions: [[[`${axis}_mm`], 'primary']], fields: [options.roles.detector.signal.column]},
    },
    geometry: {
      count: line.count,
      pointAt(index) {
        const along = line.positionMm(index);
        return axis === 'x'
          ? {index, row: 0, column: index, xMm: along, yMm: otherMm}
          : {index, row: index, column: 0, xMm: otherMm, yMm: along};
      },
    },
    label: `line along ${axis}`,
    onPoint: (point, measured) => {
      positionMm[point.index] = measured.positionMm[axis] ?? line.positionMm(point.index);
      real[point.index] = measured.reading.real;
      imaginary[point.index] = measured.reading.imaginary;
    },
  });
  return {...result, positionMm, real, imaginary};
}
