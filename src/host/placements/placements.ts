import {fixedText} from '../../base/number-format.ts';
import {pluralOf} from '../../base/count-text.ts';
import {utcMinuteText} from '../../base/utc-text.ts';
import type {AlignStatus} from '../../contract/api/align-shapes.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {sFromH} from '../../contract/units.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';
import {isCalibrationOf, type Calibration, type CalibrationFacts} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {campaignPlacementOf, usedCampaignAlignments} from './campaign-alignments.ts';
import {damagedRowsOf, damagedRowText} from './damaged-rows.ts';
import {platesMovedSince, platesText, unknownMovesSince} from './plate-moves.ts';
import {firstScanIdOf, getAlignment, listAlignments, type StoredAlignment} from './alignment-records.ts';

/** Kinds of what is written about accepted placements. Nothing is ever changed in the ledger, only added. */
export const placementKinds = {
  placement: 'placement',
  revoked: 'placement-taken-back',
  /** Written by every later campaign: whether what it measures still is what the placement predicts. */
  check: 'placement-check',
} as const;

export type PlacementRecord = CalibrationValues[typeof placementKinds.placement];
export type PlacementCheck = CalibrationValues[typeof placementKinds.check];

/** The bench and design that a placement is of. */
export type PlacementPlace = Pick<StoredAlignment, 'benchName' | 'benchSeed' | 'designHash'>;

export interface PlacementStatus {
  readonly status: AlignStatus;
  /** In a sentence: since when, until when, why no longer. */
  readonly text: string;
  /** Of the newest acceptance that was not revoked; null without one. */
  readonly placementUid: string | null;
  readonly validUntilS: number | null;
}

interface StoredPlacement extends PlacementRecord {
  readonly calibration: Calibration<typeof placementKinds.placement>;
  readonly uid: string;
  readonly timeS: number;
  readonly validUntilS: number | null;
  readonly isRevoked: boolean;
  /** A damaged row that was written later: whether this one was replaced, revoked or contradicted is not known; ''. */
  readonly doubt: string;
}

/** How an alignment stands at a time (seconds since the epoch, UTC). */
export function placementStatusOf(store: Store, alignment: StoredAlignment, atS: number): PlacementStatus {
  const all = listPlacements(store);
  const own = all.filter(({alignmentUid}) => alignmentUid === alignment.uid);
  const live = own.findLast(({isRevoked}) => !isRevoked);
  if (!live) {
    const status = own.length > 0 ? 'revoked' : 'proposed';
    const isUsed = usedCampaignAlignments(store).some(({value}) => value.alignmentUid === alignment.uid);
    const text =
      own.length > 0
        ? 'Accepted once and revoked.'
        : isUsed
          ? 'Nobody has accepted it; the campaign that computed it from its own planes predicts with it.'
          : 'Nobody has accepted it.';
    return {status, text, placementUid: null, validUntilS: null};
  }
  const base = {placementUid: live.uid, validUntilS: live.validUntilS};
  const by = `Accepted ${live.acceptedBy === '' ? '' : `by ${live.acceptedBy} `}at ${utcMinuteText(live.timeS)}`;
  const newer = all.findLast((other) => isSamePlace(other, live) && !other.isRevoked);
  if (newer && newer.uid !== live.uid)
    return {
      ...base,
      status: 'replaced',
      text: `${by}; another was accepted at ${utcMinuteText(newer.timeS)}.`,
    };
  if (live.doubt !== '')
    return {
      ...base,
      status: 'bench-changed',
      text: `${by}; ${live.doubt} If it still holds, accept it again.`,
    };
  const validity = store.validityOf(live.calibration, atS);
  if (validity.state === 'age-unknown') return {...base, status: 'expired', text: `${by}. ${validity.text}`};
  if (validity.state === 'expired' && live.validUntilS !== null)
    return {
      ...base,
      status: 'expired',
      text: `${by}; its time was over at ${utcMinuteText(live.validUntilS)}. Align anew, or accept it again if nothing was touched.`,
    };
  const change = findChange(store, alignment, new Set(own.map(({uid}) => uid)));
  if (change !== '') return {...base, status: 'bench-changed', text: `${by}; ${change}`};
  const until = live.validUntilS === null ? '' : `, until ${utcMinuteText(live.validUntilS)}`;
  return {...base, status: 'active', text: `${by}; active${until}.`};
}

/**
 * The placement that as-aligned predictions of a bench and design use at a time, or the reason why there is none; the
 * reason is '' when none was ever accepted.
 */
