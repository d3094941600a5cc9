import {columnOfQuantity, strengthColumn} from '../../contract/detector.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import {isoFromS} from '../../base/utc-text.ts';
import {instrumentsOf} from '../runs/run-instruments.ts';
import {gridFrameOf, readRunPlane} from '../runs/run-plane.ts';
import type {Raster} from '../report/raster.ts';
import type {ScanReportData, ScanReportRun} from '../report/scan-report.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary, StoredRun} from '../store/run-reading.ts';
import {damageSummary} from '../store/stored-points.ts';
import {programVersion} from '../version.ts';
import {readWholeRun, type WholeRun} from '../runs/whole-run.ts';

/** Everything that the report of a session's scans shows. */
export function scanReportDataFrom(
  store: Store,
  sessionUid: string,
  runs: readonly RunSummary[],
  writtenAt: Date,
): ScanReportData {
  const session = store.getSession(sessionUid);
  const {details} = session;
  return {
    session: {
      uid: session.uid,
      title: session.title,
      operator: session.operator,
      benchName: session.benchName,
      startedAt: session.createdAt,
    },
    runs: runs.map((run) => reportRunFrom(store, run)),
    notes: store
      .listNotes(sessionUid)
      .map(({timeS, author, text}) => ({time: isoFromS(timeS), author, text})),
    provenance: [
      ['design hash', session.designHash ?? 'none'],
      ...('programVersion' in details ? [['program version', details.programVersion] as const] : []),
      ['report made by version', programVersion],
    ],
    writtenAt: writtenAt.toISOString(),
  };
}

function reportRunFrom(store: Store, summary: RunSummary): ScanReportRun {
  const whole = readWholeRun(store, summary.uid);
  const {run} = whole;
  const {start, stop} = run;
  return {
    uid: summary.uid,
    scanId: summary.scanId,
    planName: summary.planName,
    planArgs: start.plan_args,
    sample: summary.sample ?? '',
    purpose: summary.purpose ?? '',
    startedAt: isoFromS(start.time),
    endedAt: stop ? isoFromS(stop.time) : null,
    ending: [
      stop ? `${stop.exit_status}${stop.reason === '' ? '' : `: ${stop.reason}`}` : 'under way',
      ...run.descriptors.flatMap(({name}) => {
        const text = damageSummary(whole.pointsOf(name).damage);
        return text === '' ? [] : [`${name}: ${text}`];
      }),
    ].join('. '),
    pointCount: whole.segments.length > 1 ? whole.pointsOf().count : summary.pointCount,
    plane: rasterOf(store, run),
    trace: traceOf(whole),
    shown: shownOf(run),
    instruments: instrumentsOf(run),
  };
}

function rasterOf(store: Store, {start}: StoredRun): Raster | null {
  const plane = gridFrameOf(start) && readRunPlane(store, start.uid, '');
  if (!plane) return null;
  const pitch = ([first, last]: readonly [number, number], count: number): number =>
    count > 1 ? (last - first) / (count - 1) : 1;
  const [cellWidthMm, cellHeightMm] = [pitch(plane.xMm, plane.columns), pitch(plane.yMm, plane.rows)];
  return {
    columns: plane.columns,
    rows: plane.rows,
    values: Float64Array.from(plane.values),
    leftMm: plane.xMm[0] - cellWidthMm / 2,
    bottomMm: plane.yMm[0] - cellHeightMm / 2,
    cellWidthMm,
    cellHeightMm,
  };
}

/** What plane and trace are of. */
const shownOf = (run: StoredRun): ScanReportRun['shown'] => {
  const {label, unit} = columnOfQuantity(detectorOfRun(run), '');
  return {label, unit};
};

/** The strength of the signal along the axis that moved most, or over time where nothing moved. */
function traceOf({run, pointsOf}: WholeRun): ScanReportRun['trace'] {
  if (gridFrameOf(run.start)) return null;
  const {data, timeS} = pointsOf();
  const {x_mm: xMm, y_mm: yMm, z_mm: zMm} = data;
  const values = data[strengthColumn(detectorOfRun(run).signal)];
  if (!values || values.length < 2) return null;
  const spanOf = (values: Float64Array | undefined): number =>
    values ? Math.abs(values[values.length - 1] - values[0]) : 0;
  const [alongX, alongY] = [spanOf(xMm), spanOf(yMm)];
  if (xMm && alongX >= alongY && alongX > 0) return {axis: 'x (mm)', along: xMm, values};
  if (yMm && alongY > 0) return {axis: 'y (mm)', along: yMm, values};
  if (zMm && spanOf(zMm) > 0) return {axis: 'z (mm)', along: zMm, values};
  // The bench's own time, which goes on evenly where the computer's clock was set.
  const seconds = data['bench_time_s'] ?? timeS;
  return {axis: 'time since the first point (s)', along: seconds.map((time) => time - seconds[0]), values};
}
