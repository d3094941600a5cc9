import {fixedText} from '../../base/number-format.ts';
import type {ArtifactMetadata} from '../../contract/stored/artifact-records.ts';
import {BenchError} from '../../contract/errors.ts';
import {computePearson} from '../../twin/metrics/index.ts';
import {encodeNpy} from '../../base/npy.ts';
import type {AlignedBench} from './aligned-bench.ts';
import type {Artifact} from '../store/artifacts.ts';
import type {Store} from '../store/open-store.ts';
import {asBuiltPrints} from './as-built-records.ts';
import type {StoredAlignment} from './alignment-records.ts';
import {
  keptPlacements,
  activePlacement,
  placementKinds,
  placementOfSession,
  placeOfSession,
  recordPlacementCheck,
  type PlacementCheck,
} from './placements.ts';

/** Kinds of the artifacts that hold what a placement predicts: at a scan's points, and on its grid before it. */
export const alignedKinds = {points: 'prediction-aligned', preview: 'preview-aligned'} as const;

/** A placement with the alignment that it came from. */
export interface PlacedBench {
  readonly placementUid: string;
  readonly alignment: StoredAlignment;
}

export type AlignedKind = (typeof alignedKinds)[keyof typeof alignedKinds];
type AlignedMetadata = ArtifactMetadata[AlignedKind];

/** Stores what a placement predicts for a run. */
export function storeAligned(
  store: Store,
  at: {readonly sessionUid: string; readonly runUid: string; readonly kind: AlignedKind},
  {placementUid, alignment}: PlacedBench,
  values: Float64Array,
): void {
  const metadata: AlignedMetadata = {
    placementUid,
    alignmentUid: alignment.uid,
    alignedAtS: alignment.timeS,
  };
  store.addArtifact({
    ...at,
    name: `${at.kind}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [values.length], dtype: '<f8', re: values}),
    metadata,
  });
}

/** The placement whose predictions a session keeps, the newest one that was not revoked, with the artifact of each run. */
export interface SessionAligned extends AlignedMetadata {
  readonly artifactUidOf: (runUid: string, kind?: string) => string | undefined;
}

/** Undefined for a session without predictions of an accepted placement. */
export function sessionAlignedOf(store: Store, sessionUid: string): SessionAligned | undefined {
  const aligned = [alignedKinds.preview, alignedKinds.points].flatMap((kind) =>
    store.listArtifacts(sessionUid, kind),
  );
  if (aligned.length === 0) return undefined;
  const metadataOf = ({uid, kind}: Artifact): AlignedMetadata =>
    store.readMetadata(uid, kind === alignedKinds.preview ? alignedKinds.preview : alignedKinds.points);
  const kept = keptPlacements(store);
  const newest = aligned
    .filter((artifact) => kept.has(metadataOf(artifact).placementUid))
    .reduce<Artifact | undefined>((last, own) => (last && last.order > own.order ? last : own), undefined);
  if (!newest) return undefined;
  const {placementUid, alignmentUid, alignedAtS} = metadataOf(newest);
  return {
    placementUid,
    alignmentUid,
    alignedAtS,
    artifactUidOf: (runUid, kind = alignedKinds.points) =>
      aligned.findLast(
        (artifact) =>
          artifact.runUid === runUid &&
          artifact.kind === kind &&
          metadataOf(artifact).placementUid === placementUid,
      )?.uid,
  };
}

/**
 * The placement by which a session's objects are predicted: one found from its own planes, else the active one on
 * its bench. Throws `plan/invalid` saying why there is none.
 */
export function placementFor(
  store: Store,
  sessionUid: string,
  atS: number,
): PlacedBench & {readonly note: string} {
  const own = placementOfSession(store, sessionUid);
  if (own) return {...own, note: ''};
  const place = placeOfSession(store, sessionUid);
  const active = activePlacement(store, place, atS);
  if (active.placementUid !== null)
    return {
      ...active,
      note: `The placement was found from the planes of another session ("${store.getSession(active.alignment.sessionUid).title}").`,
    };
  throw new BenchError(
    'plan/invalid',
    active.reason === ''
      ? `No placement was accepted for the bench "${place.benchName}" with this design, so there is no simulation as aligned. Align the planes of a session and accept what was found.`
      : `The placement that was accepted for the bench "${place.benchName}" is not used: ${active.reason}`,
  );
}

/** What predictions as aligned are made with. */
export function alignedBenchOf(store: Store, alignment: StoredAlignment): AlignedBench {
  const {state, arrangement, method, result} = alignment;
  const prints = asBuiltPrints(store, alignment);
  return {state, arrangement, method, plateOptics: result.plateOptics, prints};
}

/**
 * What a plane may lack against the planes that the placement was found from, and still be of the same bench: twice
 * their own lack of correlation, and a hundredth. A plate next to the detector that moved by a tenth of a millimetre
 * costs four hundredths (the sensitivity table of the shipped design).
 */
const allowedUnexplained = {times: 2, more: 0.01};

/** Compares a plane measured now with what the placement predicts at its points, and writes down what came out. */
export function checkPlacement(
  store: Store,
  {placementUid, alignment}: PlacedBench,
  at: {readonly sessionUid: string; readonly runUid: string},
  planes: {readonly measured: Float64Array; readonly predicted: Float64Array},
): PlacementCheck {
  const correlation = computePearson(planes.measured, planes.predicted) ?? 0;
  const expected = alignment.result.after.correlation;
  const check: PlacementCheck = {
    placementUid,
    correlation,
    expected,
    isHolding: 1 - correlation <= allowedUnexplained.times * (1 - expected) + allowedUnexplained.more,
  };
  recordPlacementCheck(store, at.sessionUid, at.runUid, check);
  return check;
}

/** The check of a session that found its placement not to hold, as a sentence; '' when none did. */
export function failedCheckText(store: Store, sessionUid: string): string {
  const failed = store
    .listCalibrations(placementKinds.check)
    .filter((calibration) => calibration.sessionUid === sessionUid)
    .map(({value}) => value)
    .find(({isHolding}) => !isHolding);
  return failed === undefined ? '' : checkText(failed);
}

export const checkText = ({correlation, expected, isHolding}: PlacementCheck): string =>
  isHolding
    ? `The accepted placement holds: this plane correlates by ${fixedText(correlation, 3)} with what it predicts.`
    : `The accepted placement no longer holds and is not used: a plane correlates by ${fixedText(correlation, 3)} with what it predicts, where ${fixedText(expected, 3)} was to be expected. Align anew.`;