export function activePlacement(
  store: Store,
  place: PlacementPlace,
  atS: number,
):
  | {readonly placementUid: string; readonly alignment: StoredAlignment}
  | {readonly placementUid: null; readonly reason: string} {
  const accepted = listPlacements(store).findLast((own) => isSamePlace(own, place) && !own.isRevoked);
  if (!accepted) {
    const damaged = damagedRowsOf(store, [placementKinds.placement], place).at(-1);
    return {placementUid: null, reason: damaged ? damagedRowText(damaged) : ''};
  }
  const alignment = getAlignment(store, accepted.alignmentUid);
  const {status, text} = placementStatusOf(store, alignment, atS);
  return status === 'active' ? {placementUid: accepted.uid, alignment} : {placementUid: null, reason: text};
}

/** Uid of the alignment that a placement came from. */
export function alignmentOfPlacement(store: Store, placementUid: string): string {
  const calibration = store.getCalibration(placementUid);
  if (isCalibrationOf(calibration, placementKinds.placement)) return calibration.value.alignmentUid;
  throw new BenchError(
    'store/not-found',
    `The calibration ${placementUid} is of the kind "${calibration.kind}", no placement. Nothing was changed.`,
  );
}

/**
 * Placements that were accepted, or that a campaign made for itself, and that were not revoked, whatever else became
 * of them since.
 */
export const keptPlacements = (store: Store): ReadonlySet<string> =>
  new Set([...listPlacements(store).filter(isKept), ...usedCampaignAlignments(store)].map(({uid}) => uid));

const isKept = ({isRevoked, doubt}: StoredPlacement): boolean => !isRevoked && doubt === '';

/**
 * The newest placement, not revoked, that was made from a session's own planes: one that a person accepted, else the
 * one that its campaign made for itself.
 */
export const placementOfSession = (
  store: Store,
  sessionUid: string,
): {readonly placementUid: string; readonly alignment: StoredAlignment} | undefined => {
  for (const {uid, alignmentUid} of listPlacements(store).filter(isKept).reverse()) {
    const alignment = getAlignment(store, alignmentUid);
    if (alignment.sessionUid === sessionUid) return {placementUid: uid, alignment};
  }
  return campaignPlacementOf(store, sessionUid);
};

/** Makes an alignment's placement active; returns the placement's uid. */
export function acceptAlignment(
  store: Store,
  uid: string,
  {validForH, author, atS}: {readonly validForH: number; readonly author: string; readonly atS: number},
): string {
  const {benchName, benchSeed, designHash, sessionUid, planes} = getAlignment(store, uid);
  const value: PlacementRecord = {alignmentUid: uid, acceptedBy: author, benchName, benchSeed, designHash};
  return store.addCalibration({
    kind: placementKinds.placement,
    sessionUid,
    ...(planes[0] ? {runUid: planes[0].runUid} : {}),
    dependsOn: [uid],
    timeS: atS,
    validUntilS: atS + sFromH(validForH),
    value,
  });
}

/** Revokes an alignment that was accepted or that its campaign uses. Throws `plan/invalid` for one that is neither. */
export function revokeAlignment(store: Store, uid: string): void {
  const {sessionUid} = getAlignment(store, uid);
  const accepted = [
    ...listPlacements(store).filter(({alignmentUid, isRevoked}) => alignmentUid === uid && !isRevoked),
    ...usedCampaignAlignments(store).filter(({value}) => value.alignmentUid === uid),
  ];
  if (accepted.length === 0)
    throw new BenchError(
      'plan/invalid',
      'This placement is not accepted, so there is nothing to revoke. Nothing was changed.',
    );
  // Accepted twice is revoked twice: the earlier acceptance must not come back to life.
  for (const {uid: placementUid} of accepted)
    store.addCalibration({kind: placementKinds.revoked, sessionUid, value: {placementUid}});
}

/** Writes down whether a placement still predicts what a later campaign measures. */
export function recordPlacementCheck(
  store: Store,
  sessionUid: string,
  runUid: string,
  check: PlacementCheck,
): void {
  store.addCalibration({
    kind: placementKinds.check,
    sessionUid,
    runUid,
    dependsOn: [check.placementUid],
    value: check,
  });
}

/** In the order in which they were accepted. */
function listPlacements(store: Store): StoredPlacement[] {
  const revoked = new Set(
    store.listCalibrations(placementKinds.revoked).map(({value}) => value.placementUid),
  );
  return store.listCalibrations(placementKinds.placement).map((calibration): StoredPlacement => ({
    ...calibration.value,
    calibration,
    uid: calibration.uid,
    timeS: calibration.timeS,
    validUntilS: calibration.validUntilS ?? null,
    isRevoked: revoked.has(calibration.uid),
    doubt: doubtOf(store, calibration),
  }));
}

/** What a damaged row that was written after a placement leaves unknown about it, in sentences; ''. */
function doubtOf(store: Store, {value, order}: Calibration<typeof placementKinds.placement>): string {
  const damaged = damagedRowsOf(store, Object.values(placementKinds), value).find((row) => row.order > order);
  return damaged === undefined
    ? ''
    : `a later record on placements is damaged, so that nobody knows whether this one was revoked, replaced or found not to hold. ${damagedRowText(damaged)}`;
}

