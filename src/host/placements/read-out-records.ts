import {countOf, pluralOf} from '../../base/count-text.ts';
import {utcMinuteText} from '../../base/utc-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {placementKinds, placeOfSession, type PlacementPlace} from './placements.ts';
import {platesMovedSince, platesText, unknownMovesSince} from './plate-moves.ts';
import {isCalibrationOf, type Calibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';

/** Kinds of what is kept about the read-out of a bench. */
export const readOutKinds = {calibration: 'read-out', revoked: 'read-out-revoked'} as const;

/** A calibration of the read-out as it stands in the ledger. */
export type StoredReadOut = Calibration<typeof readOutKinds.calibration>;

/** Throws `store/not-found` for a uid that is no calibration of a read-out. */
export function getReadOut(store: Store, uid: string): StoredReadOut {
  const calibration = store.getCalibration(uid);
  if (isCalibrationOf(calibration, readOutKinds.calibration)) return calibration;
  throw new BenchError(
    'store/not-found',
    `The calibration ${uid} is of the kind "${calibration.kind}", not of a read-out. Nothing was changed.`,
  );
}

/** Calibrations of the read-out of a bench and design, in the order in which they were made. */
export const listReadOuts = (store: Store, place: PlacementPlace): StoredReadOut[] =>
  store.listCalibrations(readOutKinds.calibration).filter(({value}) => isSamePlace(value, place));

const isSamePlace = (a: PlacementPlace, b: PlacementPlace): boolean =>
  a.benchName === b.benchName && a.benchSeed === b.benchSeed && a.designHash === b.designHash;

/** Those that a person revoked. */
export const revokedReadOuts = (store: Store): ReadonlySet<string> =>
  new Set(store.listCalibrations(readOutKinds.revoked).map(({value}) => value.readOutUid));

/** Revokes a calibration of the read-out. Throws `plan/invalid` where that was done already. */
export function revokeReadOut(store: Store, uid: string): void {
  const {sessionUid} = getReadOut(store, uid);
  if (revokedReadOuts(store).has(uid))
    throw new BenchError('plan/invalid', 'This calibration was revoked already. Nothing was changed.');
  store.addCalibration({
    kind: readOutKinds.revoked,
    ...(sessionUid === undefined ? {} : {sessionUid}),
    dependsOn: [uid],
    value: {readOutUid: uid},
  });
}

/** How a calibration of the read-out stands. */
export interface ReadOutStatus {
  readonly status: 'current' | 'expired' | 'replaced' | 'stale' | 'revoked';
  /** In a sentence; '' while it counts. */
  readonly text: string;
}

/**
 * How a calibration stands at a time (seconds since the epoch, UTC), for what is measured from run `untilScanId` on: all
 * that was done to the bench before that run counts.
 */
export function readOutStatusOf(
  store: Store,
  readOut: StoredReadOut,
  {atS, untilScanId = Infinity}: {readonly atS: number; readonly untilScanId?: number},
): ReadOutStatus {
  if (revokedReadOuts(store).has(readOut.uid)) return {status: 'revoked', text: 'It was revoked.'};
  const newer = listReadOuts(store, readOut.value).findLast(
    ({order, afterScanId, uid}) =>
      order > readOut.order && afterScanId < untilScanId && !revokedReadOuts(store).has(uid),
  );
  if (newer) return {status: 'replaced', text: `A newer one was made at ${utcMinuteText(newer.timeS)}.`};
  const validity = store.validityOf(readOut, atS);
  if (validity.state === 'age-unknown') return {status: 'stale', text: validity.text};
  if (validity.state === 'expired' && readOut.validUntilS !== undefined)
    return {
      status: 'expired',
      text: `Its time was over at ${utcMinuteText(readOut.validUntilS)}; learn it anew.`,
    };
  const change = changeSince(store, readOut, untilScanId);
  return change === '' ? {status: 'current', text: ''} : {status: 'stale', text: change};
}

/** What was done to the bench since the planes that a calibration was learnt from, as a sentence; '' for nothing. */
function changeSince(store: Store, {value, order}: StoredReadOut, untilScanId: number): string {
  const scanIds = value.study.learnedRunUids.map((uid) => store.getRunSummary(uid).scanId);
  const firstScanId = Math.min(...scanIds);
  const unknown = unknownMovesSince(store, value, firstScanId, untilScanId);
  if (unknown !== '') return `A plate may have been moved since. ${unknown} Learn it anew.`;
  const moved = platesMovedSince(store, value, firstScanId, untilScanId);
  if (moved.length > 0)
    return `${platesText(moved)} ${pluralOf(moved.length, 'was', 'were')} moved by their mounts since. Learn it anew.`;
  const others = store.listCalibrations('registration').find(({sessionUid, afterScanId}) => {
    if (sessionUid === undefined || afterScanId < firstScanId || afterScanId >= untilScanId) return false;
    const place = placeOfSession(store, sessionUid);
    return (
      place.benchName === value.benchName &&
      place.benchSeed === value.benchSeed &&
      place.designHash !== value.designHash
    );
  });
  if (others)
    return `Another design was measured on this bench at ${utcMinuteText(others.timeS)}, so its plates were taken out. Learn it anew.`;
  const failed = store
    .listCalibrations(placementKinds.check)
    .find(
      (check) =>
        !check.value.isHolding &&
        check.order > order &&
        check.afterScanId < untilScanId &&
        check.sessionUid !== undefined &&
        isSamePlace(placeOfSession(store, check.sessionUid), value),
    );
  return failed
    ? `A plane measured at ${utcMinuteText(failed.timeS)} is not what the accepted placement predicts: the bench has changed. Learn it anew.`
    : '';
}

/** The calibration that corrects a session's verdicts, or why the newest one of its bench and design does not. */
export type SessionReadOut =
  | {readonly readOut: StoredReadOut; readonly reason: ''}
  | {readonly readOut: null; readonly reason: string};

/**
 * The calibration of the read-out that applies to a campaign: the newest one that was learnt from its own planes, else the
 * newest that was made before it and counted when it began.
 */
export function readOutOfSession(store: Store, sessionUid: string): SessionReadOut {
  const none = {readOut: null, reason: ''} as const;
  const all = listReadOuts(store, placeOfSession(store, sessionUid));
  if (all.length === 0) return none;
  const revoked = revokedReadOuts(store);
  const runs = store.listRuns(sessionUid);
  const own = new Set(runs.map(({uid}) => uid));
  const learnt = all.findLast(
    ({uid, value}) => !revoked.has(uid) && value.study.learnedRunUids.some((run) => own.has(run)),
  );
  if (learnt) return {readOut: learnt, reason: ''};
  const firstScanId = Math.min(...runs.map(({scanId}) => scanId));
  const before = all.findLast(({uid, afterScanId}) => !revoked.has(uid) && afterScanId < firstScanId);
  if (!before || !Number.isFinite(firstScanId)) return none;
  const atS = Date.parse(store.getSession(sessionUid).createdAt) / 1000;
  const {status, text} = readOutStatusOf(store, before, {atS, untilScanId: firstScanId});
  return status === 'current'
    ? {readOut: before, reason: ''}
    : {
        readOut: null,
        reason: `The read-out that was calibrated at ${utcMinuteText(before.timeS)} with ${countOf(before.value.study.learnedRunUids.length, 'object')} is not used: ${text}`,
      };
}
