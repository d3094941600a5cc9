import {decodeNpy} from '../../base/npy.ts';
import type {DigitPlanes, Plane} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {noRegistration} from '../../twin/metrics/index.ts';
import {alignedKinds, sessionAlignedOf} from '../placements/aligned-predictions.ts';
import {processScan} from '../compare/process-scan.ts';
import {cellCentresOf, gridFrameOf, meanByCell, planeOf, type GridFrame} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  darkReadings,
  findRegistration,
  maskOf,
  referencesOf,
  scanOf,
} from './campaign-results.ts';

/**
 * Planes of one digit of a campaign on the grid of its scan, each divided by its sum: measured as far as it is, and
 * simulated on the whole grid. What is not there yet is null.
 */
export function readDigitPlanes(store: Store, runUid: string): DigitPlanes {
  const {start} = store.getRun(runUid);
  const frame = gridFrameOf(start);
  const details = campaignDetailsOf(store.getSession(start.session_uid));
  const digit = details.digits[start.campaign_index ?? -1];
  if (!frame || !digit)
    throw new BenchError(
      'plan/invalid',
      `Run ${start.scan_id} (${start.plan_name}) is no digit of a campaign, so there are no planes to lay side by side. Its points are untouched.`,
    );
  const artifacts = store.listArtifacts(start.session_uid);
  const points = scanOf(store, runUid);
  const {dxMm, dyMm, rotationDeg} = findRegistration(store, start.session_uid)?.frame ?? noRegistration;
  /** At the measured points once the scan is over; until then on the grid that it is to fill. */
  const simulated = (uid: string | undefined, previewUid: string | undefined): Plane | null => {
    const read = (wanted: string): ArrayLike<number> => decodeNpy(store.readArtifact(wanted)).re;
    if (uid !== undefined) return normalisedPlane(frame, points, read(uid));
    return previewUid === undefined ? null : normalisedPlane(frame, cellCentresOf(frame), read(previewUid));
  };
  const uidOf = (kind: string): string | undefined =>
    artifacts.find((artifact) => artifact.kind === kind && artifact.runUid === runUid)?.uid;
  const aligned = sessionAlignedOf(store, start.session_uid);
  return {
    runUid,
    label: digit.label,
    sample: digit.sample,
    mask: maskPictureOf(store, artifacts, runUid),
    measured: measuredPlane(store, start.session_uid, runUid, frame),
    nominal: simulated(uidOf(artifactKinds.nominal), uidOf(artifactKinds.nominalPreview)),
    registered: simulated(uidOf(artifactKinds.registered), uidOf(artifactKinds.registeredPreview)),
    aligned: simulated(aligned?.artifactUidOf(runUid), aligned?.artifactUidOf(runUid, alignedKinds.preview)),
    frame: {dxMm, dyMm, rotationDeg},
    regions: details.regions.map((region) => ({...region})),
  };
}

/** Dark-free and drift-corrected; without any point or light there is nothing to show. */
function measuredPlane(store: Store, sessionUid: string, runUid: string, frame: GridFrame): Plane | null {
  const scan = scanOf(store, runUid);
  if (!(scan.xMm?.length > 0)) return null;
  const references = referencesOf(store, runUid);
  const {xMm, yMm, values} = processScan({
    scan,
    dark: darkReadings(store, store.listRuns(sessionUid)),
    ...(references ? {references} : {}),
  });
  return normalisedPlane(frame, {xMm, yMm}, values);
}

function normalisedPlane(
  frame: GridFrame,
  {xMm, yMm}: {readonly xMm: ArrayLike<number>; readonly yMm: ArrayLike<number>},
  values: ArrayLike<number>,
): Plane | null {
  const {mean} = meanByCell(frame, {xMm, yMm, values});
  const sum = mean.reduce((total, value) => (Number.isNaN(value) ? total : total + value), 0);
  return sum > 0
    ? planeOf(
        frame,
        Float32Array.from(mean, (value) => value / sum),
        '1',
      )
    : null;
}

function maskPictureOf(
  store: Store,
  artifacts: ReturnType<Store['listArtifacts']>,
  runUid: string,
): DigitPlanes['mask'] {
  const mask = maskOf(store, artifacts, runUid);
  // Stored with the simulation, so a scan under way has none yet.
  if (!mask) return {count: 0, pitchMm: 0, amplitude: new Float32Array()};
  return {count: mask.count, pitchMm: mask.pitchMm, amplitude: Float32Array.from(mask.amplitude)};
}