const isSamePlace = (a: PlacementPlace, b: PlacementPlace): boolean =>
  a.benchName === b.benchName && a.benchSeed === b.benchSeed && a.designHash === b.designHash;

/**
 * What says that the bench is no longer as it was aligned, as the end of a sentence; '' when nothing does. Checks count
 * for every acceptance of the same alignment: accepting it anew does not put plates back.
 */
function findChange(store: Store, alignment: StoredAlignment, placementUids: ReadonlySet<string>): string {
  const checks = store
    .listCalibrations(placementKinds.check)
    .filter(({value}) => placementUids.has(value.placementUid));
  const last = checks.at(-1);
  if (last && !last.value.isHolding)
    return (
      `a plane measured at ${utcMinuteText(last.timeS)} correlates by ${fixedText(last.value.correlation, 3)} with what it predicts, ` +
      `where ${fixedText(last.value.expected, 3)} was to be expected: the bench has changed. Align anew.`
    );
  const firstScanId = firstScanIdOf(store, alignment);
  const unknown = unknownMovesSince(store, alignment, firstScanId);
  if (unknown !== '') return `a plate may have been moved since. ${unknown} Measure again and align anew.`;
  const moved = platesMovedSince(store, alignment, firstScanId);
  if (moved.length > 0)
    return `${platesText(moved)} ${pluralOf(moved.length, 'was', 'were')} moved by their mounts since. Measure again and align anew, or move back.`;
  for (const registration of store.listCalibrations(calibrationKinds.outputFrame)) {
    const {sessionUid, timeS} = registration;
    if (sessionUid === undefined || sessionUid === alignment.sessionUid) continue;
    if (!isLaterThanSession(store, registration, alignment.sessionUid)) continue;
    const place = placeOfSession(store, sessionUid);
    if (place.benchName !== alignment.benchName || place.benchSeed !== alignment.benchSeed) continue;
    if (place.designHash !== alignment.designHash)
      return `another design was measured on this bench at ${utcMinuteText(timeS)}, so its plates were taken out. Align anew.`;
    if (!checks.some((own) => own.sessionUid === sessionUid))
      return `the output frame was registered anew at ${utcMinuteText(timeS)} without being compared with it. Align with the planes of that session.`;
  }
  return findContradiction(store, alignment);
}

/** Plates that a later alignment finds further away than this, and than its error bars allow, have been moved. */
const movedMm = 0.1;
const movedDeg = 0.1;
const surelySigma = 3;

function findContradiction(store: Store, alignment: StoredAlignment): string {
  const sigmaOf = (from: StoredAlignment, name: string): number =>
    from.result.parameters.find((parameter) => parameter.name === name)?.sigma ?? 0;
  for (const later of listAlignments(store)) {
    if (later.uid === alignment.uid || !isSamePlace(later, alignment)) continue;
    if (store.sessionOrder(later.sessionUid) <= store.sessionOrder(alignment.sessionUid)) continue;
    for (const [plate, stand] of later.state.plates.entries()) {
      const before = alignment.state.plates[plate];
      for (const [key, quantity, moved] of [
        ['dxMm', 'dx', movedMm],
        ['dyMm', 'dy', movedMm],
        ['rotationDeg', 'rotation', movedDeg],
      ] as const) {
        const name = `plate${plate + 1}.${quantity}`;
        const away = Math.abs(stand[key] - before[key]);
        const sigma = Math.hypot(sigmaOf(later, name), sigmaOf(alignment, name));
        if (away > moved && away > surelySigma * sigma)
          return `a later alignment (${utcMinuteText(later.timeS)}) finds plate ${plate + 1} elsewhere: ${quantity} differs by ${fixedText(away, 2)} ${quantity === 'rotation' ? 'deg' : 'mm'}. Accept that one if you trust it.`;
      }
    }
  }
  return '';
}

/** Bench and design of a session. */
export function placeOfSession(store: Store, sessionUid: string): PlacementPlace {
  const {benchName, designHash = '', details} = store.getSession(sessionUid);
  return {benchName, benchSeed: details.benchSeed ?? null, designHash};
}

/** Whether a calibration was written after a session had begun to measure: by the order of rows, never by the clock. */
function isLaterThanSession(
  store: Store,
  {afterScanId, order}: CalibrationFacts,
  sessionUid: string,
): boolean {
  const firstScanId = Math.min(...store.listRuns(sessionUid).map(({scanId}) => scanId));
  if (Number.isFinite(firstScanId)) return afterScanId >= firstScanId;
  const first = store.listAllCalibrations().find((own) => own.sessionUid === sessionUid);
  return first === undefined || order > first.order;
}
