import type {OwnAlignment} from '../../contract/campaign-result.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import type {Calibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {getAlignment, type StoredAlignment} from './alignment-records.ts';

/** Kind of what is written about the alignment that a campaign computed from its own planes. */
export const campaignAlignmentKind = 'campaign-alignment';
/** Kind of what ends the use of a placement, also of one that a campaign made for itself. */
const revokedKind = 'placement-taken-back';

type CampaignAlignmentRecord = CalibrationValues[typeof campaignAlignmentKind];

/** Writes down what a campaign's own alignment came to; returns the uid that its predictions name. */
export const recordCampaignAlignment = (
  store: Store,
  sessionUid: string,
  value: CampaignAlignmentRecord,
): string =>
  store.addCalibration({
    kind: campaignAlignmentKind,
    sessionUid,
    dependsOn: value.alignmentUid === null ? [] : [value.alignmentUid],
    value,
  });

/** What a session's own alignment came to, the last of them; undefined when its campaign computed none. */
export function ownAlignmentOf(store: Store, sessionUid: string): OwnAlignment | undefined {
  const last = store
    .listCalibrations(campaignAlignmentKind)
    .findLast((calibration) => calibration.sessionUid === sessionUid);
  if (!last) return undefined;
  const {alignmentUid, verdict, reasons, runUids, operator} = last.value;
  const isRevoked = revokedUids(store).has(last.uid);
  return {alignmentUid, verdict, reasons, runUids, operator, timeS: last.timeS, isRevoked};
}

/** Own alignments of all campaigns that may be used for the predictions of their campaign, in the order of writing. */
export function usedCampaignAlignments(store: Store): Calibration<typeof campaignAlignmentKind>[] {
  const revoked = revokedUids(store);
  return store
    .listCalibrations(campaignAlignmentKind)
    .filter(({uid, value}) => isUsable(value) && !revoked.has(uid));
}

/** The alignment of a session's own planes that its campaign uses for its predictions; undefined without one. */
export function campaignPlacementOf(
  store: Store,
  sessionUid: string,
): {readonly placementUid: string; readonly alignment: StoredAlignment} | undefined {
  const own = usedCampaignAlignments(store).findLast((used) => used.sessionUid === sessionUid);
  if (!own || own.value.alignmentUid === null) return undefined;
  return {placementUid: own.uid, alignment: getAlignment(store, own.value.alignmentUid)};
}

const isUsable = ({verdict, alignmentUid}: CampaignAlignmentRecord): boolean =>
  verdict === 'trusted' && alignmentUid !== null;

const revokedUids = (store: Store): ReadonlySet<string> =>
  new Set(store.listCalibrations(revokedKind).map(({value}) => value.placementUid));
