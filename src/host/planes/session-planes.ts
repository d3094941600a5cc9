import {countOf} from '../../base/count-text.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {fewestPoints, type MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {Design} from '../../twin/design/load.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  darkReadings,
  lastSuccessfulRuns,
  maskOf,
  objectOf,
  referencesOf,
  scanOf,
  type CampaignDetails,
} from '../campaign/campaign-results.ts';
import {loadPrintedDesign} from '../campaign/session-design.ts';
import {pick, processScan, wholeRowsOf, type RawReadings} from '../compare/process-scan.ts';
import type {MaskPicture} from '../report/report-data.ts';
import type {MeasuredHeights} from '../placements/measured-heights.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {StoredSession} from '../store/sessions.ts';
import {assertOneBench} from './planes-together.ts';

/** More planes than these make the estimate slower and hardly better: what the model lacks they have in common. */
export const defaultPlaneCount = 5;

/** A scan of a session as an alignment sees it. */
export interface SessionScan {
  readonly run: RunSummary;
  /** Class of the digit. */
  readonly label: string;
  readonly isUsable: boolean;
  readonly isChosenByDefault: boolean;
  /** Why it is not usable, or not taken by default; '' otherwise. */
  readonly problem: string;
}

/**
 * Every grid run of a known object in a session, in the order of measuring, with what stands against its use; at most
 * `most` of them are taken by default.
 */
export function listSessionScans(
  store: Store,
  session: StoredSession,
  most = defaultPlaneCount,
): SessionScan[] {
  const details = campaignDetailsOf(session);
  const runs = store.listRuns(session.uid).filter(({planName}) => planName === 'campaign-scan');
  const masked = new Set(store.listArtifacts(session.uid, artifactKinds.mask).map(({runUid}) => runUid));
  const last = new Set([...lastSuccessfulRuns(runs).values()].map(({uid}) => uid));
  const exclusions = new Map(
    store.listExclusions(session.uid).map(({campaignIndex, reason}) => [campaignIndex, reason]),
  );
  let chosenCount = 0;
  return runs.map((run): SessionScan => {
    const obstacle = obstacleOf(run, session, masked.has(run.uid));
    const exclusion = exclusions.get(run.campaignIndex ?? -1);
    const reservation =
      obstacle ||
      (!last.has(run.uid)
        ? 'The same digit was measured again later.'
        : exclusion !== undefined
          ? `Left out of the evaluation: ${exclusion}.`
          : chosenCount >= most
            ? `The first ${most} usable planes are taken unless others are named.`
            : '');
    if (reservation === '') chosenCount++;
    return {
      run,
      label: details.digits[run.campaignIndex ?? -1]?.label ?? '',
      isUsable: obstacle === '',
      isChosenByDefault: reservation === '',
      problem: reservation,
    };
  });
}

/**
 * Runs of a session whose planes are taken by default; with `all`, of every object that it measured: what was measured
 * for an alignment is used by it.
 */
export const defaultRunUids = (store: Store, sessionUid: string, count?: 'all'): string[] =>
  listSessionScans(
    store,
    store.getSession(sessionUid),
    count === 'all' ? Infinity : defaultPlaneCount,
  ).flatMap(({run, isChosenByDefault}) => (isChosenByDefault ? [run.uid] : []));

/** Why a scan cannot be aligned with, in a sentence; '' when it can. */
function obstacleOf(run: RunSummary, session: StoredSession, hasMask: boolean): string {
  if (run.exitStatus === undefined) return `Run ${run.scanId} is still under way.`;
  if (run.exitStatus !== 'success')
    return `Run ${run.scanId} ended as ${run.exitStatus} (${run.reason ?? 'no reason given'}), so its plane has a hole.`;
  if (!run.isGrid) return `Run ${run.scanId} (${run.planName}) is no plane.`;
  if (run.designHash !== session.designHash)
    return `Run ${run.scanId} was measured with another design than its session.`;
  if (!hasMask) return `Run ${run.scanId} does not say which mask stood there.`;
  if (run.pointCount < fewestPoints)
    return `Run ${run.scanId} has ${countOf(run.pointCount, 'point')}; at least ${fewestPoints} are needed.`;
  return '';
}

/** What a session's planes and their knowledge come to. */
export interface SessionPlanes {
  readonly session: StoredSession;
  readonly details: CampaignDetails;
  /** With the measured heights of its plates. */
  readonly design: Design;
  /** The measured heights that it has; undefined where it is as designed. */
  readonly measured: MeasuredHeights | undefined;
  /** As it was known before the session. */
  readonly illumination: Illumination;
  readonly probe: Probe;
  readonly runs: readonly RunSummary[];
  /** One for each run. */
  readonly planes: readonly MeasuredPlane[];
}

/**
 * Measured planes of a session, dark taken off, drift corrected, with the noise of each point. Named runs, also of
 * other sessions of the same bench, or the ones taken by default. Throws `store/not-found` without such a session and
 * `plan/invalid` naming what is missing.
 */
export async function readSessionPlanes(
  store: Store,
  sessionUid: string,
  runUids: readonly string[] = [],
): Promise<SessionPlanes> {
  const session = store.getSession(sessionUid);
  const details = alignableDetailsOf(session);
  const runs = chooseRuns(store, session, runUids);
  assertOneBench(store, session, runs);
  const readerOf = new Map<string, (run: RunSummary) => MeasuredPlane>();
  for (const {sessionUid: uid} of runs)
    if (!readerOf.has(uid)) readerOf.set(uid, planeReader(store, store.getSession(uid)));
  return {
    session,
    details,
    ...(await loadPrintedDesign(store, sessionUid)),
    illumination: details.illuminationKnown,
    probe: details.probe,
    runs,
    planes: runs.flatMap((run) => readerOf.get(run.sessionUid)?.(run) ?? []),
  };
}

