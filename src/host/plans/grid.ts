import type {Plan, RunRequest} from '../../contract/messages.ts';
import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {type GridSpec, gridGeometry} from './geometry.ts';
import {canTellLineShift, LineShiftWatch} from './line-shift-watch.ts';
import type {ReferenceVisits} from './reference-visits.ts';
import {type PointScanResult, type ScanOptions, scanPoints, startOf} from './scan.ts';

export interface GridScanOptions extends ScanOptions {
  readonly grid: GridSpec;
  readonly reference?: ReferenceVisits | undefined;
  /** Judge the readings of the scan while it runs. */
  readonly monitors?: ScanMonitors | undefined;
  /** Name of the plan in the start record when the grid serves another purpose. */
  readonly planName?: string;
  /** Frequency of the light behind the chain, for the record; the plan has set it. */
  readonly outputFrequencyHz?: number;
}

/** A measured plane: arrays are row-major, row 0 = smallest y; cells that were not measured are NaN. */
export interface MeasuredPlane extends PointScanResult {
  readonly rows: number;
  readonly columns: number;
  readonly stepMm: number;
  readonly extentsMm: readonly [y: readonly [number, number], x: readonly [number, number]];
  /** The signal in its unit; the imaginary part of a real one is 0. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** Positions as read back, mm. */
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

/** Start record of a grid scan, with shape, extents and hints as the event model's viewers expect them. */
export function gridRunRequest(options: GridScanOptions): RunRequest {
  const {grid, dwell, reference, planName = 'grid'} = options;
  const geometry = gridGeometry(grid);
  return {
    planName,
    planArgs: {
      plan: 'grid',
      centerMm: grid.centerMm,
      widthMm: grid.widthMm,
      heightMm: grid.heightMm,
      stepMm: grid.stepMm,
      order: grid.order,
      residualRatio: dwell.residualRatio,
      readingCount: dwell.readingCount,
      restMs: dwell.restMs,
      referenceEvery: reference?.every ?? 0,
      ...(reference ? {referenceMm: reference.atMm} : {}),
      ...(reference?.patch
        ? {
            referencePatchMm: reference.patch.distanceMm,
            positionLimitMm: reference.patch.limitMm,
            onPositionLost: reference.patch.onLost,
          }
        : {}),
      ...startOf(options),
      ...(options.outputFrequencyHz === undefined ? {} : {outputFrequencyHz: options.outputFrequencyHz}),
    },
    shape: [geometry.rows, geometry.columns],
    extentsMm: geometry.extentsMm,
    isSnaking: geometry.isSnaking,
    hints: {
      dimensions: [
        [['y_mm'], 'primary'],
        [['x_mm'], 'primary'],
      ],
      gridding: 'rectilinear',
      fields: [options.roles.detector.signal.column],
    },
  };
}

/** Raster scan of a plane. */
export function* gridScan(options: GridScanOptions): Plan<MeasuredPlane> {
  const geometry = gridGeometry(options.grid);
  const empty = (): Float64Array => new Float64Array(geometry.count).fill(NaN);
  const [real, imaginary, xMm, yMm] = [empty(), empty(), empty(), empty()];
  const lines =
    options.monitors && canTellLineShift(geometry)
      ? new LineShiftWatch(options.monitors.createLineShift(geometry.stepMm), geometry)
      : undefined;
  const result = yield* scanPoints({
    options,
    run: gridRunRequest(options),
    ...lines?.hooks({real, imaginary}),
    geometry,
    reference: options.reference,
    label: options.metadata?.sample ?? options.planName ?? 'grid',
    onPoint: (point, {reading, positionMm}) => {
      const cell = geometry.cellOf(point);
      real[cell] = reading.real;
      imaginary[cell] = reading.imaginary;
      xMm[cell] = positionMm.x ?? point.xMm;
      yMm[cell] = positionMm.y ?? point.yMm;
    },
  });
  const {rows, columns, stepMm, extentsMm} = geometry;
  return {...result, rows, columns, stepMm, extentsMm, real, imaginary, xMm, yMm};
}
