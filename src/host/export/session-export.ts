import {BenchError} from '../../contract/errors.ts';
import {exportFormats, type ExportFormat} from '../../contract/export-formats.ts';
import {computeCampaign} from '../campaign/compute-campaign.ts';
import {reportDataFrom} from '../campaign/campaign-report.ts';
import {storedCampaignJson} from '../compare/campaign-json.ts';
import {renderCampaignPicture, renderPlanePicture} from '../report/picture.ts';
import {renderReport} from '../report/render-report.ts';
import {renderScanReport} from '../report/scan-report.ts';
import {readRunPlane} from '../runs/run-plane.ts';
import {csvFrom} from '../scan/export-points.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {StoredSession} from '../store/sessions.ts';
import {documentLines} from './document-lines.ts';
import {scanReportDataFrom} from './scan-report-data.ts';
import {continuedRuns, readWholeRun} from '../runs/whole-run.ts';

export interface ExportRequest {
  readonly sessionUid: string;
  /** One run of the session; all of them without it. */
  readonly runUid?: string | undefined;
  readonly format: ExportFormat;
}

export interface ExportedFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Makes a file of a session or of one of its runs. Throws `store/not-found` or, where the format does not fit, `plan/invalid`. */
export function exportSession(store: Store, request: ExportRequest): ExportedFile {
  const {sessionUid, runUid, format} = request;
  const session = store.getSession(sessionUid);
  const runs = store.listRuns(sessionUid).filter(({uid}) => runUid === undefined || uid === runUid);
  if (runUid !== undefined && runs.length === 0)
    throw new BenchError(
      'store/not-found',
      `The session "${session.title}" has no run ${runUid}. Nothing was written; choose a run of this session.`,
    );
  const [run] = runUid === undefined ? [] : runs;
  // @position export.points-read
  const content = writers[format]({store, session, runs, isOfOneRun: runUid !== undefined});
  const {extension, mediaType} = exportFormats[format];
  return {
    fileName: `${fileStem(session, run)}.${extension}`,
    mediaType,
    // A copy of its own, so that it can travel whole.
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content),
  };
}

/** What is written into a file. */
interface ExportSource {
  readonly store: Store;
  readonly session: StoredSession;
  readonly runs: readonly RunSummary[];
  /** Whether one run of the session was asked for. */
  readonly isOfOneRun: boolean;
}

/** How each format is made: one that is listed in the contract and missing here does not compile. */
const writers: Readonly<Record<ExportFormat, (source: ExportSource) => string | Uint8Array>> = {
  'json-lines': ({store, runs}) =>
    documentLines(
      store,
      runs.map(({uid}) => uid),
    ),
  csv: ({store, runs}) => csvOfRuns(store, runs),
  'report-html': reportOf,
  'planes-png': pictureOf,
  'result-json': ({store, session}) => resultOf(store, session),
};

const isCampaign = ({details}: StoredSession): boolean => details.kind === 'campaign';

function csvOfRuns(store: Store, runs: readonly RunSummary[]): string {
  // Each run below its own block of comments and titles: runs of different plans have different columns.
  return lastSegments(runs)
    .map(({uid}) => readWholeRun(store, uid))
    .map(({run, pointsOf}) => ({run, points: pointsOf()}))
    .filter(({points}) => points.count > 0 || runs.length === 1)
    .map(({run, points}) => csvFrom(run, points))
    .join('\n');
}

/** Without the runs of which another of them goes on: their points stand in that one. */
function lastSegments(runs: readonly RunSummary[]): readonly RunSummary[] {
  const continued = continuedRuns(runs);
  return runs.filter(({uid}) => !continued.has(uid));
}

function reportOf({store, session, runs, isOfOneRun}: ExportSource): string {
  if (isCampaign(session) && !isOfOneRun)
    return renderReport(reportDataFrom(store, computeCampaign(store, session.uid), new Date()));
  return renderScanReport(scanReportDataFrom(store, session.uid, lastSegments(runs), new Date()));
}

function pictureOf({store, session, runs, isOfOneRun}: ExportSource): Uint8Array {
  if (isCampaign(session) && !isOfOneRun) {
    const data = computeCampaign(store, session.uid);
    if (data.result.digits.length > 0) return renderCampaignPicture(reportDataFrom(store, data, new Date()));
  }
  const planes = lastSegments(runs).flatMap(({uid, isGrid}) => {
    const plane = isGrid ? readRunPlane(store, uid, 'r') : null;
    return plane && plane.values.some(Number.isFinite) ? [plane] : [];
  });
  if (planes.length === 0)
    throw new BenchError(
      'plan/invalid',
      'There is no measured plane here, so there is no picture to write. Nothing was changed; export the points as CSV instead.',
    );
  return renderPlanePicture(planes);
}

function resultOf(store: Store, session: StoredSession): string {
  const {result} = computeCampaign(store, session.uid);
  return `${JSON.stringify(storedCampaignJson(session, result, null), null, 2)}\n`;
}

/** `2026-11-24-batch-7`, and behind it the run. */
function fileStem({title, createdAt}: StoredSession, run: RunSummary | undefined): string {
  const words = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return [createdAt.slice(0, 10), words || 'session', ...(run ? [`run-${run.scanId}`] : [])].join('-');
}
