import {utcMinuteText} from '../../base/utc-text.ts';
import type {ApiOutputs} from '../../contract/api/index.ts';
import {ownAlignmentText} from '../../contract/own-alignment-text.ts';
import {asBuiltKind, asBuiltStatusOf} from '../placements/as-built-records.ts';
import {campaignAlignmentKind, ownAlignmentOf} from '../placements/campaign-alignments.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {isJournalKind} from '../corrections/correct-records.ts';
import {plateStandKind} from '../placements/plate-moves.ts';
import {placementKinds, placementStatusOf} from '../placements/placements.ts';
import {readOutKinds, readOutStatusOf} from '../placements/read-out-records.ts';
import {
  isCalibrationKind,
  isCalibrationOf,
  type Calibration,
  type DamagedCalibration,
} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';

type CalibrationView = ApiOutputs['sessions']['calibrations'][number];
type CalibrationStatus = Pick<CalibrationView, 'status' | 'statusText'>;

/** The ledger, newest first, with how each calibration stands at a time (seconds since the epoch, UTC) and what builds on it. */
export function viewCalibrations(store: Store, atS: number): CalibrationView[] {
  const all = store.listAllCalibrations().filter(({kind, isDamaged}) => isDamaged || !isJournalKind(kind));
  const benches = new Set(all.map(({bench}) => bench));
  const current = new Set(
    [...new Set(all.map(({kind}) => kind))]
      .filter(isCalibrationKind)
      .flatMap((kind) => [...benches].map((bench) => store.currentCalibration(kind, atS, bench)?.uid)),
  );
  const dependants = dependantsOf(all);
  return all
    .map((calibration): CalibrationView => {
      const {uid, kind, timeS, validUntilS, sessionUid, runUid, dependsOn, bench, value} = calibration;
      const counted = calibrationStatusIn(store, calibration, {all, isCurrent: current.has(uid), atS});
      return {
        uid,
        kind,
        timeS,
        validUntilS: validUntilS ?? null,
        sessionUid: sessionUid ?? null,
        runUid: runUid ?? null,
        dependsOn: [...dependsOn],
        isCurrent: counted.status === 'current',
        benchName: bench,
        ...counted,
        dependants: dependants.get(uid) ?? [],
        value,
      };
    })
    .reverse();
}

function calibrationStatusIn(
  store: Store,
  calibration: Calibration | DamagedCalibration,
  {
    all,
    isCurrent,
    atS,
  }: {
    readonly all: readonly (Calibration | DamagedCalibration)[];
    readonly isCurrent: boolean;
    readonly atS: number;
  },
): CalibrationStatus {
  if (calibration.isDamaged)
    return {
      status: 'stale',
      statusText:
        isJournalKind(calibration.kind) || calibration.kind === plateStandKind
          ? `This entry of the journal of mounts cannot be used (${calibration.damage.problem}): until positions are confirmed or planes measured anew, what was known of the plates is not trusted.`
          : `Its record in the database cannot be used (${calibration.damage.problem}), so it counts for nothing; make it anew.`,
    };
  // Whether a placement holds is more than its age: what was measured since has a say.
  if (isCalibrationOf(calibration, placementKinds.placement))
    return placementCalibrationStatus(store, calibration, atS);
  if (isCalibrationOf(calibration, campaignAlignmentKind)) return campaignAlignmentStatus(store, calibration);
  if (isCalibrationOf(calibration, readOutKinds.calibration)) {
    const {status, text} = readOutStatusOf(store, calibration, {atS});
    return {status, statusText: text};
  }
  if (isCalibrationOf(calibration, asBuiltKind)) {
    const {status, text} = asBuiltStatusOf(store, calibration, atS);
    return {status: status === 'not-accepted' ? 'stale' : status, statusText: text};
  }
  if (isCurrent) return {status: 'current', statusText: ''};
  const {kind, order, validUntilS, bench, uid} = calibration;
  const newer = all.find(
    (other) => other.kind === kind && other.order > order && (other.bench === bench || other.bench === ''),
  );
  if (newer)
    return {status: 'replaced', statusText: `A newer one was made at ${utcMinuteText(newer.timeS)}.`};
  const validity = store.validityOf(calibration, atS);
  if (validity.state === 'age-unknown') return {status: 'stale', statusText: validity.text};
  if (validity.state === 'expired' && validUntilS !== undefined)
    return {
      status: 'expired',
      statusText: `Its time was over at ${utcMinuteText(validUntilS)}; make it anew.`,
    };
  const base = store.findRenewedBase(uid);
  return base
    ? {
        status: 'stale',
        statusText: `The ${base.kind} that it builds on was made anew since; make it anew too.`,
      }
    : {status: 'replaced', statusText: 'Another one was made at the same time.'};
}

function placementCalibrationStatus(
  store: Store,
  {uid, value: {alignmentUid}}: Calibration<typeof placementKinds.placement>,
  atS: number,
): CalibrationStatus {
  const {status, text, placementUid} = placementStatusOf(store, getAlignment(store, alignmentUid), atS);
  // Accepted again, or revoked: an earlier acceptance says nothing of its own any more.
  if (placementUid !== uid)
    return placementUid === null
      ? {status: 'revoked', statusText: text}
      : {status: 'replaced', statusText: 'The same alignment was accepted anew.'};
  switch (status) {
    case 'active':
      return {status: 'current', statusText: ''};
    case 'expired':
    case 'replaced':
    case 'revoked':
      return {status, statusText: text};
    case 'proposed':
    case 'bench-changed':
      return {status: 'stale', statusText: text};
  }
}

/** It serves its own campaign alone, so no newer one of another campaign replaces it. */
function campaignAlignmentStatus(
  store: Store,
  {sessionUid}: Calibration<typeof campaignAlignmentKind>,
): CalibrationStatus {
  const own = sessionUid === undefined ? undefined : ownAlignmentOf(store, sessionUid);
  if (!own) return {status: 'stale', statusText: 'It belongs to no campaign.'};
  if (own.isRevoked) return {status: 'revoked', statusText: ownAlignmentText(own)};
  return {status: own.verdict === 'trusted' ? 'current' : 'stale', statusText: ownAlignmentText(own)};
}

/** By uid, everything that builds on a calibration, itself or through others, in the order in which it was made. */
function dependantsOf(all: readonly Pick<Calibration, 'uid' | 'dependsOn'>[]): ReadonlyMap<string, string[]> {
  const dependants = new Map(all.map(({uid}) => [uid, new Set<string>()]));
  const bases = new Map(all.map(({uid, dependsOn}) => [uid, dependsOn]));
  for (const {uid} of all) {
    const reach = (from: string): void => {
      for (const base of bases.get(from) ?? []) {
        dependants.get(base)?.add(uid);
        reach(base);
      }
    };
    reach(uid);
  }
  return new Map([...dependants].map(([uid, set]) => [uid, [...set]]));
}