/** Reads planes of one session with its own dark level and masks. */
function planeReader(store: Store, session: StoredSession): (run: RunSummary) => MeasuredPlane {
  const dark = sessionDark(store, session);
  const artifacts = store.listArtifacts(session.uid, artifactKinds.mask);
  return (run) => {
    const mask = maskOf(store, artifacts, run.uid);
    if (mask === null) throw new BenchError('internal', `The mask of run ${run.scanId} has gone.`);
    return measuredPlaneOf(store, {uid: run.uid, label: run.sample ?? `run ${run.scanId}`}, mask, dark);
  };
}

const nothingDone = 'No placement was estimated and nothing was stored.';

/** Details of a session that an alignment can start from. Throws `plan/invalid` for one that is no campaign. */
function alignableDetailsOf(session: StoredSession): CampaignDetails {
  if (session.details.kind === 'campaign') return campaignDetailsOf(session);
  throw new BenchError(
    'plan/invalid',
    `The session ${session.uid} ("${session.title}") holds no grid runs of known objects: it is no campaign. ${nothingDone} Measure a few digits as a campaign and align with those.`,
  );
}

/** Dark readings of a session. Throws `plan/invalid` without any: planes that keep a pedestal would be misread. */
function sessionDark(store: Store, session: StoredSession): RawReadings {
  const dark = darkReadings(store, store.listRuns(session.uid));
  if (dark.real.length > 0) return dark;
  throw new BenchError(
    'plan/invalid',
    `The session "${session.title}" has no dark level that was taken with the detector as it was for the scans. ${nothingDone} Measure again with a dark level.`,
  );
}

/** Why a session can not be aligned with as it is; '' when it can. */
export function sessionObstacle(store: Store, session: StoredSession, scans: readonly SessionScan[]): string {
  try {
    defaultRuns(session, scans);
    sessionDark(store, session);
    return '';
  } catch (error) {
    if (error instanceof BenchError) return error.message;
    throw error;
  }
}

/** The runs that were named, of whichever session, or those of the session that are taken by default. */
function chooseRuns(store: Store, session: StoredSession, runUids: readonly string[]): readonly RunSummary[] {
  const listed = new Map([[session.uid, listSessionScans(store, session)]]);
  if (runUids.length === 0) return defaultRuns(session, listed.get(session.uid) ?? []);
  return [...new Set(runUids)].map((runUid) => {
    const home = sessionOfRun(store, runUid);
    alignableDetailsOf(home);
    const scans = listed.get(home.uid) ?? listSessionScans(store, home);
    listed.set(home.uid, scans);
    const scan = scans.find(({run}) => run.uid === runUid);
    if (!scan)
      throw new BenchError(
        'plan/invalid',
        `The run ${runUid} of the session "${home.title}" is no grid run of a known object. ${nothingDone} Choose among its digits.`,
      );
    if (!scan.isUsable) throw new BenchError('plan/invalid', `${scan.problem} ${nothingDone}`);
    return scan.run;
  });
}

function sessionOfRun(store: Store, runUid: string): StoredSession {
  try {
    return store.getSession(store.getRunSummary(runUid).sessionUid);
  } catch (error) {
    if (!hasCode(error, 'store/not-found')) throw error;
    throw new BenchError(
      'plan/invalid',
      `There is no grid run ${runUid} of a known object. ${nothingDone} Choose among the digits of a session.`,
      {cause: error},
    );
  }
}

function defaultRuns(session: StoredSession, scans: readonly SessionScan[]): readonly RunSummary[] {
  const chosen = scans.filter(({isChosenByDefault}) => isChosenByDefault).map(({run}) => run);
  if (chosen.length > 0) return chosen;
  const reasons = scans.length > 0 ? scans.map(({problem}) => problem).join(' ') : 'No scan was begun.';
  throw new BenchError(
    'plan/invalid',
    `The session "${session.title}" has no finished grid run of a known object. ${reasons} ${nothingDone}`,
  );
}

/** A scan as an alignment takes it: dark taken off, drift corrected, with the noise of each point. No mask is an open frame. */
export function measuredPlaneOf(
  store: Store,
  {uid, label}: {readonly uid: string; readonly label: string},
  mask: MaskPicture | null,
  dark: RawReadings,
): MeasuredPlane {
  const references = referencesOf(store, uid);
  const scan = scanOf(store, uid);
  const {xMm, yMm, values, sigma, driftSigma} = processScan({
    scan,
    dark,
    ...(references ? {references} : {}),
  });
  // Points that are damaged in the store say nothing of where anything stands.
  const whole = wholeRowsOf(scan);
  const roundingSigmaV = resolutionOf(pick(scan.real, whole)) / Math.sqrt(12);
  return {
    label,
    object: mask && objectOf(mask),
    xMm: pick(xMm, whole),
    yMm: pick(yMm, whole),
    values: pick(values, whole),
    sigma: Float64Array.from(whole, (i) => Math.hypot(sigma[i], driftSigma[i], roundingSigmaV)),
  };
}

/**
 * Smallest step between two readings. A detector hands out its readings in steps of its range; where the noise is
 * smaller than a step, quadrature and dark readings show none at all.
 */
export function resolutionOf(readings: Float64Array): number {
  const sorted = readings.slice().sort();
  let smallest = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i] - sorted[i - 1];
    if (step > 0 && step < smallest) smallest = step;
  }
  return Number.isFinite(smallest) ? smallest : 0;
}
