import type {Plan, RunRequest} from '../../contract/messages.ts';
import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {type GridGeometry, type GridSpec, gridGeometry} from './geometry.ts';
import {type Averaging, averagingArgs, GridPasses, type PassPoint, passesOf, readZMm} from './grid-passes.ts';
import {canTellLineShift, LineShiftWatch} from './line-shift-watch.ts';
import type {ReferenceVisits} from './reference-visits.ts';
import {type PointScanResult, type ScanOptions, scanPoints, startOf} from './scan.ts';
import {returningTo} from './wrappers.ts';

export interface GridScanOptions extends ScanOptions {
  readonly grid: GridSpec;
  readonly reference?: ReferenceVisits | undefined;
  /** Measures the grid at several distances or frequencies, for the mean of them. */
  readonly averaging?: Averaging | undefined;
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
      ...averagingArgs(options.averaging),
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

/**
 * Raster scan of a plane; with `averaging` the mean of several, and each of them stored. A detector that was moved along the
 * beam for that goes back where it stood.
 */
export function* gridScan(options: GridScanOptions): Plan<MeasuredPlane> {
  const {averaging, roles} = options;
  const geometry = gridGeometry(options.grid);
  if (!averaging) return yield* scanPasses(options, geometry, undefined);
  const passes = passesOf(averaging);
  if (passes[0].zOffsetMm === undefined)
    return yield* scanPasses(options, geometry, new GridPasses(roles, geometry, passes, undefined));
  const zMm = yield* readZMm(roles.stage, 'averaging over planes');
  const scan = scanPasses(options, geometry, new GridPasses(roles, geometry, passes, zMm));
  return yield* returningTo(scan, roles.stage, {z: zMm});
}

function* scanPasses(
  options: GridScanOptions,
  geometry: GridGeometry,
  passes: GridPasses | undefined,
): Plan<MeasuredPlane> {
  const empty = (): Float64Array => new Float64Array(geometry.count).fill(NaN);
  const [xMm, yMm] = [empty(), empty()];
  // Of the latest pass, by which lines are compared, and the mean of all.
  const [latest, mean] = [
    {real: empty(), imaginary: empty()},
    {real: empty(), imaginary: empty()},
  ];
  const counts = new Uint32Array(geometry.count);
  const lines = lineWatchOf(options, geometry);
  const result = yield* scanPoints<PassPoint>({
    options,
    run: gridRunRequest(options),
    geometry: passes?.geometry ?? {
      count: geometry.count,
      pointAt: (index) => ({...geometry.pointAt(index), pass: 0}),
    },
    reference: options.reference,
    light: passes,
    ...(passes && {extraColumns: passes.columns, extraData: ({pass}) => passes.dataOf(pass)}),
    label: options.metadata?.sample ?? options.planName ?? 'grid',
    *declareMore() {
      if (lines) yield* lines.declare();
      if (passes) yield* passes.declare();
    },
    *afterPoint(point, taken) {
      if (lines) yield* lines.afterPoint(latest, point, taken);
    },
    *atEnd() {
      if (lines) yield* lines.reportAtEnd();
      if (passes) yield* passes.summarise();
    },
    onPoint: (point, measured) => {
      const {reading, positionMm} = measured;
      const cell = geometry.cellOf(point);
      const before = counts[cell]++;
      for (const part of ['real', 'imaginary'] as const) {
        latest[part][cell] = reading[part];
        mean[part][cell] = before === 0 ? reading[part] : meanWith(mean[part][cell], before, reading[part]);
      }
      xMm[cell] = positionMm.x ?? point.xMm;
      yMm[cell] = positionMm.y ?? point.yMm;
      passes?.note(point, measured);
    },
  });
  const {rows, columns, stepMm, extentsMm} = geometry;
  return {...result, rows, columns, stepMm, extentsMm, ...mean, xMm, yMm};
}

const meanWith = (mean: number, count: number, value: number): number => (mean * count + value) / (count + 1);

const lineWatchOf = ({monitors}: GridScanOptions, geometry: GridGeometry): LineShiftWatch | undefined =>
  monitors && canTellLineShift(geometry)
    ? new LineShiftWatch(monitors.createLineShift(geometry.stepMm), geometry)
    : undefined;
