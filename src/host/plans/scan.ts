import type {ColumnSpec} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan, RunRequest} from '../../contract/messages.ts';
import type {ContinuedRun} from '../../contract/run-records.ts';
import {
  type BenchRoles,
  type Dwell,
  type MeasuredPoint,
  measureAt,
  pointColumns,
  recordedRoles,
} from './measure.ts';
import {ReferenceWatch, type ReferencePoint, type ReferenceVisits} from './reference-visits.ts';
import {checkpoint, declareStream, record, reportProgress} from './steps.ts';
import {inRun} from './wrappers.ts';

/** What every scan may carry into its start record besides its geometry. */
export interface ScanMetadata {
  readonly sample?: string;
  readonly purpose?: string;
  readonly campaignIndex?: number;
  readonly calibrationUids?: readonly string[];
  /** Range and phase of the detector were chosen for it. */
  readonly isDetectorSetUp?: boolean;
  /** The run with which it goes on. */
  readonly continues?: ContinuedRun;
}

/** Start of every scan's options: on what, how long at each point, for what. */
export interface ScanOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  readonly metadata?: ScanMetadata;
  /** Point to begin with, to go on with an earlier scan of the same geometry. */
  readonly startIndex?: number;
}

/** Where a scan begins, as its start record says it; nothing for one that begins with its first point. */
export const startOf = ({startIndex}: Pick<ScanOptions, 'startIndex'>): {readonly startIndex?: number} =>
  startIndex ? {startIndex} : {};

interface ScanPoint {
  readonly index: number;
  readonly row: number;
  readonly column: number;
  readonly xMm: number;
  readonly yMm: number;
}

export interface ScanGeometry<Point extends ScanPoint> {
  readonly count: number;
  pointAt(index: number): Point;
}

/** Light that is another at some points: the detector at another distance, the source at another frequency. */
export interface LightChanges<Point extends ScanPoint> {
  /** Whether it is another than at the point before. */
  isNewAt(point: Point): boolean;
  change(point: Point): Plan<void>;
}

export interface PointScan<Point extends ScanPoint> {
  readonly options: ScanOptions;
  readonly run: RunRequest;
  readonly geometry: ScanGeometry<Point>;
  readonly label: string;
  readonly reference?: ReferenceVisits | undefined;
  readonly light?: LightChanges<Point> | undefined;
  readonly extraColumns?: readonly ColumnSpec[];
  readonly extraData?: (point: Point) => Readonly<Record<string, number>>;
  readonly onPoint?: (point: Point, measured: MeasuredPoint) => void;
  /** Streams beside those of points and visits. */
  readonly declareMore?: (devices: readonly string[]) => Plan<void>;
  /** After a point was stored, the `taken`th of the run. */
  readonly afterPoint?: (point: Point, taken: number) => Plan<void>;
  /** Before the run ends well. */
  readonly atEnd?: () => Plan<void>;
}

export interface PointScanResult {
  readonly runUid: string;
  readonly pointCount: number;
  readonly references: readonly ReferencePoint[];
}

/**
 * Walks the points of a geometry in a run of its own: move, settle, read, record, checkpoint. The reference point
 * is visited before the first point, every `every` points and after the last one.
 */
export function scanPoints<Point extends ScanPoint>(scan: PointScan<Point>): Plan<PointScanResult> {
  const {options, geometry} = scan;
  const {roles, dwell, startIndex = 0} = options;
  if (!Number.isInteger(startIndex) || startIndex < 0 || startIndex >= geometry.count)
    throw new BenchError(
      'plan/invalid',
      `The scan cannot begin with point ${startIndex}: it has points 0 to ${geometry.count - 1}.`,
    );
  const request: RunRequest = {pointCount: geometry.count - startIndex, ...scan.run, ...options.metadata};
  return inRun(request, function* (runUid): Plan<PointScanResult> {
    const devices = recordedRoles(roles);
    yield* declareStream('primary', pointColumns(roles, dwell, scan.extraColumns), devices);
    const visits = scan.reference && new ReferenceWatch(options, scan.reference);
    if (visits) yield* visits.declare(devices);
    if (scan.declareMore) yield* scan.declareMore(devices);
    for (let index = startIndex; index < geometry.count; index++) {
      const taken = index - startIndex;
      const point = geometry.pointAt(index);
      const isNewLight = scan.light?.isNewAt(point) === true;
      if (isNewLight) {
        if (visits && taken > 0) yield* visits.visit(taken);
        yield* scan.light.change(point);
        visits?.beginLight();
      }
      if (visits && (isNewLight || taken % (scan.reference?.every ?? 1) === 0)) yield* visits.visit(taken);
      const measured = yield* measureAt(roles, dwell, point);
      yield* record('primary', {
        ...measured.data,
        point_index: index,
        row: point.row,
        column: point.column,
        ...scan.extraData?.(point),
      });
      scan.onPoint?.(point, measured);
      if (scan.afterPoint) yield* scan.afterPoint(point, taken + 1);
      yield* reportProgress(scan.label, taken + 1, geometry.count - startIndex);
      yield* checkpoint();
    }
    const pointCount = geometry.count - startIndex;
    if (visits) yield* visits.visit(pointCount);
    if (scan.atEnd) yield* scan.atEnd();
    return {runUid, pointCount, references: visits?.references ?? []};
  });
}
